/**
 * Depthwise convolution, {@link depthwiseConv2d}: once, prepared, explained, and its gradients. It is grouped convolution with
 * a group for each channel, and is computed as such.
 *
 * @module
 */

import type { ConvOptions } from "../options.ts";
import type { Shape4 } from "../shape.ts";
import type { FloatArray, Tensor4 } from "../tensor.ts";
import type { ExplainOptions as ExplainOption, Explanation } from "./explain.ts";
import { DEPTHWISE } from "./kinds.ts";
import {
  type ConvFilterGradientPlan,
  type ConvGradients,
  type ConvInputGradientPlan,
  type ConvPlan,
  explain,
  filterGradient,
  gradients,
  inputGradient,
  makeFilterGradientPlan,
  makeInputGradientPlan,
  makePlan,
  runOnce,
} from "./legacy.ts";
import type { AlgorithmOption, FusedOptions } from "./operation.ts";

/** Options of {@link depthwiseConv2d} and {@link planDepthwiseConv2d}. */
export interface DepthwiseConv2dOptions<T extends FloatArray = Float32Array>
  extends Omit<ConvOptions, "groups">,
    FusedOptions<T> {}

/** Options of the linear gradients: those of {@link depthwiseConv2d} without bias and activation. */
export interface DepthwiseConv2dGradientOptions extends Omit<ConvOptions, "groups">, AlgorithmOption {}

/** A {@link depthwiseConv2d} that has been prepared. */
export type DepthwiseConv2dPlan<T extends FloatArray = Float32Array> = ConvPlan<Shape4, T>;

/** A {@link depthwiseConv2dInputGradient} that has been prepared. */
export type DepthwiseConv2dInputGradientPlan<T extends FloatArray = Float32Array> = ConvInputGradientPlan<Shape4, T>;

/** A {@link depthwiseConv2dFilterGradient} that has been prepared. */
export type DepthwiseConv2dFilterGradientPlan = ConvFilterGradientPlan<Shape4>;

/**
 * Convolves every channel of a batch of images with `multiplier` filters of its own (cross-correlation, the kernel is *not*
 * flipped); channels do not meet.
 *
 *     y[n, i, j, c·M + m] = act(bias[c·M + m] + Σ_{a, b} w[a, b, c, m] · x[n, i·s + a·d − p, j·s + b·d − p, c])
 *
 * with strides s, dilations d, padding p before and M = multiplier.
 *
 * @param x `[batch, height, width, channels]`, or `[batch, channels, height, width]` with `layout: "NCHW"`.
 * @param filter `[kernelHeight, kernelWidth, channels, multiplier]`, in either layout.
 * @returns `[batch, outHeight, outWidth, channels · multiplier]` in the layout of `x`, in memory of its own.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError for shapes or options that do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 2], [1, 10, 2, 20]); // two pixels of two channels
 * depthwiseConv2d(x, tensor([1, 2, 2, 1], [1, 1, 1, -1])).data; // → [3, -10]
 * depthwiseConv2d(x, tensor([1, 1, 2, 2], [1, 2, 3, 4])).data; // → [1, 2, 30, 40, 2, 4, 60, 80]
 * ```
 * Source: L. Sifre, "Rigid-motion scattering for image classification", 2014, chapter 6.
 */
export function depthwiseConv2d<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  filter: Tensor4<T>,
  options: DepthwiseConv2dOptions<T> = {},
): Tensor4<T> {
  return runOnce(DEPTHWISE, x, filter, options);
}

/**
 * Prepares {@link depthwiseConv2d}: weights are packed once, `run` only computes. What is given is copied.
 *
 * @throws as {@link depthwiseConv2d}.
 *
 * @example
 * ```ts
 * const plan = planDepthwiseConv2d([1, 1, 1, 2], tensor([1, 1, 2, 1], [2, 3]), { activation: "relu6" });
 * plan.run(new Float32Array([1, 10])); // → [2, 6]
 * ```
 */
export function planDepthwiseConv2d<T extends FloatArray = Float32Array>(
  inputShape: Shape4,
  filter: Tensor4<T>,
  options: DepthwiseConv2dOptions<T> = {},
): DepthwiseConv2dPlan<T> {
  return makePlan(DEPTHWISE, "planDepthwiseConv2d", inputShape, filter, options);
}

/**
 * Which algorithm {@link planDepthwiseConv2d} would take for these shapes, and why, without computing anything; with `pass` that
 * of a gradient.
 *
 * @throws as {@link depthwiseConv2d}.
 *
 * @example
 * ```ts
 * explainDepthwiseConv2d([1, 56, 56, 144], [3, 3, 144, 1], { algorithm: "tiled" }).reason; // → "asked for by name"
 * ```
 */
