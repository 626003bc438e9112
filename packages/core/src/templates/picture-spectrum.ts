/**
 * Planes that stay, correlated with one template after the other, in float64 by SIMD. Row after row a plane is one long signal, and a
 * template with the plane's distance between its rows is one, too: then
 *
 *     Σ_{a, b} t[a, b] · x[i + a, j + b]
 *
 * is the value at i · width + j of their correlation, and nothing of what windows see wraps around. Of the plane the transform is kept.
 *
 * @module
 */

import { type SimdEngine, sharedEngine } from "../simd/engine/engine.ts";
import { simdFeatures } from "../simd/engine/features.ts";
import { aligned, type MemoryRange } from "../simd/engine/memory.ts";
import {
  type RealSize,
  realSizes,
  realTransform,
  realTransformBytes,
  writeRoots,
} from "../simd/fourier/right-angle.ts";
import type { Shape2 } from "../tensor/shape.ts";

/** Cells of a plane, at most: its transform and two more take 48 bytes for each. */
const MOST_CELLS = 2 ** 23;

/** Planes of one size on an engine. */
export class PictureSpectra {
  readonly #engine: SimdEngine;
  readonly #size: RealSize;
  readonly #width: number;
  readonly #scratch: MemoryRange;
  readonly #blocks: MemoryRange[] = [];
  readonly #roots: number;
  readonly #work: number;
  readonly #strip: number;
  readonly #release: (() => void)[] = [];
  /** Relative to max|x| · Σ|t|, what a sum may be off. */
  readonly error: number;

  /** Spectra for planes of a shape; undefined where none can be had. */
  static for([height, width]: Shape2): PictureSpectra | undefined {
    const cells = height * width;
    const size = realSizes().find(({ samples }) => samples >= cells);
    if (simdFeatures().simd !== true || cells > MOST_CELLS || size === undefined) return undefined;
    return new PictureSpectra(sharedEngine(), size, width);
  }

  private constructor(engine: SimdEngine, size: RealSize, width: number) {
    this.#engine = engine;
    this.#size = size;
    this.#width = width;
    this.error = 12 * Math.max(1, size.levels / 16) * 2 ** -53;
    const needed = realTransformBytes(size, "float64");
    this.#scratch = engine.memory.layoutScratch([needed.chunk]).buffers[0]!;
    const [roots, spectrum] = [aligned(needed.roots), aligned(needed.spectrum)];
    const { address } = this.#take(roots + spectrum + 8 * size.samples);
    this.#roots = address;
    this.#work = address + roots;
    this.#strip = this.#work + spectrum;
    writeRoots(engine, "float64", size, address);
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#blocks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Transforms a plane; returns what stands for it. */
  add(plane: Float64Array): number {
    const { address } = this.#take(realTransformBytes(this.#size, "float64").spectrum);
    const { doubles } = this.#engine.memory;
    const at = this.#strip / 8;
    doubles.set(plane, at);
    doubles.fill(0, at + plane.length, at + this.#size.samples);
    this.#transform().forward(this.#strip, address);
    return address;
  }

  /** Adds the correlation of a plane with a template of h × w cells to `target`, [H − h + 1, W − w + 1]. */
  correlate(
    plane: number,
    template: Float64Array,
    [h, w]: Shape2,
    target: Float64Array,
    [rows, columns]: Shape2,
  ): void {
    const { doubles } = this.#engine.memory;
    const [at, { samples }, width] = [this.#strip / 8, this.#size, this.#width];
    doubles.fill(0, at, at + samples);
    // The inverse transform is scaled here.
    const scaled = template.map((weight) => weight * (2 / samples));
    for (let a = 0; a < h; a++) doubles.set(scaled.subarray(a * w, (a + 1) * w), at + a * width);
    // The template takes the signal's part: what comes out runs backwards, and where it wraps its sign is changed.
    this.#transform().correlate(this.#strip, plane, this.#work, this.#strip);
    target[0]! += doubles[at]!;
    for (let i = 0; i < rows; i++) {
      const last = at + samples - i * width;
      for (let j = i === 0 ? 1 : 0; j < columns; j++) target[i * columns + j]! -= doubles[last - j]!;
    }
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    for (const release of this.#release) release();
  }

  #take(bytes: number): MemoryRange {
    const block = this.#engine.memory.allocate(bytes);
    this.#blocks.push(block);
    this.#release.push(this.#engine.lend(this, [block]));
    return block;
  }

  #transform(): ReturnType<typeof realTransform> {
    return realTransform(this.#engine, "float64", this.#size, this.#roots, this.#scratch.address);
  }
}
