/**
 * Expected times of the plain sums in JavaScript, from what is measured as scalar-algorithms.ts says.
 *
 * @module
 */

import type { KernelGeometry } from "../problem/problem.ts";

/** Nanoseconds for a product of the direct algorithm, and for what it does once for each cell. */
const TAP_NS = 0.35;
const CELL_NS = 3.5;

/** Time of the direct algorithm, in ns. */
export function directCost(cells: number, taps: number): number {
  return cells * (CELL_NS + TAP_NS * taps);
}

/** Of rows, then columns, in ns. */
export function separableCost({ shape, kernelShape, outShape: [outHeight, outWidth] }: KernelGeometry): number {
  return directCost(shape[0] * outWidth, kernelShape[1]) + directCost(outHeight * outWidth, kernelShape[0]);
}
