/**
 * All that the page takes of core, by the names it uses here. No other file imports core.
 *
 * @module
 */

export type { Matrix, ParameterCounts, Tensor4 } from "@corr2d/core";
export {
  Conv2d,
  conv2d,
  conv2dInputGradient,
  conv2dTranspose as convTranspose2d,
  convolve2d,
  corr2d,
  denseLayer,
  energyBeyond,
  LocallyConnected2d,
  localize,
  localKernel,
  parameterCounts,
  plan,
  planConv2d,
  sgdStep,
  shareWeights,
  tensor,
  toAbsolute,
  toDense,
  toRelative,
  translationVariance,
  unshareWeights,
} from "@corr2d/core";

/** A picture goes on with its outermost pixels. */
export const EDGE = "edge";
/** A picture goes on with its other side. */
export const WRAP = "wrap";
