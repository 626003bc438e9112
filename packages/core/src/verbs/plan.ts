/**
 * The verb `plan`: an operation prepared to be run many times. Everything is checked and packed when a plan is made; `run`
 * checks its arrays and computes.
 *
 * @module
 */

import type { AlgorithmName } from "../choice/registry.ts";
import type { SeparableConv2dOptions, SeparableFilter, SeparableOperation } from "../conv/separable-conv2d.ts";
import type { Corr2dOptions, MatrixOperation } from "../corr2d/corr2d.ts";
import type { MatrixAlgorithmName } from "../corr2d/problem/algorithm.ts";
import type { MatrixKernel } from "../corr2d/problem/problem.ts";
import { prepareForward } from "../operation/call.ts";
import { type ConvOperation, type FusedOptions, kindOf, type Operation } from "../operation/operation.ts";
import { activationsPlan, type PlanFacts, type RunOperand } from "../operation/planned.ts";
import type { SignalAlgorithmName } from "../signals/algorithms.ts";
import type { SignalOperation, SignalOptions } from "../signals/correlate1d.ts";
import type { Shape2, Shape4 } from "../tensor/shape.ts";
import type { FloatArray, Owned, Tensor } from "../tensor/tensor.ts";

/** An operation whose filter is packed and whose scratch memory is taken: made once, run many times. */
export interface Plan<
  S extends readonly number[],
  T extends FloatArray = Float32Array,
  Name extends string = AlgorithmName,
> extends PlanFacts<S, Name> {
  /**
   * Computes the operation on `x`, which may be a {@link ResidentArray}, into a new array.
   *
   * @throws TypeError, RangeError if an array has another element type or length than the plan; Error after it was disposed of.
   */
  run(x: RunOperand<T>): Owned<T>;
  /**
   * Computes it into `y`, an array or a {@link ResidentArray}, and returns that.
   *
   * @throws as without `y`, and RangeError if `y` overlaps `x`.
   */
  run<Y extends RunOperand<T>>(x: RunOperand<T>, y: Y): Y;
}

/**
 * Prepares an operation for inputs of one shape: resolves the geometry, chooses the algorithm and packs the weights, so that
 * `run` only computes. `filter` and what the options hold are copied; changing them later does not change the plan.
 *
 * @param operation any: `conv2d`, `separableConv2d`, `corr2d`, …
 * @throws as the operation.
 *
 * @example
 * ```ts
 * const laplacian = tensor([3, 3, 1, 1], [0, 1, 0, 1, -4, 1, 0, 1, 0]);
 * const planned = plan(conv2d, [1, 4, 4, 1], laplacian, { padding: "same" });
 * const y = new Float32Array(16);
 * planned.run(new Float32Array(16).fill(1), y);
 * y.subarray(5, 7); // → [0, 0]
 * ```
 */
export function plan<S extends readonly number[], O extends object, T extends FloatArray = Float32Array>(
  operation: ConvOperation<S, O>,
  inputShape: NoInfer<S>,
  filter: Tensor<S, T>,
  options?: O & FusedOptions<T>,
): Plan<S, T>;
export function plan<T extends FloatArray = Float32Array>(
  operation: SeparableOperation,
  inputShape: Shape4,
  filter: SeparableFilter<T>,
  options?: SeparableConv2dOptions & FusedOptions<T>,
): Plan<Shape4, T, string>;
export function plan<T extends FloatArray = Float32Array>(
  operation: MatrixOperation,
  inputShape: Shape2,
  kernel: MatrixKernel<T>,
  options?: Corr2dOptions,
): Plan<Shape2, T, MatrixAlgorithmName>;
export function plan<T extends FloatArray = Float32Array>(
  operation: SignalOperation,
  inputShape: Shape2,
  kernel: T,
  options?: SignalOptions,
): Plan<Shape2, T, SignalAlgorithmName>;
export function plan<Weights>(
  operation: Operation<Weights>,
  inputShape: readonly number[],
  filter: unknown,
  options: object = {},
): unknown {
  const kind = kindOf("plan", operation);
  const name = `plan(${kind.name})`;
  const checked = kind.readFilter(name, filter);
  const { resolved, pass } = prepareForward(kind, name, inputShape, checked, options, "many");
  return activationsPlan(resolved, name, pass, checked.dtype, ["x", "y"]);
}
