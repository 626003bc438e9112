/**
 * One-dimensional convolution, {@link conv1d}: once, prepared, explained, and its gradients, which are those of conv2d.ts with
 * one row.
 *
 * @module
 */

import type { ConvOptions } from "../options.ts";
import type { Shape3 } from "../shape.ts";
import type { FloatArray, Tensor3 } from "../tensor.ts";
import type { ExplainOptions as ExplainOption, Explanation } from "./explain.ts";
import { CONV } from "./kinds.ts";
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

/** Options of {@link conv1d} and {@link planConv1d}. */
export interface Conv1dOptions<T extends FloatArray = Float32Array> extends ConvOptions<1>, FusedOptions<T> {}

/** Options of the linear gradients: those of {@link conv1d} without bias and activation. */
export interface Conv1dGradientOptions extends ConvOptions<1>, AlgorithmOption {}

/** A {@link conv1d} that has been prepared. */
export type Conv1dPlan<T extends FloatArray = Float32Array> = ConvPlan<Shape3, T>;

/**
 * Convolves a batch of sequences with a bank of filters (cross-correlation, the kernel is *not* flipped).
 *
 *     y[n, j, o] = act(bias[o] + Σ_{b, c} w[b, c, o] · x[n, j·s + b·d − p, g·C + c])
 *
 * with strides s, dilations d, padding p before, C = inChannels / groups and g the group of output channel o.
 *
 * @param x `[batch, width, inChannels]`, or `[batch, inChannels, width]` with `layout: "NCW"`.
 * @param filter `[kernelWidth, inChannels / groups, outChannels]`, in either layout.
 * @returns `[batch, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError for shapes or options that do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 4, 1], [1, 2, 4, 8]);
 * const filter = tensor([2, 1, 1], [1, -1]);
 * conv1d(x, filter).data; // → [-1, -2, -4]
 * conv1d(x, filter, { padding: [[0, 1]], paddingMode: "circular" }).data; // → [-1, -2, -4, 7]
 * ```
 */
export function conv1d<T extends FloatArray = Float32Array>(
  x: Tensor3<T>,
  filter: Tensor3<T>,
  options: Conv1dOptions<T> = {},
): Tensor3<T> {
  return runOnce(CONV[1], x, filter, options);
}

/**
 * Prepares {@link conv1d}: weights are packed once, `run` only computes. What is given is copied.
 *
 * @throws as {@link conv1d}.
 *
 * @example
 * ```ts
 * const plan = planConv1d([1, 4, 1], tensor([2, 1, 1], [1, -1]));
 * plan.run(new Float32Array([1, 2, 4, 8])); // → [-1, -2, -4]
 * ```
 */
export function planConv1d<T extends FloatArray = Float32Array>(
  inputShape: Shape3,
  filter: Tensor3<T>,
  options: Conv1dOptions<T> = {},
): Conv1dPlan<T> {
  return makePlan(CONV[1], "planConv1d", inputShape, filter, options);
}

/**
 * Which algorithm {@link planConv1d} would take for these shapes, and why, without computing anything; with `pass` that
 * of a gradient.
 *
 * @throws as {@link conv1d}.
 *
 * @example
 * ```ts
 * explainConv1d([1, 100, 8], [5, 8, 16], { algorithm: "tiled" }).reason; // → "asked for by name"
 * ```
 */
export function explainConv1d(
  inputShape: Shape3,
  filterShape: Shape3,
  options: Conv1dGradientOptions & ExplainOption = {},
): Explanation {
  return explain(CONV[1], inputShape, filterShape, options);
}

/**
 * Gradient of {@link conv1d} with respect to its input.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @param inputShape shape of the input, in `options.layout`.
 * @returns a tensor of shape `inputShape`.
 * @throws TypeError, RangeError as {@link conv1d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const dy = tensor([1, 3, 1], [1, 1, 1]);
 * conv1dInputGradient(dy, tensor([2, 1, 1], [1, -1]), [1, 4, 1]).data; // → [1, 0, 0, -1]
 * ```
 */
export function conv1dInputGradient<T extends FloatArray = Float32Array>(
  dy: Tensor3<T>,
  filter: Tensor3<T>,
  inputShape: Shape3,
  options: Conv1dGradientOptions = {},
): Tensor3<T> {
  return inputGradient(CONV[1], dy, filter, inputShape, options);
}

/**
 * Gradient of {@link conv1d} with respect to its filter.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @returns a tensor of shape `filterShape`.
 * @throws TypeError, RangeError as {@link conv1d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 4, 1], [1, 2, 4, 8]);
 * conv1dFilterGradient(x, tensor([1, 3, 1], [1, 1, 1]), [2, 1, 1]).data; // → [7, 14]
 * ```
 */
export function conv1dFilterGradient<T extends FloatArray = Float32Array>(
  x: Tensor3<T>,
  dy: Tensor3<T>,
  filterShape: Shape3,
  options: Conv1dGradientOptions = {},
): Tensor3<T> {
  return filterGradient(CONV[1], x, dy, filterShape, options);
}

/**
 * All gradients of {@link conv1d} with everything that is fused to it: of input, filter, bias and, with activation
 * `"prelu"`, slopes.
 *
 * @param dy gradient with respect to the output, after the activation.
 * @param options those of the call that is differentiated.
 * @throws TypeError, RangeError as {@link conv1d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 4, 1], [1, 2, 4, 8]);
 * const dy = tensor([1, 3, 1], [1, 1, 1]);
 * const bias = new Float32Array([3]);
 * conv1dGradients(x, tensor([2, 1, 1], [1, -1]), dy, { bias, activation: "relu" }).bias; // → [2]
 * ```
 */
export function conv1dGradients<T extends FloatArray = Float32Array>(
  x: Tensor3<T>,
  filter: Tensor3<T>,
  dy: Tensor3<T>,
  options: Conv1dOptions<T> = {},
): ConvGradients<Shape3, T> {
  return gradients(CONV[1], x, filter, dy, options);
}
