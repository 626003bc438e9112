/**
 * Large kernels by Fourier transform in float32 on SIMD: overlap-save, two tiles travelling together as real and imaginary
 * part, as in `matrix/overlap-save.ts`. Tiles are read off a strip of the continued image, and written into a strip of
 * the output, by the first and the last stage of the transform itself.
 *
 * Error, from three transforms of t = log₂(R·C) levels of at most η = 7·2⁻²⁴ each, and the product between them (√2·γ₂ ≤
 * 3·2⁻²⁴), by the Cauchy–Schwarz inequality, the second order left out:
 *
 *     |y − ŷ| ≤ (21·t + 4) · √(2·R·C) · 2⁻²⁴ · max|x| · Σ|k|
 *
 * That is the worst case. The errors that occur are below 8 · 2⁻²⁴ · max|x| · Σ|k| in every test.
 *
 * @module
 */

import type { KernelGeometry, PlannedProblem } from "../../matrix/problem.ts";
import type { FloatArray } from "../../tensor.ts";
import type { SimdEngine } from "../engine.ts";
import { fourierTransform, SIDES, type Side, transformBytes } from "../fourier/transform.ts";
import { forEachBlockOf, type MatrixRun, readStrip, writeStrip } from "./strips.ts";

/** Bytes of both strips, at most. */
const STRIP_BYTES = 1.5 * 2 ** 20;

/**
 * Nanoseconds for a level of a cell of a pair of tiles, there and back; for a pair, beside that, mostly calls; and for a cell
 * of the output: copies, and the look at its range. Measured as `choose-method.ts` says.
 */
const LEVEL_NS = 0.3;
const PAIR_NS = 2500;
const CELL_NS = 1.4;

/** How an output is cut. */
export interface SimdTiles {
  /** Sides of the transform. */
  readonly rows: Side;
  readonly columns: Side;
  /** Cells of a tile that are right: the columns a multiple of four. */
  readonly visibleRows: number;
  readonly visibleColumns: number;
  /** Columns of a block. */
  readonly blockColumns: number;
  /** log₂ of the cells of a tile: levels of radix 2. */
  readonly levels: number;
  /** Expected time of all, in ns. */
  readonly cost: number;
}

/** The tiles that cost least; undefined where the kernel is too large for the largest. */
export function planSimdTiles(geometry: KernelGeometry): SimdTiles | undefined {
  let best: SimdTiles | undefined;
  for (const rows of SIDES) {
    for (const columns of SIDES) {
      const tiles = cutIntoTiles(geometry, rows, columns);
      if (tiles !== undefined && (best === undefined || tiles.cost < best.cost)) best = tiles;
    }
  }
  return best;
}

function cutIntoTiles(
  { kernelShape: [kernelHeight, kernelWidth], outShape: [outHeight, outWidth] }: KernelGeometry,
  rows: Side,
  columns: Side,
): SimdTiles | undefined {
  const visibleRows = rows - kernelHeight + 1;
  const visibleColumns = Math.floor((columns - kernelWidth + 1) / 4) * 4;
  if (visibleRows < 1 || visibleColumns < 1) return undefined;
  const fitting = Math.floor(STRIP_BYTES / (8 * rows * visibleColumns));
  const tilesOfBlock = Math.max(1, Math.min(fitting, Math.ceil(outWidth / visibleColumns)));
  const blockColumns = Math.max(visibleColumns, Math.min(outWidth, tilesOfBlock * visibleColumns));
  const blocks = Math.ceil(outWidth / blockColumns);
  const pairs = Math.ceil(outHeight / visibleRows) * blocks * Math.ceil(tilesOfBlock / 2);
  const levels = Math.log2(rows * columns);
  // The kernel is transformed once, and one way.
  const cost = LEVEL_NS * (pairs + 0.5) * rows * columns * levels + PAIR_NS * pairs + CELL_NS * outHeight * outWidth;
  return { rows, columns, visibleRows, visibleColumns, blockColumns, levels, cost };
}

