/**
 * Two-dimensional cross-correlation and convolution layers in pure TypeScript.
 *
 * @module
 */

export type {
  ConvAlgorithm,
  FilterGradientPlan,
  ForwardPlan,
  InputGradientPlan,
  Pass,
} from "./algorithms/algorithm.ts";
export { type Choice, chooseAlgorithm } from "./algorithms/choose.ts";
export { type AlgorithmName, algorithms } from "./algorithms/registry.ts";
export type { Rounding } from "./axis.ts";
export { type Corr2dMode, type Corr2dOptions, convolve2d, corr2d } from "./corr2d.ts";
export {
  type ConvGeometry,
  filterShapeOf,
  flopsOf,
  inputShapeOf,
  outputShapeOf,
  resolveConvGeometry,
} from "./geometry.ts";
export { Conv2d, type Conv2dLayerOptions } from "./layers/conv2d.ts";
export type { InitializerName } from "./layers/initializers.ts";
export { type Parameter, sgdStep } from "./layers/parameter.ts";
export type { AxisTuple, Layout, SpatialRank } from "./layout.ts";
export {
  type ActivateOptions,
  type ActivationName,
  type ActivationOptions,
  activate,
  activationGradient,
} from "./ops/activation.ts";
export { biasGradient } from "./ops/biasGradient.ts";
export {
  type Conv2dGradientOptions,
  type Conv2dOptions,
  type Conv2dPlan,
  conv2d,
  conv2dFilterGradient,
  conv2dGradients,
  conv2dInputGradient,
  explainConv2d,
  planConv2d,
} from "./ops/conv2d.ts";
export type { AlgorithmOption, ConvGradients, ConvPlan, FusedOptions } from "./ops/operation.ts";
export type { ConvOptions, ConvTransposeOptions, Padding, PaddingMode, PerAxis } from "./options.ts";
export type { FilterShape, NchwShape, NhwcShape, Shape2, Shape3, Shape4, Shape5 } from "./shape.ts";
export {
  type DType,
  type FloatArray,
  type Matrix,
  type Tensor,
  type Tensor3,
  type Tensor4,
  type Tensor5,
  tensor,
} from "./tensor.ts";
