/**
 * The seed of it all: two-dimensional cross-correlation of one matrix with another.
 *
 *     y[i, j] = Σ_{a, b} k[a, b] · x[i + a − top, j + b − left]
 *
 * A weighted sum of neighbours whose weights do not depend on where one looks (translation invariance) and reach no
 * further than the kernel (locality). {@link convolve2d} is the same with the kernel flipped in both directions. How it
 * is computed, and what lies outside x, stands in `matrix/`.
 *
 * @module
 */

import { chooseMethod, methods } from "./matrix/choose-method.ts";
import { type Corr2dOptions, resolveProblem } from "./matrix/problem.ts";
import { sizeOf } from "./shape.ts";
import { dtypeOf, type FloatArray, type Matrix, zeros } from "./tensor.ts";

/**
 * Cross-correlates a matrix with a kernel. The kernel is *not* flipped.
 *
 *     y[i, j] = Σ_{a, b} kernel[a, b] · x[i + a − top, j + b − left]
 *
 * with top = left = 0 for mode `"valid"`, ⌊(h − 1) / 2⌋ and ⌊(w − 1) / 2⌋ for `"same"`, h − 1 and w − 1 for `"full"` (SciPy's
 * `correlate2d`). Outside its edge x goes on as `boundary` says. Sums are float64 and rounded once. Large kernels go through
 * a Fourier transform and kernels of rank 1 by rows and columns where that is faster; `explainCorr2d` says what
 * happens and how far the result may be from the exact one.
 *
 * @param x matrix, `[H, W]`.
 * @param kernel matrix, `[h, w]`, of the element type of `x`.
 * @returns a new matrix: `[H − h + 1, W − w + 1]`, `[H, W]` or `[H + h − 1, W + w − 1]`.
 * @throws TypeError if an argument is not a matrix, the element types differ or an option is unknown; RangeError if an option
 *   has a value that is not allowed, a matrix is empty, the kernel exceeds the image in mode `"valid"`, or a method asked for by
 *   name cannot do it (`"separable"` a kernel of higher rank, `"fft"` values that are not finite).
 *
 * @example
 * ```ts
 * const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const kernel = tensor([2, 2], [0, 1, 2, 3]);
 * corr2d(x, kernel).data; // → [19, 25, 37, 43]
 * corr2d(x, kernel, { mode: "same", boundary: "replicate" }).data; // → [19, 25, 27, 37, 43, 45, 40, 46, 48]
 * ```
 * Source: A. Zhang, Z. Lipton, M. Li and A. Smola, "Dive into Deep Learning", section 7.2.
 */
export function corr2d<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: Matrix<T>,
  options: Corr2dOptions = {},
): Matrix<T> {
  return correlate("corr2d", x, kernel, options, false);
}

/**
 * Convolves a matrix with a kernel: cross-correlation with the kernel flipped in both directions.
 *
 *     y[i, j] = Σ_{a, b} kernel[a, b] · x[i − a + bottom, j − b + right]
 *
 * with bottom = h − 1 and right = w − 1 for `"valid"`, ⌊(h − 1) / 2⌋ and ⌊(w − 1) / 2⌋ for `"same"`, 0 for `"full"` (SciPy's
 * `convolve2d`). It commutes: in mode `"full"` with zeros outside, x and kernel may change places.
 *
 * @throws as {@link corr2d}.
 *
 * @example
 * ```ts
 * const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const kernel = tensor([2, 2], [0, 1, 2, 3]);
 * convolve2d(x, kernel).data; // → [5, 11, 23, 29]
 * ```
 */
export function convolve2d<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: Matrix<T>,
  options: Corr2dOptions = {},
): Matrix<T> {
  return correlate("convolve2d", x, kernel, options, true);
}

/** Resolves what was asked for, and computes it by the method that is chosen. */
function correlate<T extends FloatArray>(
  operation: string,
  x: Matrix<T>,
  kernel: Matrix<T>,
  options: Corr2dOptions,
  flip: boolean,
): Matrix<T> {
  const problem = resolveProblem(operation, x, kernel, options, flip);
  const y = zeros(dtypeOf(x.data), sizeOf(problem.outShape)) as T;
  const choice = chooseMethod(operation, problem, options.method);
  methods[choice.method](problem, y, choice);
  return { shape: problem.outShape, data: y };
}
