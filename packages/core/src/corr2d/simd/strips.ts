/**
 * Strips: rectangles of a continued image in the engine's memory, row by row, and of results on their way back. An output
 * is computed in blocks whose strips fit scratch memory.
 *
 * @module
 */

import { continuedIndices } from "../../geometry/boundary.ts";
import type { SimdEngine } from "../../simd/engine/engine.ts";
import { stagedAt } from "../../simd/engine/team.ts";
import type { Shape2 } from "../../tensor/shape.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { ContinuedShape } from "../problem/boundary.ts";

/** Copies the `rows` × `columns` cells from (`top`, `left`), which may lie outside, densely to `floats[at]` and on. */
export function readStrip(
  source: FloatArray,
  { shape: [height, width], boundary, fillValue }: ContinuedShape,
  [top, left]: Shape2,
  [rows, columns]: Shape2,
  floats: FloatArray,
  at: number,
): void {
  if (left === 0 && columns === width && top >= 0 && top + rows <= height) {
    floats.set(source.subarray(top * width, (top + rows) * width), at);
    return;
  }
  const rowIndices = continuedIndices(boundary, top, rows, height);
  // The columns, from and to, that lie inside; and those that stand for the others, on either side.
  const from = Math.min(columns, Math.max(0, -left));
  const to = Math.max(from, Math.min(columns, width - left));
  const before = continuedIndices(boundary, left, from, width);
  const after = continuedIndices(boundary, left + to, columns - to, width);
  for (let i = 0; i < rows; i++) {
    const start = at + i * columns;
    const row = rowIndices[i]! * width;
    if (row < 0) {
      floats.fill(fillValue, start, start + columns);
      continue;
    }
    floats.set(source.subarray(row + left + from, row + left + to), start + from);
    readCells(source, row, before, fillValue, floats, start);
    readCells(source, row, after, fillValue, floats, start + to);
  }
}

/** Copies cells of a row by their columns, of which −1 is outside. */
function readCells(
  source: FloatArray,
  row: number,
  columns: Int32Array,
  fillValue: number,
  floats: FloatArray,
  at: number,
): void {
  if (columns.length > 0 && columns[0]! < 0) {
    floats.fill(fillValue, at, at + columns.length); // outside, one is as all are
    return;
  }
  for (let j = 0; j < columns.length; j++) {
    const column = columns[j]!;
    floats[at + j] = column < 0 ? fillValue : source[row + column]!;
  }
}

/** Copies a strip of results, whose rows are `pitch` floats apart, to where it belongs in y. */
export function writeStrip(
  floats: Float32Array,
  at: number,
  pitch: number,
  y: FloatArray,
  outWidth: number,
  [top, left]: Shape2,
  rows: number,
): void {
  const columns = Math.min(pitch, outWidth - left);
  if (columns === pitch && columns === outWidth) {
    y.set(floats.subarray(at, at + rows * pitch), top * outWidth);
    return;
  }
  for (let i = 0; i < rows; i++) {
    y.set(floats.subarray(at + i * pitch, at + i * pitch + columns), (top + i) * outWidth + left);
  }
}

/** As {@link readStrip}, to an address of an engine's memory. */
export function bringStripIn(
  engine: SimdEngine,
  source: FloatArray,
  image: ContinuedShape,
  at: Shape2,
  strip: Shape2,
  address: number,
): void {
  readStrip(source, image, at, strip, ...stagedAt(engine, address));
  engine.team?.stage?.bringIn(address, 4 * strip[0] * strip[1]);
}

/** As {@link writeStrip}, from an address of an engine's memory. */
export function takeStripOut(
  engine: SimdEngine,
  address: number,
  pitch: number,
  y: FloatArray,
  outWidth: number,
  at: Shape2,
  rows: number,
): void {
  engine.team?.stage?.takeOut(address, 4 * rows * pitch);
  writeStrip(...stagedAt(engine, address), pitch, y, outWidth, at, rows);
}

/**
 * Calls `visit` with the first cell of each block of an output, and its rows; the last block of a row begins earlier, to be
 * as wide.
 */
export function forEachBlockOf(
  [outHeight, outWidth]: Shape2,
  [blockRows, blockColumns]: Shape2,
  visit: (top: number, left: number, rows: number) => void,
): void {
  for (let i = 0; i < outHeight; i += blockRows) {
    const rows = Math.min(blockRows, outHeight - i);
    for (let j = 0; j < outWidth; j += blockColumns) visit(i, Math.max(0, Math.min(j, outWidth - blockColumns)), rows);
  }
}
