/**
 * Convolution, bias and activation in one kernel:
 *
 *     y = activation(conv(x) + bias)
 *
 * Core computes it in one go if bias and slopes have one value for each output channel. TensorFlow.js lets them be
 * anything that broadcasts; then kernels of the backend finish what core begins.
 *
 * @module
 */

import type { ActivationName } from "@corr2d/core";
import {
  Add,
  Elu,
  FusedConv2D,
  type FusedConv2DAttrs,
  type FusedConv2DInputs,
  FusedDepthwiseConv2D,
  LeakyRelu,
  type NamedAttrMap,
  Prelu,
  Relu,
  Relu6,
  Reshape,
  Sigmoid,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { forward } from "../compute.ts";
import { convolutionOf } from "../convolution.ts";
import type { Host } from "../host.ts";
import { CONV_2D, type ConvKind, DEPTHWISE_2D } from "./convolutions.ts";
import type { OwnKernel } from "./kernel.ts";

/** Each activation that TensorFlow.js fuses: its name in core, and its kernel. */
const ACTIVATIONS: Readonly<Record<string, readonly [core: ActivationName, kernelName: string | undefined]>> = {
  linear: ["linear", undefined],
  relu: ["relu", Relu],
  relu6: ["relu6", Relu6],
  elu: ["elu", Elu],
  sigmoid: ["sigmoid", Sigmoid],
  leakyrelu: ["leakyRelu", LeakyRelu],
  prelu: ["prelu", Prelu],
};

function fusedKernel(
  kernelName: string,
  { describe, depthwise }: ConvKind,
): OwnKernel<FusedConv2DInputs, FusedConv2DAttrs> {
  return {
    kernelName,
    compute({ inputs, attrs, host }) {
      const { x, filter, bias, preluActivationWeights: slopes } = inputs;
      const info = describe(x.shape, filter.shape, attrs);
      const convolution = convolutionOf(info, depthwise);
      if (convolution === undefined) return undefined;
      const [activation, activationKernel] = activationOf(kernelName, attrs);
      const channelsFirst = attrs.dataFormat === "NCHW";
      const slope = activation === "leakyRelu" ? { slope: attrs.leakyreluAlpha! } : {};
      if ([bias, slopes].every((tensor) => !tensor || isPerChannel(tensor, info.outChannels, channelsFirst))) {
        return forward(host, { convolution, x, filter, activation, ...slope, bias, slopes });
      }
      let y = forward(host, { convolution, x, filter });
      if (bias) y = replace(host, Add, y, { a: y, b: bias }, channelsFirst);
      if (activationKernel === undefined) return y;
      const alpha = slopes ? { alpha: slopes } : {};
      return replace(host, activationKernel, y, { x: y, ...alpha }, channelsFirst, { alpha: attrs.leakyreluAlpha! });
    },
  };
}

function activationOf(kernelName: string, { activation }: FusedConv2DAttrs): (typeof ACTIVATIONS)[string] {
  const found = ACTIVATIONS[activation ?? "linear"];
  if (found !== undefined) return found;
  const known = Object.keys(ACTIVATIONS).join(", ");
  throw new RangeError(`${kernelName}: activation must be one of ${known}, got ${activation}`);
}

/** Whether a tensor holds one value for each output channel, as a vector or along the last axis of channels-last data. */
function isPerChannel({ shape }: TensorInfo, outChannels: number, channelsFirst: boolean): boolean {
  if (shape.at(-1) !== outChannels) return false;
  return shape.length === 1 || (!channelsFirst && shape.slice(0, -1).every((size) => size === 1));
}

/** Applies a kernel of the backend to `y` and what goes with it, and disposes of `y`. */
function replace(
  host: Host,
  kernelName: string,
  y: TensorInfo,
  inputs: Readonly<Record<string, TensorInfo>>,
  channelsFirst: boolean,
  attrs: NamedAttrMap = {},
): TensorInfo {
  const aligned = Object.entries(inputs).map(([name, tensor]) => [name, alignToChannels(host, tensor, channelsFirst)]);
  const result = host.run(kernelName, Object.fromEntries(aligned), attrs);
  for (const [name, tensor] of aligned as [string, TensorInfo][]) {
    if (tensor !== inputs[name]) host.discard(tensor);
  }
  host.discard(y);
  return result;
}

/** With channels first a vector belongs to the channels, which stand before rows and columns. */
function alignToChannels(host: Host, tensor: TensorInfo, channelsFirst: boolean): TensorInfo {
  const [length, ...rest] = tensor.shape;
  if (!channelsFirst || length === undefined || length === 1 || rest.length > 0) return tensor;
  return host.run(Reshape, { x: tensor }, { shape: [length, 1, 1] });
}

/** Fused convolution and fused depthwise convolution. */
export const fusedKernels: readonly OwnKernel<never, never>[] = [
  fusedKernel(FusedConv2D, CONV_2D),
  fusedKernel(FusedDepthwiseConv2D, DEPTHWISE_2D),
];
