/**
 * `corr2d` and `convolve2d` prepared: for many images of one size by one kernel, into arrays that are there already. A new
 * array costs its pages and their zeros at each call, which for a small kernel is more than the computation.
 *
 * @module
 */

import type { Shape2 } from "../shape.ts";
import type { FloatArray, Matrix } from "../tensor.ts";
import { correlateScalar } from "./choose-method.ts";
import { type Corr2dPlan, makeCorr2dPlan } from "./plan.ts";
import type { Corr2dOptions } from "./problem.ts";

/**
 * Prepares a cross-correlation of matrices: {@link corr2d} for images of one shape. The kernel is copied; changing it later
 * does not change the plan.
 *
 *     y[i, j] = Σ_{a, b} kernel[a, b] · x[i + a − top, j + b − left]
 *
 * @param inputShape `[H, W]` of the images.
 * @param kernel matrix, `[h, w]`, of the element type of the images.
 * @throws as {@link corr2d}; a method by name that does not suit the values is refused by `run`.
 *
 * @example
 * ```ts
 * const plan = planCorr2d([3, 3], tensor([2, 2], [0, 1, 2, 3]));
 * const y = new Float32Array(4);
 * for (const frame of [[0, 1, 2, 3, 4, 5, 6, 7, 8]]) plan.run(Float32Array.from(frame), y);
 * y; // → [19, 25, 37, 43]
 * ```
 */
export function planCorr2d<T extends FloatArray = Float32Array>(
  inputShape: Shape2,
  kernel: Matrix<T>,
  options: Corr2dOptions = {},
): Corr2dPlan<T> {
  return plan("planCorr2d", inputShape, kernel, options, false);
}

/**
 * Prepares a convolution of matrices: {@link convolve2d} as {@link planCorr2d} does {@link corr2d}.
 *
 * @throws as {@link planCorr2d}.
 *
 * @example
 * ```ts
 * const plan = planConvolve2d([3, 3], tensor([2, 2], [0, 1, 2, 3]));
 * plan.run(new Float32Array([0, 1, 2, 3, 4, 5, 6, 7, 8])); // → [5, 11, 23, 29]
 * ```
 */
export function planConvolve2d<T extends FloatArray = Float32Array>(
  inputShape: Shape2,
  kernel: Matrix<T>,
  options: Corr2dOptions = {},
): Corr2dPlan<T> {
  return plan("planConvolve2d", inputShape, kernel, options, true);
}

function plan<T extends FloatArray>(
  operation: string,
  inputShape: Shape2,
  kernel: Matrix<T>,
  options: Corr2dOptions,
  flip: boolean,
): Corr2dPlan<T> {
  return makeCorr2dPlan(operation, inputShape, kernel, options, flip, (problem) => (source, y) => {
    correlateScalar(operation, { ...problem, source }, options.method, y);
  });
}
