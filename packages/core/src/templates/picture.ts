/**
 * A picture that templates are looked for in: its channels about a typical brightness, in units of a typical contrast, and sums over
 * windows and correlations with templates of them, each made when it is first asked for and kept.
 *
 *     x′ = (x − offset) · scale
 *
 * @module
 */

import { corr2d } from "../corr2d/corr2d.ts";
import { OutOfMemoryError } from "../simd/engine/memory.ts";
import type { Shape2 } from "../tensor/shape.ts";
import type { FloatArray } from "../tensor/tensor.ts";
import { typicalOf } from "./centring.ts";
import { PictureSpectra } from "./picture-spectrum.ts";
import { PictureTiles } from "./simd/tiles.ts";
import { windowSums } from "./window-sums.ts";

/** Beyond this, in units of contrast, a cell is too bright for a transform of all cells. */
const MOST_CONTRAST = 2 ** 16;
/** Sizes of templates whose sums are kept. */
const KEPT_SIZES = 4;

/** What is asked of a plane: its values, or their squares. */
export type PlaneKind = "values" | "squares";

/** Sums over windows, by channel, and over all channels Σ x′² and Σ (x′ − x̄′)². */
export interface Sums {
  readonly values: readonly Float64Array[];
  readonly squares: readonly Float64Array[];
  readonly whole: Float64Array;
  readonly variances: Float64Array;
}

/** A plane, its largest magnitude, and where its transform stands, if it was made. */
interface KnownPlane {
  readonly plane: Float64Array;
  readonly largest: number;
  spectrum: number | undefined;
}

/** A picture, [H, W, C], that was read once. */
export class Picture {
  readonly shape: readonly [height: number, width: number, channels: number];
  /** The cells as they came, channel after channel. */
  readonly cells: readonly FloatArray[];
  /** Of each channel. */
  readonly offsets: readonly number[];
  readonly scale: number;
  readonly #sums = new Map<string, Sums>();
  readonly #known = new Map<string, KnownPlane>();
  #spectra: PictureSpectra | undefined;
  #flat: Uint32Array | undefined;
  #tiles: PictureTiles | undefined;

  constructor(data: FloatArray, shape: readonly [height: number, width: number, channels: number]) {
    this.shape = shape;
    const [height, width, channels] = shape;
    const size = height * width;
    this.cells = Array.from({ length: channels }, (_, c) => {
      if (channels === 1) return data;
      const plane = new Float64Array(size);
      for (let i = 0, from = c; i < size; i++, from += channels) plane[i] = data[from];
      return plane;
    });
    const typical = this.cells.map(typicalOf);
    this.offsets = typical.map(([offset]) => offset);
    this.scale = Math.max(...typical.map(([, each]) => each));
  }

