/**
 * All that the page takes of core, by the names it uses here. No other file imports core.
 *
 * @module
 */

export type { Matrix, ParameterCounts, Tensor4 } from "@corr2d/core";
export {
  energyBeyond,
  localize,
  localKernel,
  parameterCounts,
  shareWeights,
  tensor,
  toAbsolute,
  toDense,
  toRelative,
  translationVariance,
  unshareWeights,
} from "@corr2d/core";
export { corr2d, planCorr2d } from "@corr2d/core/simd";
