/**
 * Activations that TensorFlow.js fuses with a convolution or a product, and what goes with them.
 *
 * @module
 */

import type { ActivationName } from "@corr2d/core";
import { Elu, LeakyRelu, Prelu, Relu, Relu6, Sigmoid, type TensorInfo } from "@tensorflow/tfjs-core";

/** An activation: its name in core, and its kernel. */
export type FusedActivation = readonly [core: ActivationName, kernelName: string | undefined];

const ACTIVATIONS: Readonly<Record<string, FusedActivation>> = {
  linear: ["linear", undefined],
  relu: ["relu", Relu],
  relu6: ["relu6", Relu6],
  elu: ["elu", Elu],
  sigmoid: ["sigmoid", Sigmoid],
  leakyrelu: ["leakyRelu", LeakyRelu],
  prelu: ["prelu", Prelu],
};

/**
 * The activation that a kernel is asked for.
 *
 * @throws RangeError if TensorFlow.js has none of this name.
 */
export function activationOf(kernelName: string, { activation }: { readonly activation?: string }): FusedActivation {
  const found = ACTIVATIONS[activation ?? "linear"];
  if (found !== undefined) return found;
  const known = Object.keys(ACTIVATIONS).join(", ");
  throw new RangeError(`${kernelName}: activation must be one of ${known}, got ${activation}`);
}

/** Whether a tensor holds one value for each output channel, as a vector or along the last axis of channels-last data. */
export function isPerChannel({ shape }: TensorInfo, outChannels: number, channelsFirst: boolean): boolean {
  if (shape.at(-1) !== outChannels) return false;
  return shape.length === 1 || (!channelsFirst && shape.slice(0, -1).every((size) => size === 1));
}
