/**
 * Small matrices, for everything that the page shows as numbers.
 *
 * @module
 */

import { convolve2d, corr2d, type Matrix } from "./core.ts";

/** The cross-correlation of a matrix with a kernel, where the kernel fits. */
export function correlate(x: Matrix, kernel: Matrix): Matrix {
  return corr2d(x, kernel);
}

/** The convolution of a matrix with a kernel, where the kernel fits. */
export function convolve(x: Matrix, kernel: Matrix): Matrix {
  return convolve2d(x, kernel);
}
