/**
 * The seed of it all: two-dimensional cross-correlation of one matrix with another, and convolution, its twin.
 *
 *     y[i, j] = Σ_{a, b} k[a, b] · x[i + a − top, j + b − left]
 *
 * A weighted sum of neighbours whose weights do not depend on where one looks (translation invariance) and reach no
 * further than the kernel (locality). Both are operations: `plan`, `explain`, `gradients`, … take them as they take `conv2d`.
 *
 * @module
 */

import type { Runs } from "../algorithm/algorithm.ts";
import type { BilinearMap } from "../operation/bilinear-map.ts";
import { call } from "../operation/call.ts";
import { type Operation, type OperationKind, operation } from "../operation/operation.ts";
import type { Shape2 } from "../tensor/shape.ts";
import { checkShape, type DType, type FloatArray, type Matrix, type Owned } from "../tensor/tensor.ts";
import { CHOICE_OPTION_NAMES, type MatrixChoiceOptions } from "./choose.ts";
import { matrixMap } from "./map.ts";
import {
  GEOMETRY_OPTION_NAMES,
  type GeometryOptions,
  type KernelValues,
  type MatrixKernel,
  readKernel,
  resolveGeometry,
} from "./problem/problem.ts";

/** Options of {@link corr2d} and {@link convolve2d}. */
export interface Corr2dOptions extends GeometryOptions, MatrixChoiceOptions {}

/** The operations {@link corr2d} and {@link convolve2d}. */
export interface MatrixOperation extends Operation<KernelValues> {
  <T extends FloatArray = Float32Array>(
    x: Matrix<T>,
    kernel: MatrixKernel<T>,
    options?: Corr2dOptions,
  ): Matrix<Owned<T>>;
}

/**
 * Cross-correlates a matrix with a kernel. The kernel is *not* flipped.
 *
 *     y[i, j] = Σ_{a, b} kernel[a, b] · x[i + a − top, j + b − left]
 *
 * with top = left = 0 for mode `"valid"`, ⌊(h − 1) / 2⌋ and ⌊(w − 1) / 2⌋ for `"same"`, h − 1 and w − 1 for `"full"` (SciPy's
 * `correlate2d`). Outside its edge x goes on as `boundary` says.
 *
 * Float32 is computed by SIMD with sums in float32, float64 and what SIMD cannot do with sums in float64. Kernels of rank 1 go by
 * rows and columns, large ones through a Fourier transform, where that is faster; whichever it is, the error of a cell is at most
 * a small constant times the Σ |k||x| of its own window: `explain(corr2d, x, kernel)` says which algorithm, why, and the constant.
 *
 * @param x matrix, `[H, W]`.
 * @param kernel matrix, `[h, w]`, of the element type of `x`; or `{ column, row }`, vectors of h and w elements, for
 *   kernel[a, b] = column[a] · row[b].
 * @returns a new matrix: `[H − h + 1, W − w + 1]`, `[H, W]` or `[H + h − 1, W + w − 1]`.
 * @throws TypeError if an argument is not a matrix, the element types differ or an option is unknown; RangeError if an option
 *   has a value that is not allowed, a matrix is empty, the kernel exceeds the image in mode `"valid"`, or an algorithm or engine
 *   asked for by name cannot do it (`"separable"` a kernel of higher rank).
 *
 * @example
 * ```ts
 * const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const kernel = tensor([2, 2], [0, 1, 2, 3]);
 * corr2d(x, kernel).data; // → [19, 25, 37, 43]
 * corr2d(x, kernel, { mode: "same", boundary: "edge" }).data; // → [19, 25, 27, 37, 43, 45, 40, 46, 48]
 * const ones = new Float32Array([1, 1, 1]); // sums of 3 × 3 cells
 * corr2d(x, { column: ones, row: ones }, { mode: "same", boundary: "reflect" }).data; // → [24, 27, 30, 33, 36, 39, 42, 45, 48]
 * ```
 * Source: A. Zhang, Z. Lipton, M. Li and A. Smola, "Dive into Deep Learning", section 7.2.
 *
 * @function
 */
export const corr2d: MatrixOperation = /* @__PURE__ */ matrixOperation("corr2d", false);

/**
 * Convolves a matrix with a kernel: the sum of {@link corr2d} with the kernel flipped in both directions.
 *
 *     y[i, j] = Σ_{a, b} kernel[a, b] · x[i − a + bottom, j − b + right]
 *
 * with bottom = h − 1 and right = w − 1 for `"valid"`, ⌊(h − 1) / 2⌋ and ⌊(w − 1) / 2⌋ for `"same"`, 0 for `"full"` (SciPy's
 * `convolve2d`). In mode `"same"` the centre of a kernel with an even side moves with the flip: it is then *not* `corr2d` with
 * the flipped kernel, but that moved by one cell. Convolution commutes: in mode `"full"` with zeros outside, x and kernel may
 * change places.
 *
 * @throws as {@link corr2d}.
 *
 * @example
 * ```ts
 * const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const kernel = tensor([2, 2], [0, 1, 2, 3]);
 * convolve2d(x, kernel).data; // → [5, 11, 23, 29]
 * ```
 *
 * @function
 */
export const convolve2d: MatrixOperation = /* @__PURE__ */ matrixOperation("convolve2d", true);

function matrixOperation(name: string, flip: boolean): MatrixOperation {
  const kind = matrixKind(name, flip);
  const run = <T extends FloatArray>(
    x: Matrix<T>,
    kernel: MatrixKernel<T>,
    options: Corr2dOptions = {},
  ): Matrix<Owned<T>> => call(kind, x, kernel, options);
  return operation(kind, run as Omit<MatrixOperation, keyof Operation>) as MatrixOperation;
}

function matrixKind(name: string, flip: boolean): OperationKind<KernelValues> {
  const optionNames = [...GEOMETRY_OPTION_NAMES, ...CHOICE_OPTION_NAMES];
  return {
    name,
    tensorRank: 2,
    optionNames,
    filterName: "kernel",
    linearOptionNames: optionNames,
    readFilter(caller, filter) {
      const { dtype, shape, kernel, factors } = readKernel(caller, filter);
      return { dtype, shape, weights: { kernel, factors } };
    },
    readFilterShape(caller, filter) {
      if (!Array.isArray(filter)) return this.readFilter(caller, filter);
      if (checkShape(caller, "kernel", filter, 2) === 0) throw new RangeError(`${caller}: kernel [${filter}] is empty`);
      return { shape: [...filter] };
    },
    resolve(caller, inputShape, kernelShape, options: Corr2dOptions, dtype: DType, _runs: Runs) {
      const [height, width] = inputShape;
      if (height * width === 0) throw new RangeError(`${caller}: x [${inputShape}] is empty`);
      const geometry = resolveGeometry(caller, [height, width], kernelShape as Shape2, options, flip);
      return {
        inputShape: geometry.shape,
        outputShape: geometry.outShape,
        outChannels: 1,
        inner: 1,
        map: matrixMap(caller, geometry, dtype, flip, options) as unknown as BilinearMap<KernelValues>,
      };
    },
  };
}
