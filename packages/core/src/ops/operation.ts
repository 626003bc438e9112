/**
 * What all convolutions do alike, whatever their kind: check, resolve, run once, plan, differentiate. A kind (conv1d,
 * depthwiseConv2d, conv2dTranspose, …) says only how the shapes and options of a call become a geometry and a
 * {@link BilinearMap}; with z = f(x, filter) + bias the output is y = activation(z).
 *
 * @module
 */

import {
  type FilterGradientPlan,
  PASSES,
  type Pass,
  type Precision,
  type PreparedPass,
} from "../algorithms/algorithm.ts";
import type { AlgorithmName } from "../algorithms/registry.ts";
import { type ConvGeometry, planarGeometry } from "../geometry.ts";
import { checkOptionNames, resolveWord } from "../options.ts";
import { sizeOf } from "../shape.ts";
import { arrayOf, type Operand, type ResidentArray } from "../simd/resident.ts";
import { filled, type SpatialGeometry } from "../spatial.ts";
import {
  checkArray,
  checkShape,
  checkTensor,
  type DType,
  dtypeOf,
  type FloatArray,
  type InAnyBuffer,
  requireApart,
  type Tensor,
  zeros,
} from "../tensor.ts";
import {
  ACTIVATION_OPTION_NAMES,
  type Activation,
  type ActivationOptions,
  applyActivation,
  applyDerivative,
  fusibleOf,
  resolveActivation,
  slopesGradient,
} from "./activation.ts";
import type { BilinearMap, Explained, Wanted } from "./bilinear.ts";
import { sumPerChannel } from "./channels.ts";

/** How to compute. */
export interface AlgorithmOption {
  /** The result is the same within the stated bounds. Default `"auto"`. */
  readonly algorithm?: AlgorithmName | "auto" | undefined;
  /**
   * `"strict"` keeps to algorithms whose error is bounded for each element, as a plain sum's is. `"default"`, the default,
   * also takes Winograd, whose error is bounded by a constant times max|x| · Σ|w| (`ErrorBound`), and where signs vary stays
   * below 10⁻⁶ of the largest Σ|x||w|.
   */
  readonly precision?: Precision | undefined;
}

/** The names of {@link AlgorithmOption}. */
export const ALGORITHM_OPTION_NAMES: readonly string[] = ["algorithm", "precision"];

/** What is fused to a convolution. */
export interface FusedOptions<T extends FloatArray = Float32Array> extends ActivationOptions<T>, AlgorithmOption {
  /** Added to every cell of its output channel: a value of the input's element type for each. */
  readonly bias?: T | undefined;
}

/** A call, resolved. Shapes are in the user's layout. */
export interface ResolvedOperation {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly outChannels: number;
  /** Distance between neighbouring channels in the output. */
  readonly inner: number;
  readonly geometry: SpatialGeometry;
  readonly map: BilinearMap;
}

/** A kind of convolution. */
export interface OperationKind {
  readonly name: string;
  /** Rank of its tensors. */
  readonly tensorRank: number;
  /** Options that it has besides those of {@link FusedOptions}. */
  readonly optionNames: readonly string[];
  /** Resolves shapes of rank `tensorRank` and options that have been checked for names. */
  resolve(
    operation: string,
    inputShape: readonly number[],
    filterShape: readonly number[],
    options: object,
    wanted: Wanted,
    dtype: DType,
  ): ResolvedOperation;
}

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
  /** Gives the memory of packed weights back at once, as `using` does; nobody must, a plan that is collected does it too. */
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

/** All gradients of L = ⟨dy, y⟩. */
export interface ConvGradients<S extends readonly number[], T extends FloatArray = Float32Array> {
  readonly input: Tensor<S, T>;
  readonly filter: Tensor<S, T>;
  /** One value for each output channel, whether there was a bias or not. */
  readonly bias: T;
  /** Of the slopes of activation `"prelu"`; undefined with any other. */
  readonly slopes: T | undefined;
}

