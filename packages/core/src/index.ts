/**
 * Cross-correlation and convolution of matrices, and the convolutions of neural networks, in pure TypeScript: operations
 * ({@link corr2d}, {@link conv2d}, …), and verbs that take any of them ({@link plan}, {@link explain}, {@link gradients}, …).
 * Layers, weight files, derivations and internals stand in `@corr2d/core/layers`, `/weights`, `/derivation` and `/internals`.
 *
 * @module
 */

export type { Engine, Pass, Precision } from "./algorithm/algorithm.ts";
export type { ErrorBoundFact } from "./algorithm/error-bound.ts";
export type { AlgorithmName } from "./choice/registry.ts";
export { conv1d, conv2d, conv3d } from "./conv/conv.ts";
export { convTranspose1d, convTranspose2d, convTranspose3d } from "./conv/conv-transpose.ts";
export { depthwiseConv2d } from "./conv/depthwise-conv2d.ts";
export {
  type SeparableConv2dOptions,
  type SeparableFilter,
  type SeparableOperation,
  type SeparableParts,
  separableConv2d,
} from "./conv/separable-conv2d.ts";
export { fold, type UnfoldOptions, unfold } from "./conv/unfold.ts";
export type { MatrixChoiceOptions } from "./corr2d/choose.ts";
export { type Corr2dOptions, convolve2d, corr2d, type MatrixOperation } from "./corr2d/corr2d.ts";
export { type NanCorr2dOptions, nanCorr2d } from "./corr2d/nan-corr2d.ts";
export type { MatrixAlgorithmName } from "./corr2d/problem/algorithm.ts";
export type { Corr2dMode, MatrixKernel, SeparableKernel } from "./corr2d/problem/problem.ts";
export { separateKernel } from "./corr2d/problem/separate-kernel.ts";
export type { Rounding } from "./geometry/axis.ts";
export type { Boundary } from "./geometry/boundary.ts";
export type { ConvOptions, ConvTransposeOptions, Padding, PerAxis } from "./geometry/options.ts";
export type { ConvGeometry } from "./geometry/planes.ts";
export {
  type ActivateOptions,
  type ActivationName,
  type ActivationOptions,
  activate,
  activationGradient,
} from "./operation/activation.ts";
export type { Explained } from "./operation/bilinear-map.ts";
export type { AlgorithmOption, ConvOperation, FusedOptions, Operation } from "./operation/operation.ts";
export type { PlanFacts, RunOperand } from "./operation/planned.ts";
export { type ResidentArray, residentArray } from "./simd/engine/resident.ts";
export { findPeaks, type Peak, type PeakOptions } from "./templates/find-peaks.ts";
export {
  type MatchOptions,
  matchTemplate,
  type PictureTensor,
  planTemplates,
  type TemplatePlan,
} from "./templates/match-template.ts";
export type { TemplateScore } from "./templates/scores.ts";
export { fromOihw } from "./tensor/from-oihw.ts";
export type { AxisTuple, Layout, SpatialRank } from "./tensor/layout.ts";
export type { FilterShape, NchwShape, NhwcShape, Shape2, Shape3, Shape4, Shape5 } from "./tensor/shape.ts";
export {
  type DType,
  type FloatArray,
  type InAnyBuffer,
  type Matrix,
  type Owned,
  type Sizes,
  type Tensor,
  type Tensor3,
  type Tensor4,
  type Tensor5,
  tensor,
  zeros,
} from "./tensor/tensor.ts";
export { biasGradient } from "./verbs/bias-gradient.ts";
export { type ExplainOptions, type Explanation, explain } from "./verbs/explain.ts";
export {
  type ArrayOf,
  type DTypeOption,
  type FilterGradientPlan,
  type InputGradientPlan,
  type KernelGradientPlan,
  planFilterGradient,
  planInputGradient,
  type SeparableFilterGradientPlan,
} from "./verbs/gradient-plans.ts";
export { filterGradient, type Gradients, gradients, inputGradient } from "./verbs/gradients.ts";
export { type Plan, plan } from "./verbs/plan.ts";
