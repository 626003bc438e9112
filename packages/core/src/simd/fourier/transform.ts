/**
 * The two-dimensional Fourier transform in float32, four columns at a time, there and back between strips and a packed,
 * transposed and unsorted spectrum:
 *
 *     strip ──columns, 16 at a time──> chunk ──transposed──> spectrum ──its columns, 16 at a time──> spectrum
 *
 * A chunk of 16 columns fits the first-level cache, where all stages pass over it; so the whole is read and written only
 * twice in each direction. What is made of a spectrum there (its product with another) is done chunk by chunk, too.
 *
 * Layout of a spectrum: [block of 16 row numbers][column][packed row numbers], so that columns are transformed in one piece of
 * memory. Roots: for each stage, m rows to a block, the m/4 triples ω, ω², ω³.
 *
 * Rounding: the angles are reduced to one turn and the roots rounded once from float64, so they are wrong by μ ≤ 2⁻²⁴ and
 * a little; by theorem 24.2 of Higham each level of radix 2 (two to a stage of radix 4) adds at most η = μ + γ₄·(√2 + μ) ≤
 * 7 · 2⁻²⁴ relative to the 2-norm of the result.
 *
 * Source: N. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition, section 24.1.
 *
 * @module
 */

import type { SimdEngine } from "../engine/engine.ts";
import { emitFourier, emitLastStages, type LastRadix, VECTOR_BYTES } from "./emit.ts";

/** Sides there are: powers of four, and of twice, three, five, six and ten times as much those that caches hold. */
export const SIDES = [16, 32, 48, 64, 80, 96, 128, 160, 192, 256] as const;
export type Side = (typeof SIDES)[number];

/** Columns transformed at once, as vectors of four. */
const CHUNK_VECTORS = 4;
const CHUNK_COLUMNS: number = 4 * CHUNK_VECTORS;
const CHUNK_ROW: number = CHUNK_VECTORS * VECTOR_BYTES;

/** Bytes from block to block of a spectrum: an odd number of cache lines, so that blocks do not fall into the same few. */
function blockBytes(columns: Side): number {
  return CHUNK_ROW * columns + 64;
}

/** Bytes of what a transform needs in memory. */
export function transformBytes(rows: Side, columns: Side): { spectrum: number; chunk: number; roots: number } {
  return {
    spectrum: (rows / CHUNK_COLUMNS) * blockBytes(columns),
    chunk: rows * CHUNK_ROW,
    roots: 4 * (rootsOf(rows).floats.length + rootsOf(columns).floats.length),
  };
}

/** The roots of all stages of a side, and where those of a stage begin. */
interface StageRoots {
  readonly side: Side;
  /** Rows of the last blocks: 1, or a radix. */
  readonly smallest: 1 | LastRadix;
  readonly floats: Float32Array;
  readonly starts: ReadonlyMap<number, number>;
}

const knownRoots = new Map<Side, StageRoots>();

function rootsOf(side: Side): StageRoots {
  const known = knownRoots.get(side);
  if (known !== undefined) return known;
  const floats: number[] = [];
  const starts = new Map<number, number>();
  let m: number = side;
  for (; m % 4 === 0; m /= 4) {
    starts.set(m, 4 * floats.length);
    for (let p = 0; p < m / 4; p++) {
      for (const k of [1, 2, 3]) {
        const angle = -2 * Math.PI * ((k * p) / m);
        floats.push(Math.cos(angle), Math.sin(angle));
      }
    }
  }
  const roots = { side, smallest: m as 1 | LastRadix, floats: Float32Array.from(floats), starts };
  knownRoots.set(side, roots);
  return roots;
}

/** A place of two tiles in strips: addresses of the first of each, and the bytes from row to row. */
export interface StripPair {
  readonly real: number;
  readonly imaginary: number;
  readonly row: number;
}

/** Transforms of one size, at fixed places in memory. */
export interface FourierTransform {
  /** The transform of a pair of tiles, of which all columns from `columns` on are zero, in `spectrum`. */
  forward(tiles: StripPair, columns: number, spectrum: number): void;
  /**
   * Tiles ← F⁻¹(F(tiles) · conj kernel) · rows · columns, the first `columns` of it, all rows. `work` is a spectrum; the chunk is
   * `shift` bytes further on, of which nothing but calls of emitted functions depends.
   */
  correlate(tiles: StripPair, kernel: number, work: number, target: StripPair, columns: number, shift?: number): void;
  /** The same of tiles whose transform is there already, and stays. */
  correlateSpectrum(spectrum: number, kernel: number, work: number, target: StripPair, columns: number): void;
}

