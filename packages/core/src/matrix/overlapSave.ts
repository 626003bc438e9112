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
 * which is why non-finite values are refused. Where image and kernel are integers and the scale is less than 2²⁸, the
 * result is rounded to integers and thereby exact.
 *
 * Source: A. Oppenheim and R. Schafer, "Discrete-Time Signal Processing", section 8.7.
 *
 * @module
 */

import type { FloatArray } from "../tensor.ts";
import { readRectangle } from "./boundary.ts";
import { type ComplexMatrix, complexMatrix, fourierTransform, rootsOfUnity, type TransformBuffers } from "./fourier.ts";
import type { MatrixGeometry, MatrixProblem } from "./problem.ts";

/** Sides of the transform, and what it costs. */
export interface TilePlan {
  readonly rows: number;
  readonly columns: number;
  /** Expected time, in ns. */
  readonly cost: number;
}

/** Nanoseconds for each cell of a pair of tiles: there, back, and all between. In the range of sizes it hardly grows. */
const PAIR_NS = 37;

/** The sides that cost least: a power of two, or what holds a whole axis if that is less. */
export function planTiles({
  kernelShape: [kernelHeight, kernelWidth],
  outShape: [outHeight, outWidth],
}: MatrixGeometry): TilePlan {
  const powerOfTwo = (size: number): number => 2 ** Math.ceil(Math.log2(size));
  const allRows = powerOfTwo(outHeight + kernelHeight - 1);
  const allColumns = powerOfTwo(outWidth + kernelWidth - 1);
  const plans: TilePlan[] = [];
  for (let side = powerOfTwo(Math.max(kernelHeight, kernelWidth)); side <= Math.max(allRows, allColumns); side *= 2) {
    const rows = Math.min(side, allRows);
    const columns = Math.min(side, allColumns);
    const tiles = Math.ceil(outHeight / (rows - kernelHeight + 1)) * Math.ceil(outWidth / (columns - kernelWidth + 1));
    // The kernel is transformed but once, and one way.
    plans.push({ rows, columns, cost: PAIR_NS * rows * columns * (Math.ceil(tiles / 2) + 0.5) });
  }
  return plans.sort((a, b) => a.cost - b.cost)[0];
}

/** The factor of max|x| · Σ|k| in the error of transforms of this size. */
export function transformErrorConstant({ rows, columns }: TilePlan): number {
  return (48 * Math.log2(rows * columns) + 4) * Math.sqrt(2 * rows * columns) * 2 ** -53;
}

/** max|x| · Σ|k|, the scale of results and errors; NaN or infinite where a value is. */
export function transformScale({ source, boundary, fillValue, kernel }: MatrixProblem): number {
  let largest = boundary === "constant" ? Math.abs(fillValue) : 0;
  let sum = 0;
  for (const value of source) largest = Math.max(largest, Math.abs(value));
  for (const weight of kernel) sum += Math.abs(weight);
  return largest * sum;
}

/** y[i, j] = Σ k[a, b] · x[i + a − top, j + b − left], in these tiles, for a finite {@link transformScale}. */
export function correlateByTransform(
  problem: MatrixProblem,
  y: FloatArray,
  { tiles }: { readonly tiles: TilePlan },
): void {
  const {
    source,
    fillValue,
    kernel,
    kernelShape: [kernelHeight, kernelWidth],
    before: [top, left],
    outShape: [outHeight, outWidth],
  } = problem;
  const { rows, columns } = tiles;
  const cells = rows * columns;
  const rowRoots = rootsOfUnity(rows);
  const columnRoots = rootsOfUnity(columns);
  const buffers: TransformBuffers = [complexMatrix(cells), complexMatrix(cells)];
  for (let i = 0; i < kernel.length; i++) {
    // The inverse transform is scaled here.
    buffers[0][0][Math.floor(i / kernelWidth) * columns + (i % kernelWidth)] = kernel[i] / cells;
  }
  fourierTransform(buffers, rowRoots, columnRoots);
  const spectrum = buffers[0];
  buffers[0] = complexMatrix(cells);
  // Up to 2²⁶ cells and this scale the error is less than a half.
  const integers =
    [kernel, source, [fillValue]].every((values) => (values as number[]).every(Number.isInteger)) &&
    transformScale(problem) < 2 ** 28;

  const height = rows - kernelHeight + 1;
  const width = columns - kernelWidth + 1;
  const corners: (readonly [i: number, j: number])[] = [];
  for (let i = 0; i < outHeight; i += height) for (let j = 0; j < outWidth; j += width) corners.push([i, j]);
  while (corners.length > 0) {
    const pair = corners.splice(0, 2);
    buffers[0][1].fill(0); // where one tile is left over
    pair.forEach(([i, j], part) => {
      readRectangle(problem, i - top, j - left, rows, columns, buffers[0][part], columns);
    });
    fourierTransform(buffers, rowRoots, columnRoots);
    multiplyConjugated(buffers[0], spectrum);
    fourierTransform(buffers, columnRoots, rowRoots);
    pair.forEach(([i, j], part) => {
      const values = buffers[0][1 - part];
      // Adding zero makes 0 of −0.
      if (integers) for (let p = 0; p < cells; p++) values[p] = Math.round(values[p]) + 0;
      const visible = Math.min(width, outWidth - j);
      for (let r = 0; r < Math.min(height, outHeight - i); r++) {
        y.set(values.subarray(r * columns, r * columns + visible), (i + r) * outWidth + j);
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
