/**
 * A network as plain data: steps in the order in which they are computed, each named, each fed by steps before it.
 * Activations are NHWC, filters HWIO.
 *
 * @module
 */

import type { CasePadding, ConvCase } from "@corr2d/testkit";

/** Numbers of an activation. */
export type Numbers = Float32Array | Float64Array;

/** Values between two layers. */
export interface Activation<T extends Numbers = Numbers> {
  readonly shape: readonly [batch: number, height: number, width: number, channels: number];
  readonly data: T;
}

/** A step and the names of those it is fed by; the picture's is {@link Network.input}. */
interface Fed<Kind extends string> {
  readonly kind: Kind;
  readonly name: string;
  readonly from: readonly string[];
}

/** A convolution with its weights; with as many groups as channels it is what others call depthwise. */
export interface Convolution extends Fed<"convolution"> {
  readonly filter: { readonly shape: ConvCase["filterShape"]; readonly data: Float32Array };
  readonly bias: Float32Array | undefined;
  readonly strides: ConvCase["strides"];
  readonly padding: CasePadding;
  readonly groups: number;
}

/** What a network is made of. */
export type Step =
  | Convolution
  | Fed<"relu">
  /** z > 0 ? z : slope · z */
  | (Fed<"leaky relu"> & { readonly slope: number })
  /** The sum of two. */
  | Fed<"add">
  /** Side by side along the channels. */
  | Fed<"concatenate">
  /** Each cell becomes factor × factor of them. */
  | (Fed<"enlarge"> & { readonly factor: number })
  /** The largest of size × size cells, padded as by "same". */
  | (Fed<"max pool"> & { readonly size: number; readonly stride: number });

/** A network, its weights and the picture it looks at. */
export interface Network {
  readonly name: string;
  /** What it was read from. */
  readonly source: string;
  readonly picture: string;
  /** Name that stands for the picture. */
  readonly input: string;
  readonly image: Activation<Float32Array>;
  readonly steps: readonly Step[];
  /** The step whose result is the network's. */
  readonly output: string;
}

/** The case that a convolution is, on an input of this shape. */
export function caseOf(network: Network, step: Convolution, inputShape: ConvCase["inputShape"]): ConvCase {
  const { name, filter, bias, strides, padding, groups } = step;
  return {
    name: `${network.name}/${name}`,
    inputShape,
    filterShape: filter.shape,
    strides,
    padding,
    dilations: [1, 1],
    groups,
    bias: bias !== undefined,
  };
}
