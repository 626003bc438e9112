/**
 * Depthwise separable convolution, {@link separableConv2d}: once, prepared, and its gradients. It is a depthwise convolution and,
 * on what it gives, a 1 × 1 convolution that mixes the channels.
 *
 * @module
 */

import { isChannelsFirst } from "../layout.ts";
import { checkOptionNames } from "../options.ts";
import { type Shape4, sizeOf } from "../shape.ts";
import { type Operand, ResidentArray, residentArray } from "../simd/resident.ts";
import { checkShape, checkTensor, dtypeOf, type FloatArray, type Tensor4, zeros } from "../tensor.ts";
import type { Conv2dOptions } from "./conv2d.ts";
import type { DepthwiseConv2dGradientOptions } from "./depthwise-conv2d.ts";
import { CONV, DEPTHWISE } from "./kinds.ts";
import { type ConvPlan, gradients, makePlan, runOnce } from "./legacy.ts";
import { type FusedOptions, requireSameDtype } from "./operation.ts";
import { activationsPlan, type PlanFacts } from "./planned.ts";

/**
 * Options of {@link separableConv2d}: strides, padding and dilations are those of the depthwise convolution, bias and
 * activation those of the pointwise one; an algorithm by name has to do for both.
 */
export interface SeparableConv2dOptions<T extends FloatArray = Float32Array>
  extends DepthwiseConv2dGradientOptions,
    FusedOptions<T> {}

