/**
 * Convolution layers of one, two and three spatial axes: {@link conv1d}, {@link conv2d} and {@link conv3d} with a filter and
 * a bias that are learned.
 *
 * Source: Y. LeCun et al., "Backpropagation applied to handwritten zip code recognition", Neural Computation 1 (1989).
 *
 * @module
 */

import { conv1d, conv2d, conv3d } from "../conv/conv.ts";
import { type ConvOptions, type PerAxis, resolveConvOptions, resolvePerAxis } from "../geometry/options.ts";
import { DESCRIPTION, type Operation } from "../operation/operation.ts";
import type { SpatialRank } from "../tensor/layout.ts";
import { type Shape3, type Shape4, type Shape5, sizeOf } from "../tensor/shape.ts";
import { ConvLayer, type ConvLayerSpec, checkLayerOptions, type FilterLayerOptions } from "./conv-layer.ts";

/** What a {@link Conv1d}, {@link Conv2d} or {@link Conv3d} is made of; `R` is its number of spatial axes. */
export interface ConvLayerOptions<R extends SpatialRank = 2> extends ConvOptions<R>, FilterLayerOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: PerAxis<R>;
}

/** Options of {@link Conv1d}. */
export type Conv1dLayerOptions = ConvLayerOptions<1>;
/** Options of {@link Conv2d}. */
export type Conv2dLayerOptions = ConvLayerOptions<2>;
/** Options of {@link Conv3d}. */
export type Conv3dLayerOptions = ConvLayerOptions<3>;

/**
 * A layer on sequences. Its filter is `[kernelWidth, inChannels / groups, outChannels]`.
 *
 * @example
 * ```ts
 * const layer = new Conv1d({ inChannels: 2, outChannels: 4, kernelSize: 3, padding: "same", paddingMode: "wrap" });
 * layer.forward(zeros([1, 16, 2])).shape; // → [1, 16, 4]
 * ```
 */
export class Conv1d extends ConvLayer<Shape3> {
  /**
   * @throws TypeError for a value of the wrong type or an unknown option; RangeError for counts that are not positive
   *   integers, channels that groups do not divide, an unknown initialiser.
   */
  constructor(options: Conv1dLayerOptions) {
    super(convSpec("Conv1d", conv1d, 1, options), options);
  }
}

/**
 * A layer on images. Its filter is `[kernelHeight, kernelWidth, inChannels / groups, outChannels]` (HWIO).
 *
 * @example
 * ```ts
 * const layer = new Conv2d({ inChannels: 3, outChannels: 8, kernelSize: 3, padding: "same", activation: "relu", seed: 1 });
 * const y = layer.forward(zeros([1, 32, 32, 3]));
 * y.shape; // → [1, 32, 32, 8]
 * layer.backward(y).shape; // → [1, 32, 32, 3]
 * ```
 */
export class Conv2d extends ConvLayer<Shape4> {
  /** @throws as {@link Conv1d}. */
  constructor(options: Conv2dLayerOptions) {
    super(convSpec("Conv2d", conv2d, 2, options), options);
  }
}

/**
 * A layer on volumes. Its filter is `[kernelDepth, kernelHeight, kernelWidth, inChannels / groups, outChannels]`.
 *
 * @example
 * ```ts
 * const layer = new Conv3d({ inChannels: 1, outChannels: 2, kernelSize: [1, 3, 3], strides: [1, 2, 2] });
 * layer.forward(zeros([1, 4, 9, 9, 1])).shape; // → [1, 4, 4, 4, 2]
 * ```
 */
export class Conv3d extends ConvLayer<Shape5> {
  /** @throws as {@link Conv1d}. */
  constructor(options: Conv3dLayerOptions) {
    super(convSpec("Conv3d", conv3d, 3, options), options);
  }
}

/** What the options of a layer whose errors begin with `kind` say. */
export function convSpec<R extends SpatialRank>(
  kind: string,
  { [DESCRIPTION]: operation }: Operation,
  rank: R,
  options: ConvLayerOptions<R>,
): ConvLayerSpec {
  const { inChannels, outChannels } = options ?? {};
  checkLayerOptions(kind, options, operation, { inChannels, outChannels });
  const { groups } = resolveConvOptions(kind, rank, options);
  requireGroups(kind, groups, inChannels, outChannels);
  const kernelSize = resolvePerAxis<R>(kind, "kernelSize", rank, options.kernelSize);
  const taps = sizeOf(kernelSize);
  return {
    kind,
    operation,
    filterShape: [...kernelSize, inChannels / groups, outChannels],
    outChannels,
    fanIn: (taps * inChannels) / groups,
    fanOut: (taps * outChannels) / groups,
  };
}

/** Throws unless groups divide the channels. */
export function requireGroups(kind: string, groups: number, inChannels: number, outChannels: number): void {
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new RangeError(`${kind}: groups ${groups} must divide inChannels ${inChannels} and outChannels ${outChannels}`);
}
