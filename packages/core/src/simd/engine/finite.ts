/**
 * Whether all values of an array are finite, by WebAssembly: x · 0 is 0 for those and NaN for others, and a NaN stays in
 * a sum.
 *
 * @module
 */

import type { FloatArray } from "../../tensor/tensor.ts";
import { f32x4, type I32Local, ModuleBuilder, v128 } from "./assembler.ts";
import type { SimdEngine } from "./engine.ts";

/** In shorter arrays the host, whose search needs no warming up, finds them sooner than a copy is made. */
const SHORT = 8 * 1024;

/** So many floats the host searches for an engine in the time that making a module takes, which is ten times as fast. */
const FLOATS_BEFORE_MODULE = 200 * 1024;

/** Floats that pass through scratch together, and stay in a second-level cache. */
const PART = 32 * 1024;

/** Floats of a turn: sums that do not wait for one another. */
const TURN = 16;

/** Floats that the host has searched for an engine. */
const searched = /* @__PURE__ */ new WeakMap<SimdEngine, number>();

/** Whether every element is finite. */
export function allFiniteOn(engine: SimdEngine, values: FloatArray): boolean {
  const before = searched.get(engine) ?? 0;
  const isShort = values.length < SHORT || before + values.length < FLOATS_BEFORE_MODULE;
  if (isShort) searched.set(engine, before + values.length);
  const whole = isShort ? 0 : values.length - (values.length % TURN);
  for (let first = 0; first < whole; first += PART) {
    const count = Math.min(PART, whole - first);
    const { sumZeros } = engine.functions("finite", emitFinite);
    const { scratch, floats } = engine.memory;
    floats.set(values.subarray(first, first + count), scratch / 4 + TURN);
    sumZeros!(count / TURN, scratch + 4 * TURN, scratch);
    for (let lane = 0; lane < 4; lane++) if (floats[scratch / 4 + lane] !== 0) return false;
  }
  const rest = values.subarray(whole);
  return !(
    rest.includes(Number.NaN) ||
    rest.includes(Number.POSITIVE_INFINITY) ||
    rest.includes(Number.NEGATIVE_INFINITY)
  );
}

/** Parameters of the emitted function `sumZeros`, in order. */
type SumZerosParameters = [
  turns: I32Local, // of 16 floats, at least 1
  from: I32Local, // address of the floats
  to: I32Local, // address for four sums of them all times 0
];

/** Writes the module. */
export function emitFinite(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function<SumZerosParameters>("sumZeros", 3, (f, turns, from, to) => {
    const sums = f.v128s(TURN / 4);
    const zero = f.v128();
    const total = f.v128();
    f.repeat(turns, () => {
      for (const sum of sums) {
        f.set(sum, f32x4.add(sum, f32x4.mul(v128.load(from, 0), zero)));
        f.advance(from, 16);
      }
    });
    for (const sum of sums) f.set(total, f32x4.add(total, sum));
    f.store(to, total, 0);
  });
  return module.toBytes();
}
