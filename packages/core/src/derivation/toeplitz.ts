/**
 * And back: a convolution is a fully connected layer most of whose weights are zero and the others repeated. Written as a
 * matrix of h'·w' rows and h·w columns, they are constant along diagonals within blocks that are constant along diagonals: a
 * doubly blocked Toeplitz matrix.
 *
 * @module
 */

import { type Corr2dMode, resolveGeometry } from "../corr2d/problem/problem.ts";
import { checkOptionNames, requireNotNegative, resolveWord } from "../geometry/options.ts";
import type { Shape2, Shape4 } from "../tensor/shape.ts";
import { checkShape, checkTensor, dtypeOf, type FloatArray, type Matrix, zeroArray } from "../tensor/tensor.ts";
import type { DenseWeights } from "./dense-layer.ts";

/**
 * The fully connected layer that `corr2d(x, kernel, { mode })` is, for images of one shape.
 *
 *     W[i, j, k, l] = kernel[k − i + top, l − j + left]        zero where the kernel has no such cell
 *
 * with top and left as in `corr2d`.
 *
 * @param inputShape `[height, width]` of the images.
 * @param options `mode`: default `"valid"`.
 * @returns `[hiddenHeight, hiddenWidth, height, width]`: {@link denseLayer} with it computes what corr2d does. The same
 *   elements as a matrix have the shape `[hiddenHeight · hiddenWidth, height · width]`.
 * @throws TypeError, RangeError as `corr2d`, and RangeError if there are more than 2³⁰ weights.
 *
 * @example
 * ```ts
 * const weights = toDense(tensor([1, 2], [1, -1]), [1, 4]);
 * weights.shape; // → [1, 3, 1, 4]
 * weights.data; // → [1, -1, 0, 0, 0, 1, -1, 0, 0, 0, 1, -1]
 * ```
 */
export function toDense<T extends FloatArray = Float32Array>(
  kernel: Matrix<T>,
  inputShape: Shape2,
  options: { readonly mode?: Corr2dMode | undefined } = {},
): DenseWeights<T> {
  checkOptionNames("toDense", options, ["mode"]);
  checkTensor("toDense", "kernel", kernel, 2);
  checkShape("toDense", "inputShape", inputShape, 2);
  const [h, w] = kernel.shape;
  const [height, width] = inputShape;
  if (h * w * height * width === 0) {
    throw new RangeError(`toDense: kernel [${kernel.shape}] or inputShape [${inputShape}] is empty`);
  }
  const { outShape, before } = placementOf("toDense", inputShape, kernel.shape, options.mode);
  const shape: Shape4 = [outShape[0], outShape[1], height, width];
  const data = zeroArray(dtypeOf(kernel.data), checkShape("toDense", "result", shape, 4)) as T;
  forEachTap(shape, kernel.shape, before, (weight, tap) => {
    data[weight] = kernel.data[tap];
  });
  return { shape, data };
}

/** What {@link fromDense} is told. */
export interface FromDenseOptions {
  /** How the hidden units lie to the image. Default `"valid"`. */
  readonly mode?: Corr2dMode | undefined;
  /** Shape of the kernel; required for mode `"same"`, known for the others. */
  readonly kernelShape?: Shape2 | undefined;
  /** How much of the weights' norm may be lost. Default 0: they are a convolution exactly. */
  readonly tolerance?: number | undefined;
}

/**
 * The kernel of the convolution that a fully connected layer is, or nearly is: each cell the mean of the weights it
 * stands for. This is the orthogonal projection onto the convolutions of that size, read backwards.
 *
 * @param weights `[hiddenHeight, hiddenWidth, height, width]`.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError if the shapes do not fit a convolution in
 *   this mode, or what is lost, ‖W − toDense(kernel)‖ / ‖W‖, exceeds the tolerance.
 *
 * @example
 * ```ts
 * const laplace = tensor([3, 3], [0, 1, 0, 1, -4, 1, 0, 1, 0]);
 * const weights = toDense(laplace, [8, 9], { mode: "same" });
 * fromDense(weights, { mode: "same", kernelShape: [3, 3] }).data; // → [0, 1, 0, 1, -4, 1, 0, 1, 0]
 * ```
 */
