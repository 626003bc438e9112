/**
 * Kinds of layers, by what makes them fast or slow: what one number about a whole network would hide.
 *
 * @module
 */

import type { ConvCase } from "@corr2d/testkit";

/** The kinds, in the order they are reported in. */
export const LAYER_CLASSES = ["3×3 stride 1", "other kernels and strides", "depthwise", "one channel"] as const;

/**
 * - `3×3 stride 1`: what Winograd's transforms are for;
 * - `other kernels and strides`: 1×1, 5×5, 7×7, and all that stride;
 * - `depthwise`: a filter for each channel, groups of few channels;
 * - `one channel`: a grey picture.
 */
export type LayerClass = (typeof LAYER_CLASSES)[number];

/** The class of a layer. */
export function layerClassOf({ inputShape, filterShape, strides, groups }: ConvCase): LayerClass {
  if (groups > 1) return "depthwise";
  if (inputShape[3] === 1) return "one channel";
  const [kernelHeight, kernelWidth] = filterShape;
  const small = kernelHeight === 3 && kernelWidth === 3;
  return small && strides.every((stride) => stride === 1) ? "3×3 stride 1" : "other kernels and strides";
}
