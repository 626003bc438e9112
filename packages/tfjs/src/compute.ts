/**
 * The three passes of a convolution on tensors: values out of the backend, through core, and a new tensor of the result.
 *
 * @module
 */

import {
  type ConvPlan,
  conv2dFilterGradient,
  conv3dFilterGradient,
  type FusedOptions,
  planConv2d,
  planConv2dTranspose,
  planConv3d,
  planConv3dTranspose,
  type Tensor,
} from "@corr2d/core";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Convolution } from "./convolution.ts";
import type { Host } from "./host.ts";

/** Core's functions for one number of spatial axes. */
interface CoreFunctions {
  plan(inputShape: readonly number[], filter: Tensor, options: object): ConvPlan<readonly number[]>;
  planTranspose(inputShape: readonly number[], filter: Tensor, options: object): ConvPlan<readonly number[]>;
  filterGradient(x: Tensor, dy: Tensor, filterShape: readonly number[], options: object): Tensor;
}

/** By number of spatial axes. The shapes of a {@link Convolution} all have the rank that its functions ask for. */
const CORE = {
  2: { plan: planConv2d, planTranspose: planConv2dTranspose, filterGradient: conv2dFilterGradient },
  3: { plan: planConv3d, planTranspose: planConv3dTranspose, filterGradient: conv3dFilterGradient },
} as unknown as Readonly<Record<number, CoreFunctions>>;

/** What stands around a convolution: y = activation(conv(x) + bias). */
export interface Surroundings extends Pick<FusedOptions, "activation" | "slope"> {
  /** One value for each output channel. */
  readonly bias?: TensorInfo | undefined;
  /** Slopes of activation `"prelu"`, one for each output channel. */
  readonly slopes?: TensorInfo | undefined;
}

/** y = activation(conv(x) + bias). */
export function forward(
  host: Host,
  { inputShape, outputShape, filterShape, inputSize, options }: Convolution,
  x: TensorInfo,
  filter: TensorInfo,
  { bias, slopes, ...activation }: Surroundings = {},
): TensorInfo {
  const key = JSON.stringify(["forward", inputShape, filterShape, options, activation]);
  const plan = host.plans.get([filter, bias, slopes], key, () => {
    const fused = { bias, slopes };
    const names = (["bias", "slopes"] as const).filter((name) => fused[name]);
    const [data, ...vectors] = host.floats([filter, ...names.map((name) => fused[name]!)]);
    const weights = { shape: filterShape, data: data! };
    return CORE[inputSize.length]!.plan(inputShape, weights, {
      ...options,
      ...activation,
      ...Object.fromEntries(names.map((name, i) => [name, vectors[i]])),
    });
  });
  return host.output(outputShape, [x], (y, x) => plan.run(x, y));
}

/** dx = ∂⟨dy, conv(x)⟩/∂x: the transposed convolution of dy. */
export function inputGradient(
  host: Host,
  { inputShape, outputShape, filterShape, inputSize, options }: Convolution,
  dy: TensorInfo,
  filter: TensorInfo,
): TensorInfo {
  const key = JSON.stringify(["input gradient", outputShape, filterShape, inputSize, options]);
  const plan = host.plans.get([filter], key, () => {
    const weights = { shape: filterShape, data: host.floats([filter])[0]! };
    return CORE[inputSize.length]!.planTranspose(outputShape, weights, { ...options, outputSize: inputSize });
  });
  return host.output(inputShape, [dy], (dx, dy) => plan.run(dy, dx));
}

/** dw = ∂⟨dy, conv(x)⟩/∂w, of shape `shape`. */
export function filterGradient(
  host: Host,
  { inputShape, outputShape, filterShape, inputSize, options }: Convolution,
  x: TensorInfo,
  dy: TensorInfo,
  shape: number[],
): TensorInfo {
  return host.output(shape, [x, dy], (dw, x, dy) => {
    const input = { shape: inputShape, data: x };
    const gradient = { shape: outputShape, data: dy };
    dw.set(CORE[inputSize.length]!.filterGradient(input, gradient, filterShape, options).data);
  });
}