export function fromDense<T extends FloatArray = Float32Array>(
  weights: DenseWeights<T>,
  options: FromDenseOptions = {},
): Matrix<T> {
  checkOptionNames("fromDense", options, ["mode", "kernelShape", "tolerance"]);
  checkTensor("fromDense", "weights", weights, 4);
  const { mode = "valid", tolerance = 0 } = options;
  requireNotNegative("fromDense", "tolerance", tolerance);
  const [hiddenHeight, hiddenWidth, height, width] = weights.shape;
  const kernelShape = options.kernelShape ?? kernelShapeOf(weights.shape, mode);
  if (checkShape("fromDense", "kernelShape", kernelShape, 2) === 0) {
    throw new RangeError(`fromDense: kernelShape [${kernelShape}] is empty`);
  }
  const { outShape, before } = placementOf("fromDense", [height, width], kernelShape, mode);
  if (outShape[0] !== hiddenHeight || outShape[1] !== hiddenWidth) {
    throw new RangeError(
      `fromDense: a kernel [${kernelShape}] on images [${height},${width}] has hidden units [${outShape}] in mode "${mode}", ` +
        `but weights have [${hiddenHeight},${hiddenWidth}]`,
    );
  }
  const kernel = zeroArray(dtypeOf(weights.data), kernelShape[0] * kernelShape[1]) as T;
  const sums = new Float64Array(kernel.length);
  const counts = new Float64Array(kernel.length);
  forEachTap(weights.shape, kernelShape, before, (weight, tap) => {
    sums[tap] += weights.data[weight];
    counts[tap]++;
  });
  // A cell that stands for no weight sees no pixel of so small an image: it is zero.
  for (let tap = 0; tap < kernel.length; tap++) kernel[tap] = counts[tap] === 0 ? 0 : sums[tap] / counts[tap];
  const lost = lostNorm(weights, kernelShape, before, kernel);
  if (!(lost <= tolerance)) {
    throw new RangeError(
      `fromDense: weights are no convolution with a kernel [${kernelShape}]: ${lost} of their norm would be lost, ` +
        `more than the tolerance of ${tolerance}`,
    );
  }
  return { shape: kernelShape, data: kernel };
}

/** ‖W − toDense(kernel)‖ / ‖W‖. */
function lostNorm(weights: DenseWeights<FloatArray>, kernelShape: Shape2, before: Shape2, kernel: FloatArray): number {
  const rest = Float64Array.from(weights.data);
  forEachTap(weights.shape, kernelShape, before, (weight, tap) => {
    rest[weight] -= kernel[tap];
  });
  const norm = (values: FloatArray): number => {
    let sum = 0;
    for (const value of values) sum += value * value;
    return Math.sqrt(sum);
  };
  const whole = norm(weights.data);
  return whole === 0 ? 0 : norm(rest) / whole;
}

/** The shape of the kernel where the shapes of image and hidden units tell. */
function kernelShapeOf([hiddenHeight, hiddenWidth, height, width]: Shape4, mode: Corr2dMode): Shape2 {
  resolveWord("fromDense", "mode", ["valid", "same", "full"], mode);
  if (mode === "same") {
    throw new RangeError('fromDense: kernelShape must be given for mode "same", whose hidden units do not tell it');
  }
  const sign = mode === "full" ? -1 : 1;
  const shape: Shape2 = [sign * (height - hiddenHeight) + 1, sign * (width - hiddenWidth) + 1];
  if (shape[0] >= 1 && shape[1] >= 1) return shape;
  throw new RangeError(
    `fromDense: no kernel on images [${height},${width}] has hidden units [${hiddenHeight},${hiddenWidth}] in mode "${mode}"`,
  );
}

/** Where a kernel lies on an image: what {@link corr2d} would resolve, without an image. */
function placementOf(
  operation: string,
  shape: Shape2,
  kernelShape: Shape2,
  mode: Corr2dMode | undefined,
): { readonly outShape: Shape2; readonly before: Shape2 } {
  return resolveGeometry(operation, shape, kernelShape, mode === undefined ? {} : { mode }, false);
}

/** Visits every pair of a weight and the cell of the kernel it stands for. */
function forEachTap(
  [hiddenHeight, hiddenWidth, height, width]: Shape4,
  [h, w]: Shape2,
  [top, left]: Shape2,
  visit: (weight: number, tap: number) => void,
): void {
  for (let i = 0; i < hiddenHeight; i++) {
    for (let j = 0; j < hiddenWidth; j++) {
      for (let a = Math.max(0, top - i); a < Math.min(h, height + top - i); a++) {
        for (let b = Math.max(0, left - j); b < Math.min(w, width + left - j); b++) {
          visit(((i * hiddenWidth + j) * height + i + a - top) * width + j + b - left, a * w + b);
        }
      }
    }
  }
}
