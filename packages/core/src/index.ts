/**
 * Cross-correlation, convolution and convolution layers of one, two and three spatial axes, in pure TypeScript.
 *
 * @module
 */

export {
  type ChoiceOptions,
  type ConvAlgorithm,
  type Engine,
  type ErrorBound,
  type FilterGradientPlan,
  type ForwardPlan,
  type FusedActivation,
  type InputGradientPlan,
  type Pass,
  type Precision,
  type Preparations,
  type Proposal,
  type Proposals,
  preparationOf,
  type Runs,
} from "./algorithms/algorithm.ts";
export { type Choice, chooseAlgorithm } from "./algorithms/choose.ts";
export { type AlgorithmName, algorithms } from "./algorithms/registry.ts";
export type { Rounding } from "./axis.ts";
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
export { fromOihw } from "./from-oihw.ts";
export {
  type ConvGeometry,
  filterShapeOf,
  flopsOf,
  inputShapeOf,
  outputShapeOf,
  resolveConvGeometry,
} from "./geometry.ts";
export {
  Conv1d,
  type Conv1dLayerOptions,
  Conv2d,
  type Conv2dLayerOptions,
  Conv3d,
  type Conv3dLayerOptions,
  type ConvLayerOptions,
} from "./layers/conv.ts";
export type { ConvLayer, FilterLayerOptions } from "./layers/conv-layer.ts";
export {
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeLayerOptions,
} from "./layers/conv-transpose.ts";
export { DepthwiseConv2d, type DepthwiseConv2dLayerOptions } from "./layers/depthwise-conv2d.ts";
export type { InitializerName } from "./layers/initializers.ts";
export type { Layer, LayerState } from "./layers/layer.ts";
export { LocallyConnected2d, type LocallyConnected2dLayerOptions } from "./layers/locally-connected2d.ts";
export { type Parameter, sgdStep } from "./layers/parameter.ts";
export { SeparableConv2d, type SeparableConv2dLayerOptions } from "./layers/separable-conv2d.ts";
export type { AxisTuple, Layout, SpatialRank } from "./layout.ts";
export type { MatrixAlgorithmName } from "./matrix/algorithm.ts";
export type { Boundary } from "./matrix/boundary.ts";
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
export {
  type Conv1dGradientOptions,
  type Conv1dOptions,
  type Conv1dPlan,
  conv1d,
  conv1dFilterGradient,
  conv1dGradients,
  conv1dInputGradient,
  explainConv1d,
  planConv1d,
} from "./ops/conv1d.ts";
export {
  type Conv1dTransposeGradientOptions,
  type Conv1dTransposeOptions,
  type Conv1dTransposePlan,
  conv1dTranspose,
  conv1dTransposeFilterGradient,
  conv1dTransposeGradients,
  conv1dTransposeInputGradient,
  explainConv1dTranspose,
  planConv1dTranspose,
} from "./ops/conv1d-transpose.ts";
export {
  type Conv2dFilterGradientPlan,
  type Conv2dGradientOptions,
  type Conv2dInputGradientPlan,
  type Conv2dOptions,
  type Conv2dPlan,
  conv2d,
  conv2dFilterGradient,
  conv2dGradients,
  conv2dInputGradient,
  explainConv2d,
  planConv2d,
  planConv2dFilterGradient,
  planConv2dInputGradient,
} from "./ops/conv2d.ts";
export {
  type Conv2dTransposeGradientOptions,
  type Conv2dTransposeOptions,
  type Conv2dTransposePlan,
  conv2dTranspose,
  conv2dTransposeFilterGradient,
  conv2dTransposeGradients,
  conv2dTransposeInputGradient,
  explainConv2dTranspose,
  planConv2dTranspose,
} from "./ops/conv2d-transpose.ts";
export {
  type Conv3dGradientOptions,
  type Conv3dOptions,
  type Conv3dPlan,
  conv3d,
  conv3dFilterGradient,
  conv3dGradients,
  conv3dInputGradient,
  explainConv3d,
  planConv3d,
} from "./ops/conv3d.ts";
export {
  type Conv3dTransposeGradientOptions,
  type Conv3dTransposeOptions,
  type Conv3dTransposePlan,
  conv3dTranspose,
  conv3dTransposeFilterGradient,
  conv3dTransposeGradients,
  conv3dTransposeInputGradient,
  explainConv3dTranspose,
  planConv3dTranspose,
} from "./ops/conv3d-transpose.ts";
export {
  type DepthwiseConv2dFilterGradientPlan,
  type DepthwiseConv2dGradientOptions,
  type DepthwiseConv2dInputGradientPlan,
  type DepthwiseConv2dOptions,
  type DepthwiseConv2dPlan,
  depthwiseConv2d,
  depthwiseConv2dFilterGradient,
  depthwiseConv2dGradients,
  depthwiseConv2dInputGradient,
  explainDepthwiseConv2d,
  planDepthwiseConv2d,
  planDepthwiseConv2dFilterGradient,
  planDepthwiseConv2dInputGradient,
} from "./ops/depthwise-conv2d.ts";
export { type ExplainOptions as ExplainOption, type Explanation, explain } from "./ops/explain.ts";
export { planFilterGradient, planInputGradient } from "./ops/gradient-plans.ts";
export { filterGradient, gradients, inputGradient } from "./ops/gradients.ts";
export type { ConvFilterGradientPlan, ConvGradients, ConvInputGradientPlan, ConvPlan } from "./ops/legacy.ts";
export type { AlgorithmOption, FusedOptions } from "./ops/operation.ts";
export { type Plan, plan } from "./ops/plan.ts";
export type { PlanFacts } from "./ops/planned.ts";
export {
  planSeparableConv2d,
  type SeparableConv2dGradients,
  type SeparableConv2dOptions,
  type SeparableConv2dPlan,
  separableConv2d,
  separableConv2dGradients,
} from "./ops/separable-conv2d.ts";
export { fold, type UnfoldOptions, unfold } from "./ops/unfold.ts";
export type { ConvOptions, ConvTransposeOptions, Padding, PaddingMode, PerAxis } from "./options.ts";
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
export { readLayersModel } from "./weights/layers-model.ts";
export { loadPyTorchWeights, loadTensorFlowWeights } from "./weights/load-weights.ts";
export { readSafetensors } from "./weights/safetensors.ts";
export type { FileBytes, StoredTensor, WeightFile } from "./weights/weight-file.ts";
