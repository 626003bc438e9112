/**
 * The gradients of a convolution. With L = ⟨dy, y⟩ = Σ dy[n, i, j, o] · y[n, i, j, o] and y as in {@link conv2d}:
 *
 *     ∂L/∂x[n, u, v, c]    = Σ dy[n, i, j, o] · w[a, b, c, o]   over all taps with u = i·s + a·d − p, v = j·s + b·d − p
 *     ∂L/∂w[a, b, c, o]    = Σ_{n, i, j} dy[n, i, j, o] · x[n, i·s + a·d − p, j·s + b·d − p, c]
 *     ∂L/∂bias[o]          = Σ_{n, i, j} dy[n, i, j, o]
 *
 * Any stride goes with any dilation. Source: Dumoulin and Visin, arXiv:1603.07285, chapter 4.
 *
 * @module
 */

import { chooseAlgorithm } from "../algorithms/choose.ts";
import type { AlgorithmName } from "../algorithms/registry.ts";
import {
  CONV_OPTION_NAMES,
  type ConvGeometry,
  type ConvOptions,
  checkOptionNames,
  filterShapeOf,
  inputShapeOf,
  type Layout,
  outputShapeOf,
  resolveConvGeometry,
  resolveLayout,
} from "../geometry.ts";
import { fromNhwc, shapeInLayout, toNhwc } from "../layout.ts";
import { type Shape4, sizeOf } from "../shape.ts";
import { checkShape, checkTensor, type DType, dtypeOf, type FloatArray, type Tensor4, zeros } from "../tensor.ts";

/** Options of the gradients: those of the convolution that is differentiated. */
export interface Conv2dGradientOptions extends ConvOptions {
  /** How to compute. Default `"auto"`. */
  readonly algorithm?: AlgorithmName | "auto";
}

const OPTION_NAMES: readonly string[] = [...CONV_OPTION_NAMES, "algorithm"];

/**
 * Gradient of a convolution with respect to its input.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @param filter weights (HWIO).
 * @param inputShape shape of the input, in `options.layout`.
 * @returns gradient with respect to the input, of shape `inputShape`.
 * @throws TypeError, RangeError as {@link conv2d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const dy = tensor([1, 2, 2, 1], [1, 1, 1, 1]);
 * conv2dInputGradient(dy, tensor([2, 2, 1, 1], [0, 1, 2, 3]), [1, 3, 3, 1]).data; // → [0, 1, 1, 2, 6, 4, 2, 5, 3]
 * ```
 */
export function conv2dInputGradient<T extends FloatArray = Float32Array>(
  dy: Tensor4<T>,
  filter: Tensor4<T>,
  inputShape: Shape4,
  options: Conv2dGradientOptions = {},
): Tensor4<T> {
  const operation = "conv2dInputGradient";
  checkOptionNames(operation, options, OPTION_NAMES);
  checkTensor(operation, "dy", dy, 4);
  checkTensor(operation, "filter", filter, 4);
  checkShape(operation, "inputShape", inputShape, 4);
  const dtype = sameDtype(operation, "dy", dy.data, "filter", filter.data);
  const layout = resolveLayout(operation, options.layout);
  const geometry = resolveConvGeometry(operation, inputShape, filter.shape, options, dtype);
  checkOutputGradient(operation, dy, geometry, layout);
  const { algorithm } = chooseAlgorithm(operation, geometry, "inputGradient", options.algorithm);
  const shape = inputShapeOf(geometry);
  const dx = zeros(dtype, sizeOf(shape)) as T;
  algorithm.prepareInputGradient(geometry, filter.data).run(toNhwc(dy.data, outputShapeOf(geometry), layout), dx);
  return { shape: shapeInLayout(shape, layout), data: fromNhwc(dx, shape, layout) };
}

/**
 * Gradient of a convolution with respect to its filter.
 *
 * @param x input of the convolution.
 * @param dy gradient with respect to the output, in its shape and layout.
 * @param filterShape `[kernelHeight, kernelWidth, inChannels / groups, outChannels]`.
 * @returns gradient with respect to the filter, of shape `filterShape`.
 * @throws TypeError, RangeError as {@link conv2d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 3, 3, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const dy = tensor([1, 2, 2, 1], [1, 1, 1, 1]);
 * conv2dFilterGradient(x, dy, [2, 2, 1, 1]).data; // → [8, 12, 20, 24]
 * ```
 */
export function conv2dFilterGradient<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  dy: Tensor4<T>,
  filterShape: Shape4,
  options: Conv2dGradientOptions = {},
): Tensor4<T> {
  const operation = "conv2dFilterGradient";
  checkOptionNames(operation, options, OPTION_NAMES);
  checkTensor(operation, "x", x, 4);
  checkTensor(operation, "dy", dy, 4);
  checkShape(operation, "filterShape", filterShape, 4);
  const dtype = sameDtype(operation, "x", x.data, "dy", dy.data);
  const layout = resolveLayout(operation, options.layout);
  const geometry = resolveConvGeometry(operation, x.shape, filterShape, options, dtype);
  checkOutputGradient(operation, dy, geometry, layout);
  const { algorithm } = chooseAlgorithm(operation, geometry, "filterGradient", options.algorithm);
  const shape = filterShapeOf(geometry);
  const dw = zeros(dtype, sizeOf(shape)) as T;
  const input = toNhwc(x.data, inputShapeOf(geometry), layout);
  algorithm.prepareFilterGradient(geometry).run(input, toNhwc(dy.data, outputShapeOf(geometry), layout), dw);
  return { shape, data: dw };
}

/**
 * Gradient with respect to the bias: the sum of `dy` over images and cells, one value for each output channel.
 *
 * @throws TypeError, RangeError if `dy` is not a tensor of rank 4 or the layout is unknown.
 *
 * @example
 * ```ts
 * biasGradient(tensor([1, 2, 2, 1], [1, 2, 3, 4])); // → [10]
 * ```
 */
export function biasGradient<T extends FloatArray = Float32Array>(
  dy: Tensor4<T>,
  options: { readonly layout?: Layout } = {},
): T {
  checkOptionNames("biasGradient", options, ["layout"]);
  checkTensor("biasGradient", "dy", dy, 4);
  const layout = resolveLayout("biasGradient", options.layout);
  const channels = dy.shape[layout === "NHWC" ? 3 : 1];
  const cells = layout === "NHWC" ? 1 : dy.shape[2] * dy.shape[3];
  const sums = new Float64Array(channels);
  for (let i = 0; i < dy.data.length; i++) sums[Math.floor(i / cells) % channels] += dy.data[i];
  const result = zeros(dtypeOf(dy.data), channels);
  result.set(sums);
  return result as T;
}

function sameDtype(operation: string, nameA: string, a: FloatArray, nameB: string, b: FloatArray): DType {
  const dtype = dtypeOf(a);
  if (dtypeOf(b) === dtype) return dtype;
  throw new TypeError(`${operation}: ${nameA} is ${dtype}, but ${nameB} is ${dtypeOf(b)}; both must be the same`);
}

function checkOutputGradient(operation: string, dy: Tensor4<FloatArray>, geometry: ConvGeometry, layout: Layout): void {
  const expected = shapeInLayout(outputShapeOf(geometry), layout);
  if (expected.every((dimension, axis) => dimension === dy.shape[axis])) return;
  throw new RangeError(
    `${operation}: dy has shape [${dy.shape}], but the output of this convolution has [${expected}]`,
  );
}
