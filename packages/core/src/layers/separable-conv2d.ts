/**
 * The depthwise separable convolution layer: a depthwise convolution without bias and, on what it gives, a 1 × 1 convolution
 * with bias and activation.
 *
 * @module
 */

import { conv2d } from "../conv/conv.ts";
import { depthwiseConv2d } from "../conv/depthwise-conv2d.ts";
import type { ConvOptions, PerAxis } from "../geometry/options.ts";
import { DESCRIPTION } from "../operation/operation.ts";
import type { Shape4 } from "../tensor/shape.ts";
import type { Tensor4 } from "../tensor/tensor.ts";
import { convSpec } from "./conv.ts";
import { ConvLayer, type ConvLayerSpec, checkLayerOptions, type FilterLayerOptions } from "./conv-layer.ts";
import { depthwiseSpec } from "./depthwise-conv2d.ts";
import { Layer } from "./layer.ts";
import type { LayerParameter, Parameter } from "./parameter.ts";

/** What a {@link SeparableConv2d} is made of. */
export interface SeparableConv2dLayerOptions extends Omit<ConvOptions, "groups">, FilterLayerOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Depthwise filters of each channel. Default 1. */
  readonly multiplier?: number | undefined;
  readonly kernelSize: PerAxis;
}

/** One of the two convolutions. Its errors begin with the name of the whole. */
class Part extends ConvLayer<Shape4> {
  constructor(spec: ConvLayerSpec, options: FilterLayerOptions) {
    super(spec, options);
  }
}

/**
 * A layer that filters each channel on its own, then mixes the channels. Its parameters are `depthwiseFilter`
 * `[kernelHeight, kernelWidth, inChannels, multiplier]`, `pointwiseFilter` `[1, 1, inChannels · multiplier, outChannels]`, `bias`
 * and, with activation `"prelu"`, `slopes`.
 *
 * @example
 * ```ts
 * const layer = new SeparableConv2d({ inChannels: 3, outChannels: 8, kernelSize: 3, padding: "same" });
 * layer.forward(zeros([1, 8, 8, 3])).shape; // → [1, 8, 8, 8]
 * layer.parameters.map(({ name }) => name); // → ["depthwiseFilter", "pointwiseFilter", "bias"]
 * ```
 */
export class SeparableConv2d extends Layer<Shape4> {
  /** The layer that filters; its `filter` is `depthwiseFilter`. */
  readonly depthwise: ConvLayer<Shape4>;
  /** The layer that mixes; its `filter` is `pointwiseFilter`. */
  readonly pointwise: ConvLayer<Shape4>;

  /**
   * @throws TypeError for a value of the wrong type or an unknown option; RangeError for counts that are not positive
   *   integers or an unknown initialiser.
   */
  constructor(options: SeparableConv2dLayerOptions) {
    super("SeparableConv2d");
    const { inChannels, outChannels, multiplier = 1, bias, activation, slope, seed = 0, ...first } = options ?? {};
    checkLayerOptions(this.kind, options, depthwiseConv2d[DESCRIPTION], { inChannels, outChannels, multiplier });
    const { layout, algorithm, engine, precision, initializer } = first;
    const filtering = { ...first, channels: inChannels, multiplier, bias: false, seed };
    this.depthwise = new Part(depthwiseSpec(this.kind, filtering), filtering);
    const shared = { layout, algorithm, engine, precision, initializer, bias, activation, slope, seed: seed + 1 };
    const mixing = { ...shared, inChannels: inChannels * multiplier, outChannels, kernelSize: 1 };
    this.pointwise = new Part(convSpec(this.kind, conv2d, 2, mixing), mixing);
  }

  override get parameters(): readonly Parameter[] {
    const [pointwise, ...others] = this.pointwise.parameters;
    return [
      (this.depthwise.filter as LayerParameter).named("depthwiseFilter"),
      (pointwise as LayerParameter).named("pointwiseFilter"),
      ...others,
    ];
  }

  override forward(x: Tensor4): Tensor4<Float32Array<ArrayBuffer>> {
    const forget = this.depthwise.rememberLast();
    try {
      return this.pointwise.forward(this.depthwise.forward(x));
    } catch (error) {
      forget();
      throw error;
    }
  }

  override backward(dy: Tensor4): Tensor4 {
    return this.depthwise.backward(this.pointwise.backward(dy));
  }
}
