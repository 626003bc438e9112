/**
 * The verb `explain`: which algorithm computes an operation, why, and how well.
 *
 * @module
 */

import { PASSES, type Pass } from "../algorithm/algorithm.ts";
import type { AlgorithmName } from "../choice/registry.ts";
import type {
  SeparableConv2dOptions,
  SeparableFilter,
  SeparableOperation,
  SeparableParts,
} from "../conv/separable-conv2d.ts";
import type { Corr2dOptions, MatrixOperation } from "../corr2d/corr2d.ts";
import type { MatrixAlgorithmName } from "../corr2d/problem/algorithm.ts";
import type { MatrixKernel } from "../corr2d/problem/problem.ts";
import { checkOptionNames, resolveWord } from "../geometry/options.ts";
import type { Explained } from "../operation/bilinear-map.ts";
import {
  type ConvOperation,
  type FusedOptions,
  kindOf,
  type Operation,
  requireSameDtype,
} from "../operation/operation.ts";
import type { SignalAlgorithmName } from "../signals/algorithms.ts";
import type { SignalOperation, SignalOptions } from "../signals/correlate1d.ts";
import type { Shape2, Shape4 } from "../tensor/shape.ts";
import {
  checkShape,
  checkTensor,
  type DType,
  dtypeOf,
  type FloatArray,
  type Matrix,
  type Tensor,
  type Tensor4,
} from "../tensor/tensor.ts";
import { type DTypeOption, dtypeAsked } from "./gradient-plans.ts";

/** What is asked about, besides the options of the operation. */
export interface ExplainOptions extends DTypeOption {
  /** The forward pass, the default, or a gradient. */
  readonly pass?: Pass | undefined;
}

/** What would compute a pass, prepared for many runs. */
export interface Explanation<S extends readonly number[] = readonly number[], Name extends string = AlgorithmName>
  extends Explained<Name> {
  readonly inputShape: S;
  readonly outputShape: S;
}

/**
 * Which algorithm a plan of an operation would take, why it and no faster one, and what error bound it has, without computing
 * anything; with `pass` that of a gradient.
 *
 * @param operation any: `conv2d`, `separableConv2d`, `corr2d`, …
 * @param input the shape of the input, or an input.
 * @param filter the shape of the filter, or a filter.
 * @throws as the operation.
 *
 * @example
 * ```ts
 * explain(conv2d, [1, 56, 56, 64], [3, 3, 64, 64], { algorithm: "tiled" }).reason; // → "asked for by name"
 * explain(conv2d, [1, 56, 56, 64], [3, 3, 64, 64], { pass: "filterGradient" }).outputShape; // → [1, 54, 54, 64]
 * ```
 */
export function explain<S extends readonly number[], O extends object, T extends FloatArray = Float32Array>(
  operation: ConvOperation<S, O>,
  input: NoInfer<S> | Tensor<S, T>,
  filter: NoInfer<S> | Tensor<S, T>,
  options?: O & FusedOptions<T> & ExplainOptions,
): Explanation<S>;
export function explain<T extends FloatArray = Float32Array>(
  operation: SeparableOperation,
  input: Shape4 | Tensor4<T>,
  filter: SeparableParts<Shape4> | SeparableFilter<T>,
  options?: SeparableConv2dOptions & FusedOptions<T> & ExplainOptions,
): Explanation<Shape4, string>;
export function explain<T extends FloatArray = Float32Array>(
  operation: MatrixOperation,
  input: Shape2 | Matrix<T>,
  kernel: Shape2 | MatrixKernel<T>,
  options?: Corr2dOptions & ExplainOptions,
): Explanation<Shape2, MatrixAlgorithmName>;
export function explain<T extends FloatArray = Float32Array>(
  operation: SignalOperation,
  input: Shape2 | Matrix<T>,
  kernel: readonly [taps: number] | T,
  options?: SignalOptions & ExplainOptions,
): Explanation<Shape2, SignalAlgorithmName>;
export function explain<Weights>(
  operation: Operation<Weights>,
  input: unknown,
  filter: unknown,
  options: ExplainOptions = {},
): unknown {
  const kind = kindOf("explain", operation);
  const name = `explain(${kind.name})`;
  checkOptionNames(name, options, [...kind.optionNames, "pass", "dtype"]);
  const pass = resolveWord<Pass>(name, "pass", PASSES, options.pass);
  const x = readInput(name, input, kind.tensorRank);
  const { shape, weights, ...given } = kind.readFilterShape(name, filter);
  if (x.dtype !== undefined && given.dtype !== undefined)
    requireSameDtype(name, "x", x.dtype, kind.filterName, given.dtype);
  const dtype = dtypeAsked(name, kind, options.dtype, given.dtype ?? x.dtype);
  const { map, inputShape, outputShape } = kind.resolve(name, x.shape, shape, options, dtype, "many");
  return { ...map.explain(pass, weights, x.data), inputShape, outputShape };
}

/** The shape of an input, and the input itself if it is given. */
function readInput(
  name: string,
  input: unknown,
  rank: number,
): { readonly shape: readonly number[]; readonly data?: FloatArray; readonly dtype?: DType } {
  if (Array.isArray(input)) {
    checkShape(name, "inputShape", input, rank);
    return { shape: input };
  }
  checkTensor(name, "x", input, rank);
  const { shape, data } = input as Tensor<readonly number[], FloatArray>;
  return { shape, data, dtype: dtypeOf(data) };
}
