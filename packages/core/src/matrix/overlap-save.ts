/**
 * Large kernels by Fourier transform. The output falls into tiles; each is read off the circular correlation of the kernel
 * with the R × C cells of the image that the tile sees, of which the last h − 1 rows and w − 1 columns wrapped around and are
 * thrown away (overlap-save):
 *
 *     tile = F⁻¹( F(patch) · conj F(kernel) ),        (R − h + 1) × (C − w + 1) of it
 *
 * Two tiles travel together, one as the real and one as the imaginary part of one complex patch: since the kernel is real,
 * its correlation keeps the two apart. That is the price of a real transform, without its bookkeeping.
 *
 * Everything is float64 and rounded once at the end. Error, from theorem 24.2 of Higham for two forward transforms, one
 * inverse and the product between them, and the Cauchy–Schwarz inequality:
 *
 *     |y − ŷ| ≤ (48·log₂(R·C) + 4) · √(2·R·C) · 2⁻⁵³ · max|x| · Σ|k|  +  u·|y|
 *
 * It is *normwise*: a cell that ought to be small has the error of the largest. A NaN or infinity spreads over two tiles,
 * which is why non-finite values are refused.
 *
 * Source: A. Oppenheim and R. Schafer, "Discrete-Time Signal Processing", section 8.7.
 *
 * @module
 */

import type { FloatArray } from "../tensor.ts";
import { readRectangle } from "./boundary.ts";
import {
  type ComplexMatrix,
  complexMatrix,
  fourierTransform,
  PADDING,
  rootsOfUnity,
  type TransformBuffers,
} from "./fourier.ts";
import type { MatrixGeometry, MatrixProblem } from "./problem.ts";

/** Sides of the transform, and what it costs. */
export interface TilePlan {
  readonly rows: number;
  readonly columns: number;
  /** Expected time, in ns. */
  readonly cost: number;
}

/** Nanoseconds for each cell of a pair of tiles: there, back, and all between. In the range of sizes it hardly grows. */
const PAIR_NS = 38;

/** The tiles, three times as large as the kernel or a little more: larger ones leave the cache, smaller ones waste. */
export function planTiles({
  kernelShape: [kernelHeight, kernelWidth],
  outShape: [outHeight, outWidth],
}: MatrixGeometry): TilePlan {
  const rows = sideFor(kernelHeight, outHeight);
  const columns = sideFor(kernelWidth, outWidth);
  const tiles = Math.ceil(outHeight / (rows - kernelHeight + 1)) * Math.ceil(outWidth / (columns - kernelWidth + 1));
  // The kernel is transformed but once, and one way.
  return { rows, columns, cost: PAIR_NS * rows * columns * (Math.ceil(tiles / 2) + 0.5) };
}

/** The first of 1, 2, 3, 4, 8, 12, 16, … that is enough, or holds the whole axis. */
function sideFor(kernelSize: number, outSize: number): number {
  const enough = Math.min(Math.max(3 * kernelSize, 64), outSize + kernelSize - 1);
  let side = 0;
  for (let i = 0; side < enough; i++) side = 4 ** Math.floor(i / 3) * (1 + (i % 3));
  return side;
}

/** The factor of max|x| · Σ|k| in the error of transforms of this size. */
export function transformErrorConstant({ rows, columns }: TilePlan): number {
  return (48 * Math.log2(rows * columns) + 4) * Math.sqrt(2 * rows * columns) * 2 ** -53;
}

/** Whether all values are finite, and so far from the largest numbers that sums of products of them are. */
export function canTransform({ source, fillValue, kernel }: MatrixProblem): boolean {
  let sum = Math.abs(fillValue);
  for (let i = 0; i < source.length; i++) sum += Math.abs(source[i]);
  for (let i = 0; i < kernel.length; i++) sum += Math.abs(kernel[i]);
  return sum < 1e140;
}

/** y[i, j] = Σ k[a, b] · x[i + a − top, j + b − left], in these tiles. {@link canTransform} is true. */
export function correlateByTransform(
  problem: MatrixProblem,
  y: FloatArray,
  { tiles }: { readonly tiles: TilePlan },
): void {
  const {
    kernel,
    kernelShape: [kernelHeight, kernelWidth],
    before: [top, left],
    outShape: [outHeight, outWidth],
  } = problem;
  const { rows, columns } = tiles;
  const cells = rows * columns;
  const rowRoots = rootsOfUnity(rows);
  const columnRoots = rootsOfUnity(columns);
  const pitch = columns + PADDING;
  const buffers: TransformBuffers = [complexMatrix(rows, columns), complexMatrix(rows, columns)];
  for (let i = 0; i < kernel.length; i++) {
    // The inverse transform is scaled here.
    buffers[0][0][Math.floor(i / kernelWidth) * pitch + (i % kernelWidth)] = kernel[i] / cells;
  }
  fourierTransform(buffers, rowRoots, columnRoots, rows);
  const spectrum = buffers[0];
  buffers[0] = complexMatrix(rows, columns);

  const height = rows - kernelHeight + 1;
  const width = columns - kernelWidth + 1;
  const corners: (readonly [i: number, j: number])[] = [];
  for (let i = 0; i < outHeight; i += height) for (let j = 0; j < outWidth; j += width) corners.push([i, j]);
  while (corners.length > 0) {
    const pair = corners.splice(0, 2);
    buffers[0][1].fill(0); // where one tile is left over
    pair.forEach(([i, j], part) => {
      readRectangle(problem, i - top, j - left, rows, columns, buffers[0][part], pitch);
    });
    fourierTransform(buffers, rowRoots, columnRoots, rows);
    multiplyConjugated(buffers[0], spectrum);
    fourierTransform(buffers, columnRoots, rowRoots, width);
    pair.forEach(([i, j], part) => {
      const values = buffers[0][1 - part];
      const visible = Math.min(width, outWidth - j);
      for (let r = 0; r < Math.min(height, outHeight - i); r++) {
        y.set(values.subarray(r * (width + PADDING), r * (width + PADDING) + visible), (i + r) * outWidth + j);
      }
    });
  }
}

/** z ← i · conj(z · conj(s)): the correlation's spectrum with real and imaginary parts exchanged, for the inverse. */
function multiplyConjugated([zRe, zIm]: ComplexMatrix, [sRe, sIm]: ComplexMatrix): void {
  for (let p = 0; p < zRe.length; p++) {
    const re = zRe[p] * sRe[p] + zIm[p] * sIm[p];
    zRe[p] = zIm[p] * sRe[p] - zRe[p] * sIm[p];
    zIm[p] = re;
  }
}
