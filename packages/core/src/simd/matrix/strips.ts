/**
 * Strips: rectangles of a continued image in the engine's memory, row by row, and of results on their way back. An output
 * is computed in blocks whose strips fit scratch memory.
 *
 * @module
 */

import { type ContinuedMatrix, continuedIndices } from "../../matrix/boundary.ts";
import type { Shape2 } from "../../shape.ts";
import type { FloatArray } from "../../tensor.ts";

/** Copies the `rows` × `columns` cells from (`top`, `left`), which may lie outside, densely to `floats[at]` and on. */
export function readStrip(
  matrix: ContinuedMatrix,
  [top, left]: Shape2,
  [rows, columns]: Shape2,
  floats: Float32Array,
  at: number,
): void {
  const {
    source,
    shape: [height, width],
    boundary,
    fillValue,
  } = matrix;
  const rowIndices = continuedIndices(boundary, top, rows, height);
  const columnIndices = continuedIndices(boundary, left, columns, width);
  // The columns, from and to, that lie inside.
  const from = Math.min(columns, Math.max(0, -left));
  const to = Math.max(from, Math.min(columns, width - left));
  const outside = new Int32Array(columns - (to - from)).map((_, i) => (i < from ? i : i + to - from));
  for (let i = 0; i < rows; i++) {
    const start = at + i * columns;
    const row = rowIndices[i]! * width;
    if (row < 0) {
      floats.fill(fillValue, start, start + columns);
      continue;
    }
    floats.set(source.subarray(row + left + from, row + left + to), start + from);
    for (const j of outside) {
      const column = columnIndices[j]!;
      floats[start + j] = column < 0 ? fillValue : source[row + column]!;
    }
  }
}

/** Copies a strip of results, whose rows are `pitch` floats apart, to where it belongs in y. */
export function writeStrip(
  floats: Float32Array,
  at: number,
  pitch: number,
  y: FloatArray,
  [outHeight, outWidth]: Shape2,
  [top, left]: Shape2,
  blockRows: number,
): void {
  const rows = Math.min(blockRows, outHeight - top);
  const columns = Math.min(pitch, outWidth - left);
  if (columns === pitch && columns === outWidth) {
    y.set(floats.subarray(at, at + rows * pitch), top * outWidth);
    return;
  }
  for (let i = 0; i < rows; i++) {
    y.set(floats.subarray(at + i * pitch, at + i * pitch + columns), (top + i) * outWidth + left);
  }
}

/** Calls `visit` with the first cell of each block of an output; the last block of a row begins earlier, to be as wide. */
export function forEachBlockOf(
  [outHeight, outWidth]: Shape2,
  [blockRows, blockColumns]: Shape2,
  visit: (top: number, left: number) => void,
): void {
  for (let i = 0; i < outHeight; i += blockRows) {
    for (let j = 0; j < outWidth; j += blockColumns) visit(i, Math.max(0, Math.min(j, outWidth - blockColumns)));
  }
}
