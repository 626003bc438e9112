/**
 * Where it begins: a fully connected layer on images. Every hidden unit (i, j) looks at every pixel (k, l), with a weight for
 * each pair, so the weights have four axes. Nothing in it knows that pixels have neighbours: permute them, and W along, and
 * nothing changes. The other files of this folder ask of it what images deserve. They follow A. Zhang, Z. Lipton, M. Li and
 * A. Smola, "Dive into Deep Learning", section 7.1, "From fully connected layers to convolutions", and number its formulas:
 *
 *     (1)  fully connected         H[i, j] = U[i, j] + Σ W[i, j, k, l] · X[k, l]  this file
 *     (2)  re-indexing             V[i, j, a, b] = W[i, j, i + a, j + b]          translation-invariance.ts
 *     (3)  translation invariance  V[i, j, a, b] = v[a, b]                        translation-invariance.ts
 *     (4)  locality                v[a, b] = 0 for |a| > Δ or |b| > Δ             locality.ts
 *     and back: a convolution is a fully connected layer                           toeplitz.ts
 *
 * Weights with neither sharing nor distance are the layer `LocallyConnected2d`: (4) without (3).
 *
 * @module
 */

import type { Shape2, Shape4 } from "../tensor/shape.ts";
import { checkTensor, dtypeOf, type FloatArray, type Matrix, type Tensor, zeroArray } from "../tensor/tensor.ts";

/** Weights of a fully connected layer on images: `[hiddenHeight, hiddenWidth, height, width]`. */
export type DenseWeights<T extends FloatArray = Float32Array> = Tensor<Shape4, T>;

/**
 * A fully connected layer on one image, equation (1) of the derivation.
 *
 *     H[i, j] = U[i, j] + Σ_{k, l} W[i, j, k, l] · X[k, l]
 *
 * @param x image, `[height, width]`.
 * @param weights `[hiddenHeight, hiddenWidth, height, width]`.
 * @param bias U, `[hiddenHeight, hiddenWidth]`. Default zero.
 * @returns the hidden units, `[hiddenHeight, hiddenWidth]`. Sums are float64 and rounded once.
 * @throws TypeError if an argument is not a tensor or the element types differ; RangeError if the shapes do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 3], [1, 2, 3]);
 * // Two hidden units: the first pixel less the last, and the sum.
 * const weights = tensor([1, 2, 1, 3], [1, 0, -1, 1, 1, 1]);
 * denseLayer(x, weights, tensor([1, 2], [0, 10])).data; // → [-2, 16]
 * ```
 * Source: "Dive into Deep Learning", equation (7.1.1).
 */
export function denseLayer<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  weights: DenseWeights<T>,
  bias?: Matrix<T>,
): Matrix<T> {
  checkTensor("denseLayer", "x", x, 2);
  checkTensor("denseLayer", "weights", weights, 4);
  requireSameType("denseLayer", "x", x.data, "weights", weights.data);
  const [hiddenHeight, hiddenWidth, height, width] = weights.shape;
  const hidden: Shape2 = [hiddenHeight, hiddenWidth];
  requireShape("denseLayer", "x", x.shape, [height, width], "weights");
  if (bias !== undefined) {
    checkTensor("denseLayer", "bias", bias, 2);
    requireSameType("denseLayer", "bias", bias.data, "weights", weights.data);
    requireShape("denseLayer", "bias", bias.shape, hidden, "weights");
  }
  const y = zeroArray(dtypeOf(x.data), hiddenHeight * hiddenWidth) as T;
  const pixels = height * width;
  for (let unit = 0; unit < y.length; unit++) {
    let sum = bias === undefined ? 0 : bias.data[unit];
    for (let pixel = 0; pixel < pixels; pixel++) sum += weights.data[unit * pixels + pixel] * x.data[pixel];
    y[unit] = sum;
  }
  return { shape: hidden, data: y };
}

/** Throws unless two arrays have one element type. */
export function requireSameType(
  operation: string,
  parameter: string,
  values: FloatArray,
  otherParameter: string,
  others: FloatArray,
): void {
  if (dtypeOf(values) === dtypeOf(others)) return;
  throw new TypeError(
    `${operation}: ${parameter} is ${dtypeOf(values)}, but ${otherParameter} is ${dtypeOf(others)}; both must be the same`,
  );
}

/** Throws unless a matrix has the shape that something else asks for. */
export function requireShape(
  operation: string,
  parameter: string,
  shape: Shape2,
  [height, width]: Shape2,
  because: string,
): void {
  if (shape[0] === height && shape[1] === width) return;
  throw new RangeError(`${operation}: ${parameter} has shape [${shape}], but ${because} asks for [${height},${width}]`);
}
