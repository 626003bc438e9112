/**
 * Arrays that live in an engine's memory. Plans run over them as over a Float32Array, but nothing crosses the border:
 * a chain of layers writes its activations once, reads the result once, and between two layers a block is copied only
 * where it must be framed with zeros.
 *
 *     using x = residentArray(sizeOf(inputShape));
 *     using y = residentArray(sizeOf(outputShape));
 *     x.write(photograph);
 *     plan.run(x, y);
 *     const result = y.read();
 *
 * @module
 */

import { requireInteger } from "../../geometry/options.ts";
import { checkArray, checkShape, type FloatArray } from "../../tensor/tensor.ts";
import { type SimdEngine, sharedEngine } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import type { MemoryRange } from "./memory.ts";

/** What a plan runs over: the caller's array, or one in the engine's memory. */
export type Operand = FloatArray | ResidentArray;

/**
 * An array of float32 in the memory that SIMD computes in, made by {@link residentArray}. It is given back when disposed
 * of (`using` does that), or when nobody can reach it any more.
 */
export class ResidentArray {
  readonly length: number;
  readonly #engine: SimdEngine | undefined;
  /** A block of the engine's memory, or where there is no engine an array; none when disposed of. */
  #place: MemoryRange | Float32Array | undefined;
  readonly #release: (() => void) | undefined;

  /** Callers use {@link residentArray}. */
  constructor(engine: SimdEngine | undefined, length: number) {
    this.length = length;
    this.#engine = engine;
    if (engine === undefined) {
      this.#place = new Float32Array(length);
      return;
    }
    const block = engine.memory.allocate(4 * length);
    this.#place = block;
    this.#release = engine.lend(this, [block]);
  }

  /**
   * Where it begins in the memory of `engine`; undefined if it lives elsewhere, and must be copied like any array.
   *
   * @internal
   */
  addressIn(engine: SimdEngine): number | undefined {
    const place = this.#living();
    return engine === this.#engine && "address" in place ? place.address : undefined;
  }

  /**
   * A view of it that the next growth of memory detaches: for the duration of a run only.
   *
   * @internal
   */
  view(): Float32Array {
    const place = this.#living();
    if (!("address" in place)) return place;
    const first = place.address / 4;
    return this.#engine!.memory.floats.subarray(first, first + this.length);
  }

  /**
   * Copies values in.
   *
   * @throws TypeError, RangeError if `values` is not a Float32Array of this length.
   */
  write(values: Float32Array): void {
    checkArray("ResidentArray.write", "values", values, "float32", this.length);
    this.view().set(values);
  }

  /**
   * Copies the values out, to a new array or to one of the caller's.
   *
   * @throws TypeError, RangeError if `to` is not a Float32Array of this length.
   */
  read(to: Float32Array = new Float32Array(this.length)): Float32Array {
    checkArray("ResidentArray.read", "to", to, "float32", this.length);
    to.set(this.view());
    return to;
  }

  /** Gives the memory back. The array cannot be used any more. */
  [Symbol.dispose](): void {
    this.#place = undefined;
    this.#release?.();
  }

  #living(): MemoryRange | Float32Array {
    if (this.#place === undefined) throw new Error("ResidentArray: used after it was disposed of");
    return this.#place;
  }
}

/**
 * Makes an array for the activations between prepared convolutions, in the memory that SIMD computes in: their `run` takes
 * it in place of a `Float32Array`, as input or output, and what stays in that memory need not be copied in and out. Where
 * there is no SIMD it is a plain array, and everything works as well.
 *
 * @param length how many float32. They are arbitrary until they are written.
 * @throws TypeError if `length` is not a number; RangeError if it is not an integer of 0 or more, or does not fit the memory.
 *
 * @example
 * ```ts
 * const options = { padding: "same", activation: "relu" } as const;
 * const first = plan(conv2d, [1, 4, 4, 1], tensor([3, 3, 1, 2], new Float32Array(18).fill(1)), options);
 * const second = plan(conv2d, [1, 4, 4, 2], tensor([1, 1, 2, 1], [1, -0.5]), options);
 * const x = residentArray(16);
 * const between = residentArray(32);
 * const y = residentArray(16);
 * x.write(new Float32Array(16).fill(1));
 * first.run(x, between);
 * second.run(between, y);
 * y.read().subarray(4, 8); // → [3, 4.5, 4.5, 3]
 * ```
 */
export function residentArray(length: number): ResidentArray {
  requireInteger("residentArray", "length", length, 0);
  checkShape("residentArray", "length", [length], 1);
  return new ResidentArray(simdFeatures().simd === true ? sharedEngine() : undefined, length);
}

/**
 * Where an operand begins in the memory of `engine`, of which an array may be a view, too; undefined if it lives elsewhere, and
 * must be copied.
 */
export function addressIn(engine: SimdEngine, operand: Operand): number | undefined {
  if (operand instanceof ResidentArray) return operand.addressIn(engine);
  return engine.memory.holds(operand) ? operand.byteOffset : undefined;
}

/** The operand as an array: itself, or a view that is good until memory grows. */
export function arrayOf(operand: Operand): FloatArray {
  return operand instanceof ResidentArray ? operand.view() : operand;
}
