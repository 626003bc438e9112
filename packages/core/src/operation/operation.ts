/**
 * What an operation is: a function that carries its description, so that the verbs `plan`, `explain`, `gradients`, … take it
 * and serve all of them. A description says how the shapes and options of a call become a {@link BilinearMap} f; with
 * z = f(x, filter) + bias the output is y = activation(z). Each verb stands in a file of its own, and nothing of them here.
 *
 * @module
 */

import type { Engine, Precision, Runs } from "../algorithm/algorithm.ts";
import type { AlgorithmName } from "../choice/registry.ts";
import type { SpatialGeometry } from "../geometry/convolution.ts";
import {
  checkShape,
  checkTensor,
  type DType,
  describe,
  dtypeOf,
  type FloatArray,
  type Owned,
  type Tensor,
} from "../tensor/tensor.ts";
import { ACTIVATION_OPTION_NAMES, type ActivationOptions } from "./activation.ts";
import type { BilinearMap } from "./bilinear-map.ts";

/** How to compute. */
export interface AlgorithmOption {
  /** The result is the same within the stated bounds. Default `"auto"`. */
  readonly algorithm?: AlgorithmName | "auto" | undefined;
  /** What runs it: plain JavaScript, or WebAssembly SIMD, which `"auto"`, the default, takes wherever it runs. */
  readonly engine?: Engine | "auto" | undefined;
  /**
   * `"strict"` keeps to algorithms whose error is bounded for each element, as a plain sum's is. `"default"`, the default,
   * also takes Winograd, whose error is bounded by a constant times max|x| · Σ|w| (`ErrorBound`) and usually some 10⁻⁷ of the
   * largest Σ|x||w| near an element: small integers do not come out whole, as by `"strict"` they do. A value that is not
   * finite, or of another magnitude than its neighbours, reaches what sees it and nothing else, by either; but of a filter's
   * gradient by `"default"`, magnitudes are those of all channels of a cell together.
   */
  readonly precision?: Precision | undefined;
}

/** The names of {@link AlgorithmOption}. */
export const ALGORITHM_OPTION_NAMES: readonly string[] = ["algorithm", "engine", "precision"];

/** What is fused to a convolution. */
export interface FusedOptions<T extends FloatArray = Float32Array> extends ActivationOptions<T>, AlgorithmOption {
  /** Added to every cell of its output channel: a value of the input's element type for each. */
  readonly bias?: T | undefined;
}

/** The names of {@link FusedOptions}. */
export const FUSED_OPTION_NAMES: readonly string[] = /* @__PURE__ */ ["bias"].concat(
  ACTIVATION_OPTION_NAMES,
  ALGORITHM_OPTION_NAMES,
);

/** A call, resolved. Shapes are in the user's layout. */
export interface ResolvedOperation<Weights = FloatArray> {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly outChannels: number;
  /** Distance between neighbouring channels in the output. */
  readonly inner: number;
  /** What the algorithm computes, where there is one geometry for it. */
  readonly geometry?: SpatialGeometry;
  readonly map: BilinearMap<Weights>;
}

/** A filter, checked. */
export interface CheckedFilter<Weights = FloatArray> {
  readonly dtype: DType;
  /** As `resolve` takes it: the shape of a tensor, or what says the same of a filter that is no tensor. */
  readonly shape: unknown;
  /** As the plans of the map take it. */
  readonly weights: Weights;
}

/** A filter of which perhaps only the shape is known. */
export type CheckedFilterShape<Weights = FloatArray> = Pick<CheckedFilter, "shape"> & Partial<CheckedFilter<Weights>>;

/** The description of an operation. `Weights` is what the plans of its map take of a filter: the elements of a tensor, or more. */
export interface OperationKind<Weights = FloatArray> {
  readonly name: string;
  /** Rank of input and output. */
  readonly tensorRank: number;
  /** All options of the operation. */
  readonly optionNames: readonly string[];
  /** The options of its linear map, for its gradients: without bias and activation. */
  readonly linearOptionNames: readonly string[];
  /** What messages call the filter, as the operation's parameter is called. */
  readonly filterName: "filter" | "kernel";
  /** Names of the tensors that a filter is made of, and its shape, weights and gradient; undefined if it is one tensor. */
  readonly parts?: readonly string[];
  /** Checks a filter. */
  readFilter(operation: string, filter: unknown): CheckedFilter<Weights>;
  /** Checks the shape of a filter, or a filter in its place. */
  readFilterShape(operation: string, filterShape: unknown): CheckedFilterShape<Weights>;
  /**
   * Resolves a shape of rank `tensorRank`, the shape of a filter that was read, and options that were checked for names; of
   * these it leaves bias and activation alone.
   */
  resolve(
    operation: string,
    inputShape: readonly number[],
    filterShape: unknown,
    options: object,
    dtype: DType,
    runs: Runs,
  ): ResolvedOperation<Weights>;
}

