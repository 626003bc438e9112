/**
 * The microkernel of plain sums along a row: eight vectors of neighbouring outputs stay in registers, and every tap is broadcast to
 * them in turn. Sums go on from what is in memory, so that taps may come in pieces; the order of an output's terms is that of the
 * taps, wherever it stands and however many are computed with it.
 *
 * @module
 */

import { floatVectors, type I32Local, ModuleBuilder, v128 } from "../../simd/engine/assembler.ts";
import type { DType } from "../../tensor/tensor.ts";

/** Vectors of a tile. */
const VECTORS = 8;

/** Outputs of a tile. */
export function tileOf(dtype: DType): number {
  return VECTORS * (dtype === "float64" ? 2 : 4);
}

/** Parameters of the emitted function `sums`, in order. */
type SumsParameters = [
  x: I32Local, // address of the sample under the first tap of the first output
  k: I32Local, // address of the taps
  y: I32Local, // address of the sums, which go on from what is there
  taps: I32Local, // at least 1
  tiles: I32Local, // at least 1
];

/** Writes the module. */
export function emitDirect(dtype: DType, fma: boolean): Uint8Array<ArrayBuffer> {
  const { bytes, loadSplat, multiplyAdd } = floatVectors(dtype, fma);
  const module = new ModuleBuilder();
  module.function<SumsParameters>("sums", 5, (f, x, k, y, taps, tiles) => {
    const [from, tap, count] = [f.i32(), f.i32(), f.i32()];
    const sums = f.v128s(VECTORS);
    const weight = f.v128();
    f.repeat(tiles, () => {
      for (const [v, sum] of sums.entries()) f.set(sum, v128.load(y, 16 * v));
      f.set(from, x);
      f.set(tap, k);
      f.set(count, taps);
      f.repeat(count, () => {
        f.set(weight, loadSplat(tap, 0));
        for (const [v, sum] of sums.entries()) f.set(sum, multiplyAdd(weight, v128.load(from, 16 * v), sum));
        f.advance(from, bytes);
        f.advance(tap, bytes);
      });
      for (const [v, sum] of sums.entries()) f.store(y, sum, 16 * v);
      f.advance(x, 16 * VECTORS);
      f.advance(y, 16 * VECTORS);
    });
  });
  return module.toBytes();
}
