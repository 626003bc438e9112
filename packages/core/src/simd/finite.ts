/**
 * Whether all values of an array are finite, by WebAssembly: x · 0 is 0 for those and NaN for others, and a NaN stays in
 * a sum.
 *
 * @module
 */

import type { FloatArray } from "../tensor.ts";
import { f32x4, ModuleBuilder, v128 } from "./assembler.ts";
import type { SimdEngine } from "./engine.ts";

/** In shorter arrays the host, whose search needs no warming up, finds them sooner than a module is made. */
const SHORT = 8 * 1024;

/** Floats that pass through scratch together, and stay in a second-level cache. */
const PART = 32 * 1024;

/** Floats of a turn: sums that do not wait for one another. */
const TURN = 16;

/** Whether every element is finite. */
export function allFiniteOn(engine: SimdEngine, values: FloatArray): boolean {
  const whole = values.length < SHORT ? 0 : values.length - (values.length % TURN);
  for (let first = 0; first < whole; first += PART) {
    const count = Math.min(PART, whole - first);
    const { sumZeros } = engine.functions("finite", emitFinite);
    const { floats } = engine.memory;
    floats.set(values.subarray(first, first + count), TURN);
    sumZeros!(count / TURN, 4 * TURN, 0);
    for (let lane = 0; lane < 4; lane++) if (floats[lane] !== 0) return false;
  }
  const rest = values.subarray(whole);
  return ![Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].some((value) => rest.includes(value));
}

/** Parameters of the emitted function `sumZeros`, in order. */
export const SUM_ZEROS_PARAMETERS = [
  "turns", // of 16 floats, at least 1
  "from", // address of the floats
  "to", // address for four sums of them all times 0
] as const;

/** Writes the module. */
export function emitFinite(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function("sumZeros", SUM_ZEROS_PARAMETERS, (f, turns, from, to) => {
    const sums = Array.from({ length: TURN / 4 }, () => f.v128());
    const zero = f.v128();
    f.repeat(turns, () => {
      for (const [n, sum] of sums.entries()) f.set(sum, f32x4.add(sum, f32x4.mul(v128.load(from, 16 * n), zero)));
      f.advance(from, 4 * TURN);
    });
    const [sum] = sums as [(typeof sums)[0]];
    for (const other of sums.slice(1)) f.set(sum, f32x4.add(sum, other));
    f.store(to, sum, 0);
  });
  return module.toBytes();
}
