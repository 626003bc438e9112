/**
 * Small convolutions of every kind, drawn from a seed, as calls of the package beside the {@link Problem} they state.
 *
 * @module
 */

import * as core from "@corr2d/core";
import { type Random, seededRandom } from "@corr2d/testkit";
import { outputSize, type Problem } from "./definition.ts";

type Rank = core.SpatialRank;
type Operation = (...values: unknown[]) => core.Tensor;
type Plan = (...values: unknown[]) => core.Plan<readonly number[]>;
type Explain = (...values: unknown[]) => core.Explanation;
type Gradients = (...values: unknown[]) => core.Gradients<readonly number[], core.FloatArray>;

/** A kind of convolution by its functions. */
export interface Kind {
  readonly name: string;
  readonly rank: Rank;
  readonly transposed: boolean;
  readonly forward: Operation;
  readonly plan: Plan;
  readonly explain: Explain;
  readonly inputGradient: Operation;
  readonly filterGradient: Operation;
  readonly gradients: Gradients;
}

const kind = (name: string, rank: Rank): Kind => {
  const operation = (core as unknown as Record<string, Operation>)[name];
  const verb = <V>(name: string): V => {
    const call = (core as unknown as Record<string, (...values: unknown[]) => unknown>)[name];
    return ((...values: unknown[]) => call(operation, ...values)) as V;
  };
  return {
    name,
    rank,
    transposed: name.startsWith("convTranspose"),
    forward: operation,
    plan: verb("plan"),
    explain: verb("explain"),
    inputGradient: verb("inputGradient"),
    filterGradient: verb("filterGradient"),
    gradients: verb("gradients"),
  };
};

/** Every kind that has one filter. */
export const KINDS: readonly Kind[] = [
  kind("conv1d", 1),
  kind("conv2d", 2),
  kind("conv3d", 3),
  kind("depthwiseConv2d", 2),
  kind("convTranspose1d", 1),
  kind("convTranspose2d", 2),
  kind("convTranspose3d", 3),
];

/** Names of the layouts of each rank. */
export const LAYOUTS: Readonly<Record<Rank, readonly [last: string, first: string]>> = {
  1: ["NWC", "NCW"],
  2: ["NHWC", "NCHW"],
  3: ["NDHWC", "NCDHW"],
};

/** A call: options in the package's words, and shapes with channels last. */
export interface Call {
  readonly name: string;
  readonly problem: Problem;
  readonly inputShape: readonly number[];
  readonly filterShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly outChannels: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** `count` calls of a kind. */
export function calls(kindOfCall: Kind, seed: number, count: number): readonly Call[] {
  return Array.from({ length: count }, (_, i) => draw(kindOfCall, seededRandom(seed, `${kindOfCall.name} ${i}`)));
}

function draw(k: Kind, random: Random): Call {
  const depthwise = k.name.startsWith("depthwise");
  const largest = k.rank === 3 ? 5 : 8;
  const each = <V>(pick: () => V): V[] => Array.from({ length: k.rank }, pick);
  for (;;) {
    const inputSizes = each(() => random.integer(1, largest));
    const kernelSizes = each(() => random.pick([1, 2, 3, 3, 4]));
    const strides = each(() => random.pick([1, 1, 2, 3]));
    const dilations = each(() => random.pick([1, 1, 2, 3]));
    const padding = each(() => [random.integer(0, 3), random.integer(0, 3)] as const);
    const [batch, inGroup, outGroup] = [random.integer(1, 2), random.pick([1, 2, 3]), random.pick([1, 2, 4])];
    const groups = depthwise ? random.pick([1, 2, 3]) : random.pick([1, 1, 2, 3]);
    const modes = ["constant", "edge", "reflect", "symmetric", "wrap"] as const;
    const paddingMode = k.transposed ? "constant" : random.pick(modes);
    const rounding = k.transposed ? "floor" : random.pick(["floor", "round", "ceil"] as const);
    const extents = kernelSizes.map((kernel, axis) => (kernel - 1) * dilations[axis] + 1);
    if (inputSizes.some((size, axis) => extents[axis] > size + padding[axis][0] + padding[axis][1])) continue;
    const outputSizes = inputSizes.map((size, axis) =>
      outputSize(size, kernelSizes[axis], strides[axis], dilations[axis], padding[axis], rounding),
    );
    const inChannels = depthwise ? groups : groups * inGroup;
    const outChannels = groups * outGroup;
    const filterShape = [...kernelSizes, inChannels / groups, outChannels];
    const problem = {
      ...{ inputSizes, kernelSizes, outputSizes, batch, inChannels, outChannels, groups },
      ...{ strides, dilations, padding, paddingMode },
    };
    const inner = [batch, ...inputSizes, inChannels];
    const outer = [batch, ...outputSizes, outChannels];
    const options = {
      ...{ strides, dilations, padding },
      ...(!depthwise && { groups }),
      // The size that the transpose has to give back is the one that a convolution came from.
      ...(k.transposed ? { outputSize: inputSizes } : { paddingMode, rounding }),
    };
    return {
      name: `${inner} with ${filterShape}, ${JSON.stringify(options)}`,
      problem,
      inputShape: k.transposed ? outer : inner,
      filterShape: depthwise ? [...kernelSizes, groups, outGroup] : filterShape,
      outputShape: k.transposed ? inner : outer,
      outChannels: k.transposed ? inChannels : outChannels,
      options,
    };
  }
}
