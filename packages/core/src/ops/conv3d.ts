/**
 * Three-dimensional convolution, {@link conv3d}: once, prepared, explained, and its gradients. It is computed as a sum over
 * planes (depth.ts).
 *
 * @module
 */

import type { ConvOptions } from "../options.ts";
import type { Shape5 } from "../shape.ts";
import type { FloatArray, Tensor5 } from "../tensor.ts";
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

/** Options of {@link conv3d} and {@link planConv3d}. */
export interface Conv3dOptions<T extends FloatArray = Float32Array> extends ConvOptions<3>, FusedOptions<T> {}

/** Options of the linear gradients: those of {@link conv3d} without bias and activation. */
export interface Conv3dGradientOptions extends ConvOptions<3>, AlgorithmOption {}

/** A {@link conv3d} that has been prepared. */
export type Conv3dPlan<T extends FloatArray = Float32Array> = ConvPlan<Shape5, T>;

/**
 * Convolves a batch of volumes, or films, with a bank of filters (cross-correlation, the kernel is *not* flipped).
 *
 *     y[n, k, i, j, o] = act(bias[o] + Σ_{e, a, b, c} w[e, a, b, c, o] · x[n, k·s + e·d − p, i·s + a·d − p, j·s + b·d − p, g·C + c])
 *
 * with strides s, dilations d, padding p before, C = inChannels / groups and g the group of output channel o.
 *
 * @param x `[batch, depth, height, width, inChannels]`, or `[batch, inChannels, depth, height, width]` with `layout: "NCDHW"`.
 * @param filter `[kernelDepth, kernelHeight, kernelWidth, inChannels / groups, outChannels]`, in either layout.
 * @returns `[batch, outDepth, outHeight, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError for shapes or options that do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 2, 2, 1], [1, 2, 3, 4, 5, 6, 7, 8]);
 * const filter = tensor([2, 1, 2, 1, 1], [1, 1, 1, 1]);
 * conv3d(x, filter).data; // → [14, 22]
 * conv3d(x, filter, { padding: [[1, 0], [0, 0], [0, 0]] }).data; // → [3, 7, 14, 22]
 * ```
 * Source: S. Ji et al., "3D convolutional neural networks for human action recognition", ICML 2010.
 */
export function conv3d<T extends FloatArray = Float32Array>(
  x: Tensor5<T>,
  filter: Tensor5<T>,
  options: Conv3dOptions<T> = {},
): Tensor5<T> {
  return runOnce(CONV[3], x, filter, options);
}

/**
 * Prepares {@link conv3d}: weights are packed once, `run` only computes. What is given is copied.
 *
 * @throws as {@link conv3d}.
 *
 * @example
 * ```ts
 * const plan = planConv3d([1, 2, 1, 1, 1], tensor([2, 1, 1, 1, 1], [1, 10]));
 * plan.run(new Float32Array([3, 4])); // → [43]
 * ```
 */
export function planConv3d<T extends FloatArray = Float32Array>(
  inputShape: Shape5,
  filter: Tensor5<T>,
  options: Conv3dOptions<T> = {},
): Conv3dPlan<T> {
  return makePlan(CONV[3], "planConv3d", inputShape, filter, options);
}

/**
 * Which algorithm {@link planConv3d} would take for these shapes, and why, without computing anything; with `pass` that
 * of a gradient.
 *
 * @throws as {@link conv3d}.
 *
 * @example
 * ```ts
 * explainConv3d([1, 8, 28, 28, 16], [3, 3, 3, 16, 16], { algorithm: "tiled" }).reason; // → "asked for by name"
 * ```
 */
export function explainConv3d(
  inputShape: Shape5,
  filterShape: Shape5,
  options: Conv3dGradientOptions & ExplainOption = {},
): Explanation {
  return explain(CONV[3], inputShape, filterShape, options);
}

/**
 * Gradient of {@link conv3d} with respect to its input.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @param inputShape shape of the input, in `options.layout`.
 * @returns a tensor of shape `inputShape`.
 * @throws TypeError, RangeError as {@link conv3d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const dy = tensor([1, 1, 1, 1, 1], [2]);
 * conv3dInputGradient(dy, tensor([2, 1, 1, 1, 1], [1, 10]), [1, 2, 1, 1, 1]).data; // → [2, 20]
 * ```
 */
export function conv3dInputGradient<T extends FloatArray = Float32Array>(
  dy: Tensor5<T>,
  filter: Tensor5<T>,
  inputShape: Shape5,
  options: Conv3dGradientOptions = {},
): Tensor5<T> {
  return inputGradient(CONV[3], dy, filter, inputShape, options);
}

/**
 * Gradient of {@link conv3d} with respect to its filter.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @returns a tensor of shape `filterShape`.
 * @throws TypeError, RangeError as {@link conv3d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 1, 1, 1], [3, 4]);
 * conv3dFilterGradient(x, tensor([1, 1, 1, 1, 1], [2]), [2, 1, 1, 1, 1]).data; // → [6, 8]
 * ```
 */
export function conv3dFilterGradient<T extends FloatArray = Float32Array>(
  x: Tensor5<T>,
  dy: Tensor5<T>,
  filterShape: Shape5,
  options: Conv3dGradientOptions = {},
): Tensor5<T> {
  return filterGradient(CONV[3], x, dy, filterShape, options);
}

/**
 * All gradients of {@link conv3d} with everything that is fused to it: of input, filter, bias and, with activation
 * `"prelu"`, slopes.
 *
 * @param dy gradient with respect to the output, after the activation.
 * @param options those of the call that is differentiated.
 * @throws TypeError, RangeError as {@link conv3d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 1, 1, 1], [3, 4]);
 * const dy = tensor([1, 1, 1, 1, 1], [2]);
 * const slopes = new Float32Array([0.5]);
 * const options = { activation: "prelu", slopes } as const;
 * const gradients = conv3dGradients(x, tensor([2, 1, 1, 1, 1], [1, -10]), dy, options);
 * gradients.input.data; // → [1, -10]
 * gradients.slopes; // → [-74]
 * ```
 */
export function conv3dGradients<T extends FloatArray = Float32Array>(
  x: Tensor5<T>,
  filter: Tensor5<T>,
  dy: Tensor5<T>,
  options: Conv3dOptions<T> = {},
): ConvGradients<Shape5, T> {
  return gradients(CONV[3], x, filter, dy, options);
}
