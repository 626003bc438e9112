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
import type { Corr2dBackend } from "./backend.ts";
import type { Convolution } from "./convolution.ts";

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
  backend: Corr2dBackend,
  { inputShape, outputShape, filterShape, inputSize, options }: Convolution,
  x: TensorInfo,
  filter: TensorInfo,
  { bias, slopes, ...activation }: Surroundings = {},
): TensorInfo {
  const key = JSON.stringify(["forward", inputShape, filterShape, options, activation]);
  const plan = backend.plans.get([filter, bias, slopes], key, () => {
    const weights = { shape: filterShape, data: backend.floats(filter) };
    return CORE[inputSize.length]!.plan(inputShape, weights, {
      ...options,
      ...activation,
      bias: bias && backend.floats(bias),
      slopes: slopes && backend.floats(slopes),
    });
  });
  return backend.makeTensorInfo([...outputShape], "float32", plan.run(backend.floats(x)));
}

/** dx = ∂⟨dy, conv(x)⟩/∂x: the transposed convolution of dy. */
export function inputGradient(
  backend: Corr2dBackend,
  { inputShape, outputShape, filterShape, inputSize, options }: Convolution,
  dy: TensorInfo,
  filter: TensorInfo,
): TensorInfo {
  const key = JSON.stringify(["input gradient", outputShape, filterShape, inputSize, options]);
  const plan = backend.plans.get([filter], key, () => {
    const weights = { shape: filterShape, data: backend.floats(filter) };
    return CORE[inputSize.length]!.planTranspose(outputShape, weights, { ...options, outputSize: inputSize });
  });
  return backend.makeTensorInfo([...inputShape], "float32", plan.run(backend.floats(dy)));
}

/** dw = ∂⟨dy, conv(x)⟩/∂w, of shape `shape`. */
export function filterGradient(
  backend: Corr2dBackend,
  { inputShape, outputShape, filterShape, inputSize, options }: Convolution,
  x: TensorInfo,
  dy: TensorInfo,
  shape: number[],
): TensorInfo {
  const { data } = CORE[inputSize.length]!.filterGradient(
    { shape: inputShape, data: backend.floats(x) },
    { shape: outputShape, data: backend.floats(dy) },
    filterShape,
    options,
  );
  return backend.makeTensorInfo(shape, "float32", data);
}
