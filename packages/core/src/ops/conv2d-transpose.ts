/**
 * Transposed convolution, {@link conv2dTranspose}: once, prepared, explained, and its gradients. The filter has the axes that
 * TensorFlow gives it; PyTorch's [inChannels, outChannels / groups, kh, kw] read backwards.
 *
 * @module
 */

import type { ConvTransposeOptions } from "../options.ts";
import type { Shape4 } from "../shape.ts";
import type { FloatArray, Tensor4 } from "../tensor.ts";
import type { ExplainOptions as ExplainOption, Explanation } from "./explain.ts";
import { CONV_TRANSPOSE } from "./kinds.ts";
import {
  type ConvGradients,
  type ConvPlan,
  explain,
  filterGradient,
  gradients,
  inputGradient,
  makePlan,
  runOnce,
} from "./legacy.ts";
import type { AlgorithmOption, FusedOptions } from "./operation.ts";

/** Options of {@link conv2dTranspose} and {@link planConv2dTranspose}. */
export interface Conv2dTransposeOptions<T extends FloatArray = Float32Array>
  extends ConvTransposeOptions<2>,
    FusedOptions<T> {}

/** Options of the linear gradients: those of {@link conv2dTranspose} without bias and activation. */
export interface Conv2dTransposeGradientOptions extends ConvTransposeOptions<2>, AlgorithmOption {}

/** A {@link conv2dTranspose} that has been prepared. */
export type Conv2dTransposePlan<T extends FloatArray = Float32Array> = ConvPlan<Shape4, T>;

/**
 * Transposed convolution of images: every input cell writes the kernel, scaled, into the output, and what overlaps adds up. It
 * is the gradient of {@link conv2d} with respect to its input, as an operation of its own.
 *
 *     y[n, u, v, o] = act(bias[o] + Σ x[n, i, j, c] · w[a, b, o, c])
 *
 * over all taps with u = i·s + a·d − p and v = j·s + b·d − p, and o counted within the group of input channel c. Along each
 * axis, from n cells come
 *
 *     (n − 1)·stride − before − after + (kernel − 1)·dilation + 1 + outputPadding
 *
 * or n · stride with padding `"same"` or `"same-lower"`, or `outputSize`.
 *
 * @param x `[batch, height, width, inChannels]`, or `[batch, inChannels, height, width]` with `layout: "NCHW"`.
 * @param filter `[kernelHeight, kernelWidth, outChannels / groups, inChannels]`, in either layout, as TensorFlow has it.
 * @returns `[batch, outHeight, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError for shapes or options that do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 1], [1, 2]);
 * const filter = tensor([1, 3, 1, 1], [1, 10, 100]);
 * conv2dTranspose(x, filter, { strides: [1, 2] }).data; // → [1, 10, 102, 20, 200]
 * conv2dTranspose(x, filter, { strides: [1, 2], padding: "same" }).data; // → [1, 10, 102, 20]
 * conv2dTranspose(x, filter, { strides: [1, 2], outputPadding: [0, 1] }).data; // → [1, 10, 102, 20, 200, 0]
 * ```
 * Source: M. Zeiler, D. Krishnan, G. Taylor and R. Fergus, "Deconvolutional networks", CVPR 2010; arXiv:1603.07285, chapter 4.
 */
export function conv2dTranspose<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  filter: Tensor4<T>,
  options: Conv2dTransposeOptions<T> = {},
): Tensor4<T> {
  return runOnce(CONV_TRANSPOSE[2], x, filter, options);
}

/**
 * Prepares {@link conv2dTranspose}: weights are packed once, `run` only computes. What is given is copied.
 *
 * @throws as {@link conv2dTranspose}.
 *
 * @example
 * ```ts
 * const plan = planConv2dTranspose([1, 1, 2, 1], tensor([1, 2, 1, 1], [1, 10]), { strides: 2 });
 * plan.outputShape; // → [1, 1, 4, 1]
 * plan.run(new Float32Array([1, 2])); // → [1, 10, 2, 20]
 * ```
 */
