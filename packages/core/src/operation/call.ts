/**
 * An operation called: y = activation(f(x, filter) + bias), checked, resolved and prepared; once here, many times in plans.
 *
 * @module
 */

import type { Runs } from "../algorithm/algorithm.ts";
import { checkOptionNames } from "../geometry/options.ts";
import { arrayOf, type Operand } from "../simd/engine/resident.ts";
import { sizeOf } from "../tensor/shape.ts";
import {
  checkArray,
  checkShape,
  checkTensor,
  dtypeOf,
  type FloatArray,
  type Owned,
  type Tensor,
  zeroArray,
} from "../tensor/tensor.ts";
import { applyActivation, fusibleOf, resolveActivation } from "./activation.ts";
import { type ActivationPlan, once } from "./bilinear-map.ts";
import {
  type CheckedFilter,
  type ConvOperation,
  type FusedOptions,
  type OperationKind,
  operation,
  type ResolvedOperation,
  requireSameDtype,
} from "./operation.ts";

/** The operation of a kind, once. */
export function call<Weights, S extends readonly number[], T extends FloatArray>(
  kind: OperationKind<Weights>,
  x: Tensor<S, T>,
  filter: unknown,
  options: object,
): Tensor<S, Owned<T>> {
  const { name } = kind;
  checkTensor(name, "x", x, kind.tensorRank);
  const checked = kind.readFilter(name, filter);
  const dtype = requireSameDtype(name, "x", dtypeOf(x.data), kind.filterName, checked.dtype);
  const { resolved, pass } = prepareForward(kind, name, x.shape, checked, options, "once");
  const y = zeroArray(dtype, sizeOf(resolved.outputShape)) as Owned<T>;
  once(pass, ({ run }) => run(x.data, y));
  return { shape: resolved.outputShape as S, data: y };
}

/** Resolves and prepares an operation for a filter that was read. What is prepared applies the activation, too. */
export function prepareForward<Weights>(
  kind: OperationKind<Weights>,
  name: string,
  inputShape: readonly number[],
  { dtype, shape, weights }: CheckedFilter<Weights>,
  options: FusedOptions<FloatArray>,
  runs: Runs,
): { readonly resolved: ResolvedOperation<Weights>; readonly pass: ActivationPlan } {
  checkOptionNames(name, options, kind.optionNames);
  checkShape(name, "inputShape", inputShape, kind.tensorRank);
  const resolved = kind.resolve(name, inputShape, shape, options, dtype, runs);
  const { bias } = options;
  if (bias !== undefined) checkArray(name, "bias", bias, dtype, resolved.outChannels);
  const activation = resolveActivation(name, options, dtype, resolved.outChannels);
  const pass = resolved.map.prepare(weights, bias, fusibleOf(activation));
  if (activation.name === "linear" || pass.activated === true) return { resolved, pass };
  const run = (x: Operand, y: Operand): void => {
    pass.run(x, y);
    applyActivation(arrayOf(y), arrayOf(y), activation, resolved.inner);
  };
  return { resolved, pass: { ...pass, run } };
}

/** The operation of a kind whose filter is one tensor. */
export function convOperation<S extends readonly number[], O extends object>(kind: OperationKind): ConvOperation<S, O> {
  const run = <T extends FloatArray>(
    x: Tensor<S, T>,
    filter: Tensor<S, T>,
    options: FusedOptions<T> = {},
  ): Tensor<S, Owned<T>> => call(kind, x, filter, options);
  return operation(kind, run);
}
