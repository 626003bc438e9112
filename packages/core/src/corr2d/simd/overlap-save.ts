/**
 * Large kernels by Fourier transform in float32 on SIMD: overlap-save, two tiles travelling together as real and imaginary
 * part, as in `matrix/overlap-save.ts`. Tiles are read off a strip of the continued image, and written into a strip of
 * the output, by the first and the last stage of the transform itself.
 *
 * What a transform does to cells that are small beside their neighbours, and to values that are not finite, stands in
 * `matrix/transform-guard.ts`: it is never left alone.
 *
 * @module
 */

import type { SimdEngine } from "../../simd/engine/engine.ts";
import {
  type FourierTransform,
  fourierTransform,
  SIDES,
  type Side,
  transformBytes,
} from "../../simd/fourier/transform.ts";
import type { Shape2 } from "../../tensor/shape.ts";
import type { KernelGeometry, PlannedProblem } from "../problem/problem.ts";
import { pairsOf, type Tile, type TileTransform } from "../problem/transform-guard.ts";
import { bringStripIn, takeStripOut } from "./strips.ts";
import { findExtremesOn } from "./survey.ts";

/** Bytes of both strips, at most. */
const STRIP_BYTES = 1.5 * 2 ** 20;

/**
 * Nanoseconds for a level of a cell of a pair of tiles, there and back; for a pair, beside that, mostly calls; and for a cell
 * of the output: copies, and the look at its range. Measured as `choose-method.ts` says.
 */
const LEVEL_NS = 0.3;
/** How many times as long levels of radix 5 and 10 take. */
const FIVES = 1.12;
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

/** What tiles are cut by. */
type CutGeometry = Pick<KernelGeometry, "kernelShape" | "outShape">;

/** The tiles that cost least; undefined where the kernel is too large for the largest. */
export function planSimdTiles(geometry: CutGeometry): SimdTiles | undefined {
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
  { kernelShape: [kernelHeight, kernelWidth], outShape: [outHeight, outWidth] }: CutGeometry,
  rows: Side,
  columns: Side,
): SimdTiles | undefined {
  const visibleRows = rows - kernelHeight + 1;
  const visibleColumns = Math.floor((columns - kernelWidth + 1) / 4) * 4;
  if (visibleRows < 1 || visibleColumns < 1) return undefined;
  const fitting = Math.floor(STRIP_BYTES / (8 * rows * visibleColumns));
  const tilesOfBlock = Math.max(1, Math.min(fitting, Math.ceil(outWidth / visibleColumns)));
  const blockColumns = tilesOfBlock * visibleColumns;
  const blocks = Math.ceil(outWidth / blockColumns);
  const pairs = Math.ceil(outHeight / visibleRows) * blocks * Math.ceil(tilesOfBlock / 2);
  const levels = Math.log2(rows * columns);
  const level = rows % 5 === 0 || columns % 5 === 0 ? FIVES * LEVEL_NS : LEVEL_NS;
  // The kernel is transformed once, and one way.
  const cost = level * (pairs + 0.5) * rows * columns * levels + PAIR_NS * pairs + CELL_NS * outHeight * outWidth;
  return { rows, columns, visibleRows, visibleColumns, blockColumns, levels, cost };
}

/** Whether weights are in a range in which no number on the way loses digits or overflows. */
export function canTransformSimd(sum: number, { rows, columns }: SimdTiles): boolean {
  const cells = rows * columns;
  return sum === 0 || (sum / cells > 2 ** -60 && 2 * cells * sum < 2 ** 86);
}