/** A {@link separableConv2d} that has been prepared. What stands between its two convolutions stays in its memory. */
export interface SeparableConv2dPlan<T extends FloatArray = Float32Array>
  extends Pick<ConvPlan<Shape4, T>, "inputShape" | "outputShape" | "scratchBytes" | "run" | typeof Symbol.dispose> {
  /** What the plans of the two convolutions say of themselves. */
  readonly depthwise: PlanFacts<Shape4>;
  readonly pointwise: PlanFacts<Shape4>;
}

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
 * Depthwise separable convolution of a batch of images: filters each channel on its own, then mixes the channels.
 *
 *     h[n, i, j, c·M + m] = Σ_{a, b} u[a, b, c, m] · x[n, i·s + a·d − p, j·s + b·d − p, c]
 *     y[n, i, j, o]       = act(bias[o] + Σ_k v[0, 0, k, o] · h[n, i, j, k])
 *
 * with u the depthwise and v the pointwise filter, strides s, dilations d, padding p before and M = multiplier.
 *
 * @param x `[batch, height, width, channels]`, or `[batch, channels, height, width]` with `layout: "NCHW"`.
 * @param depthwiseFilter `[kernelHeight, kernelWidth, channels, multiplier]`.
 * @param pointwiseFilter `[1, 1, channels · multiplier, outChannels]`.
 * @returns `[batch, outHeight, outWidth, outChannels]` in the layout of `x`.
 * @throws TypeError, RangeError as {@link conv2d}, and if the filters do not fit x or each other.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 2], [1, 10, 2, 20]);
 * const depthwise = tensor([1, 2, 2, 1], [1, 1, 1, 1]); // sums each channel over both pixels
 * const pointwise = tensor([1, 1, 2, 1], [1, 100]);
 * separableConv2d(x, depthwise, pointwise).data; // → [3003]
 * ```
 * Source: F. Chollet, "Xception: deep learning with depthwise separable convolutions", arXiv:1610.02357.
 */
export function separableConv2d<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  depthwiseFilter: Tensor4<T>,
  pointwiseFilter: Tensor4<T>,
  options: SeparableConv2dOptions<T> = {},
): Tensor4<T> {
  const operation = "separableConv2d";
  checkInput(operation, x, depthwiseFilter);
  const [first, second] = optionsOfParts(operation, x.shape, depthwiseFilter, pointwiseFilter, options);
  const between = runOnce(DEPTHWISE, x, depthwiseFilter, first, operation);
  return runOnce(CONV[2], between, pointwiseFilter, second, operation);
}

/**
 * Prepares {@link separableConv2d}: weights are packed once, `run` only computes. What is given is copied.
 *
 * @throws as {@link separableConv2d}.
 *
 * @example
 * ```ts
 * const depthwise = tensor([1, 2, 2, 1], [1, 1, 1, 1]);
 * const plan = planSeparableConv2d([1, 1, 2, 2], depthwise, tensor([1, 1, 2, 1], [1, 100]));
 * plan.outputShape; // → [1, 1, 1, 1]
 * plan.run(new Float32Array([1, 10, 2, 20])); // → [3003]
 * ```
 */
export function planSeparableConv2d<T extends FloatArray = Float32Array>(
  inputShape: Shape4,
  depthwiseFilter: Tensor4<T>,
  pointwiseFilter: Tensor4<T>,
  options: SeparableConv2dOptions<T> = {},
): SeparableConv2dPlan<T> {
  const operation = "planSeparableConv2d";
  const [first, second] = optionsOfParts(operation, inputShape, depthwiseFilter, pointwiseFilter, options);
  const depthwise = makePlan(DEPTHWISE, operation, inputShape, depthwiseFilter, first);
  const pointwise = makePlan(CONV[2], operation, depthwise.outputShape, pointwiseFilter, second);
  const dtype = dtypeOf(depthwiseFilter.data);
  const size = sizeOf(depthwise.outputShape);
  const between = dtype === "float32" ? residentArray(size) : zeros(dtype, size);
  return {
    ...(activationsPlan(
      { inputShape, outputShape: pointwise.outputShape, outChannels: 0, inner: 1 },
      operation,
      {
        ...pointwise,
        run(x: Operand, y: Operand) {
          depthwise.run(x, between);
          pointwise.run(between, y);
        },
        [Symbol.dispose]() {
          depthwise[Symbol.dispose]();
          pointwise[Symbol.dispose]();
          if (between instanceof ResidentArray) between[Symbol.dispose]();
        },
      },
      dtype,
      ["x", "y"],
    ) as ConvPlan<Shape4, T>),
    depthwise,
    pointwise,
    scratchBytes: depthwise.scratchBytes + pointwise.scratchBytes + depthwiseFilter.data.BYTES_PER_ELEMENT * size,
  };
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
  const operation = "separableConv2dGradients";
  checkInput(operation, x, depthwiseFilter);
  const [first, second] = optionsOfParts(operation, x.shape, depthwiseFilter, pointwiseFilter, options);
  const between = runOnce(DEPTHWISE, x, depthwiseFilter, first, operation);
  const pointwise = gradients(CONV[2], between, pointwiseFilter, dy, second, operation);
  const depthwise = gradients(DEPTHWISE, x, depthwiseFilter, pointwise.input, first, operation);
  return {
    input: depthwise.input,
    depthwiseFilter: depthwise.filter,
    pointwiseFilter: pointwise.filter,
    bias: pointwise.bias,
    slopes: pointwise.slopes,
  };
}

/** Checks that x is a tensor, of the element type of the filter. */
function checkInput<T extends FloatArray>(operation: string, x: Tensor4<T>, depthwiseFilter: Tensor4<T>): void {
  checkTensor(operation, "x", x, 4);
  checkTensor(operation, "depthwiseFilter", depthwiseFilter, 4);
  requireSameDtype(operation, "x", dtypeOf(x.data), "depthwiseFilter", dtypeOf(depthwiseFilter.data));
}

/**
 * Checks that input and filters fit each other, in the words of the whole, and gives the options of the depthwise
 * convolution and those of the pointwise one, which has bias and activation.
 */
function optionsOfParts<T extends FloatArray>(
  operation: string,
  inputShape: Shape4,
  depthwiseFilter: Tensor4<T>,
  pointwiseFilter: Tensor4<T>,
  options: SeparableConv2dOptions<T>,
): [DepthwiseConv2dGradientOptions, Conv2dOptions<T>] {
  checkOptionNames(operation, options, DEPTHWISE.optionNames);
  checkShape(operation, "inputShape", inputShape, 4);
  checkTensor(operation, "depthwiseFilter", depthwiseFilter, 4);
  checkTensor(operation, "pointwiseFilter", pointwiseFilter, 4);
  requireSameDtype(
    operation,
    "depthwiseFilter",
    dtypeOf(depthwiseFilter.data),
    "pointwiseFilter",
    dtypeOf(pointwiseFilter.data),
  );
  const { bias, activation, slope, slopes, ...first } = options;
  const { layout, algorithm, engine, precision } = options;
  const inChannels = inputShape[isChannelsFirst(operation, 2, layout) ? 1 : 3];
  const [, , channels, multiplier] = depthwiseFilter.shape;
  if (channels !== inChannels) {
    throw new RangeError(
      `${operation}: depthwiseFilter is for ${channels} channels, but the input has ${inChannels} (depthwiseFilter shape ` +
        `[${depthwiseFilter.shape}], input shape [${inputShape}] in ${layout ?? "NHWC"})`,
    );
  }
  const [height, width, between] = pointwiseFilter.shape;
  if (height !== 1 || width !== 1 || between !== channels * multiplier) {
    throw new RangeError(
      `${operation}: pointwiseFilter must be [1, 1, channels · multiplier, outChannels], ` +
        `here [1, 1, ${channels * multiplier}, …], got [${pointwiseFilter.shape}]`,
    );
  }
  return [first, { bias, activation, slope, slopes, layout, algorithm, engine, precision }];
}
