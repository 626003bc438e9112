/**
 * What every proof needs: convolution problems as plain data, seeded arrays for them, an independent float64
 * reference, error bounds, and the layers of real networks. Runs wherever JavaScript does; photographs, which need a
 * file system, stand apart in `@corr2d/testkit/photographs`.
 *
 * @module
 */

export {
  describeCase,
  outputShapeOf,
  type ResolvedAxis,
  type ResolvedCase,
  resolveCase,
  resultShapeOf,
  sizeOf,
  withBatch,
} from "./arithmetic.ts";
export { elementBounds, gamma, normwiseBounds, UNIT_ROUNDOFF } from "./bounds.ts";
export type {
  CaseData,
  CaseLayout,
  CaseOperation,
  CasePadding,
  CasePaddingMode,
  CasePass,
  CasePool,
  CaseRounding,
  ConvCase,
  Numbers,
  SpatialCase,
} from "./case.ts";
export { CASE_PASSES, isPlanar, operationOf, passesOf, rankOf } from "./case.ts";
export { CASES, generateCases, SPATIAL_CASES } from "./cases.ts";
export { exactData, realData } from "./data.ts";
export { type Judgement, judge, ulpDistance } from "./judge.ts";
export { fromChannelsLast, toChannelsLast } from "./layout.ts";
export { NETWORK_LAYERS, type Network, type NetworkLayer } from "./networks.ts";
export { ofPaddedImage, paddedSources, padImage } from "./padded.ts";
export { seesCells } from "./pooled.ts";
export { type Random, seededRandom } from "./random.ts";
export { absoluteReference, type ReferenceData, reference } from "./reference.ts";
export { flopsOf, multiplyAddsOf, termsOf } from "./terms.ts";
export {
  type BilinearPass,
  type ConvolutionPass,
  convolutionOf,
  convolutionPassOf,
  passOfConvolution,
} from "./transposed.ts";
export { dataOf, isExactClass, VALUE_CLASSES, type ValueClass } from "./values.ts";
