/**
 * Cross-correlation and convolution of matrices, and the convolutions of neural networks, in pure TypeScript: operations
 * ({@link corr2d}, {@link conv2d}, …), and verbs that take any of them ({@link plan}, {@link explain}, {@link gradients}, …).
 * Layers, weight files, derivations and internals stand in `@corr2d/core/layers`, `/weights`, `/derivation` and `/internals`.
 *
 * @module
 */

export type { Engine, Pass, Precision } from "./algorithms/algorithm.ts";
export type { AlgorithmName } from "./algorithms/registry.ts";
export type { Rounding } from "./axis.ts";
export type { Boundary } from "./boundary.ts";
export { fromOihw } from "./from-oihw.ts";
export type { ConvGeometry } from "./geometry.ts";
export type { AxisTuple, Layout, SpatialRank } from "./layout.ts";
export type { MatrixAlgorithmName } from "./matrix/algorithm.ts";
export type { MatrixChoiceOptions } from "./matrix/choose.ts";
export { type Corr2dOptions, convolve2d, corr2d, type MatrixOperation } from "./matrix/corr2d.ts";
export { findPeaks, type Peak, type PeakOptions } from "./matrix/find-peaks.ts";
export { matchTemplate } from "./matrix/match-template.ts";
export type { Corr2dMode, MatrixKernel, SeparableKernel } from "./matrix/problem.ts";
export { separateKernel } from "./matrix/separate-kernel.ts";
export {
  type ActivateOptions,
  type ActivationName,
  type ActivationOptions,
  activate,
  activationGradient,
} from "./ops/activation.ts";
export { biasGradient } from "./ops/bias-gradient.ts";
export type { Explained } from "./ops/bilinear.ts";
export { conv1d, conv2d, conv3d } from "./ops/conv.ts";
export { convTranspose1d, convTranspose2d, convTranspose3d } from "./ops/conv-transpose.ts";
export { depthwiseConv2d } from "./ops/depthwise-conv2d.ts";
export type { ErrorBoundFact } from "./ops/error-bound.ts";
export { type ExplainOptions, type Explanation, explain } from "./ops/explain.ts";
export {
  type ArrayOf,
  type DTypeOption,
  type FilterGradientPlan,
  type InputGradientPlan,
  planFilterGradient,
  planInputGradient,
  type SeparableFilterGradientPlan,
} from "./ops/gradient-plans.ts";
export { filterGradient, type Gradients, gradients, inputGradient } from "./ops/gradients.ts";
export type { AlgorithmOption, ConvOperation, FusedOptions, Operation } from "./ops/operation.ts";
export { type Plan, plan } from "./ops/plan.ts";
export type { PlanFacts, RunOperand } from "./ops/planned.ts";
export {
  type SeparableConv2dOptions,
  type SeparableFilter,
  type SeparableOperation,
  type SeparableParts,
  separableConv2d,
} from "./ops/separable-conv2d.ts";
export { fold, type UnfoldOptions, unfold } from "./ops/unfold.ts";
export type { ConvOptions, ConvTransposeOptions, Padding, PerAxis } from "./options.ts";
export type { FilterShape, NchwShape, NhwcShape, Shape2, Shape3, Shape4, Shape5 } from "./shape.ts";
export { type ResidentArray, residentArray } from "./simd/resident.ts";
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
  zeroTensor as zeros,
} from "./tensor.ts";
