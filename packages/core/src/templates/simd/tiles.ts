/**
 * Correlation coefficients of a grey float32 picture by SIMD: products with a template by transforms of tiles in float32, over sums of windows
 * in float64. Of the picture the transforms of its tiles are kept, and the deviations of its windows.
 *
 * Each tile is taken about a brightness of its own. What a transform does to its products is known as in `transform-guard.ts`,
 *
 *     E = u · ( 14 · max|x| · Σ|t| + 12 · √(mean x²) · ‖t‖₂ + 6 · max|x| · max|t| )
 *
 * so a score is wrong by E / (‖t‖₂ · √(Σ(x − x̄)²)) at most, and windows of less contrast than that allows are left to float64: a few dark ones
 * beside what is bright.
 *
 * @module
 */

import { planSimdTiles, type SimdTiles } from "../../corr2d/simd/overlap-save.ts";
import { type SimdEngine, sharedEngine } from "../../simd/engine/engine.ts";
import { simdFeatures } from "../../simd/engine/features.ts";
import { aligned } from "../../simd/engine/memory.ts";
import { type FourierTransform, fourierTransform, type Side, transformBytes } from "../../simd/fourier/transform.ts";
import type { Shape2 } from "../../tensor/shape.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import { CONSTANT, CONSTANT_BYTES, emitWindows, PAIR_BYTES } from "./emit-windows.ts";

/** Cells of a picture, at least and at most; a smaller one is as soon done in float64. */
const [LEAST_CELLS, MOST_CELLS] = [2 ** 15, 2 ** 23];
/** Sides of templates, at most: beyond, tiles of 256 cells show little. */
const LONGEST_SIDE = 160;
/** Sides of templates that share tiles. */
const STEP = 16;
/** What a score may be off by a transform, at most; on photographs it is a twentieth of that, at most. */
const MOST_ERROR = 1e-4;
/** The least Σ(x − x̄)², in units of the picture's contrast. */
const LEAST_VARIANCE = 2 ** -40;
/** Units of contrast, as powers of two, that float32 keeps digits in. */
const LARGEST_UNIT = 2 ** 60;
/** Sizes of templates whose deviations are kept, and cuts whose transforms are. */
const KEPT_SIZES = 4;
const KEPT_CUTS = 2;

/** Memory that stays until it is given back. */
interface Held {
  readonly address: number;
  readonly bytes: number;
  release(): void;
}

/** Two tiles that are transformed together; the second may be the first again. */
interface Pair {
  readonly places: readonly Shape2[];
  readonly most: number;
  readonly rms: number;
  /** Address of the transform. */
  readonly spectrum: number;
}

interface Cut {
  readonly tiles: SimdTiles;
  readonly pairs: readonly Pair[];
  /** Room for a transform, and behind it the spectra. */
  readonly held: Held;
}

/** Addresses of what a transform needs. */
interface Places {
  readonly kernel: number;
  readonly work: number;
  readonly strip: number;
  readonly constants: number;
}

/** A picture in tiles, on an engine. */
export class PictureTiles {
  readonly #engine: SimdEngine;
  readonly #shape: Shape2;
  readonly #image: Held;
  readonly #offset: number;
  readonly #scale: number;
  readonly #cuts = new Map<string, Cut>();
  readonly #deviations = new Map<string, Held>();
  readonly #held = new Set<Held>();

  /** Whether templates of a size are looked for in tiles. */
  static takes(data: FloatArray, [height, width]: Shape2, [h, w]: Shape2, scale: number): boolean {
    const cells = height * width;
    return (
      data instanceof Float32Array &&
      cells >= LEAST_CELLS &&
      cells <= MOST_CELLS &&
      Math.max(h, w) <= LONGEST_SIDE &&
      scale <= LARGEST_UNIT &&
      scale >= 1 / LARGEST_UNIT &&
      simdFeatures().simd === true
    );
  }

