/**
 * Part of a tap of a filter, which is a matrix [input channel][output channel], as a matrix of its own at the beginning
 * of memory, where emitted code reads it.
 *
 * Forward its rows are source channels, side by side as they are packed. For the input gradient, where the channels
 * change places, they are target channels, and packing transposes them (`panels.ts`).
 *
 * @module
 */

import type { Correlation } from "../algorithms/correlation.ts";
import type { FloatArray } from "../tensor.ts";

/** Rows from `first` on, and columns. */
export interface MatrixPart {
  readonly firstRow: number;
  readonly rows: number;
  readonly firstColumn: number;
  readonly columns: number;
}

/** Whether the rows of a tap are target channels. */
export function rowsAreTargets({ filter }: Correlation): boolean {
  return filter.targetChannel !== 1;
}

/** Copies a part of the tap that begins at `filter[from]`, for one group, to `floats[to …]`. */
export function gatherFilter(
  c: Correlation,
  filter: FloatArray,
  from: number,
  { firstRow, rows, firstColumn, columns }: MatrixPart,
  floats: Float32Array,
  to: number,
): void {
  const rowLength = c.filter.column / (rowsAreTargets(c) ? c.groupTargetChannels : c.groupSourceChannels);
  const begin = from + firstRow * rowLength + firstColumn;
  if (columns === rowLength) {
    floats.set(filter.subarray(begin, begin + rows * rowLength), to);
    return;
  }
  for (let row = 0; row < rows; row++) {
    const at = begin + row * rowLength;
    floats.set(filter.subarray(at, at + columns), to + row * columns);
  }
}
