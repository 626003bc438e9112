/**
 * Small matrices, for everything that the page shows as numbers.
 *
 * @module
 */

import { corr2d, type Matrix } from "./core.ts";

/** The cross-correlation of a matrix with a kernel, where the kernel fits. */
export function correlate(x: Matrix, kernel: Matrix): Matrix {
  return corr2d(x, kernel);
}
