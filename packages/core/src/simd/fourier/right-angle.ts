/**
 * The Fourier transform of N real numbers as that of M = N/2 complex ones, there and back, unsorted: what correlations are made of,
 * at half the cost of complex numbers and without the bookkeeping of a real transform. In the ring of polynomials with X^M = i,
 *
 *     x(X) = Σ_n x[n]·Xⁿ = Σ_{n<M} (x[n] + i·x[n + M])·Xⁿ          and X^N = −1
 *
 * so the numbers of the second half are the imaginary parts of those of the first. Evaluated at the M-th roots ζ of i, products of
 * polynomials are products of numbers, and since coefficients are real and |ζ| = 1, conj k(ζ) = k(1/ζ): with
 *
 *     y = F⁻¹( F(x) · conj F(k) )          y[n] = Σ_j k[j] · x[n + j]
 *
 * where what wraps around comes back with its sign changed. M is R·C: numbers stand in a matrix of R rows, n = C·r + c. Columns
 * are transformed, several at once, each number multiplied by a root, rows transformed:
 *
 *     strip ──columns, a chunk at a time──> chunk ──roots, transposed──> spectrum ──its columns, a chunk at a time──> spectrum
 *
 * Layout of a spectrum: [column][packed rows], `pitch` bytes apart.
 *
 * Sources: R. Crandall and B. Fagin, "Discrete weighted transforms and large-integer arithmetic", Mathematics of Computation 62 (1994);
 * D. Bailey, "FFTs in external or hierarchical memory", Journal of Supercomputing 4 (1990).
 *
 * @module
 */

import type { DType, FloatArray } from "../../tensor/tensor.ts";
import type { SimdEngine } from "../engine/engine.ts";
import type { Radix } from "./butterflies.ts";
import { VECTOR_BYTES } from "./emit.ts";
import { emitTwisted, RADICES, stageName } from "./emit-twisted.ts";

/** Vectors of a row that are transformed together. */
const CHUNK_VECTORS = 4;
const CHUNK_ROW: number = CHUNK_VECTORS * VECTOR_BYTES;
/** The longest side: its chunk fits scratch. */
const LONGEST_SIDE = 4096;

/** A size of the transform. */
export interface RealSize {
  /** N = 2·R·C. */
  readonly samples: number;
  readonly rows: number;
  readonly columns: number;
  /** Butterflies of a complex number, in levels of radix 2. */
  readonly levels: number;
}

/** The radices of a side, or undefined if it has another factor. */
function radicesOf(side: number): readonly Radix[] | undefined {
  const radices: Radix[] = [];
  for (let rest = side; rest > 1; rest /= radices.at(-1)!) {
    const radix = RADICES.find((r) => rest % r === 0);
    if (radix === undefined) return undefined;
    radices.push(radix);
  }
  return radices;
}

let known: readonly RealSize[] | undefined;

/** All sizes there are, the smallest first: two sides that are 16 times products of 2, 3 and 5, and not too unlike. */
export function realSizes(): readonly RealSize[] {
  if (known !== undefined) return known;
  const sides = Array.from({ length: LONGEST_SIDE / 16 }, (_, i) => 16 * (i + 1)).filter(radicesOf);
  const sizes = new Map<number, RealSize>();
  for (const rows of sides) {
    for (const columns of sides) {
      if (rows > columns || columns > 4 * rows) continue;
      const samples = 2 * rows * columns;
      const levels = Math.log2(rows * columns);
      const other = sizes.get(samples);
      // The squarest.
      if (other === undefined || columns < other.columns) sizes.set(samples, { samples, rows, columns, levels });
    }
  }
  known = [...sizes.values()].sort((a, b) => a.samples - b.samples);
  return known;
}

/** Bytes from column to column of a spectrum: an odd number of cache lines, so that they do not fall into the same few. */
function pitchOf({ rows }: RealSize, bytes: number): number {
  return 2 * bytes * rows + 64;
}

/** The roots of a size, as floats of memory. */
interface Roots {
  readonly values: FloatArray;
  /** Where, among the values, those of the stages over rows and over columns begin, and fine and coarse ones. */
  readonly rowStages: readonly number[];
  readonly columnStages: readonly number[];
  readonly fine: number;
  readonly coarse: number;
}

/** Values of roots kept for the next transform of their size, and how many at most. */
const keptRoots = /* @__PURE__ */ new Map<string, Roots>();
const KEPT_VALUES = 2 ** 18;
const KEPT_SIZES = 12;