  /** The picture's offset and scale are those of `Picture`. */
  constructor(data: Float32Array, shape: Shape2, offset: number, scale: number) {
    this.#engine = sharedEngine();
    this.#shape = shape;
    [this.#offset, this.#scale] = [offset, scale];
    // Vectors read past the end.
    this.#image = this.#hold(4 * (data.length + 4));
    const { floats } = this.#engine.memory;
    const at = this.#image.address / 4;
    floats.set(data, at);
    floats.fill(0, at + data.length, at + data.length + 4);
  }

  /** Bytes held. */
  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.#held) sum += bytes;
    return sum;
  }

  /**
   * Writes coefficients, [H − h + 1, W − w + 1], of a template about its mean; returns the indices of those that are not known so, which
   * are NaN.
   */
  score(template: Float64Array, size: Shape2, scores: Float32Array): readonly number[] {
    const deviations = this.#deviationsOf(size);
    const cut = this.#cutFor(size);
    const { tiles, pairs, held } = cut;
    const { rows, columns, visibleRows, visibleColumns } = tiles;
    const [outRows, outColumns] = this.#outOf(size);
    const pitch = 4 * Math.ceil(outColumns / 4);
    let [sum, squares, largest] = [0, 0, 0];
    for (const t of template) {
      const magnitude = Math.abs(t);
      sum += magnitude;
      squares += t * t;
      largest = Math.max(largest, magnitude);
    }
    const norm = Math.sqrt(squares);
    const unknown: number[] = [];
    this.#inTiles(tiles, held, (transform, places, wasm) => {
      const { floats, ints } = this.#engine.memory;
      const [strip, constants] = [places.strip / 4, places.constants / 4];
      floats.fill(0, strip, strip + 2 * rows * columns);
      const width = size[1];
      // The inverse transform is scaled here.
      for (let q = 0; q < template.length; q++) {
        floats[strip + Math.floor(q / width) * 2 * columns + (q % width)] = template[q]! / (rows * columns);
      }
      const row = 8 * visibleColumns;
      transform.forward(
        { real: places.strip, imaginary: places.strip + 4 * columns, row: 8 * columns },
        width,
        places.kernel,
      );
      floats.fill(1 / norm, constants + CONSTANT.factor / 4, constants + CONSTANT.factor / 4 + 4);
      const flags = constants + CONSTANT_BYTES / 4;
      for (const { places: tilesOf, most, rms, spectrum } of pairs) {
        const error = 2 ** -24 * (most * (14 * sum + 6 * largest) + 12 * rms * norm);
        const limit = (MOST_ERROR * norm) / error;
        floats.fill(limit, constants + CONSTANT.limit / 4, constants + CONSTANT.limit / 4 + 4);
        transform.correlateSpectrum(
          spectrum,
          places.kernel,
          places.work,
          { real: places.strip, imaginary: places.strip + 4 * visibleColumns, row },
          visibleColumns,
        );
        for (const [k, [top, left]] of tilesOf.entries()) {
          const count = Math.min(visibleRows, outRows - top);
          const shown = Math.min(visibleColumns, outColumns - left);
          if (count <= 0 || shown <= 0) continue;
          ints.fill(0, flags, flags + 4);
          wasm.score!(
            places.strip + 4 * k * visibleColumns,
            row,
            deviations.address + 4 * (top * pitch + left),
            4 * pitch,
            Math.ceil(shown / 4),
            count,
            places.constants,
            4 * flags,
          );
          const isKnown = ints.subarray(flags, flags + 4).every((flag) => flag === 0);
          for (let i = 0; i < count; i++) {
            const from = strip + k * visibleColumns + i * 2 * visibleColumns;
            const to = (top + i) * outColumns + left;
            scores.set(floats.subarray(from, from + shown), to);
            if (isKnown) continue;
            for (let j = to; j < to + shown; j++) if (Number.isNaN(scores[j])) unknown.push(j);
          }
        }
      }
    });
    return unknown;
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    for (const held of [...this.#held]) held.release();
  }

  #outOf([h, w]: Shape2): Shape2 {
    return [this.#shape[0] - h + 1, this.#shape[1] - w + 1];
  }

  /** 1/√(Σ(x′ − x̄′)²) of every window, rows a multiple of four long. */
  #deviationsOf(size: Shape2): Held {
    const key = `${size}`;
    const known = this.#deviations.get(key);
    if (known !== undefined) return known;
    const [outRows, outColumns] = this.#outOf(size);
    const pitch = 4 * Math.ceil(outColumns / 4);
    makeRoom(this.#deviations, KEPT_SIZES, (each) => each);
    const held = this.#hold(4 * outRows * pitch);
    this.#sumWindows(size, held.address, 4 * pitch);
    this.#deviations.set(key, held);
    return held;
  }

  #sumWindows([h, w]: Shape2, to: number, toRow: number): void {
    const { memory } = this.#engine;
    const width = this.#shape[1];
    const [outRows, outColumns] = this.#outOf([h, w]);
    const twos = Math.ceil(width / 2);
    // Across, up to a block is read beyond.
    const row = aligned(PAIR_BYTES * (2 * twos + 4));
    const sums = this.#hold(row * (h + 4) + aligned(PAIR_BYTES * w));
    const [suffixes, prefix] = [sums.address, sums.address + (h + 1) * row];
    const [line, windows] = [prefix + row, prefix + 2 * row];
    const scratch = memory.layoutScratch([CONSTANT_BYTES]);
    const constants = scratch.buffers[0]!.address;
    const fours = Math.ceil(outColumns / 4);
    memory.guarded(scratch, () => {
      const { upwards, downwards, across, deviations } = this.#functions();
      const { doubles } = memory;
      for (const [place, value] of [
        [CONSTANT.offset, this.#offset],
        [CONSTANT.scale, this.#scale],
        [CONSTANT.share, 1 / (h * w)],
        [CONSTANT.least, LEAST_VARIANCE],
      ] as const) {
        doubles.fill(value, (constants + place) / 8, (constants + place) / 8 + 2);
      }
      doubles.fill(0, sums.address / 8, (sums.address + sums.bytes) / 8);
      const cellsAt = (i: number): number => this.#image.address + 4 * i * width;
      for (let first = 0; first < outRows; first += h) {
        for (let a = h - 1; a >= 0; a--) {
          const at = suffixes + a * row;
          upwards!(cellsAt(first + a), at + row, at, 0, 0, twos, constants);
        }
        doubles.fill(0, prefix / 8, (prefix + row) / 8);
        for (let a = 0; a < h && first + a < outRows; a++) {
          const at = suffixes + a * row;
          if (a > 0) downwards!(cellsAt(first + h + a - 1), prefix, prefix, at, line, twos, constants);
          const [blocks, rest] = [Math.floor(outColumns / w), outColumns % w];
          across!(a > 0 ? line : at, windows + row, windows, w, blocks, rest);
          deviations!(windows, to + (first + a) * toRow, fours, constants);
        }
      }
    });
    sums.release();
  }

  /** The cut for templates of a size, and about that, with the transforms of all tiles. */
  #cutFor(size: Shape2): Cut {
    const [h, w] = size.map((side) => STEP * Math.ceil(side / STEP)) as [number, number];
    const key = `${h} ${w}`;
    const known = this.#cuts.get(key);
    if (known !== undefined) return known;
    const [outRows, outColumns] = this.#outOf(size);
    const tiles = planSimdTiles({ kernelShape: [h, w], outShape: [outRows, outColumns] })!;
    const { rows, columns, visibleRows, visibleColumns } = tiles;
    const places: Shape2[] = [];
    const [height, width] = this.#shape;
    // All that a smaller template of this cut sees, too.
    for (let i = 0; i <= height - h + STEP; i += visibleRows) {
      for (let j = 0; j <= width - w + STEP; j += visibleColumns) places.push([i, j]);
    }
    makeRoom(this.#cuts, KEPT_CUTS, ({ held }) => held);
    const bytes = aligned(transformBytes(rows, columns).spectrum);
    const room = roomFor(rows, columns).reduce((sum, each) => sum + each);
    const held = this.#hold(room + bytes * Math.ceil(places.length / 2));
    const pairs: Pair[] = [];
    this.#inTiles(tiles, held, (transform, { strip, constants }, wasm) => {
      const { floats } = this.#engine.memory;
      for (let p = 0; p < places.length; p += 2) {
        const both = places.slice(p, p + 2);
        const at = constants / 4;
        floats.fill(0, at, at + 16);
        floats.fill(this.#scale, at + 4, at + 8);
        const isWhole = both.length === 2 && both.every(([i, j]) => i + rows <= height && j + columns <= width);
        if (!isWhole) floats.fill(0, strip / 4, strip / 4 + 2 * rows * columns);
        for (const [k, [top, left]] of both.entries()) {
          const [seenRows, seen] = [Math.min(rows, height - top), Math.min(columns, width - left)];
          if (seenRows <= 0 || seen <= 0) continue;
          floats.fill(this.#typical(top, left, seenRows, seen), at, at + 4);
          const from = this.#image.address + 4 * (top * width + left);
          wasm.bring!(from, 4 * width, strip + 4 * k * columns, 8 * columns, Math.ceil(seen / 4), seenRows, constants);
        }
        const most = Math.max(...floats.subarray(at + 8, at + 12));
        const squares = floats.subarray(at + 12, at + 16).reduce((sum, each) => sum + each, 0);
        const spectrum = held.address + room + (p / 2) * bytes;
        transform.forward({ real: strip, imaginary: strip + 4 * columns, row: 8 * columns }, columns, spectrum);
        pairs.push({ places: both, most, rms: Math.sqrt(squares / (rows * columns)), spectrum });
      }
    });
    const cut = { tiles, pairs, held };
    this.#cuts.set(key, cut);
    return cut;
  }

  /** A median of cells of a tile. */
  #typical(top: number, left: number, rows: number, columns: number): number {
    const { floats } = this.#engine.memory;
    const first = this.#image.address / 4 + top * this.#shape[1] + left;
    const sample = new Float32Array(256);
    for (let q = 0; q < 256; q++) {
      const [i, j] = [Math.floor(((q >> 4) * rows) / 16), Math.floor(((q & 15) * columns) / 16)];
      sample[q] = floats[first + i * this.#shape[1] + j]!;
    }
    return sample.sort()[128]!;
  }

  #functions(): ReturnType<SimdEngine["functions"]> {
    return this.#engine.functions("windows", () => emitWindows(this.#engine.fma));
  }

  /** Calls `compute` with a transform of tiles, in the room that a cut has for it. */
  #inTiles(
    { rows, columns }: SimdTiles,
    room: Held,
    compute: (transform: FourierTransform, places: Places, wasm: ReturnType<SimdEngine["functions"]>) => void,
  ): void {
    const { memory } = this.#engine;
    const scratch = memory.layoutScratch([CONSTANT_BYTES + 16]);
    const constants = scratch.buffers[0]!.address;
    memory.guarded(scratch, () => {
      const [roots, chunk, kernel, work, strip] = placesIn(room.address, roomFor(rows, columns));
      const transform = fourierTransform(this.#engine, rows, columns, chunk!, roots!);
      compute(transform, { kernel: kernel!, work: work!, strip: strip!, constants }, this.#functions());
    });
  }

  #hold(bytes: number): Held {
    const block = this.#engine.memory.allocate(bytes);
    const release = this.#engine.lend(this, [block]);
    const held: Held = {
      address: block.address,
      bytes,
      release: () => {
        if (this.#held.delete(held)) release();
      },
    };
    this.#held.add(held);
    return held;
  }
}

/** Bytes of the roots of a transform, its chunk, two spectra, and two tiles: cells on their way in, or results. */
function roomFor(rows: Side, columns: Side): readonly number[] {
  const { roots, chunk, spectrum } = transformBytes(rows, columns);
  return [roots, chunk, spectrum, spectrum, 8 * rows * columns].map(aligned);
}

/** Where each begins that stands behind the others. */
function placesIn(address: number, sizes: readonly number[]): readonly number[] {
  let end = address;
  return sizes.map((bytes) => {
    end += bytes;
    return end - bytes;
  });
}

/** Lets the oldest go where there are as many as may be. */
function makeRoom<T>(map: Map<string, T>, most: number, heldOf: (each: T) => Held): void {
  if (map.size < most) return;
  for (const [key, each] of map) {
    heldOf(each).release();
    map.delete(key);
    return;
  }
}
