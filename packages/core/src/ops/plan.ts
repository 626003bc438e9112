/**
 * Convolutions of any kind, computed: once, or prepared to be run many times, forward and backward. Everything is checked and
 * packed when a plan is made; `run` checks its arrays and computes.
 *
 * @module
 */

import type { PreparedPass, Runs } from "../algorithms/algorithm.ts";
import type { AlgorithmName } from "../algorithms/registry.ts";
import { type ConvGeometry, planarGeometry } from "../geometry.ts";
import { checkOptionNames } from "../options.ts";
import { sizeOf } from "../shape.ts";
import { arrayOf, type Operand, type ResidentArray } from "../simd/resident.ts";
import { filled } from "../spatial.ts";
import {
  checkArray,
  checkTensor,
  type DType,
  dtypeOf,
  type FloatArray,
  type InAnyBuffer,
  requireApart,
  type Tensor,
  zeros,
} from "../tensor.ts";
import { applyActivation, fusibleOf, resolveActivation } from "./activation.ts";
import type { Explained } from "./bilinear.ts";
import {
  ALGORITHM_OPTION_NAMES,
  FUSED_OPTION_NAMES,
  type FusedOptions,
  type OperationKind,
  operationName,
  type ResolvedOperation,
  requireSameDtype,
  resolve,
} from "./operation.ts";

/** What plans say of themselves. */
export interface PlanFacts<S extends readonly number[]> {
  /** What the algorithm computes: the planes of the convolution, or of the one that this is the transpose of. */
  readonly geometry: ConvGeometry;
  /** Of the convolution, for gradients, too; in the layout of the options, as are the arrays that `run` takes. */
  readonly inputShape: S;
  readonly outputShape: S;
  /** The algorithm that runs, and why. */
  readonly algorithm: AlgorithmName;
  readonly reason: string;
  /** Bytes of scratch memory beyond inputs, output and packed weights. */
  readonly scratchBytes: number;
  /**
   * Gives the memory of packed weights back at once, as `using` does; from then on `run` throws. Nobody must: a plan that is
   * collected gives it back, too.
   */
  [Symbol.dispose](): void;
}

/** A convolution whose filter is packed and whose scratch memory is taken: made once, run many times. */
export interface ConvPlan<S extends readonly number[], T extends FloatArray = Float32Array> extends PlanFacts<S> {
  /**
   * Computes the convolution of `x`, which may be a {@link ResidentArray}, into a new array.
   *
   * @throws TypeError, RangeError if an array has another element type or length than the plan.
   */
  run(x: InAnyBuffer<T> | ResidentArray): T;
  /**
   * Computes it into `y`, an array or a {@link ResidentArray}, and returns that.
   *
   * @throws as without `y`, and RangeError if `y` overlaps `x`.
   */
  run<Y extends InAnyBuffer<T> | ResidentArray>(x: InAnyBuffer<T> | ResidentArray, y: Y): Y;
}

/** A gradient with respect to the input whose filter is packed. */
export interface ConvInputGradientPlan<S extends readonly number[], T extends FloatArray = Float32Array>
  extends PlanFacts<S> {
  /**
   * Computes the gradient for `dy`, which may be a {@link ResidentArray}, into a new array.
   *
   * @throws TypeError, RangeError if an array has another element type or length than the plan.
   */
  run(dy: InAnyBuffer<T> | ResidentArray): T;
  /**
   * Computes it into `dx`, an array or a {@link ResidentArray}, and returns that.
   *
   * @throws as without `dx`, and RangeError if `dx` overlaps `dy`.
   */
  run<Y extends InAnyBuffer<T> | ResidentArray>(dy: InAnyBuffer<T> | ResidentArray, dx: Y): Y;
}

/** A gradient with respect to the filter, of float32, whose memory is taken. */
export interface ConvFilterGradientPlan<S extends readonly number[]> extends PlanFacts<S> {
  readonly filterShape: S;
  /**
   * Computes the gradient for `x` and `dy` into `dw`, or into a new array, and returns that.
   *
   * @throws TypeError, RangeError if an array is no Float32Array or of another length, or `dw` overlaps `x` or `dy`.
   */
  run(x: Float32Array, dy: Float32Array, dw?: Float32Array): Float32Array;
}

/** y = activation(f(x, filter) + bias), once; errors begin with `operation`. */
export function runOnce<S extends readonly number[], T extends FloatArray>(
  kind: OperationKind,
  x: Tensor<S, T>,
  filter: Tensor<S, T>,
  options: FusedOptions<T>,
  operation: string = kind.name,
): Tensor<S, T> {
  checkTensor(operation, "x", x, kind.tensorRank);
  checkTensor(operation, "filter", filter, kind.tensorRank);
  requireSameDtype(operation, "x", x.data, "filter", filter.data);
  const plan = makePlan(kind, operation, x.shape, filter, options, "once");
  const data = plan.run(x.data);
  plan[Symbol.dispose]();
  return { shape: plan.outputShape, data };
}

