/**
 * Correlation and convolution of matrices without what takes more than a few kilobytes: by plain sums in JavaScript, directly or
 * by rows and columns.
 *
 * @module
 */

import { checkOptionNames, resolveWord } from "../../geometry/options.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { checkTensor, dtypeOf, type FloatArray, type Matrix, type Owned, zeroArray } from "../../tensor/tensor.ts";
import {
  GEOMETRY_OPTION_NAMES,
  type GeometryOptions,
  type MatrixKernel,
  oriented,
  readKernel,
  requireElements,
  resolveGeometry,
} from "../problem/problem.ts";
import { factorsOf } from "../problem/separate-kernel.ts";
import { directCost, separableCost } from "./costs.ts";
import { correlateDirectly } from "./direct.ts";
import { correlateNaively } from "./naive.ts";
import { correlateSeparably } from "./separable.ts";

/** Options of `corr2d` and `convolve2d` in `@corr2d/core/scalar`. */
export interface ScalarOptions extends GeometryOptions {
  /** Default `"auto"`: the one that is expected to be fastest. */
  readonly algorithm?: "auto" | "naive" | "direct" | "separable" | undefined;
}

/**
 * Cross-correlates a matrix with a kernel, as `corr2d` of `@corr2d/core` does, in plain JavaScript. Sums are float64 and rounded
 * once.
 *
 *     y[i, j] = Σ_{a, b} kernel[a, b] · x[i + a − top, j + b − left]
 *
 * @throws as `corr2d` of `@corr2d/core`.
 *
 * @example
 * ```ts
 * import { corr2d } from "@corr2d/core/scalar";
 *
 * const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * corr2d(x, tensor([2, 2], [0, 1, 2, 3])).data; // → [19, 25, 37, 43]
 * ```
 */
export function corr2d<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: MatrixKernel<T>,
  options: ScalarOptions = {},
): Matrix<Owned<T>> {
  return correlate("corr2d", x, kernel, options, false);
}

/**
 * Convolves a matrix with a kernel, as `convolve2d` of `@corr2d/core` does, in plain JavaScript.
 *
 *     y[i, j] = Σ_{a, b} kernel[a, b] · x[i − a + bottom, j − b + right]
 *
 * @throws as `corr2d` of `@corr2d/core`.
 *
 * @example
 * ```ts
 * import { convolve2d } from "@corr2d/core/scalar";
 *
 * const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * convolve2d(x, tensor([2, 2], [0, 1, 2, 3])).data; // → [5, 11, 23, 29]
 * ```
 */
export function convolve2d<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: MatrixKernel<T>,
  options: ScalarOptions = {},
): Matrix<Owned<T>> {
  return correlate("convolve2d", x, kernel, options, true);
}

function correlate<T extends FloatArray>(
  operation: string,
  x: Matrix<T>,
  given: MatrixKernel<T>,
  options: ScalarOptions,
  flip: boolean,
): Matrix<Owned<T>> {
  checkOptionNames(operation, options, [...GEOMETRY_OPTION_NAMES, "algorithm"]);
  const wanted = resolveWord(operation, "algorithm", ["auto", "naive", "direct", "separable"], options.algorithm);
  checkTensor(operation, "x", x, 2);
  requireElements(operation, "x", x.shape, x.data);
  const { dtype, shape, ...values } = readKernel(operation, given);
  if (dtypeOf(x.data) !== dtype) {
    throw new TypeError(`${operation}: x is ${dtypeOf(x.data)}, but kernel is ${dtype}; both must be the same`);
  }
  const geometry = resolveGeometry(operation, x.shape, shape, options, flip);
  const { kernel, factors = factorsOf(kernel, shape[1]) } = oriented(values, flip);
  const y = zeroArray(dtype, sizeOf(geometry.outShape)) as Owned<T>;
  const problem = { ...geometry, kernel, source: x.data };
  const direct = directCost(y.length, kernel.length);
  if (wanted === "naive") correlateNaively(problem, y);
  else if (wanted === "separable" && !factors) {
    throw new RangeError(`${operation}: algorithm "separable" needs a kernel of rank 1; use "auto"`);
  } else if (
    factors &&
    wanted !== "direct" &&
    (wanted === "separable" || values.factors || separableCost(geometry) < direct)
  ) {
    correlateSeparably(problem, factors, y);
  } else correlateDirectly(problem, y);
  return { shape: geometry.outShape, data: y };
}
