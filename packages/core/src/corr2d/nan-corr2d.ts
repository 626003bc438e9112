/**
 * Correlation of matrices with cells missing: they are left out, and the weights of the others make up for them. Of values x and
 * their certainty c, 1 where there is one and 0 where there is none, both sums are correlations:
 *
 *     y = Σ k · Σ (k · c · x) / Σ (k · c)
 *
 * Each is of its own window's cells alone, whatever the algorithm: the error of a sum is bounded by a multiple of the sum of its
 * magnitudes, so that of a window without a value is 0, exactly.
 *
 * Source: H. Knutsson and C.-F. Westin, "Normalized and differential convolution", CVPR (1993), of order 0.
 *
 * @module
 */

import { checkOptionNames } from "../geometry/options.ts";
import { checkTensor, dtypeOf, type FloatArray, type Matrix, type Owned, zeroArray } from "../tensor/tensor.ts";
import {
  CHOICE_OPTION_NAMES,
  MATRIX_CATALOGUE,
  type MatrixChoiceOptions,
  type MatrixFacts,
  prepareMatrix,
} from "./choose.ts";
import type { Corr2dOptions } from "./corr2d.ts";
import { checkMask } from "./problem/mask.ts";
import {
  GEOMETRY_OPTION_NAMES,
  type MatrixKernel,
  type PlannedProblem,
  readKernel,
  requireElements,
  resolveGeometry,
} from "./problem/problem.ts";

/** Options of {@link nanCorr2d}. */
export interface NanCorr2dOptions extends Corr2dOptions {
  /** Which cells there are: an element for each of `x`, row by row, 0 where its cell is missing. NaN is missing in any case. */
  readonly mask?: FloatArray | Uint8Array | Uint8ClampedArray | undefined;
}

/**
 * Correlates what there is of a matrix, as {@link corr2d}: cells that are NaN, or that `mask` leaves out, do not count, and the
 * weights of the others are scaled up to make up for them,
 *
 *     y[i, j] = Σ kernel · Σ' kernel[a, b] · x[i + a − top, j + b − left] / Σ' kernel[a, b]        Σ': over the cells that there are
 *
 * So with a kernel whose weights sum to 1, y is a weighted mean of what the window holds, and a constant stays one. Cells outside the
 * edge are missing, too, unless `fillValue` or another `boundary` says what stands there. Where a window holds no value that weighs
 * anything, y is NaN. Of float32 both sums have the error that `explain(corr2d, …)` states, and three roundings come on top.
 *
 * @param x matrix, `[H, W]`.
 * @param kernel matrix `[h, w]` or `{ column, row }` of weights of 0 or more, of the element type of `x`.
 * @returns a new matrix, of the shape that {@link corr2d} gives.
 * @throws as {@link corr2d}; RangeError if a weight is negative or not finite, all are 0, or the mask does not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 5], [2, 4, NaN, 8, NaN]);
 * const mean = tensor([1, 3], [1, 1, 1].map((n) => n / 3));
 * nanCorr2d(x, mean, { mode: "same" }).data; // ≈ [3.000, 3.000, 6.000, 8.000, 8.000]
 * nanCorr2d(x, mean, { mode: "same", mask: new Uint8Array([1, 0, 1, 1, 1]) }).data; // ≈ [2.000, 2.000, 8.000, 8.000, 8.000]
 * ```
 */
export function nanCorr2d<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: MatrixKernel<T>,
  options: NanCorr2dOptions = {},
): Matrix<Owned<T>> {
  const name = "nanCorr2d";
  checkOptionNames(name, options, [...GEOMETRY_OPTION_NAMES, ...CHOICE_OPTION_NAMES, "mask"]);
  checkTensor(name, "x", x, 2);
  requireElements(name, "x", x.shape, x.data);
  const read = readKernel(name, kernel);
  const dtype = dtypeOf(x.data);
  if (read.dtype !== dtype) {
    throw new TypeError(`${name}: x is ${dtype}, but kernel is ${read.dtype}; both must be the same`);
  }
  const geometry = resolveGeometry(name, x.shape, read.shape, options, false);
  const mask = checkMask(name, options.mask, x.data.length);
  const values = zeroArray(dtype, x.data.length);
  const certainty = zeroArray(dtype, x.data.length);
  for (let i = 0; i < values.length; i++) {
    const value = x.data[i]!;
    if (Number.isNaN(value) || mask?.[i] === 0) continue;
    values[i] = value;
    certainty[i] = 1;
  }
  const { run } = prepareOfPresent(
    name,
    { ...geometry, kernel: read.kernel, factors: read.factors },
    options.fillValue !== undefined,
    options,
  );
  const data = zeroArray(dtype, geometry.outShape[0] * geometry.outShape[1]);
  run(values, certainty, data);
  return { shape: geometry.outShape, data: data as Owned<T> };
}

/** Prepares the quotient of both sums, for values that are 0 where their certainty is. */
export function prepareOfPresent(
  operation: string,
  problem: PlannedProblem,
  fillIsPresent: boolean,
  options: MatrixChoiceOptions,
): MatrixFacts & {
  readonly scratchBytes: number;
  run(values: FloatArray, certainty: FloatArray, y: FloatArray): void;
} {
  const { kernel } = problem;
  let total = 0;
  for (const weight of kernel) {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `${operation}: kernel must hold weights of 0 or more to make up for missing ones, got ${weight}`,
      );
    }
    total += weight;
  }
  if (total === 0) throw new RangeError(`${operation}: kernel must hold a weight other than 0`);
  const sums = prepareMatrix(operation, problem, options, MATRIX_CATALOGUE);
  const weights = prepareMatrix(operation, { ...problem, fillValue: fillIsPresent ? 1 : 0 }, options, MATRIX_CATALOGUE);
  const present = zeroArray(dtypeOf(kernel), problem.outShape[0] * problem.outShape[1]);
  return {
    ...sums,
    scratchBytes: Math.max(sums.scratchBytes, weights.scratchBytes) + present.byteLength,
    run(values, certainty, y) {
      sums.run(values, y);
      weights.run(certainty, present);
      for (let i = 0; i < y.length; i++) y[i] = present[i]! > 0 ? (total * y[i]!) / present[i]! : Number.NaN;
    },
  };
}
