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
export { type Corr2dMode, type Corr2dOptions, convolve2d, corr2d } from "./corr2d.ts";
export {
  type ConvGeometry,
  type ConvOptions,
  filterShapeOf,
  flopsOf,
  inputShapeOf,
  type Layout,
  outputShapeOf,
  type Padding,
  type PerAxis,
  resolveConvGeometry,
} from "./geometry.ts";
export { Conv2d, type Conv2dLayerOptions } from "./layers/conv2d.ts";
export type { InitializerName } from "./layers/initializers.ts";
export { type Parameter, sgdStep } from "./layers/parameter.ts";
export { type Conv2dOptions, type Conv2dPlan, conv2d, explainConv2d, planConv2d } from "./ops/conv2d.ts";
export {
  biasGradient,
  type Conv2dGradientOptions,
  conv2dFilterGradient,
  conv2dInputGradient,
} from "./ops/gradients.ts";
export type { FilterShape, NchwShape, NhwcShape, Shape2, Shape4 } from "./shape.ts";
export { type DType, type FloatArray, type Matrix, type Tensor, type Tensor4, tensor } from "./tensor.ts";
