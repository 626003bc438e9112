/**
 * The convolution of deep learning, {@link conv2d}: once, prepared, explained, and its gradients with L = ⟨dy, y⟩.
 *
 * @module
 */

import type { ConvOptions } from "../options.ts";
import type { Shape4 } from "../shape.ts";
import type { FloatArray, Tensor4 } from "../tensor.ts";
import type { ExplainOptions as ExplainOption, Explanation } from "./explain.ts";
import { CONV } from "./kinds.ts";
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

/** Options of {@link conv2d} and {@link planConv2d}. */
export interface Conv2dOptions<T extends FloatArray = Float32Array> extends ConvOptions, FusedOptions<T> {}

/** Options of the linear gradients: those of the convolution that is differentiated, without bias and activation. */
export interface Conv2dGradientOptions extends ConvOptions, AlgorithmOption {}

/** A {@link conv2d} that has been prepared. */
export type Conv2dPlan<T extends FloatArray = Float32Array> = ConvPlan<Shape4, T>;

/** A {@link conv2dInputGradient} that has been prepared. */
export type Conv2dInputGradientPlan<T extends FloatArray = Float32Array> = ConvInputGradientPlan<Shape4, T>;

/** A {@link conv2dFilterGradient} that has been prepared. */
export type Conv2dFilterGradientPlan = ConvFilterGradientPlan<Shape4>;

/**
 * Convolves a batch of images with a bank of filters: cross-correlation (the kernel is *not* flipped) of every image with
 * every filter, plus a bias.
 *
 *     y[n, i, j, o] = act(bias[o] + Σ_{a, b, c} w[a, b, c, o] · x[n, i·s + a·d − p, j·s + b·d − p, g·C + c])
 *
 * with strides s, dilations d, padding p before, C = inChannels / groups and g the group of output channel o. Weights are
 * packed at each call; to run the same filter many times use {@link planConv2d}.
 *
 * @param x images, `[batch, height, width, inChannels]`, or `[batch, inChannels, height, width]` with `layout: "NCHW"`.
 * @param filter weights (HWIO), `[kernelHeight, kernelWidth, inChannels / groups, outChannels]`, in either layout.
 * @returns `[batch, outHeight, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError for shapes or options that do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 3, 3, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const filter = tensor([2, 2, 1, 1], [0, 1, 2, 3]);
 * conv2d(x, filter).data; // → [19, 25, 37, 43]
 * conv2d(x, filter, { padding: [[1, 0], [1, 0]], paddingMode: "replicate" }).data; // → [0, 4, 10, 15, 19, 25, 33, 37, 43]
 * conv2d(x, filter, { bias: new Float32Array([-30]), activation: "relu" }).data; // → [0, 0, 7, 13]
 * ```
 * Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285.
 */
export function conv2d<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  filter: Tensor4<T>,
  options: Conv2dOptions<T> = {},
): Tensor4<T> {
  return runOnce(CONV[2], x, filter, options);
}

/**
 * Prepares a convolution: resolves the geometry, chooses the algorithm and packs the weights, so that `run` only
 * computes. `filter`, `bias` and `slopes` are copied; changing them later does not change the plan.
 *
 * @throws as {@link conv2d}.
 *
 * @example
 * ```ts
 * const plan = planConv2d([1, 4, 4, 1], tensor([3, 3, 1, 1], [0, 1, 0, 1, -4, 1, 0, 1, 0]), { padding: "same" });
 * const y = new Float32Array(16);
 * plan.run(new Float32Array(16).fill(1), y);
 * y.subarray(5, 7); // → [0, 0]
 * ```
 */
export function planConv2d<T extends FloatArray = Float32Array>(
  inputShape: Shape4,
  filter: Tensor4<T>,
  options: Conv2dOptions<T> = {},
): Conv2dPlan<T> {
  return makePlan(CONV[2], "planConv2d", inputShape, filter, options);
}

