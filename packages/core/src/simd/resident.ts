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

import type { FloatArray } from "../tensor.ts";
import { type SimdEngine, sharedEngine } from "./engine.ts";
import type { MemoryRange } from "./memory.ts";

/** What a plan runs over: the caller's array, or one in the engine's memory. */
export type Operand = FloatArray | ResidentArray;

/** An array of float32 in an engine's memory. It is given back when disposed of, or when nobody can reach it. */
export class ResidentArray {
  readonly length: number;
  readonly #engine: SimdEngine;
  readonly #block: MemoryRange;
  readonly #release: () => void;

  constructor(engine: SimdEngine, length: number) {
    this.length = length;
    this.#engine = engine;
    this.#block = engine.memory.allocate(4 * length);
    this.#release = engine.lend(this, [this.#block]);
  }

  /** Where it begins in the memory of `engine`; undefined if it lives in another's, and must be copied like any array. */
  addressIn(engine: SimdEngine): number | undefined {
    return engine === this.#engine ? this.#block.address : undefined;
  }

  /** A view of it that the next growth of memory detaches: for this folder only. */
  view(): Float32Array {
    const first = this.#block.address / 4;
    return this.#engine.memory.floats.subarray(first, first + this.length);
  }

  /** Copies values in. */
  write(values: FloatArray): void {
    if (values.length !== this.length) {
      throw new RangeError(`write: values must have ${this.length} elements, got ${values.length}`);
    }
    this.view().set(values);
  }

  /** Copies the values out. */
  read(): Float32Array {
    return this.view().slice();
  }

  /** Gives the memory back. The array must not be used any more. */
  [Symbol.dispose](): void {
    this.#release();
  }
}

/** Makes an array of `length` float32 in the engine's memory, filled with whatever was there. */
export function residentArray(length: number, engine: SimdEngine = sharedEngine()): ResidentArray {
  return new ResidentArray(engine, length);
}

/** The operand as an array: itself, or a view that is good until memory grows. */
export function arrayOf(operand: Operand): FloatArray {
  return operand instanceof ResidentArray ? operand.view() : operand;
}
