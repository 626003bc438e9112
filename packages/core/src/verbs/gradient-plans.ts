/**
 * The verbs `planInputGradient` and `planFilterGradient`: gradients of L = ⟨dy, f(x, filter)⟩, without bias and activation,
 * prepared to be run many times.
 *
 * @module
 */

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
import {
  type AlgorithmOption,
  type ConvOperation,
  kindOf,
  type Operation,
  type OperationKind,
  requireSameDtype,
} from "../operation/operation.ts";
import { activationsPlan, type PlanFacts, type RunOperand, weightsPlan } from "../operation/planned.ts";
import type { SignalAlgorithmName } from "../signals/algorithms.ts";
import type { SignalOperation, SignalOptions } from "../signals/correlate1d.ts";
import type { Shape2, Shape4 } from "../tensor/shape.ts";
import { checkShape, type DType, type FloatArray, type Owned, type Tensor } from "../tensor/tensor.ts";

/** A gradient with respect to the input whose filter is packed. */
export interface InputGradientPlan<
  S extends readonly number[],
  T extends FloatArray = Float32Array,
  Name extends string = AlgorithmName,
> extends PlanFacts<S, Name> {
  /**
   * Computes the gradient for `dy`, which may be a {@link ResidentArray}, into a new array.
   *
   * @throws TypeError, RangeError if an array has another element type or length than the plan; Error after it was disposed of.
   */
  run(dy: RunOperand<T>): Owned<T>;
  /**
   * Computes it into `dx`, an array or a {@link ResidentArray}, and returns that.
   *
   * @throws as without `dx`, and RangeError if `dx` overlaps `dy`.
   */
  run<Y extends RunOperand<T>>(dy: RunOperand<T>, dx: Y): Y;
}

/** A gradient with respect to the filter whose memory is taken. */
export interface FilterGradientPlan<
  S extends readonly number[],
  T extends FloatArray = Float32Array,
  Name extends string = AlgorithmName,
> extends PlanFacts<S, Name> {
  readonly filterShape: S;
  /**
   * Computes the gradient for `x` and `dy`, each of which may be a {@link ResidentArray}, into a new array.
   *
   * @throws TypeError, RangeError if an array has another element type or length than the plan; Error after it was disposed of.
   */
  run(x: RunOperand<T>, dy: RunOperand<T>): Owned<T>;
  /**
   * Computes it into `dw`, an array or a {@link ResidentArray}, and returns that.
   *
   * @throws as without `dw`, and RangeError if `dw` overlaps `x` or `dy`.
   */
  run<Y extends RunOperand<T>>(x: RunOperand<T>, dy: RunOperand<T>, dw: Y): Y;
}

/** A gradient with respect to both filters of {@link separableConv2d}, which are packed. */
export interface SeparableFilterGradientPlan<T extends FloatArray = Float32Array> extends PlanFacts<Shape4, string> {
  readonly filterShape: SeparableParts<Shape4>;
  /** As `run` of a {@link FilterGradientPlan}. */
  run(x: RunOperand<T>, dy: RunOperand<T>): SeparableParts<Owned<T>>;
  /** The same into arrays that are there. */
  run<Y extends SeparableParts<RunOperand<T>>>(x: RunOperand<T>, dy: RunOperand<T>, dw: Y): Y;
}

/** A gradient with respect to the taps of an operation on signals. */
export interface KernelGradientPlan<T extends FloatArray = Float32Array>
  extends Omit<FilterGradientPlan<Shape2, T, SignalAlgorithmName>, "filterShape"> {
  readonly filterShape: readonly [taps: number];
}

/** The arrays of an element type. */
export type ArrayOf<D extends DType> = D extends "float64" ? Float64Array : Float32Array;

/** Of what element type a plan is that no array tells it. */
export interface DTypeOption<D extends DType = DType> {
  /** Default `"float32"`. */
  readonly dtype?: D | undefined;
}

/**
 * Prepares the gradient of an operation with respect to its input, for a filter that stays: its weights are packed once, `run`
 * only computes. What is given is copied.
 *
 * @param operation any: `conv2d`, `separableConv2d`, …
 * @throws as the operation.
 *
 * @example
 * ```ts
 * const filter = tensor([2, 2, 1, 1], [0, 1, 2, 3]);
 * const planned = planInputGradient(conv2d, [1, 3, 3, 1], filter);
 * planned.run(new Float32Array([1, 1, 1, 1])); // → [0, 1, 1, 2, 6, 4, 2, 5, 3]
 * ```
 */
