/**
 * Sums of two arrays in an engine's memory, activated while they are in a register: what residual networks ask for between
 * convolutions, in one pass over memory.
 *
 * @module
 */

import type { FusedActivation } from "../../algorithm/algorithm.ts";
import { resolveWord } from "../../geometry/options.ts";
import { checkArray, describe } from "../../tensor/tensor.ts";
import { f32x4, type I32Local, ModuleBuilder, v128 } from "./assembler.ts";
import { activationName, emitActivation } from "./emit-activation.ts";
import { sharedEngine } from "./engine.ts";
import { simdFeatures } from "./features.ts";

/** Floats of a turn. */
const TURN = 16;

/**
 * Adds two arrays element by element and activates the sums,
 *
 *     y[i] = act(a[i] + b[i])
 *
 * Where all are views of the memory in which plans are made ({@link plannerIn}) it is done on SIMD, to the same bits.
 *
 * @param activation default: none.
 * @throws TypeError for anything but Float32Arrays, or an activation that is none.
 * @throws RangeError if their lengths differ, or for an activation of another name.
 *
 * @example
 * ```ts
 * const y = new Float32Array(3);
 * addActivated(Float32Array.of(1, -2, 3), Float32Array.of(1, 1, 1), y, { name: "relu", slope: 0 });
 * y; // → [2, 0, 4]
 * ```
 */
export function addActivated(a: Float32Array, b: Float32Array, y: Float32Array, activation?: FusedActivation): void {
  checkArray("addActivated", "y", y, "float32", y?.length);
  checkArray("addActivated", "a", a, "float32", y.length);
  checkArray("addActivated", "b", b, "float32", y.length);
  if (activation !== undefined) checkActivation(activation);
  const engine = simdFeatures().simd === true ? sharedEngine() : undefined;
  const areHeld = engine !== undefined && [a, b, y].every((array) => engine.memory.holds(array));
  const turns = areHeld ? Math.floor(y.length / TURN) : 0;
  if (engine !== undefined && turns > 0) {
    const { add } = engine.functions(`add-${activationName(activation)}`, () => emitAdd(activation));
    add!(turns, a.byteOffset, b.byteOffset, y.byteOffset);
  }
  for (let i = TURN * turns; i < y.length; i++) y[i] = activated(Math.fround(a[i]! + b[i]!), activation);
}

function checkActivation(activation: FusedActivation): void {
  const { name, slope } = Object(activation) as Partial<FusedActivation>;
  if (name === undefined || typeof slope !== "number") {
    throw new TypeError(
      `addActivated: activation must be { name, slope }, slope a number, got ${describe(activation)}`,
    );
  }
  resolveWord("addActivated", "activation.name", ["relu", "relu6", "leakyRelu"], name);
}

/** The value that emitted code gives: a NaN stays. */
function activated(value: number, activation: FusedActivation | undefined): number {
  if (activation === undefined) return value;
  if (activation.name === "leakyRelu") return value > 0 ? value : Math.fround(activation.slope) * value;
  if (value < 0) return 0;
  return activation.name === "relu6" && value > 6 ? 6 : value;
}

/** Parameters of the emitted function `add`, in order. */
type AddParameters = [
  turns: I32Local, // of 16 floats, at least 1
  a: I32Local, // addresses of what is added
  b: I32Local,
  y: I32Local, // address of the sums
];

/** Writes the module. */
export function emitAdd(activation: FusedActivation | undefined): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function<AddParameters>("add", 4, (f, turns, a, b, y) => {
    const sum = f.v128();
    f.repeat(turns, () => {
      for (let at = 0; at < 4 * TURN; at += 16) {
        f.set(sum, f32x4.add(v128.load(a, at), v128.load(b, at)));
        emitActivation(f, sum, activation);
        f.store(y, sum, at);
      }
      for (const address of [a, b, y]) f.advance(address, 4 * TURN);
    });
  });
  return module.toBytes();
}