  /** Bytes held beside the cells. */
  get scratchBytes(): number {
    const sums = [...this.#sums.values()].flatMap((of) => [...of.values, ...of.squares, of.whole, of.variances]);
    const planes = [...this.#known.values()].map(({ plane }) => plane);
    const cells = this.cells.length > 1 ? this.cells : [];
    // Of one channel, its squares are the squares of the whole.
    const arrays = new Set<ArrayBufferView>([...sums, ...planes, ...cells, this.#flat ?? new Uint32Array(0)]);
    let bytes = (this.#spectra?.bytes ?? 0) + (this.#tiles?.bytes ?? 0);
    for (const { byteLength } of arrays) bytes += byteLength;
    return bytes;
  }

  /** Sums of x′ and x′² over windows of a size. */
  sums([h, w]: Shape2): Sums {
    const key = `${h} ${w}`;
    let sums = this.#sums.get(key);
    if (sums === undefined) {
      const [height, width] = this.shape;
      const planes = this.cells.map((_, c) => this.#plane("values", c).plane);
      const values = planes.map((plane) => windowSums(plane, [height, width], [h, w], false));
      const squares = planes.map((plane) => windowSums(plane, [height, width], [h, w], true));
      const whole = squares.length === 1 ? squares[0] : sumOf(squares);
      const variances = whole.slice();
      for (const sum of values) for (let i = 0; i < sum.length; i++) variances[i] -= (sum[i] * sum[i]) / (h * w);
      sums = { values, squares, whole, variances };
      if (this.#sums.size >= KEPT_SIZES) this.#sums.clear();
      this.#sums.set(key, sums);
    }
    return sums;
  }

  /**
   * Adds Σ t · x′, or Σ t · x′², over windows of one channel to `target`; returns how far it may be off at most, beside what plain
   * sums would be.
   */
  correlate(kind: PlaneKind, channel: number, template: Float64Array, size: Shape2, target: Float64Array): number {
    const plane = this.#plane(kind, channel);
    const out: Shape2 = [this.shape[0] - size[0] + 1, this.shape[1] - size[1] + 1];
    const spectra = this.#mayTransform() ? this.#spectraOrNone() : undefined;
    if (spectra !== undefined) {
      plane.spectrum ??= spectra.add(plane.plane);
      spectra.correlate(plane.spectrum, template, size, target, out);
      let weight = 0;
      for (const t of template) weight += Math.abs(t);
      return spectra.error * plane.largest * weight;
    }
    const image = { shape: [this.shape[0], this.shape[1]] as const, data: plane.plane };
    const products = corr2d(image, { shape: size, data: template }).data;
    for (let i = 0; i < target.length; i++) target[i] += products[i];
    return 0;
  }

  /** Whether all cells of a window have one value, in each channel. */
  isFlat(row: number, column: number, [h, w]: Shape2): boolean {
    const [height, width, channels] = this.shape;
    const pitch = width + 1;
    const size = (height + 1) * pitch;
    const flat = this.#flat ?? changesIn(this.cells, height, width);
    this.#flat = flat;
    const changes = (table: number, rows: number, columns: number): number => {
      const top = table * size + row * pitch + column;
      const bottom = top + rows * pitch;
      return flat[bottom + columns] - flat[bottom] - flat[top + columns] + flat[top];
    };
    for (let c = 0; c < channels; c++) {
      // To the right inside the window, and downwards inside it.
      if (changes(2 * c, h, w - 1) !== 0 || changes(2 * c + 1, h - 1, w) !== 0) return false;
    }
    return true;
  }

  /** The picture in tiles, where templates of a size are looked for so. */
  tiles(size: Shape2): PictureTiles | undefined {
    const [height, width, channels] = this.shape;
    const [data] = this.cells;
    if (channels > 1 || !PictureTiles.takes(data, [height, width], size, this.scale)) return undefined;
    this.#tiles ??= new PictureTiles(data as Float32Array, [height, width], this.offsets[0], this.scale);
    return this.#tiles;
  }

  [Symbol.dispose](): void {
    this.#spectra?.[Symbol.dispose]();
    this.#tiles?.[Symbol.dispose]();
    this.#spectra = undefined;
    this.#tiles = undefined;
  }

  #plane(kind: PlaneKind, channel: number): KnownPlane {
    const key = `${kind} ${channel}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = kind === "values" ? this.#centred(channel) : squared(this.#plane("values", channel));
      this.#known.set(key, known);
    }
    return known;
  }

  #centred(channel: number): KnownPlane {
    const cells = this.cells[channel];
    const offset = this.offsets[channel];
    const plane = new Float64Array(cells.length);
    let [most, least, zeros] = [0, 0, 0];
    for (let i = 0; i < plane.length; i++) {
      const value = (cells[i] - offset) * this.scale;
      plane[i] = value;
      if (value > most) most = value;
      if (value < least) least = value;
      // NaN in the end, if one is not finite.
      zeros += value * 0;
    }
    return { plane, spectrum: undefined, largest: zeros === 0 ? Math.max(most, -least) : Number.NaN };
  }

  #mayTransform(): boolean {
    return this.cells.every((_, c) => this.#plane("values", c).largest <= MOST_CONTRAST);
  }

  #spectraOrNone(): PictureSpectra | undefined {
    try {
      this.#spectra ??= PictureSpectra.for([this.shape[0], this.shape[1]]);
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error;
    }
    return this.#spectra;
  }
}

function squared({ plane, largest }: KnownPlane): KnownPlane {
  return { plane: plane.map((value) => value * value), spectrum: undefined, largest: largest * largest };
}

function sumOf(planes: readonly Float64Array[]): Float64Array {
  const sum = planes[0].slice();
  for (const plane of planes.slice(1)) for (let i = 0; i < sum.length; i++) sum[i] += plane[i];
  return sum;
}

/**
 * For each channel two summed tables, [H + 1, W + 1] each: how many cells above and to the left differ from their neighbour to the
 * right, and from the one below.
 */
function changesIn(planes: readonly FloatArray[], height: number, width: number): Uint32Array {
  const pitch = width + 1;
  const size = (height + 1) * pitch;
  const tables = new Uint32Array(2 * planes.length * size);
  planes.forEach((plane, c) => {
    for (const [k, step] of [1, width].entries()) {
      const table = tables.subarray((2 * c + k) * size, (2 * c + k + 1) * size);
      for (let i = 0; i < height; i++) {
        let changes = 0;
        for (let j = 0; j < width; j++) {
          const from = i * width + j;
          const hasNext = step === 1 ? j + 1 < width : i + 1 < height;
          if (hasNext && plane[from] !== plane[from + step]) changes++;
          table[(i + 1) * pitch + j + 1] = table[i * pitch + j + 1] + changes;
        }
      }
    }
  });
  return tables;
}