/** The names of {@link FusedOptions}. */
export const FUSED_OPTION_NAMES: readonly string[] = ["bias", ...ACTIVATION_OPTION_NAMES, ...ALGORITHM_OPTION_NAMES];

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
  runs: "many" | "once" = "many",
): ConvPlan<S, T> {
  checkOptionNames(operation, options, [...kind.optionNames, ...FUSED_OPTION_NAMES]);
  checkTensor(operation, "filter", filter, kind.tensorRank);
  const dtype = dtypeOf(filter.data);
  const resolved = resolve(kind, operation, inputShape, filter.shape, options, dtype, runs);
  const { bias } = options;
  if (bias !== undefined) checkArray(operation, "bias", bias, dtype, resolved.outChannels);
  const activation = resolveActivation(operation, options, dtype, resolved.outChannels);
  const prepared = resolved.map.prepare(filter.data, bias, fusibleOf(activation));
  const isActivated = activation.name === "linear" || prepared.activated === true;
  const compute = (x: Operand, y: Operand): void => {
    prepared.run(x, y);
    if (!isActivated) applyActivation(arrayOf(y), arrayOf(y), activation, resolved.inner);
  };
  return {
    ...factsOf<S>(resolved, prepared),
    run: checkedRun<T>(
      `${operationName("", kind)}Plan.run`,
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
  const prepared = resolved.map.prepareInputGradient(filter.data);
  return {
    ...factsOf<S>(resolved, prepared),
    run: checkedRun<T>(
      `${operationName("", kind)}InputGradientPlan.run`,
      dtype,
      ["dy", sizeOf(resolved.outputShape)],
      ["dx", sizeOf(resolved.inputShape)],
      (dy, dx) => prepared.run(dy, dx),
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
  const prepared = resolved.map.prepareFilterGradient();
  const runName = `${operationName("", kind)}FilterGradientPlan.run`;
  const [inputSize, outputSize, size] = [resolved.inputShape, resolved.outputShape, filterShape].map(sizeOf);
  return {
    ...factsOf<S>(resolved, prepared),
    filterShape: [...filterShape] as unknown as S,
    run(x, dy, dw = new Float32Array(size)) {
      checkArray(runName, "x", x, "float32", inputSize);
      checkArray(runName, "dy", dy, "float32", outputSize);
      checkArray(runName, "dw", dw, "float32", size);
      requireApart(runName, "x", x, "dw", dw);
      requireApart(runName, "dy", dy, "dw", dw);
      prepared.run(x, dy, dw);
      return dw;
    },
  };
}

function factsOf<S extends readonly number[]>(
  resolved: ResolvedOperation,
  prepared: PreparedPass & Explained,
): PlanFacts<S> {
  return {
    geometry: planarGeometry(filled(resolved.geometry)),
    inputShape: resolved.inputShape as S,
    outputShape: resolved.outputShape as S,
    algorithm: prepared.algorithm,
    reason: prepared.reason,
    scratchBytes: prepared.scratchBytes,
    [Symbol.dispose]: () => prepared[Symbol.dispose]?.(),
  };
}

/** The run of a plan from one array to another: checks both, or makes the second. */
function checkedRun<T extends FloatArray>(
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

/** What is asked about a choice. */
export interface ExplainOption {
  /** The forward pass, the default, or a gradient. */
  readonly pass?: Pass | undefined;
}

/** The algorithm that would compute a pass over float32, prepared for many runs, and why it and no faster one. */
export interface Explanation {
  readonly algorithm: AlgorithmName;
  readonly reason: string;
}

/** Which algorithm a pass would take, and why. */
export function explain(
  kind: OperationKind,
  inputShape: readonly number[],
  filterShape: readonly number[],
  given: ExplainOption,
): Explanation {
  const operation = operationName("explain", kind);
  checkOptionNames(operation, given, [...kind.optionNames, ...FUSED_OPTION_NAMES, "pass"]);
  const { pass, ...options } = given;
  const wanted = resolveWord<Pass>(operation, "pass", PASSES, pass);
  const { map } = resolve(kind, operation, inputShape, filterShape, options, "float32", "many");
  const { algorithm, reason } = map.choose(wanted);
  return { algorithm: algorithm.name, reason };
}

/** The name of what is done to a kind: `"explain"` and conv2d make explainConv2d. */
function operationName(prefix: string, { name }: OperationKind): string {
  return prefix + name[0].toUpperCase() + name.slice(1);
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

/** Checks the ranks of shapes and resolves them with options that have been checked for names. */
export function resolve(
  kind: OperationKind,
  operation: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  { algorithm, precision, ...options }: AlgorithmOption,
  dtype: DType,
  runs: "many" | "once",
): ResolvedOperation {
  checkShape(operation, "inputShape", inputShape, kind.tensorRank);
  checkShape(operation, "filterShape", filterShape, kind.tensorRank);
  return kind.resolve(operation, inputShape, filterShape, options, { runs, algorithm, precision }, dtype);
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

/** Throws unless two arrays have the same element type, and returns it. */
export function requireSameDtype(operation: string, nameA: string, a: FloatArray, nameB: string, b: FloatArray): DType {
  const dtype = dtypeOf(a);
  if (dtypeOf(b) === dtype) return dtype;
  throw new TypeError(`${operation}: ${nameA} is ${dtype}, but ${nameB} is ${dtypeOf(b)}; both must be the same`);
}

/** Throws unless a gradient has the shape of the output. */
export function requireOutputShape(operation: string, actual: readonly number[], expected: readonly number[]): void {
  if (expected.every((size, axis) => size === actual[axis])) return;
  throw new RangeError(`${operation}: dy has shape [${actual}], but the output of this convolution has [${expected}]`);
}
