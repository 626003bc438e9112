/**
 * All that the page takes of core, by the names it uses here. No other file imports core.
 *
 * @module
 */

export type { Matrix, Tensor4 } from "@corr2d/core";
export { conv2d, convolve2d, convTranspose2d, corr2d, inputGradient, plan, tensor } from "@corr2d/core";
export type { ParameterCounts } from "@corr2d/core/derivation";
export {
  denseLayer,
  energyBeyond,
  localize,
  localKernel,
  parameterCounts,
  shareWeights,
  toAbsolute,
  toDense,
  toRelative,
  translationVariance,
  unshareWeights,
} from "@corr2d/core/derivation";
export { Conv2d, LocallyConnected2d, sgdStep } from "@corr2d/core/layers";

/** A picture goes on with its outermost pixels. */
export const EDGE = "edge";
/** A picture goes on with its other side. */
export const WRAP = "wrap";
