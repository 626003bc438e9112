/**
 * Depthwise separable convolution: a depthwise convolution and, on what it gives, a 1 × 1 convolution that mixes the
 * channels.
 *
 *     h[n, i, j, c·M + m] = Σ_{a, b} u[a, b, c, m] · x[n, i·s + a·d − p, j·s + b·d − p, c]
 *     y[n, i, j, o]       = act(bias[o] + Σ_k v[0, 0, k, o] · h[n, i, j, k])
 *
 * Source: F. Chollet, "Xception: deep learning with depthwise separable convolutions", arXiv:1610.02357.
 *
 * @module
 */

import { checkOptionNames } from "../options.ts";
import type { Shape4 } from "../shape.ts";
import { checkTensor, type FloatArray, type Tensor4 } from "../tensor.ts";
import { conv2d, conv2dGradients } from "./conv2d.ts";
import { type DepthwiseConv2dGradientOptions, depthwiseConv2d, depthwiseConv2dGradients } from "./depthwise-conv2d.ts";
import { DEPTHWISE } from "./kinds.ts";
import { FUSED_OPTION_NAMES, type FusedOptions } from "./operation.ts";

/** Options of {@link separableConv2d}: strides, padding and dilations are those of the depthwise convolution. */
export interface SeparableConv2dOptions<T extends FloatArray = Float32Array>
  extends DepthwiseConv2dGradientOptions,
    FusedOptions<T> {}

/** All gradients of L = ⟨dy, y⟩. */
export interface SeparableConv2dGradients<T extends FloatArray = Float32Array> {
  readonly input: Tensor4<T>;
  readonly depthwiseFilter: Tensor4<T>;
  readonly pointwiseFilter: Tensor4<T>;
  readonly bias: T;
  /** Of the slopes of activation `"prelu"`; undefined with any other. */
  readonly slopes: T | undefined;
}

/**
 * Depthwise separable convolution of a batch of images.
 *
 * @param x `[batch, height, width, channels]`, or `[batch, channels, height, width]` with `layout: "NCHW"`.
 * @param depthwiseFilter `[kernelHeight, kernelWidth, channels, multiplier]`.
 * @param pointwiseFilter `[1, 1, channels · multiplier, outChannels]`.
 * @returns `[batch, outHeight, outWidth, outChannels]` in the layout of `x`.
 * @throws TypeError, RangeError as {@link depthwiseConv2d} and {@link conv2d}, and if the pointwise filter is not 1 × 1.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 2], [1, 10, 2, 20]);
 * const depthwise = tensor([1, 2, 2, 1], [1, 1, 1, 1]); // sums each channel over both pixels
 * const pointwise = tensor([1, 1, 2, 1], [1, 100]);
 * separableConv2d(x, depthwise, pointwise).data; // → [3003]
 * ```
 */
export function separableConv2d<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  depthwiseFilter: Tensor4<T>,
  pointwiseFilter: Tensor4<T>,
  options: SeparableConv2dOptions<T> = {},
): Tensor4<T> {
  const [first, second] = splitOptions("separableConv2d", pointwiseFilter, options);
  return conv2d(depthwiseConv2d(x, depthwiseFilter, first), pointwiseFilter, second);
}

/**
 * All gradients of {@link separableConv2d}; what stands between its two convolutions is computed anew.
 *
 * @param dy gradient with respect to the output, after the activation.
 * @param options those of the call that is differentiated.
 * @throws TypeError, RangeError as {@link separableConv2d}, and if `dy` has not the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 2], [1, 10, 2, 20]);
 * const depthwise = tensor([1, 2, 2, 1], [1, 1, 1, 1]);
 * const pointwise = tensor([1, 1, 2, 1], [1, 100]);
 * const gradients = separableConv2dGradients(x, depthwise, pointwise, tensor([1, 1, 1, 1], [1]));
 * gradients.input.data; // → [1, 100, 1, 100]
 * gradients.depthwiseFilter.data; // → [1, 1000, 2, 2000]
 * gradients.pointwiseFilter.data; // → [3, 30]
 * ```
 */
export function separableConv2dGradients<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  depthwiseFilter: Tensor4<T>,
  pointwiseFilter: Tensor4<T>,
  dy: Tensor4<T>,
  options: SeparableConv2dOptions<T> = {},
): SeparableConv2dGradients<T> {
  const [first, second] = splitOptions("separableConv2dGradients", pointwiseFilter, options);
  const between = depthwiseConv2d(x, depthwiseFilter, first);
  const pointwise = conv2dGradients(between, pointwiseFilter, dy, second);
  const depthwise = depthwiseConv2dGradients(x, depthwiseFilter, pointwise.input, first);
  return {
    input: depthwise.input,
    depthwiseFilter: depthwise.filter,
    pointwiseFilter: pointwise.filter,
    bias: pointwise.bias,
    slopes: pointwise.slopes,
  };
}

/** The options of the depthwise convolution, and those of the pointwise one, which has bias and activation. */
function splitOptions<T extends FloatArray>(
  operation: string,
  pointwiseFilter: Tensor4<T>,
  options: SeparableConv2dOptions<T>,
): [DepthwiseConv2dGradientOptions, FusedOptions<T> & Pick<SeparableConv2dOptions, "layout">] {
  checkOptionNames(operation, options, [...DEPTHWISE.optionNames, ...FUSED_OPTION_NAMES]);
  checkTensor(operation, "pointwiseFilter", pointwiseFilter, 4);
  const [height, width] = pointwiseFilter.shape as Shape4;
  if (height !== 1 || width !== 1) {
    throw new RangeError(
      `${operation}: pointwiseFilter must be [1, 1, channels · multiplier, outChannels], got [${pointwiseFilter.shape}]`,
    );
  }
  const { bias, activation, slope, slopes, ...first } = options;
  const { layout, algorithm, precision } = options;
  const given = Object.entries({ bias, activation, slope, slopes, layout, algorithm, precision });
  return [first, Object.fromEntries(given.filter(([, value]) => value !== undefined))];
}