function rootsOf(size: RealSize, dtype: DType): Roots {
  const key = `${dtype} ${size.rows} ${size.columns}`;
  const kept = keptRoots.get(key);
  if (kept !== undefined) return kept;
  const roots = computeRoots(size, dtype);
  if (roots.values.length <= KEPT_VALUES) {
    if (keptRoots.size >= KEPT_SIZES) keptRoots.clear();
    keptRoots.set(key, roots);
  }
  return roots;
}

/** Angles are counted in turns, in float64. */
function computeRoots({ rows, columns }: RealSize, dtype: DType): Roots {
  const lanes = dtype === "float64" ? 2 : 4;
  const chunkColumns = CHUNK_VECTORS * lanes;
  const chunks = columns / chunkColumns;
  const stageLength = (side: number): number => 2 * side; // the last block has side − 1 of them, all others fewer
  const length = 2 * (stageLength(rows) + stageLength(columns)) + 2 * rows * chunkColumns + 2 * rows * chunks;
  const values = dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
  let at = 0;
  const push = (turns: number): void => {
    values[at++] = Math.cos(2 * Math.PI * turns);
    values[at++] = Math.sin(2 * Math.PI * turns);
  };
  /** Roots of the stages of a side, from the angle of its first block, and the angles of its last blocks. */
  const stages = (side: number, angle: number): readonly [starts: readonly number[], angles: readonly number[]] => {
    const starts: number[] = [];
    let angles = [angle];
    for (const radix of radicesOf(side)!) {
      starts.push(at);
      for (const turns of angles) for (let l = 1; l < radix; l++) push((l * turns) / radix);
      angles = angles.flatMap((turns) => Array.from({ length: radix }, (_, k) => (turns - k) / radix));
    }
    return [starts, angles];
  };
  const [rowStages, angles] = stages(rows, 1 / 4);
  const [columnStages] = stages(columns, 0);
  /** Packs a root: its cosine, and a vector further its sine. */
  const pack = (turns: number, to: number): void => {
    values[to] = Math.cos(2 * Math.PI * turns);
    values[to + lanes] = Math.sin(2 * Math.PI * turns);
  };
  // Memory behind it is aligned to vectors, whatever the stages took.
  at = Math.ceil(at / lanes) * lanes;
  const fine = at;
  for (const angle of angles) {
    for (let c = 0; c < chunkColumns; c += lanes, at += 2 * lanes) {
      for (let l = 0; l < lanes; l++) pack((angle * (c + l)) / columns, at + l);
    }
  }
  const coarse = at;
  for (let c = 0; c < columns; c += chunkColumns) {
    for (let r = 0; r < rows; r += lanes, at += 2 * lanes) {
      for (let l = 0; l < lanes; l++) pack((angles[r + l]! * c) / columns, at + l);
    }
  }
  return { values: values.subarray(0, at), rowStages, columnStages, fine, coarse };
}

/** Bytes of what a transform needs in memory: its roots, a spectrum, and a chunk of scratch. */
export function realTransformBytes(
  size: RealSize,
  dtype: DType,
): { readonly roots: number; readonly spectrum: number; readonly chunk: number } {
  const bytes = dtype === "float64" ? 8 : 4;
  return {
    roots: bytes * rootsOf(size, dtype).values.length,
    spectrum: size.columns * pitchOf(size, bytes),
    chunk: size.rows * CHUNK_ROW,
  };
}

/** Transforms of one size, at fixed places in memory; spectra are given by address. */
export interface RealTransform {
  /** spectrum ← F(strip). */
  forward(strip: number, spectrum: number): void;
  /** target ← N/2 · F⁻¹(F(strip) · conj kernel), in the place of `spectrum`. */
  correlate(strip: number, kernel: number, spectrum: number, target: number): void;
}