export function planConv2dTranspose<T extends FloatArray = Float32Array>(
  inputShape: Shape4,
  filter: Tensor4<T>,
  options: Conv2dTransposeOptions<T> = {},
): Conv2dTransposePlan<T> {
  return makePlan(CONV_TRANSPOSE[2], "planConv2dTranspose", inputShape, filter, options);
}

/**
 * Which algorithm {@link planConv2dTranspose} would take for these shapes, and why, without computing anything; with `pass` that
 * of a gradient.
 *
 * @throws as {@link conv2dTranspose}.
 *
 * @example
 * ```ts
 * explainConv2dTranspose([1, 28, 28, 8], [3, 3, 16, 8], { algorithm: "tiled" }).reason; // → "asked for by name"
 * ```
 */
export function explainConv2dTranspose(
  inputShape: Shape4,
  filterShape: Shape4,
  options: Conv2dTransposeGradientOptions & ExplainOption = {},
): Explanation {
  return explain(CONV_TRANSPOSE[2], inputShape, filterShape, options);
}

/**
 * Gradient of {@link conv2dTranspose} with respect to its input: a convolution of `dy`.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @param inputShape shape of the input, in `options.layout`.
 * @returns a tensor of shape `inputShape`.
 * @throws TypeError, RangeError as {@link conv2dTranspose}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const dy = tensor([1, 1, 4, 1], [1, 1, 1, 1]);
 * const filter = tensor([1, 2, 1, 1], [1, 10]);
 * conv2dTransposeInputGradient(dy, filter, [1, 1, 2, 1], { strides: [1, 2] }).data; // → [11, 11]
 * ```
 */
export function conv2dTransposeInputGradient<T extends FloatArray = Float32Array>(
  dy: Tensor4<T>,
  filter: Tensor4<T>,
  inputShape: Shape4,
  options: Conv2dTransposeGradientOptions = {},
): Tensor4<T> {
  return inputGradient(CONV_TRANSPOSE[2], dy, filter, inputShape, options);
}

/**
 * Gradient of {@link conv2dTranspose} with respect to its filter.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @returns a tensor of shape `filterShape`.
 * @throws TypeError, RangeError as {@link conv2dTranspose}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 1], [1, 2]);
 * const dy = tensor([1, 1, 4, 1], [1, 2, 3, 4]);
 * conv2dTransposeFilterGradient(x, dy, [1, 2, 1, 1], { strides: [1, 2] }).data; // → [7, 10]
 * ```
 */
export function conv2dTransposeFilterGradient<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  dy: Tensor4<T>,
  filterShape: Shape4,
  options: Conv2dTransposeGradientOptions = {},
): Tensor4<T> {
  return filterGradient(CONV_TRANSPOSE[2], x, dy, filterShape, options);
}

/**
 * All gradients of {@link conv2dTranspose} with everything that is fused to it: of input, filter, bias and, with activation
 * `"prelu"`, slopes.
 *
 * @param dy gradient with respect to the output, after the activation.
 * @param options those of the call that is differentiated.
 * @throws TypeError, RangeError as {@link conv2dTranspose}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 1], [1, -2]);
 * const dy = tensor([1, 1, 4, 1], [1, 1, 1, 1]);
 * const filter = tensor([1, 2, 1, 1], [1, 10]);
 * const gradients = conv2dTransposeGradients(x, filter, dy, { strides: [1, 2], activation: "relu" });
 * gradients.input.data; // → [11, 0]
 * gradients.bias; // → [2]
 * ```
 */
export function conv2dTransposeGradients<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  filter: Tensor4<T>,
  dy: Tensor4<T>,
  options: Conv2dTransposeOptions<T> = {},
): ConvGradients<Shape4, T> {
  return gradients(CONV_TRANSPOSE[2], x, filter, dy, options);
}
