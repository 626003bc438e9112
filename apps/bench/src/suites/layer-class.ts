/**
 * Kinds of layers, by what makes them fast or slow: what one number about a whole network would hide.
 *
 * @module
 */

import type { BenchCase } from "./suite.ts";

/** The kinds, in the order they are reported in. */
export const LAYER_CLASSES = [
  "3×3 stride 1",
  "other kernels and strides",
  "depthwise",
  "one channel",
  "filter gradient",
  "input gradient",
  "filter gradient, stateless",
  "input gradient, stateless",
] as const;

/**
 * - `3×3 stride 1`: what Winograd's transforms are for;
 * - `other kernels and strides`: 1×1, 5×5, 7×7, and all that stride;
 * - `depthwise`: a filter for each channel, groups of few channels;
 * - `one channel`: a grey picture;
 * - gradients, of 3×3 stride 1, where a case is about one: prepared once, or stateless calls.
 */
export type LayerClass = (typeof LAYER_CLASSES)[number];

/** The class of a layer. */
export function layerClassOf({ convCase, pass, fresh }: Pick<BenchCase, "convCase" | "pass" | "fresh">): LayerClass {
  if (pass !== undefined && pass !== "forward") {
    const name = pass === "filterGradient" ? "filter gradient" : "input gradient";
    return fresh === true ? `${name}, stateless` : name;
  }
  const { inputShape, filterShape, strides, groups } = convCase;
  if (groups > 1) return "depthwise";
  if (inputShape[3] === 1) return "one channel";
  const [kernelHeight, kernelWidth] = filterShape;
  const small = kernelHeight === 3 && kernelWidth === 3;
  return small && strides.every((stride) => stride === 1) ? "3×3 stride 1" : "other kernels and strides";
}
