/**
 * `@corr2d/core/derivation`: from a fully connected layer to a convolution, step by step: translation invariance, locality, and
 * the Toeplitz matrix that leads back.
 *
 * @module
 */

export { type DenseWeights, denseLayer } from "./derivation/dense-layer.ts";
export { energyBeyond, localize, localKernel } from "./derivation/locality.ts";
export { type ParameterCounts, parameterCounts } from "./derivation/parameter-counts.ts";
export { type FromDenseOptions, fromDense, toDense } from "./derivation/toeplitz.ts";
export {
  type RelativeWeights,
  shareWeights,
  toAbsolute,
  toRelative,
  translationVariance,
  unshareWeights,
} from "./derivation/translation-invariance.ts";
