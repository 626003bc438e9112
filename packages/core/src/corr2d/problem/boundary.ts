/**
 * Matrices without an edge: reading a rectangle that reaches outside.
 *
 * @module
 */

import { type Boundary, continuedIndices } from "../../geometry/boundary.ts";
import type { Shape2 } from "../../tensor/shape.ts";
import type { FloatArray } from "../../tensor/tensor.ts";

/** How matrices of a shape go on. */
export interface ContinuedShape {
  readonly shape: Shape2;
  readonly boundary: Boundary;
  readonly fillValue: number;
}

/** A matrix without an edge. */
export interface ContinuedMatrix extends ContinuedShape {
  readonly source: FloatArray;
}

/**
 * Copies the rectangle of `rows` × `columns` cells from (`top`, `left`), which may lie outside, into `target`, whose rows
 * are `pitch` elements apart.
 */
export function readRectangle(
  matrix: ContinuedMatrix,
  top: number,
  left: number,
  rows: number,
  columns: number,
  target: Float64Array,
  pitch: number,
): void {
  const {
    source,
    shape: [height, width],
    boundary,
    fillValue,
  } = matrix;
  const rowIndices = continuedIndices(boundary, top, rows, height);
  const columnIndices = continuedIndices(boundary, left, columns, width);
  for (let i = 0; i < rows; i++) {
    const at = i * pitch;
    const row = rowIndices[i] * width;
    if (row < 0) target.fill(fillValue, at, at + columns);
    else {
      for (let j = 0; j < columns; j++) {
        const column = columnIndices[j];
        target[(at + j) | 0] = column < 0 ? fillValue : source[(row + column) | 0];
      }
    }
  }
}