/** Computes tiles of a problem whose kernel {@link canTransformSimd}; `sum` is the Σ|k| of it. */
export function simdTransform(
  engine: SimdEngine,
  problem: PlannedProblem,
  sum: number,
  { rows, columns, visibleRows, visibleColumns, blockColumns }: SimdTiles,
): TileTransform {
  const {
    kernel,
    kernelShape: [, kernelWidth],
    before: [top, left],
    outShape: [outHeight, outWidth],
  } = problem;
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

  /** Makes the transform, and the spectrum of the kernel. */
  const transformed = (): FourierTransform => {
    const transform = fourierTransform(engine, rows, columns, chunk, roots);
    const { floats } = memory;
    // The kernel, and zeros for its imaginary part to the right of it; the inverse transform is scaled here.
    floats.fill(0, image / 4, image / 4 + 2 * rows * columns);
    for (let t = 0; t < kernel.length; t++) {
      floats[image / 4 + Math.floor(t / kernelWidth) * 2 * columns + (t % kernelWidth)] = kernel[t]! / (rows * columns);
    }
    transform.forward({ real: image, imaginary: image + 4 * columns, row: 8 * columns }, kernelWidth, spectrum);
    return transform;
  };
  const correlate: TileTransform["run"] = (source, y, tileAt) => {
    const transform = transformed();
    const all: Tile[] = [];
    const blocks: { readonly at: Shape2; readonly pairs: ReturnType<typeof pairsOf> }[] = [];
    for (let i = 0; i < outHeight; i += visibleRows) {
      for (let j = 0; j < outWidth; j += blockColumns) {
        const tiles: Tile[] = [];
        for (let c = j; c < Math.min(outWidth, j + blockColumns); c += visibleColumns) tiles.push(tileAt(i, c));
        all.push(...tiles);
        const pairs = pairsOf(tiles);
        if (pairs.length > 0) blocks.push({ at: [i, j], pairs });
      }
    }
    // Pairs of a block pass through one chunk and one spectrum: it is one share.
    engine.work(blocks, {
      phases: [1],
      feed({ at: [i, j] }, shift) {
        bringStripIn(engine, source, problem, [i - top, j - left], [rows, imageColumns], image + shift);
        return true;
      },
      share({ at: [, j], pairs }, shift) {
        const [from, to] = [image + shift, result + shift];
        for (const [{ left: first }, { left: second } = { left: first }] of pairs) {
          transform.correlate(
            { real: from + 4 * (first - j), imaginary: from + 4 * (second - j), row: 4 * imageColumns },
            spectrum,
            work + shift,
            { real: to + 4 * (first - j), imaginary: to + 4 * (second - j), row: 4 * blockColumns },
            visibleColumns,
            shift,
          );
        }
      },
      drain({ at }, shift) {
        const blockRows = Math.min(visibleRows, outHeight - at[0]);
        takeStripOut(engine, result + shift, blockColumns, y, outWidth, at, blockRows);
      },
    });
    return all;
  };
  // A transform of a magnitude M is at most M · Σ|k| · cells on its way, twice for what travels together.
  const most = 2 ** 125 / (2 * rows * columns) / Math.max(1, sum);
  return {
    rows,
    columns,
    visibleRows,
    visibleColumns,
    scratchBytes: scratch.bytes,
    unit: 2 ** -24,
    callProducts: 60_000,
    findExtremes: (source, shape) => findExtremesOn(engine, source, shape),
    spectralPeak() {
      let peak = 0;
      memory.guarded(scratch, () => {
        transformed();
        peak = peakOf(memory.floats.subarray(spectrum / 4, (spectrum + bytes.spectrum) / 4));
      });
      return peak * rows * columns;
    },
    range: [2 ** -60 / Math.min(1, sum || 1), most],
    run(source, y, tileAt) {
      let tiles: readonly Tile[] = [];
      memory.guarded(scratch, () => {
        tiles = correlate(source, y, tileAt);
      });
      return tiles;
    },
  };
}

/** The greatest magnitude of a packed spectrum: four real parts, four imaginary parts, and so on. */
function peakOf(packed: Float32Array): number {
  let peak = 0;
  for (let i = 0; i + 8 <= packed.length; i += 8) {
    for (let lane = i; lane < i + 4; lane++) peak = Math.max(peak, Math.hypot(packed[lane]!, packed[lane + 4]!));
  }
  return peak;
}