/** The key under which an operation carries its description. */
export const DESCRIPTION: unique symbol = /* @__PURE__ */ Symbol("description of an operation");

/** A function that carries its description: what every verb takes. */
export interface Operation<Weights = FloatArray> {
  readonly [DESCRIPTION]: OperationKind<Weights>;
}

/** A convolution whose filter is one tensor, of the rank of its input: of shapes `S` and with options `O` that say what it is. */
export interface ConvOperation<S extends readonly number[], O extends object> extends Operation {
  <T extends FloatArray = Float32Array>(
    x: Tensor<S, T>,
    filter: Tensor<S, T>,
    options?: O & FusedOptions<T>,
  ): Tensor<S, Owned<T>>;
}

/**
 * Makes an operation of a function. Where it is called it is marked as pure, so that bundlers drop the operations that
 * nobody imports.
 */
export function operation<Weights, Call extends object>(
  kind: OperationKind<Weights>,
  call: Call,
): Call & Operation<Weights> {
  Object.defineProperty(call, "name", { value: kind.name });
  return Object.assign(call, { [DESCRIPTION]: kind });
}

/** The description that an operation carries. */
export function kindOf<Weights>(verb: string, given: Operation<Weights>): OperationKind<Weights> {
  const kind = Object(given)[DESCRIPTION];
  if (kind !== undefined) return kind;
  throw new TypeError(`${verb}: operation must be one, as conv2d is, got ${describe(given)}`);
}

/** What an {@link OperationKind} says of a filter that is one tensor. */
export function tensorFilter(rank: number): Pick<OperationKind, "filterName" | "readFilter" | "readFilterShape"> {
  return {
    filterName: "filter",
    readFilter(operation, filter) {
      checkTensor(operation, "filter", filter, rank);
      const { shape, data } = filter as Tensor<readonly number[], FloatArray>;
      return { dtype: dtypeOf(data), shape: [...shape], weights: data };
    },
    readFilterShape(operation, filterShape) {
      if (!Array.isArray(filterShape)) return this.readFilter(operation, filterShape);
      checkShape(operation, "filterShape", filterShape, rank);
      return { shape: [...filterShape] };
    },
  };
}

/** What `make` makes of each part of a filter: of the one tensor, or of all that it is made of, by name. */
export function perPart({ parts }: Pick<OperationKind, "parts">, make: MakePart): unknown {
  if (parts === undefined) return make((whole) => whole as never, "");
  return Object.fromEntries(
    parts.map((part) => [part, make((whole) => (whole as Record<string, never>)[part], `.${part}`)]),
  );
}

/** Makes something of a part: `of` gives that part of a whole, `suffix` its name after the whole's. */
type MakePart = (of: <Part>(whole: unknown) => Part, suffix: string) => unknown;

/** Throws unless two arrays have the same element type, and returns it. */
export function requireSameDtype(operation: string, nameA: string, a: DType, nameB: string, b: DType): DType {
  if (a === b) return a;
  throw new TypeError(`${operation}: ${nameA} is ${a}, but ${nameB} is ${b}; both must be the same`);
}

/** Checks that an operand is a tensor of a rank and an element type. */
export function checkOperand(
  operation: string,
  parameter: string,
  value: Tensor<readonly number[], FloatArray>,
  { tensorRank }: Pick<OperationKind, "tensorRank">,
  other: string,
  dtype: DType,
): void {
  checkTensor(operation, parameter, value, tensorRank);
  requireSameDtype(operation, parameter, dtypeOf(value.data), other, dtype);
}

/** Throws unless a gradient has the shape of the output. */
export function requireOutputShape(operation: string, actual: readonly number[], expected: readonly number[]): void {
  if (expected.every((size, axis) => size === actual[axis])) return;
  throw new RangeError(`${operation}: dy has shape [${actual}], but the output of this convolution has [${expected}]`);
}
