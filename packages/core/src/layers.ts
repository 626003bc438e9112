/**
 * `@corr2d/core/layers`: layers that learn. Each has parameters, a forward and a backward pass, and a state that can be kept.
 *
 * @module
 */

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
