/**
 * What a transform must know of an image before it is trusted with it: over blocks of P × P cells the least and the greatest
 * magnitude, and whether all is whole. One pass; everything after it looks at blocks.
 *
 * @module
 */

import { type Boundary, continuedIndices } from "../../geometry/boundary.ts";
import type { Shape2 } from "../../tensor/shape.ts";
import type { FloatArray } from "../../tensor/tensor.ts";

/** Cells of a block along either axis. */
export const BLOCK = 8;

/** An image, by blocks. */
export interface Survey {
  /** Rows and columns of blocks. */
  readonly rows: number;
  readonly columns: number;
  /** The least |x| of each block; 0 if it holds NaN alone. */
  readonly least: FloatArray;
  /** The greatest |x| of each block: NaN if it holds one, as infinity may be. */
  readonly most: FloatArray;
  /** 1 for blocks of which every cell is a whole number; undefined if nobody asked. */
  readonly whole: Uint8Array | undefined;
}

/** The least and the greatest |x| of each block. */
export type Extremes = readonly [least: FloatArray, most: FloatArray];

/** Looks at an image; `asksWhole` whether to look for whole numbers, too; `findExtremes` may be faster than what is here. */
export function surveyOf(
  source: FloatArray,
  [height, width]: Shape2,
  asksWhole: boolean,
  findExtremes: (source: FloatArray, shape: Shape2) => Extremes = extremesOf,
): Survey {
  const rows = Math.ceil(height / BLOCK);
  const columns = Math.ceil(width / BLOCK);
  const [least, most] = findExtremes(source, [height, width]);
  return { rows, columns, least, most, whole: asksWhole ? wholeBlocks(source, width, rows, columns) : undefined };
}

/** The least and the greatest |x| of each block of an image. */
export function extremesOf(source: FloatArray, [height, width]: Shape2): Extremes {
  const rows = Math.ceil(height / BLOCK);
  const columns = Math.ceil(width / BLOCK);
  return source.BYTES_PER_ELEMENT === 4
    ? extremesOfFloat32(source as Float32Array, width, rows, columns)
    : extremesOfFloat64(source as Float64Array, width, rows, columns);
}

/** The bits of magnitudes are in the order of the magnitudes, with NaN above all, and integers compare faster. */
function extremesOfFloat32(source: Float32Array, width: number, rows: number, columns: number): Extremes {
  const bits = new Int32Array(source.buffer, source.byteOffset, source.length);
  const least = new Int32Array(rows * columns).fill(0x7f800000);
  const most = new Int32Array(rows * columns);
  for (let from = 0, row = 0; from < bits.length; from = (from + width) | 0, row++) {
    let block = (Math.floor(row / BLOCK) * columns) | 0;
    const end = (from + width) | 0;
    let i = from;
    for (; i + BLOCK <= end; i = (i + BLOCK) | 0, block++) {
      const a = bits[i] & 0x7fffffff;
      const b = bits[(i + 1) | 0] & 0x7fffffff;
      const c = bits[(i + 2) | 0] & 0x7fffffff;
      const d = bits[(i + 3) | 0] & 0x7fffffff;
      const e = bits[(i + 4) | 0] & 0x7fffffff;
      const f = bits[(i + 5) | 0] & 0x7fffffff;
      const g = bits[(i + 6) | 0] & 0x7fffffff;
      const h = bits[(i + 7) | 0] & 0x7fffffff;
      most[block] = Math.max(
        Math.max(Math.max(a, b), Math.max(c, d)),
        Math.max(Math.max(Math.max(e, f), Math.max(g, h)), most[block]),
      );
      least[block] = Math.min(
        Math.min(Math.min(a, b), Math.min(c, d)),
        Math.min(Math.min(Math.min(e, f), Math.min(g, h)), least[block]),
      );
    }
    for (; i < end; i = (i + 1) | 0) {
      const a = bits[i] & 0x7fffffff;
      most[block] = Math.max(a, most[block]);
      least[block] = Math.min(a, least[block]);
    }
  }
  return [new Float32Array(least.buffer), new Float32Array(most.buffer)];
}

function extremesOfFloat64(source: Float64Array, width: number, rows: number, columns: number): Extremes {
  const least = new Float64Array(rows * columns).fill(Infinity);
  const most = new Float64Array(rows * columns);
  for (let from = 0, row = 0; from < source.length; from += width, row++) {
    const first = Math.floor(row / BLOCK) * columns;
    for (let j = 0; j < width; j++) {
      const block = first + (j >> 3);
      const magnitude = Math.abs(source[from + j]);
      if (magnitude < least[block]) least[block] = magnitude;
      // NaN is not left again, since nothing is more.
      if (magnitude > most[block] || Number.isNaN(magnitude)) most[block] = magnitude;
    }
  }
  return [least, most];
}

function wholeBlocks(source: FloatArray, width: number, rows: number, columns: number): Uint8Array {
  const whole = new Uint8Array(rows * columns).fill(1);
  for (let from = 0, row = 0; from < source.length; from += width, row++) {
    const first = Math.floor(row / BLOCK) * columns;
    for (let j = 0; j < width; j++) {
      const value = source[from + j];
      if (Math.trunc(value) !== value) whole[first + (j >> 3)] = 0;
    }
  }
  return whole;
}

/** Blocks along an axis, and how many cells each holds. */
export interface BlockRun {
  readonly blocks: Int32Array;
  readonly counts: Int32Array;
  /** Cells in all blocks together. */
  readonly cells: number;
}

/** The blocks along an axis that hold cells `first` … `first + count − 1` of a continued image. */
export function blocksAlong(boundary: Boundary, first: number, count: number, size: number): BlockRun {
  const perBlock = new Int32Array(Math.ceil(size / BLOCK));
  for (const cell of continuedIndices(boundary, first, count, size)) if (cell >= 0) perBlock[cell >> 3]++;
  const blocks = perBlock.map((_, block) => block).filter((block) => perBlock[block] > 0);
  const counts = perBlock.filter((held) => held > 0);
  return { blocks, counts, cells: counts.reduce((sum, held) => sum + held, 0) };
}
