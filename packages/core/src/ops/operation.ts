/**
 * What all convolutions do alike, whatever their kind: check and resolve a call, and explain what it would do. A kind
 * (conv1d, depthwiseConv2d, conv2dTranspose, …) says only how the shapes and options of a call become a geometry and a
 * {@link BilinearMap} f; with z = f(x, filter) + bias the output is y = activation(z). Plans stand in plan.ts, gradients in
 * gradients.ts.
 *
 * @module
 */

import { PASSES, type Pass, type Precision, type Runs } from "../algorithms/algorithm.ts";
import type { AlgorithmName } from "../algorithms/registry.ts";
import { checkOptionNames, resolveWord } from "../options.ts";
import type { SpatialGeometry } from "../spatial.ts";
import { checkShape, type DType, dtypeOf, type FloatArray } from "../tensor.ts";
import { ACTIVATION_OPTION_NAMES, type ActivationOptions } from "./activation.ts";
import type { BilinearMap, Wanted } from "./bilinear.ts";

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

/** The names of {@link FusedOptions}. */
export const FUSED_OPTION_NAMES: readonly string[] = ["bias", ...ACTIVATION_OPTION_NAMES, ...ALGORITHM_OPTION_NAMES];

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
export function operationName(prefix: string, { name }: OperationKind): string {
  return prefix + name[0].toUpperCase() + name.slice(1);
}

/** Checks the ranks of shapes and resolves them with options that have been checked for names. */
export function resolve(
  kind: OperationKind,
  operation: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  { algorithm, precision, ...options }: AlgorithmOption,
  dtype: DType,
  runs: Runs,
): ResolvedOperation {
  checkShape(operation, "inputShape", inputShape, kind.tensorRank);
  checkShape(operation, "filterShape", filterShape, kind.tensorRank);
  return kind.resolve(operation, inputShape, filterShape, options, { runs, algorithm, precision }, dtype);
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