/** Prepares y = activation(f(x, filter) + bias). */
export function makePlan<S extends readonly number[], T extends FloatArray>(
  kind: OperationKind,
  operation: string,
  inputShape: S,
  filter: Tensor<S, T>,
  options: FusedOptions<T>,
  runs: Runs = "many",
): ConvPlan<S, T> {
  checkOptionNames(operation, options, [...kind.optionNames, ...FUSED_OPTION_NAMES]);
  checkTensor(operation, "filter", filter, kind.tensorRank);
  const dtype = dtypeOf(filter.data);
  const resolved = resolve(kind, operation, inputShape, filter.shape, options, dtype, runs);
  const { bias } = options;
  if (bias !== undefined) checkArray(operation, "bias", bias, dtype, resolved.outChannels);
  const activation = resolveActivation(operation, options, dtype, resolved.outChannels);
  const runName = `${operationName("", kind)}Plan.run`;
  const prepared = resolved.map.prepare(filter.data, bias, fusibleOf(activation));
  const plan = untilDisposed(runName, prepared);
  const isActivated = activation.name === "linear" || prepared.activated === true;
  const compute = (x: Operand, y: Operand): void => {
    plan.run(x, y);
    if (!isActivated) applyActivation(arrayOf(y), arrayOf(y), activation, resolved.inner);
  };
  return {
    ...factsOf<S>(resolved, prepared),
    [Symbol.dispose]: plan[Symbol.dispose],
    run: checkedRun<T>(
      runName,
      dtype,
      ["x", sizeOf(resolved.inputShape)],
      ["y", sizeOf(resolved.outputShape)],
      compute,
    ),
  };
}

/** Prepares the gradient of f with respect to its input. */
export function makeInputGradientPlan<S extends readonly number[], T extends FloatArray>(
  kind: OperationKind,
  inputShape: S,
  filter: Tensor<S, T>,
  options: object,
): ConvInputGradientPlan<S, T> {
  const operation = `${operationName("plan", kind)}InputGradient`;
  checkOptionNames(operation, options, [...kind.optionNames, ...ALGORITHM_OPTION_NAMES]);
  checkTensor(operation, "filter", filter, kind.tensorRank);
  const dtype = dtypeOf(filter.data);
  const resolved = resolve(kind, operation, inputShape, filter.shape, options, dtype, "many");
  const runName = `${operationName("", kind)}InputGradientPlan.run`;
  const prepared = resolved.map.prepareInputGradient(filter.data);
  const plan = untilDisposed(runName, prepared);
  return {
    ...factsOf<S>(resolved, prepared),
    [Symbol.dispose]: plan[Symbol.dispose],
    run: checkedRun<T>(
      runName,
      dtype,
      ["dy", sizeOf(resolved.outputShape)],
      ["dx", sizeOf(resolved.inputShape)],
      plan.run,
    ),
  };
}

/** Prepares the gradient of f with respect to its filter. */
export function makeFilterGradientPlan<S extends readonly number[]>(
  kind: OperationKind,
  inputShape: S,
  filterShape: S,
  options: object,
): ConvFilterGradientPlan<S> {
  const operation = `${operationName("plan", kind)}FilterGradient`;
  checkOptionNames(operation, options, [...kind.optionNames, ...ALGORITHM_OPTION_NAMES]);
  const resolved = resolve(kind, operation, inputShape, filterShape, options, "float32", "many");
  const runName = `${operationName("", kind)}FilterGradientPlan.run`;
  const prepared = resolved.map.prepareFilterGradient();
  const plan = untilDisposed(runName, prepared);
  const [inputSize, outputSize, size] = [resolved.inputShape, resolved.outputShape, filterShape].map(sizeOf);
  return {
    ...factsOf<S>(resolved, prepared),
    [Symbol.dispose]: plan[Symbol.dispose],
    filterShape: [...filterShape] as unknown as S,
    run(x, dy, dw = new Float32Array(size)) {
      checkArray(runName, "x", x, "float32", inputSize);
      checkArray(runName, "dy", dy, "float32", outputSize);
      checkArray(runName, "dw", dw, "float32", size);
      requireApart(runName, "x", x, "dw", dw);
      requireApart(runName, "dy", dy, "dw", dw);
      plan.run(x, dy, dw);
      return dw;
    },
  };
}

function factsOf<S extends readonly number[]>(
  resolved: ResolvedOperation,
  prepared: PreparedPass & Explained,
): Omit<PlanFacts<S>, typeof Symbol.dispose> {
  return {
    geometry: planarGeometry(filled(resolved.geometry)),
    inputShape: resolved.inputShape as S,
    outputShape: resolved.outputShape as S,
    algorithm: prepared.algorithm,
    reason: prepared.reason,
    scratchBytes: prepared.scratchBytes,
  };
}

/** What was prepared, until it is disposed of: from then on its run throws, and nothing of it is kept. */
export function untilDisposed<Arrays extends readonly unknown[]>(
  runName: string,
  prepared: Runnable<Arrays>,
): Required<Runnable<Arrays>> {
  let kept: Runnable<Arrays> | undefined = prepared;
  return {
    run(...arrays) {
      if (kept === undefined) throw new Error(`${runName}: the plan was disposed of`);
      kept.run(...arrays);
    },
    [Symbol.dispose]() {
      kept?.[Symbol.dispose]?.();
      kept = undefined;
    },
  };
}

interface Runnable<Arrays extends readonly unknown[]> {
  run(...arrays: Arrays): void;
  [Symbol.dispose]?(): void;
}

/** The run of a plan from one array to another: checks both, or makes the second. */
export function checkedRun<T extends FloatArray>(
  runName: string,
  dtype: DType,
  [from, fromSize]: readonly [name: string, size: number],
  [to, toSize]: readonly [name: string, size: number],
  compute: (source: Operand, target: Operand) => void,
): ConvPlan<readonly number[], T>["run"] {
  const run = (source: Operand, target?: Operand): Operand => {
    checkArray(runName, from, arrayOf(source), dtype, fromSize);
    if (target !== undefined) {
      checkArray(runName, to, arrayOf(target), dtype, toSize);
      requireApart(runName, from, arrayOf(source), to, arrayOf(target));
    }
    const output = target ?? zeros(dtype, toSize);
    compute(source, output);
    return output;
  };
  return run as ConvPlan<readonly number[], T>["run"];
}
