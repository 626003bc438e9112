/**
 * `corr2d` and `convolve2d` on SIMD: the functions of `@corr2d/core` with the same arguments and options, float32 matrices
 * computed in float32 by WebAssembly. What SIMD cannot do is computed as there.
 *
 * @module
 */

import type { Corr2dExplanation } from "../../matrix/explain-corr2d.ts";
import { type Corr2dPlan, makeCorr2dPlan } from "../../matrix/plan.ts";
import { type Corr2dOptions, type PlannedProblem, resolveProblem } from "../../matrix/problem.ts";
import { type Shape2, sizeOf } from "../../shape.ts";
import { dtypeOf, type FloatArray, type Matrix, zeros } from "../../tensor.ts";
import { prepareMatrix } from "./choose-method.ts";

/**
 * Cross-correlates a matrix with a kernel on SIMD. The kernel is *not* flipped.
 *
 *     y[i, j] = Σ_{a, b} kernel[a, b] · x[i + a − top, j + b − left]
 *
 * The same as `corr2d` of `@corr2d/core`, many times as fast, but with sums in float32 instead of float64: `explainCorr2d` says
 * how far a result may be from the exact one. Float64 matrices, kernels with sides above about 240 and hosts without
 * WebAssembly SIMD are computed as there.
 *
 * @param x matrix, `[H, W]`.
 * @param kernel matrix, `[h, w]`, of the element type of `x`.
 * @returns a new matrix: `[H − h + 1, W − w + 1]`, `[H, W]` or `[H + h − 1, W + w − 1]`.
 * @throws as `corr2d` of `@corr2d/core`.
 *
 * @example
 * ```ts
 * import { corr2d } from "@corr2d/core/simd";
 *
 * const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * corr2d(x, tensor([2, 2], [0, 1, 2, 3])).data; // → [19, 25, 37, 43]
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
 * Convolves a matrix with a kernel on SIMD: {@link corr2d} with the kernel flipped in both directions, as `convolve2d` of
 * `@corr2d/core`.
 *
 *     y[i, j] = Σ_{a, b} kernel[a, b] · x[i − a + bottom, j − b + right]
 *
 * @throws as {@link corr2d}.
 *
 * @example
 * ```ts
 * import { convolve2d } from "@corr2d/core/simd";
 *
 * const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * convolve2d(x, tensor([2, 2], [0, 1, 2, 3])).data; // → [5, 11, 23, 29]
 * ```
 */
export function convolve2d<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: Matrix<T>,
  options: Corr2dOptions = {},
): Matrix<T> {
  return correlate("convolve2d", x, kernel, options, true);
}

/**
 * Prepares {@link corr2d} of this module for images of one shape: as `planCorr2d` of `@corr2d/core`, with the kernel packed and
 * the method chosen once. A picture of 512 × 512 by a 3 × 3 kernel takes two thirds of the time into an array that is there.
 *
 * @throws as `planCorr2d` of `@corr2d/core`.
 *
 * @example
 * ```ts
 * import { planCorr2d } from "@corr2d/core/simd";
 *
 * const plan = planCorr2d([512, 512], tensor([3, 3], [0, 1, 0, 1, -4, 1, 0, 1, 0]), { mode: "same" });
 * const y = new Float32Array(512 * 512);
 * plan.run(new Float32Array(512 * 512).fill(1), y);
 * y.subarray(0, 4); // → [-2, -1, -1, -1]
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
 * Prepares {@link convolve2d} of this module, as {@link planCorr2d} does {@link corr2d}.
 *
 * @throws as {@link planCorr2d}.
 *
 * @example
 * ```ts
 * import { planConvolve2d } from "@corr2d/core/simd";
 *
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
  const prepare = (problem: PlannedProblem) => prepareMatrix(operation, problem, options.method).run;
  return makeCorr2dPlan(operation, inputShape, kernel, options, flip, prepare);
}

/**
 * Which engine and method {@link corr2d} of this module would take for these arguments, why, and what error bound it has,
 * without computing it. A method that is impossible is expected to take for ever.
 *
 * @throws as {@link corr2d}.
 *
 * @example
 * ```ts
 * import { explainCorr2d } from "@corr2d/core/simd";
 *
 * const x = zeros([512, 512]);
 * explainCorr2d(x, tensor([3, 3], [0, 1, 0, 1, -4, 1, 0, 1, 0])).method; // → "direct"
 * const x64 = { shape: [9, 9] as const, data: new Float64Array(81) };
 * explainCorr2d(x64, x64).engine; // → "scalar"
 * ```
 */
export function explainCorr2d<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: Matrix<T>,
  options: Corr2dOptions = {},
): Corr2dExplanation {
  const problem = resolveProblem("explainCorr2d", x, kernel, options, false);
  return prepareMatrix("explainCorr2d", problem, options.method).explain(x.data);
}

/** Resolves what was asked for, and computes it as is chosen. */
function correlate<T extends FloatArray>(
  operation: string,
  x: Matrix<T>,
  kernel: Matrix<T>,
  options: Corr2dOptions,
  flip: boolean,
): Matrix<T> {
  const problem = resolveProblem(operation, x, kernel, options, flip);
  const y = zeros(dtypeOf(x.data), sizeOf(problem.outShape)) as T;
  prepareMatrix(operation, problem, options.method).run(x.data, y);
  return { shape: problem.outShape, data: y };
}