/** The factor of max|x| · Σ|k| in the error of these tiles. */
export function simdTransformErrorConstant({ rows, columns, levels }: SimdTiles): number {
  return (21 * levels + 4) * Math.sqrt(2 * rows * columns) * 2 ** -24;
}

/**
 * Whether no number on the way exceeds the range of float32, nor becomes so small that it loses digits; of a blank image all
 * are zeros.
 */
export function canTransformSimd(
  source: FloatArray,
  { fillValue, kernel }: PlannedProblem,
  { rows, columns }: SimdTiles,
): boolean {
  // The bits of magnitudes are in the order of the magnitudes, with NaN above all, and integers compare faster.
  const bits = new Int32Array(source.buffer, source.byteOffset, source.length);
  let most = 0;
  for (let i = 0; i < bits.length; i++) most = Math.max(most, bits[i]! & 0x7fffffff);
  const largest = Math.max(Math.abs(fillValue), new Float32Array(Int32Array.of(most).buffer)[0]!);
  let sum = 0;
  for (let i = 0; i < kernel.length; i++) sum += Math.abs(kernel[i]!);
  const cells = rows * columns;
  return [largest, sum / cells, largest * sum].every(
    (value) => value === 0 || (value > 2 ** -80 && 2 * cells * value < 2 ** 126),
  );
}

/** y[i, j] = Σ k[a, b] · x[i + a − top, j + b − left], in these tiles. {@link canTransformSimd} is true of the images. */
export function prepareTransformSimd(engine: SimdEngine, problem: PlannedProblem, tiles: SimdTiles): MatrixRun {
  const {
    kernel,
    kernelShape: [, kernelWidth],
    before: [top, left],
    outShape,
  } = problem;
  const { rows, columns, visibleRows, visibleColumns, blockColumns } = tiles;
  const { memory } = engine;
  const bytes = transformBytes(rows, columns);
  const imageColumns = blockColumns + columns - visibleColumns;
  const scratch = memory.layoutScratch([
    bytes.roots,
    bytes.chunk,
    bytes.spectrum,
    bytes.spectrum,
    4 * rows * Math.max(imageColumns, 2 * columns),
    4 * rows * blockColumns,
  ]);
  const [roots, chunk, spectrum, work, image, result] = scratch.buffers.map(({ address }) => address) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // The last tile of a block begins earlier, to end with it.
  const starts: number[] = [];
  for (let c = 0; c < blockColumns; c += visibleColumns) starts.push(Math.min(c, blockColumns - visibleColumns));

  const correlate: MatrixRun = (source, y) => {
    const transform = fourierTransform(engine, rows, columns, chunk, roots);
    const { floats } = memory;
    // The kernel, and zeros for its imaginary part to the right of it; the inverse transform is scaled here.
    floats.fill(0, image / 4, image / 4 + 2 * rows * columns);
    for (let t = 0; t < kernel.length; t++) {
      floats[image / 4 + Math.floor(t / kernelWidth) * 2 * columns + (t % kernelWidth)] = kernel[t]! / (rows * columns);
    }
    transform.forward({ real: image, imaginary: image + 4 * columns, row: 8 * columns }, kernelWidth, spectrum);
    forEachBlockOf(outShape, [visibleRows, blockColumns], (i, j, outRows) => {
      readStrip(source, problem, [i - top, j - left], [rows, imageColumns], floats, image / 4);
      for (let t = 0; t < starts.length; t += 2) {
        const first = 4 * starts[t]!;
        // A tile that is left over travels with itself.
        const second = 4 * (starts[t + 1] ?? starts[t]!);
        transform.correlate(
          { real: image + first, imaginary: image + second, row: 4 * imageColumns },
          spectrum,
          work,
          { real: result + first, imaginary: result + second, row: 4 * blockColumns },
          visibleColumns,
        );
      }
      writeStrip(floats, result / 4, blockColumns, y, outShape[1], [i, j], outRows);
    });
  };
  return (source, y) => memory.guarded(scratch, () => correlate(source, y));
}
