/**
 * Transposed convolution of volumes, {@link conv3dTranspose}: conv2d-transpose.ts with a third axis.
 *
 * @module
 */

import type { ConvTransposeOptions } from "../options.ts";
import type { Shape5 } from "../shape.ts";
import type { FloatArray, Tensor5 } from "../tensor.ts";
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

/** Options of {@link conv3dTranspose} and {@link planConv3dTranspose}. */
export interface Conv3dTransposeOptions<T extends FloatArray = Float32Array>
  extends ConvTransposeOptions<3>,
    FusedOptions<T> {}

/** Options of the linear gradients: those of {@link conv3dTranspose} without bias and activation. */
export interface Conv3dTransposeGradientOptions extends ConvTransposeOptions<3>, AlgorithmOption {}

/** A {@link conv3dTranspose} that has been prepared. */
export type Conv3dTransposePlan<T extends FloatArray = Float32Array> = ConvPlan<Shape5, T>;

/**
 * Transposed convolution of volumes: every input cell writes the kernel, scaled, into the output, and what overlaps adds up. It
 * is the gradient of {@link conv3d} with respect to its input, as an operation of its own.
 *
 *     y[n, t, u, v, o] = act(bias[o] + Σ x[n, k, i, j, c] · w[e, a, b, o, c])
 *
 * over all taps with t = k·s + e·d − p, u = i·s + a·d − p and v = j·s + b·d − p, and o counted within the group of input
 * channel c. Along each axis, from n cells come
 *
 *     (n − 1)·stride − before − after + (kernel − 1)·dilation + 1 + outputPadding
 *
 * or n · stride with padding `"same"` or `"same-lower"`, or `outputSize`.
 *
 * @param x `[batch, depth, height, width, inChannels]`, or `[batch, inChannels, depth, height, width]` with `layout: "NCDHW"`.
 * @param filter `[kernelDepth, kernelHeight, kernelWidth, outChannels / groups, inChannels]`, in either layout.
 * @returns `[batch, outDepth, outHeight, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError for shapes or options that do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 1, 1, 1], [1, 2]);
 * const filter = tensor([2, 1, 1, 1, 1], [1, 10]);
 * conv3dTranspose(x, filter).data; // → [1, 12, 20]
 * conv3dTranspose(x, filter, { strides: [3, 1, 1] }).data; // → [1, 10, 0, 2, 20]
 * ```
 */
export function conv3dTranspose<T extends FloatArray = Float32Array>(
  x: Tensor5<T>,
  filter: Tensor5<T>,
  options: Conv3dTransposeOptions<T> = {},
): Tensor5<T> {
  return runOnce(CONV_TRANSPOSE[3], x, filter, options);
}

/**
 * Prepares {@link conv3dTranspose}: weights are packed once, `run` only computes. What is given is copied.
 *
 * @throws as {@link conv3dTranspose}.
 *
 * @example
 * ```ts
 * const plan = planConv3dTranspose([1, 2, 1, 1, 1], tensor([2, 1, 1, 1, 1], [1, 10]));
 * plan.run(new Float32Array([1, 2])); // → [1, 12, 20]
 * ```
 */
export function planConv3dTranspose<T extends FloatArray = Float32Array>(
  inputShape: Shape5,
  filter: Tensor5<T>,
  options: Conv3dTransposeOptions<T> = {},
): Conv3dTransposePlan<T> {
  return makePlan(CONV_TRANSPOSE[3], "planConv3dTranspose", inputShape, filter, options);
}

/**
 * Which algorithm {@link planConv3dTranspose} would take for these shapes, and why, without computing anything; with `pass` that
 * of a gradient.
 *
 * @throws as {@link conv3dTranspose}.
 *
 * @example
 * ```ts
 * explainConv3dTranspose([1, 4, 7, 7, 8], [3, 3, 3, 16, 8], { algorithm: "tiled" }).reason; // → "asked for by name"
 * ```
 */
export function explainConv3dTranspose(
  inputShape: Shape5,
  filterShape: Shape5,
  options: Conv3dTransposeGradientOptions & ExplainOption = {},
): Explanation {
  return explain(CONV_TRANSPOSE[3], inputShape, filterShape, options);
}

/**
 * Gradient of {@link conv3dTranspose} with respect to its input: a convolution of `dy`.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @param inputShape shape of the input, in `options.layout`.
 * @returns a tensor of shape `inputShape`.
 * @throws TypeError, RangeError as {@link conv3dTranspose}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const dy = tensor([1, 3, 1, 1, 1], [1, 2, 3]);
 * conv3dTransposeInputGradient(dy, tensor([2, 1, 1, 1, 1], [1, 10]), [1, 2, 1, 1, 1]).data; // → [21, 32]
 * ```
 */
export function conv3dTransposeInputGradient<T extends FloatArray = Float32Array>(
  dy: Tensor5<T>,
  filter: Tensor5<T>,
  inputShape: Shape5,
  options: Conv3dTransposeGradientOptions = {},
): Tensor5<T> {
  return inputGradient(CONV_TRANSPOSE[3], dy, filter, inputShape, options);
}

/**
 * Gradient of {@link conv3dTranspose} with respect to its filter.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @returns a tensor of shape `filterShape`.
 * @throws TypeError, RangeError as {@link conv3dTranspose}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 1, 1, 1], [1, 2]);
 * conv3dTransposeFilterGradient(x, tensor([1, 3, 1, 1, 1], [1, 2, 3]), [2, 1, 1, 1, 1]).data; // → [5, 8]
 * ```
 */
export function conv3dTransposeFilterGradient<T extends FloatArray = Float32Array>(
  x: Tensor5<T>,
  dy: Tensor5<T>,
  filterShape: Shape5,
  options: Conv3dTransposeGradientOptions = {},
): Tensor5<T> {
  return filterGradient(CONV_TRANSPOSE[3], x, dy, filterShape, options);
}

/**
 * All gradients of {@link conv3dTranspose} with everything that is fused to it: of input, filter, bias and, with activation
 * `"prelu"`, slopes.
 *
 * @param dy gradient with respect to the output, after the activation.
 * @param options those of the call that is differentiated.
 * @throws TypeError, RangeError as {@link conv3dTranspose}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 1, 1, 1], [1, -2]);
 * const dy = tensor([1, 3, 1, 1, 1], [1, 1, 1]);
 * conv3dTransposeGradients(x, tensor([2, 1, 1, 1, 1], [1, 10]), dy, { activation: "relu" }).bias; // → [2]
 * ```
 */
export function conv3dTransposeGradients<T extends FloatArray = Float32Array>(
  x: Tensor5<T>,
  filter: Tensor5<T>,
  dy: Tensor5<T>,
  options: Conv3dTransposeOptions<T> = {},
): ConvGradients<Shape5, T> {
  return gradients(CONV_TRANSPOSE[3], x, filter, dy, options);
}
