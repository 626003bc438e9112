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

import {
  Add,
  FusedConv2D,
  type FusedConv2DAttrs,
  type FusedConv2DInputs,
  FusedDepthwiseConv2D,
  type NamedAttrMap,
  Reshape,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { forward } from "../compute.ts";
import type { Host } from "../host.ts";
import { activationOf, isPerChannel } from "./activations.ts";
import { CONV_2D, type ConvKind, convolutionFor, DEPTHWISE_2D } from "./convolutions.ts";
import type { OwnKernel } from "./kernel.ts";

function fusedKernel(kernelName: string, kind: ConvKind): OwnKernel<FusedConv2DInputs, FusedConv2DAttrs> {
  return {
    kernelName,
    compute({ inputs, attrs, host }) {
      const { x, filter, bias, preluActivationWeights: slopes } = inputs;
      const convolution = convolutionFor(kind, x, filter, attrs);
      if (convolution === undefined) return undefined;
      const [activation, activationKernel] = activationOf(kernelName, attrs);
      const channelsFirst = attrs.dataFormat === "NCHW";
      const channels = convolution.outputShape.at(channelsFirst ? 1 : -1)!;
      const slope = activation === "leakyRelu" ? { slope: attrs.leakyreluAlpha! } : {};
      if ([bias, slopes].every((tensor) => !tensor || isPerChannel(tensor, channels, channelsFirst))) {
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
