/**
 * Transposed convolution of sequences, {@link conv1dTranspose}: conv2d-transpose.ts with one row.
 *
 * @module
 */

import type { ConvTransposeOptions } from "../options.ts";
import type { Shape3 } from "../shape.ts";
import type { FloatArray, Tensor3 } from "../tensor.ts";
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

/** Options of {@link conv1dTranspose} and {@link planConv1dTranspose}. */
export interface Conv1dTransposeOptions<T extends FloatArray = Float32Array>
  extends ConvTransposeOptions<1>,
    FusedOptions<T> {}

/** Options of the linear gradients: those of {@link conv1dTranspose} without bias and activation. */
export interface Conv1dTransposeGradientOptions extends ConvTransposeOptions<1>, AlgorithmOption {}

/** A {@link conv1dTranspose} that has been prepared. */
export type Conv1dTransposePlan<T extends FloatArray = Float32Array> = ConvPlan<Shape3, T>;

/**
 * Transposed convolution of sequences: every input cell writes the kernel, scaled, into the output, and what overlaps adds up. It
 * is the gradient of {@link conv1d} with respect to its input, as an operation of its own.
 *
 *     y[n, v, o] = act(bias[o] + Σ x[n, j, c] · w[b, o, c])
 *
 * over all taps with v = j·s + b·d − p, and o counted within the group of input channel c. From n cells come
 *
 *     (n − 1)·stride − before − after + (kernel − 1)·dilation + 1 + outputPadding
 *
 * or n · stride with padding `"same"` or `"same-lower"`, or `outputSize`.
 *
 * @param x `[batch, width, inChannels]`, or `[batch, inChannels, width]` with `layout: "NCW"`.
 * @param filter `[kernelWidth, outChannels / groups, inChannels]`, in either layout.
 * @returns `[batch, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError for shapes or options that do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 1], [1, 2]);
 * const filter = tensor([3, 1, 1], [1, 10, 100]);
 * conv1dTranspose(x, filter, { strides: 2 }).data; // → [1, 10, 102, 20, 200]
 * conv1dTranspose(x, filter, { strides: 2, padding: 1 }).data; // → [10, 102, 20]
 * ```
 */
export function conv1dTranspose<T extends FloatArray = Float32Array>(
  x: Tensor3<T>,
  filter: Tensor3<T>,
  options: Conv1dTransposeOptions<T> = {},
): Tensor3<T> {
  return runOnce(CONV_TRANSPOSE[1], x, filter, options);
}

/**
 * Prepares {@link conv1dTranspose}: weights are packed once, `run` only computes. What is given is copied.
 *
 * @throws as {@link conv1dTranspose}.
 *
 * @example
 * ```ts
 * const plan = planConv1dTranspose([1, 2, 1], tensor([2, 1, 1], [1, 10]), { strides: 2 });
 * plan.run(new Float32Array([1, 2])); // → [1, 10, 2, 20]
 * ```
 */
export function planConv1dTranspose<T extends FloatArray = Float32Array>(
  inputShape: Shape3,
  filter: Tensor3<T>,
  options: Conv1dTransposeOptions<T> = {},
): Conv1dTransposePlan<T> {
  return makePlan(CONV_TRANSPOSE[1], "planConv1dTranspose", inputShape, filter, options);
}

/**
 * Which algorithm {@link planConv1dTranspose} would take for these shapes, and why, without computing anything; with `pass` that
 * of a gradient.
 *
 * @throws as {@link conv1dTranspose}.
 *
 * @example
 * ```ts
 * explainConv1dTranspose([1, 100, 8], [5, 16, 8], { algorithm: "tiled" }).reason; // → "asked for by name"
 * ```
 */
export function explainConv1dTranspose(
  inputShape: Shape3,
  filterShape: Shape3,
  options: Conv1dTransposeGradientOptions & ExplainOption = {},
): Explanation {
  return explain(CONV_TRANSPOSE[1], inputShape, filterShape, options);
}

/**
 * Gradient of {@link conv1dTranspose} with respect to its input: a convolution of `dy`.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @param inputShape shape of the input, in `options.layout`.
 * @returns a tensor of shape `inputShape`.
 * @throws TypeError, RangeError as {@link conv1dTranspose}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const dy = tensor([1, 4, 1], [1, 1, 1, 1]);
 * conv1dTransposeInputGradient(dy, tensor([2, 1, 1], [1, 10]), [1, 2, 1], { strides: 2 }).data; // → [11, 11]
 * ```
 */
export function conv1dTransposeInputGradient<T extends FloatArray = Float32Array>(
  dy: Tensor3<T>,
  filter: Tensor3<T>,
  inputShape: Shape3,
  options: Conv1dTransposeGradientOptions = {},
): Tensor3<T> {
  return inputGradient(CONV_TRANSPOSE[1], dy, filter, inputShape, options);
}

/**
 * Gradient of {@link conv1dTranspose} with respect to its filter.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @returns a tensor of shape `filterShape`.
 * @throws TypeError, RangeError as {@link conv1dTranspose}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 1], [1, 2]);
 * const dy = tensor([1, 4, 1], [1, 2, 3, 4]);
 * conv1dTransposeFilterGradient(x, dy, [2, 1, 1], { strides: 2 }).data; // → [7, 10]
 * ```
 */
export function conv1dTransposeFilterGradient<T extends FloatArray = Float32Array>(
  x: Tensor3<T>,
  dy: Tensor3<T>,
  filterShape: Shape3,
  options: Conv1dTransposeGradientOptions = {},
): Tensor3<T> {
  return filterGradient(CONV_TRANSPOSE[1], x, dy, filterShape, options);
}

/**
 * All gradients of {@link conv1dTranspose} with everything that is fused to it: of input, filter, bias and, with activation
 * `"prelu"`, slopes.
 *
 * @param dy gradient with respect to the output, after the activation.
 * @param options those of the call that is differentiated.
 * @throws TypeError, RangeError as {@link conv1dTranspose}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 1], [1, -2]);
 * const dy = tensor([1, 4, 1], [1, 1, 1, 1]);
 * const gradients = conv1dTransposeGradients(x, tensor([2, 1, 1], [1, 10]), dy, { strides: 2, activation: "relu" });
 * gradients.input.data; // → [11, 0]
 * ```
 */
export function conv1dTransposeGradients<T extends FloatArray = Float32Array>(
  x: Tensor3<T>,
  filter: Tensor3<T>,
  dy: Tensor3<T>,
  options: Conv1dTransposeOptions<T> = {},
): ConvGradients<Shape3, T> {
  return gradients(CONV_TRANSPOSE[1], x, filter, dy, options);
}
