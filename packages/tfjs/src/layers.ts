/**
 * `@corr2d/tfjs/layers`: the layer `Conv2D` of `@tensorflow/tfjs-layers` with `groups`, and with strides and dilations at once, as
 * Keras has it. Importing this module registers it under the layer's name, so that models of Keras that use them load and train.
 *
 * @module
 */

import "./index.ts";
import {
  add,
  serialization as registry,
  type serialization,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
} from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { type GroupedConv2dOptions, groupedConv2d } from "./grouped-conv2d.ts";

type ConvArgs = Parameters<typeof tfl.layers.conv2d>[0];

/** What `tf.layers.conv2d` takes, and groups. */
export interface GroupedConv2dArgs extends ConvArgs {
  /** Default 1. */
  readonly groups?: number;
}

/** What is used of TensorFlow.js's own layer, whose class is not exported. */
interface ConvLayer extends tfl.layers.Layer {
  readonly filters: number;
  readonly kernelSize: number[];
  readonly strides: number[];
  readonly dilationRate: number[];
  readonly padding: "same" | "valid";
  readonly dataFormat: "channelsFirst" | "channelsLast";
  readonly activation: { apply(x: Tensor): Tensor } | null;
  kernel: tfl.LayerVariable;
  bias: tfl.LayerVariable | null;
}

const Conv2D = tfl.layers.conv2d({ filters: 1, kernelSize: 1 }).constructor as unknown as new (
  args: ConvArgs,
) => ConvLayer;

class GroupedConv2D extends Conv2D {
  static readonly className: string = "Conv2D";
  readonly groups: number;
  readonly #isBeyond: boolean;

  constructor(args: GroupedConv2dArgs) {
    const rates = [args.dilationRate ?? 1].flat();
    // TensorFlow.js refuses a stride together with a dilation here, already.
    super({ ...args, dilationRate: 1 });
    (this as { dilationRate: number[] }).dilationRate = [rates[0]!, rates.at(-1)!];
    this.groups = args.groups ?? 1;
    this.#isBeyond = this.groups > 1 || rates.some((rate) => rate > 1);
    if (this.#isBeyond && this.dataFormat === "channelsFirst") {
      throw new RangeError(`Conv2D: groups and dilations need dataFormat "channelsLast", got "channelsFirst"`);
    }
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    if (this.groups === 1) {
      super.build(inputShape);
      return;
    }
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tfl.Shape;
    const channels = shape.at(-1)!;
    if (channels % this.groups !== 0 || this.filters % this.groups !== 0) {
      throw new RangeError(
        `Conv2D: ${channels} channels and ${this.filters} filters must both divide into ${this.groups} groups`,
      );
    }
    // The layer's own build makes the kernel for these input channels.
    const grouped = [...shape.slice(0, -1), channels / this.groups];
    super.build(grouped as tfl.Shape);
    this.inputSpec = [{ ndim: 4, axes: { [-1]: channels } } as unknown as tfl.InputSpec];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor | Tensor[] {
    if (!this.#isBeyond) return super.call(inputs, kwargs as never);
    return tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0]! : inputs) as Tensor4D;
      const options = {
        strides: this.strides as [number, number],
        dilations: this.dilationRate as [number, number],
        padding: this.padding,
        groups: this.groups,
      } satisfies GroupedConv2dOptions;
      let y: Tensor = groupedConv2d(x, this.kernel.read() as Tensor4D, options);
      if (this.bias) y = add(y, this.bias.read() as Tensor1D);
      return this.activation ? this.activation.apply(y) : y;
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), groups: this.groups };
  }
}

registry.registerClass(GroupedConv2D as unknown as serialization.SerializableConstructor<registry.Serializable>);

/** A layer like `tf.layers.conv2d`, with `groups` besides. */
export function conv2d(args: GroupedConv2dArgs): tfl.layers.Layer {
  return new GroupedConv2D(args);
}
