/**
 * Gradients of convolutions of any kind: of the linear map f alone, with respect to either of its arguments, and of
 * y = activation(f(x, filter) + bias) with respect to everything, with L = ⟨dy, y⟩.
 *
 * @module
 */

import type { FilterGradientPlan } from "../algorithms/algorithm.ts";
import { checkOptionNames } from "../options.ts";
import { sizeOf } from "../shape.ts";
import { checkArray, checkTensor, type DType, dtypeOf, type FloatArray, type Tensor, zeros } from "../tensor.ts";
import { type Activation, applyDerivative, resolveActivation, slopesGradient } from "./activation.ts";
import { sumPerChannel } from "./channels.ts";
import {
  ALGORITHM_OPTION_NAMES,
  FUSED_OPTION_NAMES,
  type FusedOptions,
  type OperationKind,
  type ResolvedOperation,
  requireOutputShape,
  requireSameDtype,
  resolve,
} from "./operation.ts";

/** All gradients of L = ⟨dy, y⟩. */
export interface ConvGradients<S extends readonly number[], T extends FloatArray = Float32Array> {
  readonly input: Tensor<S, T>;
  readonly filter: Tensor<S, T>;
  /** One value for each output channel, whether there was a bias or not. */
  readonly bias: T;
  /** Of the slopes of activation `"prelu"`; undefined with any other. */
  readonly slopes: T | undefined;
}

/** ∂⟨dz, f(x, filter)⟩/∂x. */
export function inputGradient<S extends readonly number[], T extends FloatArray>(
  kind: OperationKind,
  dz: Tensor<S, T>,
  filter: Tensor<S, T>,
  inputShape: S,
  options: object,
): Tensor<S, T> {
  const operation = `${kind.name}InputGradient`;
  checkOptionNames(operation, options, [...kind.optionNames, ...ALGORITHM_OPTION_NAMES]);
  checkTensor(operation, "dy", dz, kind.tensorRank);
  checkTensor(operation, "filter", filter, kind.tensorRank);
  const dtype = requireSameDtype(operation, "dy", dz.data, "filter", filter.data);
  const resolved = resolve(kind, operation, inputShape, filter.shape, options, dtype, "once");
  requireOutputShape(operation, dz.shape, resolved.outputShape);
  return { shape: resolved.inputShape as S, data: inputGradientOf(resolved, filter.data, dz.data) };
}

/** ∂⟨dz, f(x, w)⟩/∂w. */
export function filterGradient<S extends readonly number[], T extends FloatArray>(
  kind: OperationKind,
  x: Tensor<S, T>,
  dz: Tensor<S, T>,
  filterShape: S,
  options: object,
): Tensor<S, T> {
  const operation = `${kind.name}FilterGradient`;
  checkOptionNames(operation, options, [...kind.optionNames, ...ALGORITHM_OPTION_NAMES]);
  checkTensor(operation, "x", x, kind.tensorRank);
  checkTensor(operation, "dy", dz, kind.tensorRank);
  const dtype = requireSameDtype(operation, "x", x.data, "dy", dz.data);
  const resolved = resolve(kind, operation, x.shape, filterShape, options, dtype, "once");
  requireOutputShape(operation, dz.shape, resolved.outputShape);
  return { shape: [...filterShape] as unknown as S, data: filterGradientOf(resolved, x.data, dz.data, filterShape) };
}

/**
 * All gradients of L = ⟨dy, activation(f(x, filter) + bias)⟩; the sums that the activation saw are computed anew. Errors
 * begin with `operation`.
 */
export function gradients<S extends readonly number[], T extends FloatArray>(
  kind: OperationKind,
  x: Tensor<S, T>,
  filter: Tensor<S, T>,
  dy: Tensor<S, T>,
  options: FusedOptions<T>,
  operation = `${kind.name}Gradients`,
): ConvGradients<S, T> {
  checkOptionNames(operation, options, [...kind.optionNames, ...FUSED_OPTION_NAMES]);
  checkTensor(operation, "x", x, kind.tensorRank);
  checkTensor(operation, "filter", filter, kind.tensorRank);
  checkTensor(operation, "dy", dy, kind.tensorRank);
  const dtype = requireSameDtype(operation, "x", x.data, "filter", filter.data);
  requireSameDtype(operation, "x", x.data, "dy", dy.data);
  const resolved = resolve(kind, operation, x.shape, filter.shape, options, dtype, "once");
  requireOutputShape(operation, dy.shape, resolved.outputShape);
  const { bias } = options;
  if (bias !== undefined) checkArray(operation, "bias", bias, dtype, resolved.outChannels);
  const activation = resolveActivation(operation, options, dtype, resolved.outChannels);
  let z: T | undefined;
  if (activation.name !== "linear") {
    z = zeros(dtype, dy.data.length) as T;
    const plan = resolved.map.prepare(filter.data, bias);
    plan.run(x.data, z);
    plan[Symbol.dispose]?.();
  }
  return gradientsOf(resolved, activation, x.data, filter, z, dy.data);
}

/**
 * All gradients of a resolved operation; `z` is what the activation was applied to, or undefined if that is linear. A plan
 * of the filter gradient may be had already.
 */
export function gradientsOf<S extends readonly number[], T extends FloatArray>(
  resolved: ResolvedOperation,
  activation: Activation,
  x: T,
  filter: Tensor<S, T>,
  z: T | undefined,
  dy: T,
  filterGradientPlan?: FilterGradientPlan,
): ConvGradients<S, T> {
  const { outChannels, inner } = resolved;
  const dtype = dtypeOf(x);
  let dz = dy;
  let slopes: T | undefined;
  if (z !== undefined) {
    dz = zeros(dtype, dy.length) as T;
    applyDerivative(z, dy, dz, activation, inner);
    if (activation.name === "prelu") slopes = rounded(dtype, slopesGradient(z, dy, outChannels, inner)) as T;
  }
  return {
    input: { shape: resolved.inputShape as S, data: inputGradientOf(resolved, filter.data, dz) },
    filter: { shape: filter.shape, data: filterGradientOf(resolved, x, dz, filter.shape, filterGradientPlan) },
    bias: rounded(dtype, sumPerChannel(dz, outChannels, inner)) as T,
    slopes,
  };
}

function inputGradientOf<T extends FloatArray>({ map, inputShape }: ResolvedOperation, filter: T, dz: T): T {
  const dx = zeros(dtypeOf(dz), sizeOf(inputShape)) as T;
  const plan = map.prepareInputGradient(filter);
  plan.run(dz, dx);
  plan[Symbol.dispose]?.();
  return dx;
}

function filterGradientOf<T extends FloatArray>(
  { map }: ResolvedOperation,
  x: T,
  dz: T,
  filterShape: readonly number[],
  kept?: FilterGradientPlan,
): T {
  const dw = zeros(dtypeOf(dz), sizeOf(filterShape)) as T;
  const plan = kept ?? map.prepareFilterGradient();
  plan.run(x, dz, dw);
  if (kept === undefined) plan[Symbol.dispose]?.();
  return dw;
}

function rounded(dtype: DType, values: Float64Array): FloatArray {
  const result = zeros(dtype, values.length);
  result.set(values);
  return result;
}
