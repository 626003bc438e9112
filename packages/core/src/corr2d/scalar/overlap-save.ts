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
 * Everything is float64 and rounded once at the end. What a transform does to cells that are small beside their neighbours, and
 * to values that are not finite, stands in transform-guard.ts: it is never left alone.
 *
 * Source: A. Oppenheim and R. Schafer, "Discrete-Time Signal Processing", section 8.7.
 *
 * @module
 */

import { readRectangle } from "../problem/boundary.ts";
import type { KernelGeometry, PlannedProblem } from "../problem/problem.ts";
import { pairsOf, type Tile, type TileTransform } from "../problem/transform-guard.ts";
import {
  type ComplexMatrix,
  complexMatrix,
  fourierTransform,
  PADDING,
  rootsOfUnity,
  type TransformBuffers,
} from "./fourier.ts";

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
}: KernelGeometry): TilePlan {
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

/** Computes tiles of a problem whose kernel is finite and light enough for float64; see {@link TileTransform}. */
export function scalarTransform(problem: PlannedProblem, { rows, columns }: TilePlan): TileTransform {
  const {
    kernel,
    kernelShape: [kernelHeight, kernelWidth],
    before: [top, left],
    outShape: [outHeight, outWidth],
  } = problem;
  const cells = rows * columns;
  const visibleRows = rows - kernelHeight + 1;
  const visibleColumns = columns - kernelWidth + 1;
  const pitch = columns + PADDING;
  /** The kernel's, scaled for the inverse transform. */
  const spectrumOf = (): TransformBuffers => {
    const buffers: TransformBuffers = [complexMatrix(rows, columns), complexMatrix(rows, columns)];
    for (let i = 0; i < kernel.length; i++) {
      buffers[0][0][Math.floor(i / kernelWidth) * pitch + (i % kernelWidth)] = kernel[i] / cells;
    }
    fourierTransform(buffers, rootsOfUnity(rows), rootsOfUnity(columns), rows);
    return buffers;
  };
  return {
    rows,
    columns,
    visibleRows,
    visibleColumns,
    scratchBytes: 6 * 8 * (cells + PADDING * Math.max(rows, columns)),
    unit: 2 ** -53,
    callProducts: 10_000,
    range: [1e-140, 1e140],
    spectralPeak() {
      const [re, im] = spectrumOf()[0];
      return re.reduce((peak, part, i) => Math.max(peak, Math.hypot(part, im[i])), 0) * cells;
    },
    run(source, y, tileAt) {
      const image = { ...problem, source };
      const rowRoots = rootsOfUnity(rows);
      const columnRoots = rootsOfUnity(columns);
      const buffers = spectrumOf();
      const spectrum = buffers[0];
      buffers[0] = complexMatrix(rows, columns);

      const tiles: Tile[] = [];
      for (let i = 0; i < outHeight; i += visibleRows) {
        for (let j = 0; j < outWidth; j += visibleColumns) tiles.push(tileAt(i, j));
      }
      for (const pair of pairsOf(tiles)) {
        buffers[0][1].fill(0); // where a tile is alone
        pair.forEach((tile, part) => {
          readRectangle(image, tile!.top - top, tile!.left - left, rows, columns, buffers[0][part], pitch);
        });
        fourierTransform(buffers, rowRoots, columnRoots, rows);
        multiplyConjugated(buffers[0], spectrum);
        fourierTransform(buffers, columnRoots, rowRoots, visibleColumns);
        pair.forEach((tile, part) => {
          const values = buffers[0][1 - part];
          for (let r = 0; r < tile!.rows; r++) {
            const from = r * (visibleColumns + PADDING);
            y.set(values.subarray(from, from + tile!.columns), (tile!.top + r) * outWidth + tile!.left);
          }
        });
      }
      return tiles;
    },
  };
}

/** z ← i · conj(z · conj(s)): the correlation's spectrum with real and imaginary parts exchanged, for the inverse. */
function multiplyConjugated([zRe, zIm]: ComplexMatrix, [sRe, sIm]: ComplexMatrix): void {
  for (let p = 0; p < zRe.length; p++) {
    const re = zRe[p] * sRe[p] + zIm[p] * sIm[p];
    zRe[p] = zIm[p] * sRe[p] - zRe[p] * sIm[p];
    zIm[p] = re;
  }
}