/**
 * Which algorithm {@link planConv2d} would take for these shapes, and why, without computing anything; with `pass` that of
 * a gradient.
 *
 * @throws as {@link conv2d}.
 *
 * @example
 * ```ts
 * explainConv2d([1, 56, 56, 64], [3, 3, 64, 64], { algorithm: "tiled" }); // → { algorithm: "tiled", reason: "asked for by name" }
 * ```
 */
export function explainConv2d(
  inputShape: Shape4,
  filterShape: Shape4,
  options: Conv2dGradientOptions & ExplainOption = {},
): Explanation {
  return explain(CONV[2], inputShape, filterShape, options);
}

/**
 * Gradient of a convolution with respect to its input, without bias and activation.
 *
 *     ∂L/∂x[n, u, v, g·C + c] = Σ dy[n, i, j, o] · w[a, b, c, o]   over all taps with u = i·s + a·d − p, v = j·s + b·d − p
 *
 * with the letters of {@link conv2d}.
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
  return inputGradient(CONV[2], dy, filter, inputShape, options);
}

/**
 * Gradient of a convolution with respect to its filter, without bias and activation.
 *
 *     ∂L/∂w[a, b, c, o] = Σ_{n, i, j} dy[n, i, j, o] · x[n, i·s + a·d − p, j·s + b·d − p, g·C + c]
 *
 * with the letters of {@link conv2d}.
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
  return filterGradient(CONV[2], x, dy, filterShape, options);
}

/**
 * Prepares {@link conv2dInputGradient} for a filter that stays: its weights are packed once, `run` only computes. What is
 * given is copied.
 *
 * @throws as {@link conv2d}.
 *
 * @example
 * ```ts
 * const filter = tensor([2, 2, 1, 1], [0, 1, 2, 3]);
 * const plan = planConv2dInputGradient([1, 3, 3, 1], filter);
 * plan.run(new Float32Array([1, 1, 1, 1])); // → [0, 1, 1, 2, 6, 4, 2, 5, 3]
 * ```
 */
export function planConv2dInputGradient<T extends FloatArray = Float32Array>(
  inputShape: Shape4,
  filter: Tensor4<T>,
  options: Conv2dGradientOptions = {},
): Conv2dInputGradientPlan<T> {
  return makeInputGradientPlan(CONV[2], inputShape, filter, options);
}

/**
 * Prepares {@link conv2dFilterGradient} of float32: the algorithm is chosen and memory taken once, `run` only computes.
 *
 * @param filterShape `[kernelHeight, kernelWidth, inChannels / groups, outChannels]`.
 * @throws as {@link conv2d}.
 *
 * @example
 * ```ts
 * const plan = planConv2dFilterGradient([1, 3, 3, 1], [2, 2, 1, 1]);
 * const x = new Float32Array([0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * plan.run(x, new Float32Array([1, 1, 1, 1])); // → [8, 12, 20, 24]
 * ```
 */
export function planConv2dFilterGradient(
  inputShape: Shape4,
  filterShape: Shape4,
  options: Conv2dGradientOptions = {},
): Conv2dFilterGradientPlan {
  return makeFilterGradientPlan(CONV[2], inputShape, filterShape, options);
}

/**
 * All gradients of a convolution with everything that is fused to it: with respect to input, filter, bias and, with
 * activation `"prelu"`, slopes.
 *
 * @param dy gradient with respect to the output, after the activation.
 * @param options those that {@link conv2d} was called with.
 * @throws TypeError, RangeError as {@link conv2d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 3, 1], [1, -2, 4]);
 * const dy = tensor([1, 1, 3, 1], [1, 1, 1]);
 * const gradients = conv2dGradients(x, tensor([1, 1, 1, 1], [2]), dy, { activation: "relu" });
 * gradients.input.data; // → [2, 0, 2]
 * gradients.filter.data; // → [5]
 * gradients.bias; // → [2]
 * ```
 */
export function conv2dGradients<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  filter: Tensor4<T>,
  dy: Tensor4<T>,
  options: Conv2dOptions<T> = {},
): ConvGradients<Shape4, T> {
  return gradients(CONV[2], x, filter, dy, options);
}