/** Makes a transform whose roots stand at an address already: {@link writeRoots}. */
export function realTransform(
  engine: SimdEngine,
  dtype: DType,
  size: RealSize,
  rootsAt: number,
  chunk: number,
): RealTransform {
  const { rows, columns } = size;
  const bytes = dtype === "float64" ? 8 : 4;
  const lanes = 16 / bytes;
  const wasm = engine.functions(`twisted-${dtype}`, () => emitTwisted(dtype, engine.fma));
  const { rowStages, columnStages, fine, coarse } = rootsOf(size, dtype);
  const pitch = pitchOf(size, bytes);
  const chunkColumns = CHUNK_VECTORS * lanes;
  const stripRow = bytes * columns;
  const imaginary = bytes * rows * columns;
  const coarseBytes = 2 * bytes * rows;

  interface Stage {
    readonly forward: (...parameters: number[]) => void;
    readonly inverse: (...parameters: number[]) => void;
    readonly rows: number;
    readonly blocks: number;
    readonly roots: number;
  }
  /** The first stage over rows reads and writes strips. */
  const stagesOf = (side: number, starts: readonly number[], strip: boolean): readonly Stage[] => {
    let blocks = 1;
    return radicesOf(side)!.map((radix, s) => {
      const isStrip = strip && s === 0;
      const stage: Stage = {
        forward: wasm[stageName(radix, "forward", isStrip)]!,
        inverse: wasm[stageName(radix, "inverse", isStrip)]!,
        rows: side / blocks / radix,
        blocks,
        roots: rootsAt + bytes * starts[s]!,
      };
      blocks *= radix;
      return stage;
    });
  };
  const [first, ...others] = stagesOf(rows, rowStages, true) as [Stage, ...Stage[]];
  const across = stagesOf(columns, columnStages, false);

  const inPlace = (run: Stage["forward"], s: Stage, at: number, row: number): void =>
    run(at, row, s.rows * row, 0, 0, 0, 0, 0, CHUNK_VECTORS, s.rows, s.blocks, s.roots);
  /** Between the chunk, which holds the `j`-th columns, and their place in a spectrum. */
  const transpose = (run: Stage["forward"], columnsAt: number, j: number): void => {
    const coarseAt = rootsAt + bytes * coarse + j * coarseBytes;
    run(chunk, CHUNK_ROW, columnsAt, pitch, CHUNK_VECTORS, rows / lanes, rootsAt + bytes * fine, coarseAt);
  };

  const columnsToSpectrum = (strip: number, spectrum: number): void => {
    for (let c = 0, j = 0; c < columns; c += chunkColumns, j++) {
      const from = strip + bytes * c;
      const q = first.rows;
      first.forward(
        from,
        stripRow,
        q * stripRow,
        imaginary,
        chunk,
        CHUNK_ROW,
        q * CHUNK_ROW,
        0,
        CHUNK_VECTORS,
        q,
        1,
        first.roots,
      );
      for (const s of others) {
        inPlace(s.forward, s, chunk, CHUNK_ROW);
      }
      transpose(wasm.toSpectrum!, spectrum + c * pitch, j);
    }
  };
  const spectrumToColumns = (spectrum: number, target: number): void => {
    for (let c = 0, j = 0; c < columns; c += chunkColumns, j++) {
      transpose(wasm.fromSpectrum!, spectrum + c * pitch, j);
      for (const s of others.toReversed()) {
        inPlace(s.inverse, s, chunk, CHUNK_ROW);
      }
      const q = first.rows;
      first.inverse(
        chunk,
        CHUNK_ROW,
        q * CHUNK_ROW,
        0,
        target + bytes * c,
        stripRow,
        q * stripRow,
        imaginary,
        CHUNK_VECTORS,
        q,
        1,
        first.roots,
      );
    }
  };
  const rowsForward = (at: number): void => {
    for (const s of across) inPlace(s.forward, s, at, pitch);
  };
  return {
    forward(strip, spectrum) {
      columnsToSpectrum(strip, spectrum);
      for (let at = 0; at < 2 * bytes * rows; at += CHUNK_ROW) rowsForward(spectrum + at);
    },
    correlate(strip, kernel, spectrum, target) {
      columnsToSpectrum(strip, spectrum);
      for (let at = 0; at < 2 * bytes * rows; at += CHUNK_ROW) {
        rowsForward(spectrum + at);
        wasm.multiplyConjugated!(spectrum + at, kernel + at, spectrum + at, pitch, CHUNK_VECTORS, columns);
        for (const s of across.toReversed()) {
          inPlace(s.inverse, s, spectrum + at, pitch);
        }
      }
      spectrumToColumns(spectrum, target);
    },
  };
}

/** Writes the roots of a size to where a transform will look for them. */
export function writeRoots(engine: SimdEngine, dtype: DType, size: RealSize, rootsAt: number): void {
  const { values } = rootsOf(size, dtype);
  if (dtype === "float64") engine.memory.doubles.set(values, rootsAt / 8);
  else engine.memory.floats.set(values, rootsAt / 4);
}
