/**
 * The depthwise convolution layer: {@link depthwiseConv2d} with a filter and a bias that are learned.
 *
 * @module
 */

import { depthwiseConv2d } from "../conv/depthwise-conv2d.ts";
import { type ConvOptions, type PerAxis, resolveConvOptions, resolvePerAxis } from "../geometry/options.ts";
import { DESCRIPTION } from "../operation/operation.ts";
import type { Shape4 } from "../tensor/shape.ts";
import { ConvLayer, type ConvLayerSpec, checkLayerOptions, type FilterLayerOptions } from "./conv-layer.ts";

/** What a {@link DepthwiseConv2d} is made of. */
export interface DepthwiseConv2dLayerOptions extends Omit<ConvOptions, "groups">, FilterLayerOptions {
  readonly channels: number;
  /** Filters, and so outputs, of each channel. Default 1. */
  readonly multiplier?: number | undefined;
  readonly kernelSize: PerAxis;
}

/**
 * A layer that filters each channel of images on its own. Its filter is `[kernelHeight, kernelWidth, channels, multiplier]`.
 *
 * @example
 * ```ts
 * const layer = new DepthwiseConv2d({ channels: 3, multiplier: 2, kernelSize: 3, strides: 2, padding: "same" });
 * layer.forward(zeros([1, 8, 8, 3])).shape; // → [1, 4, 4, 6]
 * ```
 */
export class DepthwiseConv2d extends ConvLayer<Shape4> {
  /**
   * @throws TypeError for a value of the wrong type or an unknown option; RangeError for counts that are not positive
   *   integers or an unknown initialiser.
   */
  constructor(options: DepthwiseConv2dLayerOptions) {
    super(depthwiseSpec("DepthwiseConv2d", options), options);
  }
}

/** What the options of a layer whose errors begin with `kind` say. */
export function depthwiseSpec(kind: string, options: DepthwiseConv2dLayerOptions): ConvLayerSpec {
  const { channels, multiplier = 1 } = options ?? {};
  checkLayerOptions(kind, options, depthwiseConv2d[DESCRIPTION], { channels, multiplier });
  resolveConvOptions(kind, 2, options);
  const [kernelHeight, kernelWidth] = resolvePerAxis(kind, "kernelSize", 2, options.kernelSize);
  return {
    kind,
    operation: depthwiseConv2d[DESCRIPTION],
    filterShape: [kernelHeight, kernelWidth, channels, multiplier],
    outChannels: channels * multiplier,
    fanIn: kernelHeight * kernelWidth,
    fanOut: kernelHeight * kernelWidth * multiplier,
  };
}