export function planInputGradient<S extends readonly number[], O extends object, T extends FloatArray = Float32Array>(
  operation: ConvOperation<S, O>,
  inputShape: NoInfer<S>,
  filter: Tensor<S, T>,
  options?: O & AlgorithmOption,
): InputGradientPlan<S, T>;
export function planInputGradient<T extends FloatArray = Float32Array>(
  operation: SeparableOperation,
  inputShape: Shape4,
  filter: SeparableFilter<T>,
  options?: SeparableConv2dOptions & AlgorithmOption,
): InputGradientPlan<Shape4, T, string>;
export function planInputGradient<T extends FloatArray = Float32Array>(
  operation: MatrixOperation,
  inputShape: Shape2,
  kernel: MatrixKernel<T>,
  options?: Corr2dOptions,
): InputGradientPlan<Shape2, T, MatrixAlgorithmName>;
export function planInputGradient<T extends FloatArray = Float32Array>(
  operation: SignalOperation,
  inputShape: Shape2,
  kernel: T,
  options?: SignalOptions,
): InputGradientPlan<Shape2, T, SignalAlgorithmName>;
export function planInputGradient<Weights>(
  operation: Operation<Weights>,
  inputShape: readonly number[],
  filter: unknown,
  options: object = {},
): unknown {
  const kind = kindOf("planInputGradient", operation);
  const name = `planInputGradient(${kind.name})`;
  checkOptionNames(name, options, kind.linearOptionNames);
  const { dtype, shape, weights } = kind.readFilter(name, filter);
  checkShape(name, "inputShape", inputShape, kind.tensorRank);
  const resolved = kind.resolve(name, inputShape, shape, options, dtype, "many");
  return activationsPlan(resolved, name, resolved.map.prepareInputGradient(weights), dtype, ["dy", "dx"]);
}

/**
 * Prepares the gradient of an operation with respect to its filter: the algorithm is chosen and memory taken once, `run` only
 * computes.
 *
 * @param operation any: `conv2d`, `depthwiseConv2d`, …
 * @param filterShape of the filter; of {@link separableConv2d} both filters themselves, as the gradient of each depends on the
 *   other.
 * @param options with `dtype`, the element type of the plan, where only a shape is given.
 * @throws as the operation.
 *
 * @example
 * ```ts
 * const planned = planFilterGradient(conv2d, [1, 3, 3, 1], [2, 2, 1, 1]);
 * const x = new Float32Array([0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * planned.run(x, new Float32Array([1, 1, 1, 1])); // → [8, 12, 20, 24]
 * planFilterGradient(conv2d, [1, 3, 3, 1], [2, 2, 1, 1], { dtype: "float64" }).engine; // → "scalar"
 * ```
 */
export function planFilterGradient<S extends readonly number[], O extends object, D extends DType = "float32">(
  operation: ConvOperation<S, O>,
  inputShape: NoInfer<S>,
  filterShape: NoInfer<S>,
  options?: O & AlgorithmOption & DTypeOption<D>,
): FilterGradientPlan<S, ArrayOf<D>>;
export function planFilterGradient<T extends FloatArray = Float32Array>(
  operation: SeparableOperation,
  inputShape: Shape4,
  filter: SeparableFilter<T>,
  options?: SeparableConv2dOptions & AlgorithmOption,
): SeparableFilterGradientPlan<T>;
export function planFilterGradient<D extends DType = "float32">(
  operation: MatrixOperation,
  inputShape: Shape2,
  kernelShape: Shape2,
  options?: Corr2dOptions & DTypeOption<D>,
): FilterGradientPlan<Shape2, ArrayOf<D>, MatrixAlgorithmName>;
export function planFilterGradient<D extends DType = "float32">(
  operation: SignalOperation,
  inputShape: Shape2,
  kernelShape: readonly [taps: number],
  options?: SignalOptions & DTypeOption<D>,
): KernelGradientPlan<ArrayOf<D>>;
export function planFilterGradient<Weights>(
  operation: Operation<Weights>,
  inputShape: readonly number[],
  filterShape: unknown,
  given: object = {},
): unknown {
  const options: DTypeOption = given;
  const kind = kindOf("planFilterGradient", operation);
  const name = `planFilterGradient(${kind.name})`;
  checkOptionNames(name, options, [...kind.linearOptionNames, "dtype"]);
  const filter = kind.readFilterShape(name, filterShape);
  const dtype = dtypeAsked(name, kind, options.dtype, filter.dtype);
  checkShape(name, "inputShape", inputShape, kind.tensorRank);
  const resolved = kind.resolve(name, inputShape, filter.shape, options, dtype, "many");
  return weightsPlan(kind, resolved, name, resolved.map.prepareFilterGradient(filter.weights), dtype, filter.shape);
}

/** The element type that options ask for and a filter, if one is given, has. */
export function dtypeAsked(
  name: string,
  { filterName }: Pick<OperationKind, "filterName">,
  asked: DType | undefined,
  given: DType | undefined,
): DType {
  if (asked === undefined && given !== undefined) return given;
  const dtype = resolveWord<DType>(name, "dtype", ["float32", "float64"], asked);
  return given === undefined ? dtype : requireSameDtype(name, "dtype", dtype, filterName, given);
}
