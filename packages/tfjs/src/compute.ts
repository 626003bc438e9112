/**
 * The three passes of a convolution on tensors: values out of the backend, through core, and a new tensor of the result.
 *
 * @module
 */

import * as core from "@corr2d/core";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type Convolution, textOf } from "./convolution.ts";
import type { Host } from "./host.ts";
import { applyNorm, foldNorm, type NormValues } from "./norm.ts";
import type { Plan } from "./plans.ts";

/** An operation on shapes of any rank: those of a {@link Convolution} have the rank that its operation asks for. */
type AnyOperation = core.ConvOperation<readonly number[], Readonly<Record<string, unknown>>>;

/** Convolution and its transpose, by number of spatial axes. */
const OPERATIONS = {
  2: { conv: core.conv2d, transpose: core.convTranspose2d },
  3: { conv: core.conv3d, transpose: core.convTranspose3d },
} as unknown as Readonly<Record<number, Readonly<Record<"conv" | "transpose", AnyOperation>>>>;

function operationsOf({ inputSize }: Convolution): Readonly<Record<"conv" | "transpose", AnyOperation>> {
  return OPERATIONS[inputSize.length]!;
}

/** Batch norm of a convolution's output, whose channels are its last axis; or only a factor and a summand of each channel. */
export interface Norm {
  readonly mean?: TensorInfo | undefined;
  readonly variance?: TensorInfo | undefined;
  readonly offset?: TensorInfo | undefined;
  readonly scale?: TensorInfo | undefined;
  readonly epsilon: number;
}

/** What is to be computed: y = activation(norm(conv(x) + bias)). */
export interface Forward extends Pick<core.FusedOptions, "activation" | "slope"> {
  readonly convolution: Convolution;
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
  /** One value for each output channel. */
  readonly bias?: TensorInfo | undefined;
  readonly norm?: Norm | undefined;
  /** Slopes of activation `"prelu"`, one for each output channel. */
  readonly slopes?: TensorInfo | undefined;
}

/** The tensor of y; a host may compute it when it is asked for. */
export function forward(host: Host, step: Forward): TensorInfo {
  return host.defer ? host.defer(step) : computeForward(host, step);
}

/** The tensor of y, computed at once; its shape may be another with as many elements. */
export function computeForward(
  host: Host,
  step: Forward,
  shape: readonly number[] = step.convolution.outputShape,
): TensorInfo {
  return host.output(shape, [step.x], () => {
    const plan = planForward(host, step);
    return (y, x) => plan.run(x, y);
  });
}

/** The tensors that a step has beside x, in an order of their own. */
export function parametersOf({ filter, bias, slopes, norm }: Forward): [TensorInfo, ...(TensorInfo | undefined)[]] {
  return [filter, bias, slopes, norm?.mean, norm?.variance, norm?.offset, norm?.scale];
}

/** The prepared step. */
export function planForward(host: Host, step: Forward): Plan {
  const { convolution, activation, slope, norm } = step;
  const { inputShape, filterShape, options } = convolution;
  const parameters = parametersOf(step);
  const key = `forward ${textOf(convolution)} ${activation} ${slope} ${norm?.epsilon}`;
  return host.plans.get(parameters, key, () => {
    const given = parameters.filter((tensor) => tensor !== undefined);
    const views = host.floats(given);
    const [filter, ...small] = parameters.map((tensor) => (tensor ? views[given.indexOf(tensor)] : undefined));
    // Making a plan may move what a host keeps, so what is read then is copied, but for a filter that is folded before.
    const [bias, slopes, mean, variance, offset, scale] = small.map((values) => values?.slice());
    const make = (data: Float32Array, bias: Float32Array | undefined, fused: core.FusedOptions): Plan =>
      host.prepare(() =>
        core.plan(
          operationsOf(convolution).conv,
          inputShape,
          { shape: filterShape, data },
          { ...options, ...fused, ...(bias && { bias }) },
        ),
      );
    const fused: core.FusedOptions = { activation, slope, ...(slopes && { slopes }) };
    if (norm === undefined) return make(copyOf(filter!), bias, fused);
    const values = { mean, variance, offset, scale, epsilon: norm.epsilon };
    const folded = roomFor(filter!.length);
    const foldedBias = foldNorm(filter!, bias, values, folded);
    if (foldedBias) return make(folded, foldedBias, fused);
    return normalised(make(copyOf(filter!), bias, {}), values, filterShape.at(-1)!, { activation, slope, slopes });
  });
}

/** Weights up to this length are laid in the same place, one filter after the other: a plan takes from there what it packs. */
const MOST_IN_PLACE = 2 ** 20;
let place = new Float32Array(0);

/** An array that is free until the next one is asked for. Memory that has been used is there sooner than new memory. */
function roomFor(length: number): Float32Array {
  if (length > MOST_IN_PLACE) return new Float32Array(length);
  if (place.length < length) place = new Float32Array(length);
  return place.subarray(0, length);
}

function copyOf(values: Float32Array): Float32Array {
  const copy = roomFor(values.length);
  copy.set(values);
  return copy;
}

/** Norm and activation after a convolution that they cannot be folded into. */
function normalised(plan: Plan, norm: NormValues, channels: number, activation: core.ActivationOptions): Plan {
  return {
    run(x, y) {
      plan.run(x, y);
      applyNorm(y, norm);
      y.set(core.activate({ shape: [1, y.length / channels, channels], data: y }, activation).data);
    },
    [Symbol.dispose]: () => plan[Symbol.dispose](),
  };
}

/** dx = ∂⟨dy, conv(x)⟩/∂x, the transposed convolution of dy, of shape `shape`. */
export function inputGradient(
  host: Host,
  convolution: Convolution,
  dy: TensorInfo,
  filter: TensorInfo,
  shape: readonly number[] = convolution.inputShape,
): TensorInfo {
  const { outputShape, filterShape, inputSize, options } = convolution;
  const key = `input gradient ${textOf(convolution)}`;
  return host.output(shape, [dy], () => {
    const plan = host.plans.get([filter], key, () => {
      const weights = { shape: filterShape, data: copyOf(host.floats([filter])[0]!) };
      const { transpose } = operationsOf(convolution);
      return host.prepare(() => core.plan(transpose, outputShape, weights, { ...options, outputSize: inputSize }));
    });
    return (dx, dy) => plan.run(dy, dx);
  });
}

/** dw = ∂⟨dy, conv(x)⟩/∂w, of shape `shape`. */
export function filterGradient(
  host: Host,
  convolution: Convolution,
  x: TensorInfo,
  dy: TensorInfo,
  shape: number[],
): TensorInfo {
  const { inputShape, filterShape, options } = convolution;
  const { conv } = operationsOf(convolution);
  const key = `filter gradient ${textOf(convolution)}`;
  return host.output(shape, [x, dy], () => {
    const plan = host.plans.getShared(key, util.sizeFromShape([...filterShape]), () =>
      host.prepare(() => core.planFilterGradient(conv, inputShape, filterShape, options)),
    );
    return (dw, x, dy) => plan.run(x, dy, dw);
  });
}