/** Makes a transform whose chunk and roots stand at these addresses. */
export function fourierTransform(
  engine: SimdEngine,
  rows: Side,
  columns: Side,
  firstChunk: number,
  roots: number,
): FourierTransform {
  const wasm = engine.functions("fourier", () => emitFourier(engine.fma));
  const { forward4FromStrip, forward4, inverse4, inverse4ToStrip } = wasm;
  const { transpose, multiplyConjugated } = wasm;
  const block = blockBytes(columns);
  const blocks = rows / CHUNK_COLUMNS;
  const [rowRoots, columnRoots] = [rootsOf(rows), rootsOf(columns)];
  const last = new Map(
    [rowRoots, columnRoots].map(({ smallest: radix }) => [
      radix,
      radix === 1 ? undefined : engine.functions(`fourier-${radix}`, () => emitLastStages(radix, engine.fma)),
    ]),
  );
  const columnRootsAt = roots + 4 * rowRoots.floats.length;
  engine.memory.floats.set(rowRoots.floats, roots / 4);
  engine.memory.floats.set(columnRoots.floats, columnRootsAt / 4);

  const quarter = rows / 4;
  const chunkQuarter = quarter * CHUNK_ROW;

  /** The stages on blocks of `first` rows and less, of a chunk in place. */
  const forwardStages = (
    at: number,
    row: number,
    { side, starts, smallest }: StageRoots,
    rootsAt: number,
    first: number,
  ) => {
    for (let m = first; m % 4 === 0; m /= 4) {
      const stageRoots = rootsAt + starts.get(m)!;
      forward4!(at, row, (m / 4) * row, 0, 0, 0, 0, 0, CHUNK_VECTORS, m / 4, side / m, stageRoots);
    }
    last.get(smallest)?.forward?.(at, row, CHUNK_VECTORS, side / smallest);
  };
  /** The same backwards, up to blocks of `end` rows. */
  const inverseStages = (
    at: number,
    row: number,
    { side, starts, smallest }: StageRoots,
    rootsAt: number,
    end: number,
  ) => {
    last.get(smallest)?.inverse?.(at, row, CHUNK_VECTORS, side / smallest);
    for (let m = 4 * smallest; m <= end; m *= 4) {
      const stageRoots = rootsAt + starts.get(m)!;
      inverse4!(at, row, (m / 4) * row, 0, 0, 0, 0, 0, CHUNK_VECTORS, m / 4, side / m, stageRoots);
    }
  };

  /** Columns of the tiles, and the transposition. */
  const columnsToSpectrum = (
    { real, imaginary, row }: StripPair,
    count: number,
    spectrum: number,
    chunk: number,
  ): void => {
    for (let c = 0; c < count; c += CHUNK_COLUMNS) {
      const from = real + 4 * c;
      const delta = imaginary - real;
      forward4FromStrip!(
        from,
        row,
        quarter * row,
        delta,
        chunk,
        CHUNK_ROW,
        chunkQuarter,
        0,
        CHUNK_VECTORS,
        quarter,
        1,
        roots,
      );
      forwardStages(chunk, CHUNK_ROW, rowRoots, roots, quarter);
      for (let k = 0; k < blocks; k++) {
        const to = spectrum + k * block + c * CHUNK_ROW;
        transpose!(chunk + k * CHUNK_COLUMNS * CHUNK_ROW, CHUNK_ROW, to, CHUNK_ROW, CHUNK_VECTORS, CHUNK_VECTORS);
      }
    }
  };
  /** The way back, for the first `count` columns. */
  const spectrumToColumns = (
    spectrum: number,
    { real, imaginary, row }: StripPair,
    count: number,
    chunk: number,
  ): void => {
    for (let c = 0; c < count; c += CHUNK_COLUMNS) {
      const vectors = Math.min(CHUNK_VECTORS, (count - c) / 4);
      for (let k = 0; k < blocks; k++) {
        const from = spectrum + k * block + c * CHUNK_ROW;
        transpose!(from, CHUNK_ROW, chunk + k * CHUNK_COLUMNS * CHUNK_ROW, CHUNK_ROW, CHUNK_VECTORS, vectors);
      }
      inverseStages(chunk, CHUNK_ROW, rowRoots, roots, quarter);
      const to = real + 4 * c;
      const delta = imaginary - real;
      inverse4ToStrip!(chunk, CHUNK_ROW, chunkQuarter, 0, to, row, quarter * row, delta, vectors, quarter, 1, roots);
    }
  };
  const multiplyAndReturn = (spectrum: number, kernel: number, work: number): void => {
    multiplyConjugated!(spectrum, kernel, work, CHUNK_ROW, CHUNK_VECTORS, columns);
    inverseStages(work, CHUNK_ROW, columnRoots, columnRootsAt, columns);
  };
  return {
    forward(tiles, count, spectrum) {
      if (count < columns) engine.memory.floats.fill(0, spectrum / 4, (spectrum + blocks * block) / 4);
      columnsToSpectrum(tiles, count, spectrum, firstChunk);
      for (let at = 0; at < blocks * block; at += block) {
        forwardStages(spectrum + at, CHUNK_ROW, columnRoots, columnRootsAt, columns);
      }
    },
    correlate(tiles, kernel, work, target, count, shift = 0) {
      columnsToSpectrum(tiles, columns, work, firstChunk + shift);
      for (let at = 0; at < blocks * block; at += block) {
        forwardStages(work + at, CHUNK_ROW, columnRoots, columnRootsAt, columns);
        multiplyAndReturn(work + at, kernel + at, work + at);
      }
      spectrumToColumns(work, target, count, firstChunk + shift);
    },
    correlateSpectrum(spectrum, kernel, work, target, count) {
      for (let at = 0; at < blocks * block; at += block) {
        multiplyAndReturn(spectrum + at, kernel + at, work + at);
      }
      spectrumToColumns(work, target, count, firstChunk);
    },
  };
}