export function explainDepthwiseConv2d(
  inputShape: Shape4,
  filterShape: Shape4,
  options: DepthwiseConv2dGradientOptions & ExplainOption = {},
): Explanation {
  return explain(DEPTHWISE, inputShape, filterShape, options);
}

/**
 * Gradient of {@link depthwiseConv2d} with respect to its input.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @param inputShape shape of the input, in `options.layout`.
 * @returns a tensor of shape `inputShape`.
 * @throws TypeError, RangeError as {@link depthwiseConv2d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const dy = tensor([1, 1, 1, 2], [1, 1]);
 * depthwiseConv2dInputGradient(dy, tensor([1, 2, 2, 1], [1, 2, 3, 4]), [1, 1, 2, 2]).data; // → [1, 2, 3, 4]
 * ```
 */
export function depthwiseConv2dInputGradient<T extends FloatArray = Float32Array>(
  dy: Tensor4<T>,
  filter: Tensor4<T>,
  inputShape: Shape4,
  options: DepthwiseConv2dGradientOptions = {},
): Tensor4<T> {
  return inputGradient(DEPTHWISE, dy, filter, inputShape, options);
}

/**
 * Gradient of {@link depthwiseConv2d} with respect to its filter.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @returns a tensor of shape `filterShape`.
 * @throws TypeError, RangeError as {@link depthwiseConv2d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 2], [1, 10, 2, 20]);
 * depthwiseConv2dFilterGradient(x, tensor([1, 1, 1, 2], [1, 2]), [1, 2, 2, 1]).data; // → [1, 20, 2, 40]
 * ```
 */
export function depthwiseConv2dFilterGradient<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  dy: Tensor4<T>,
  filterShape: Shape4,
  options: DepthwiseConv2dGradientOptions = {},
): Tensor4<T> {
  return filterGradient(DEPTHWISE, x, dy, filterShape, options);
}

/**
 * Prepares {@link depthwiseConv2dInputGradient} for a filter that stays: its weights are packed once, `run` only computes. What is
 * given is copied.
 *
 * @throws as {@link depthwiseConv2d}.
 *
 * @example
 * ```ts
 * const plan = planDepthwiseConv2dInputGradient([1, 1, 1, 2], tensor([1, 1, 2, 1], [2, 3]));
 * plan.run(new Float32Array([1, 10])); // → [2, 30]
 * ```
 */
export function planDepthwiseConv2dInputGradient<T extends FloatArray = Float32Array>(
  inputShape: Shape4,
  filter: Tensor4<T>,
  options: DepthwiseConv2dGradientOptions = {},
): DepthwiseConv2dInputGradientPlan<T> {
  return makeInputGradientPlan(DEPTHWISE, inputShape, filter, options);
}

/**
 * Prepares {@link depthwiseConv2dFilterGradient} of float32: the algorithm is chosen and memory taken once, `run` only computes.
 *
 * @param filterShape `[kernelHeight, kernelWidth, channels, multiplier]`.
 * @throws as {@link depthwiseConv2d}.
 *
 * @example
 * ```ts
 * const plan = planDepthwiseConv2dFilterGradient([1, 1, 1, 2], [1, 1, 2, 1]);
 * plan.run(new Float32Array([1, 10]), new Float32Array([2, 3])); // → [2, 30]
 * ```
 */
export function planDepthwiseConv2dFilterGradient(
  inputShape: Shape4,
  filterShape: Shape4,
  options: DepthwiseConv2dGradientOptions = {},
): DepthwiseConv2dFilterGradientPlan {
  return makeFilterGradientPlan(DEPTHWISE, inputShape, filterShape, options);
}

/**
 * All gradients of {@link depthwiseConv2d} with everything that is fused to it: of input, filter, bias and, with activation
 * `"prelu"`, slopes.
 *
 * @param dy gradient with respect to the output, after the activation.
 * @param options those of the call that is differentiated.
 * @throws TypeError, RangeError as {@link depthwiseConv2d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 2], [1, 10, 2, 20]);
 * const dy = tensor([1, 1, 1, 2], [1, 1]);
 * const gradients = depthwiseConv2dGradients(x, tensor([1, 2, 2, 1], [1, 1, 1, -1]), dy, { activation: "relu" });
 * gradients.input.data; // → [1, 0, 1, 0]
 * gradients.bias; // → [1, 0]
 * ```
 */
export function depthwiseConv2dGradients<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  filter: Tensor4<T>,
  dy: Tensor4<T>,
  options: DepthwiseConv2dOptions<T> = {},
): ConvGradients<Shape4, T> {
  return gradients(DEPTHWISE, x, filter, dy, options);
}
