/**
 * Passes over rows of numbers in memory, of either element type: products with a factor, the greatest magnitude of a spectrum, and
 * the least and the greatest magnitude of blocks of samples.
 *
 * @module
 */

import { floatVectors, type I32Local, i32, type Local, ModuleBuilder, v128 } from "../../simd/engine/assembler.ts";
import type { DType } from "../../tensor/tensor.ts";

/** Samples that {@link emitPasses}'s `extremes` takes at once. */
export const TURN = 8;

/** Parameters of `scale`, in order: to ← factor · from. */
type ScaleParameters = [
  from: I32Local,
  to: I32Local,
  vectors: I32Local, // at least 1
  factor: I32Local, // its address
];

/** Parameters of `peak`, in order. */
type PeakParameters = [
  from: I32Local, // packed complex numbers
  vectors: I32Local, // of a row
  gap: I32Local, // bytes from the end of a row to the next
  rows: I32Local,
  to: I32Local, // address for the greatest re² + im² of each lane
];

/** Parameters of `extremes`, in order. */
type ExtremesParameters = [
  from: I32Local,
  turns: I32Local, // of eight samples, in a block
  blocks: I32Local,
  least: I32Local, // addresses for the least and the greatest |x| of each block, NaN where one is not finite
  most: I32Local,
];

/** Writes the module. */
export function emitPasses(dtype: DType, fma: boolean): Uint8Array<ArrayBuffer> {
  const v = floatVectors(dtype, fma);
  const module = new ModuleBuilder();
  module.function<ScaleParameters>("scale", 4, (f, from, to, vectors, factor) => {
    const [by, product] = [f.v128(), f.v128()];
    f.set(by, v.loadSplat(factor, 0));
    f.repeat(vectors, () => {
      f.set(product, v.mul(v128.load(from, 0), by));
      f.store(to, product, 0);
      f.advance(from, 16);
      f.advance(to, 16);
    });
  });
  module.function<PeakParameters>("peak", 5, (f, from, vectors, gap, rows, to) => {
    const [most, re, im, count] = [f.v128(), f.v128(), f.v128(), f.i32()];
    f.repeat(rows, () => {
      f.set(count, vectors);
      f.repeat(count, () => {
        f.set(re, v128.load(from, 0));
        f.set(im, v128.load(from, 16));
        f.set(most, v.pmax(most, v.multiplyAdd(re, re, v.mul(im, im))));
        f.advance(from, 32);
      });
      f.advance(from, gap);
    });
    f.store(to, most, 0);
  });
  module.function<ExtremesParameters>("extremes", 5, (f, from, turns, blocks, least, most) => {
    const [low, high, x, signs, zero, zeros] = f.v128s(6) as [V, V, V, V, V, V];
    const count = f.i32();
    f.set(signs, v.splat(-0));
    f.repeat(blocks, () => {
      f.set(low, v.splat(Number.POSITIVE_INFINITY));
      f.set(high, zero);
      f.set(zeros, zero);
      f.set(count, turns);
      f.repeat(count, () => {
        for (let at = 0; at < TURN * v.bytes; at += 16) {
          f.set(x, v128.andnot(v128.load(from, at), signs));
          f.set(low, v.pmin(low, x));
          f.set(high, v.pmax(high, x));
          f.set(zeros, v.multiplyAdd(x, zero, zeros));
        }
        f.set(from, i32.add(from, TURN * v.bytes));
      });
      f.set(high, v.add(high, zeros));
      for (const [result, to, fold] of [
        [low, least, v.pmin],
        [high, most, v.pmax],
      ] as const) {
        // A NaN in any lane is seen by the sum of what each is times 0.
        f.set(zeros, v.mul(result, zero));
        for (const lanes of v.lanes === 4
          ? ([
              [2, 3, 0, 1],
              [1, 0, 3, 2],
            ] as const)
          : ([[2, 3, 0, 1]] as const)) {
          f.set(result, fold(result, v128.shuffle(result, result, lanes)));
          f.set(zeros, v.add(zeros, v128.shuffle(zeros, zeros, lanes)));
        }
        f.set(result, v.add(result, zeros));
        f.store(to, result, 0, v.bytes / 4);
        f.advance(to, v.bytes);
      }
    });
  });
  return module.toBytes();
}

type V = Local<"v128">;
