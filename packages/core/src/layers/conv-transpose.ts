/**
 * Transposed convolution layers: {@link convTranspose1d}, {@link convTranspose2d} and {@link convTranspose3d} with a filter
 * and a bias that are learned.
 *
 * @module
 */

import { convTranspose1d, convTranspose2d, convTranspose3d } from "../conv/conv-transpose.ts";
import {
  type ConvTransposeOptions,
  type PerAxis,
  resolveConvTransposeOptions,
  resolvePerAxis,
} from "../geometry/options.ts";
import { DESCRIPTION, type Operation } from "../operation/operation.ts";
import type { SpatialRank } from "../tensor/layout.ts";
import { type Shape3, type Shape4, type Shape5, sizeOf } from "../tensor/shape.ts";
import { requireGroups } from "./conv.ts";
import { ConvLayer, type ConvLayerSpec, checkLayerOptions, type FilterLayerOptions } from "./conv-layer.ts";

/** What a transposed convolution layer is made of; `R` is its number of spatial axes. */
export interface ConvTransposeLayerOptions<R extends SpatialRank = 2>
  extends ConvTransposeOptions<R>,
    FilterLayerOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: PerAxis<R>;
}

/**
 * A layer that enlarges sequences. Its filter is `[kernelWidth, outChannels / groups, inChannels]`.
 *
 * @example
 * ```ts
 * const layer = new ConvTranspose1d({ inChannels: 4, outChannels: 1, kernelSize: 3, strides: 2, padding: "same" });
 * layer.forward(zeros([1, 8, 4])).shape; // → [1, 16, 1]
 * ```
 */
export class ConvTranspose1d extends ConvLayer<Shape3> {
  /**
   * @throws TypeError for a value of the wrong type or an unknown option; RangeError for counts that are not positive
   *   integers, channels that groups do not divide, an unknown initialiser.
   */
  constructor(options: ConvTransposeLayerOptions<1>) {
    super(specOf("ConvTranspose1d", convTranspose1d, 1, options), options);
  }
}

/**
 * A layer that enlarges images. Its filter is `[kernelHeight, kernelWidth, outChannels / groups, inChannels]`.
 *
 * @example
 * ```ts
 * const options = { kernelSize: 3, strides: 2, padding: 1, outputPadding: 1 };
 * const layer = new ConvTranspose2d({ inChannels: 4, outChannels: 2, ...options });
 * layer.forward(zeros([1, 8, 8, 4])).shape; // → [1, 16, 16, 2]
 * ```
 */
export class ConvTranspose2d extends ConvLayer<Shape4> {
  /** @throws as {@link ConvTranspose1d}. */
  constructor(options: ConvTransposeLayerOptions<2>) {
    super(specOf("ConvTranspose2d", convTranspose2d, 2, options), options);
  }
}

/**
 * A layer that enlarges volumes. Its filter is `[kernelDepth, kernelHeight, kernelWidth, outChannels / groups, inChannels]`.
 *
 * @example
 * ```ts
 * const layer = new ConvTranspose3d({ inChannels: 2, outChannels: 1, kernelSize: 2, strides: 2 });
 * layer.forward(zeros([1, 2, 3, 3, 2])).shape; // → [1, 4, 6, 6, 1]
 * ```
 */
export class ConvTranspose3d extends ConvLayer<Shape5> {
  /** @throws as {@link ConvTranspose1d}. */
  constructor(options: ConvTransposeLayerOptions<3>) {
    super(specOf("ConvTranspose3d", convTranspose3d, 3, options), options);
  }
}

function specOf<R extends SpatialRank>(
  kind: string,
  { [DESCRIPTION]: operation }: Operation,
  rank: R,
  options: ConvTransposeLayerOptions<R>,
): ConvLayerSpec {
  const { inChannels, outChannels } = options ?? {};
  checkLayerOptions(kind, options, operation, { inChannels, outChannels });
  const { groups } = resolveConvTransposeOptions(kind, rank, options);
  requireGroups(kind, groups, inChannels, outChannels);
  const kernelSize = resolvePerAxis<R>(kind, "kernelSize", rank, options.kernelSize);
  const taps = sizeOf(kernelSize);
  return {
    kind,
    operation,
    filterShape: [...kernelSize, outChannels / groups, inChannels],
    outChannels,
    fanIn: (taps * inChannels) / groups,
    fanOut: (taps * outChannels) / groups,
  };
}
