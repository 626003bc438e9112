/**
 * The verbs `gradients`, `inputGradient` and `filterGradient`: of the linear map f alone, with respect to either of its
 * arguments, and of y = activation(f(x, filter) + bias) with respect to everything, with L = ⟨dy, y⟩.
 *
 * @module
 */

import type { SeparableConv2dOptions, SeparableFilter, SeparableOperation } from "../conv/separable-conv2d.ts";
import type { Corr2dOptions, MatrixOperation } from "../corr2d/corr2d.ts";
import type { MatrixKernel } from "../corr2d/problem/problem.ts";
import { checkOptionNames } from "../geometry/options.ts";
import { type Activation, applyDerivative, resolveActivation, slopesGradient } from "../operation/activation.ts";
import { type GradientOf, once, type WeightsGradientPlan } from "../operation/bilinear-map.ts";
import { sumPerChannel } from "../operation/channels.ts";
import {
  type AlgorithmOption,
  type ConvOperation,
  checkOperand,
  type FusedOptions,
  kindOf,
  type Operation,
  type OperationKind,
  perPart,
  type ResolvedOperation,
  requireOutputShape,
  requireSameDtype,
} from "../operation/operation.ts";
import { zeroGradient } from "../operation/planned.ts";
import type { SignalOperation, SignalOptions } from "../signals/correlate1d.ts";
import { type Shape2, type Shape4, sizeOf } from "../tensor/shape.ts";
import {
  checkArray,
  checkShape,
  checkTensor,
  type DType,
  dtypeOf,
  type FloatArray,
  type Matrix,
  type Owned,
  type Tensor,
  type Tensor4,
  zeroArray,
} from "../tensor/tensor.ts";

/** All gradients of L = ⟨dy, y⟩. */
export interface Gradients<
  S extends readonly number[],
  T extends FloatArray = Float32Array,
  Filter = Tensor<S, Owned<T>>,
> {
  readonly input: Tensor<S, Owned<T>>;
  /** As the filter is: a tensor, or both. */
  readonly filter: Filter;
  /** One value for each output channel, whether there was a bias or not. */
  readonly bias: Owned<T>;
  /** The gradient of the slopes of activation `"prelu"`; undefined with any other. */
  readonly slopes: Owned<T> | undefined;
}

/**
 * Gradient of an operation with respect to its input, without bias and activation: ∂⟨dy, f(x, filter)⟩/∂x.
 *
 * @param dy gradient with respect to the output, in its shape and layout.
 * @param inputShape shape of the input, in `options.layout`.
 * @returns gradient with respect to the input, of shape `inputShape`.
 * @throws TypeError, RangeError as the operation, and if `dy` does not have the shape of the output.
 *
 * @example
 * ```ts
 * const dy = tensor([1, 2, 2, 1], [1, 1, 1, 1]);
 * const filter = tensor([2, 2, 1, 1], [0, 1, 2, 3]);
 * inputGradient(conv2d, dy, filter, [1, 3, 3, 1]).data; // → [0, 1, 1, 2, 6, 4, 2, 5, 3]
 * ```
 */
export function inputGradient<S extends readonly number[], O extends object, T extends FloatArray = Float32Array>(
  operation: ConvOperation<S, O>,
  dy: Tensor<S, T>,
  filter: Tensor<S, T>,
  inputShape: NoInfer<S>,
  options?: O & AlgorithmOption,
): Tensor<S, Owned<T>>;
export function inputGradient<T extends FloatArray = Float32Array>(
  operation: SeparableOperation,
  dy: Tensor4<T>,
  filter: SeparableFilter<T>,
  inputShape: Shape4,
  options?: SeparableConv2dOptions & AlgorithmOption,
): Tensor4<Owned<T>>;
export function inputGradient<T extends FloatArray = Float32Array>(
  operation: MatrixOperation,
  dy: Matrix<T>,
  kernel: MatrixKernel<T>,
  inputShape: Shape2,
  options?: Corr2dOptions,
): Matrix<Owned<T>>;
export function inputGradient<T extends FloatArray = Float32Array>(
  operation: SignalOperation,
  dy: Matrix<T>,
  kernel: T,
  inputShape: Shape2,
  options?: SignalOptions,
): Matrix<Owned<T>>;
export function inputGradient<Weights>(
  operation: Operation<Weights>,
  dy: Tensor<readonly number[], FloatArray>,
  filter: unknown,
  inputShape: readonly number[],
  options: object = {},
): unknown {
  const kind = kindOf("inputGradient", operation);
  const name = `inputGradient(${kind.name})`;
  checkOptionNames(name, options, kind.linearOptionNames);
  const { dtype, shape, weights } = kind.readFilter(name, filter);
  checkOperand(name, "dy", dy, kind, kind.filterName, dtype);
  checkShape(name, "inputShape", inputShape, kind.tensorRank);
  const resolved = kind.resolve(name, inputShape, shape, options, dtype, "once");
  requireOutputShape(name, dy.shape, resolved.outputShape);
  return { shape: resolved.inputShape, data: inputGradientOf(resolved, weights, dy.data) };
}

/**
 * Gradient of an operation with respect to its filter, without bias and activation: ∂⟨dy, f(x, w)⟩/∂w.
 *
 * @param x input of the operation.
 * @param dy gradient with respect to the output, in its shape and layout.
 * @param filterShape of the filter; of {@link separableConv2d} both filters themselves, as the gradient of each depends on the
 *   other.
 * @returns gradient with respect to the filter, of its shape.
 * @throws TypeError, RangeError as the operation, and if `dy` does not have the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 3, 3, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const dy = tensor([1, 2, 2, 1], [1, 1, 1, 1]);
 * filterGradient(conv2d, x, dy, [2, 2, 1, 1]).data; // → [8, 12, 20, 24]
 * ```
 */
export function filterGradient<S extends readonly number[], O extends object, T extends FloatArray = Float32Array>(
  operation: ConvOperation<S, O>,
  x: Tensor<S, T>,
  dy: Tensor<S, T>,
  filterShape: NoInfer<S>,
  options?: O & AlgorithmOption,
): Tensor<S, Owned<T>>;
export function filterGradient<T extends FloatArray = Float32Array>(
  operation: SeparableOperation,
  x: Tensor4<T>,
  dy: Tensor4<T>,
  filter: SeparableFilter<T>,
  options?: SeparableConv2dOptions & AlgorithmOption,
): SeparableFilter<Owned<T>>;
export function filterGradient<T extends FloatArray = Float32Array>(
  operation: MatrixOperation,
  x: Matrix<T>,
  dy: Matrix<T>,
  kernelShape: Shape2,
  options?: Corr2dOptions,
): Matrix<Owned<T>>;
export function filterGradient<T extends FloatArray = Float32Array>(
  operation: SignalOperation,
  x: Matrix<T>,
  dy: Matrix<T>,
  kernelShape: readonly [taps: number],
  options?: SignalOptions,
): Tensor<readonly [taps: number], Owned<T>>;
export function filterGradient<Weights>(
  operation: Operation<Weights>,
  x: Tensor<readonly number[], FloatArray>,
  dy: Tensor<readonly number[], FloatArray>,
  filterShape: unknown,
  options: object = {},
): unknown {
  const kind = kindOf("filterGradient", operation);
  const name = `filterGradient(${kind.name})`;
  checkOptionNames(name, options, kind.linearOptionNames);
  checkTensor(name, "x", x, kind.tensorRank);
  const dtype = dtypeOf(x.data);
  checkOperand(name, "dy", dy, kind, "x", dtype);
  const filter = kind.readFilterShape(name, filterShape);
  if (filter.dtype !== undefined) requireSameDtype(name, "x", dtype, kind.filterName, filter.dtype);
  const resolved = kind.resolve(name, x.shape, filter.shape, options, dtype, "once");
  requireOutputShape(name, dy.shape, resolved.outputShape);
  const dw = once(resolved.map.prepareFilterGradient(filter.weights), (plan) =>
    filterGradientOf(kind, filter.shape, plan, x.data, dy.data),
  );
  return asTensors(kind, filter.shape, dw);
}

/**
 * All gradients of an operation with everything that is fused to it: with respect to input, filter, bias and, with activation
 * `"prelu"`, slopes. The sums that the activation saw are computed anew.
 *
 * @param dy gradient with respect to the output, after the activation.
 * @param options those that the operation was called with.
 * @throws TypeError, RangeError as the operation, and if `dy` does not have the shape of the output.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 3, 1], [1, -2, 4]);
 * const dy = tensor([1, 1, 3, 1], [1, 1, 1]);
 * const found = gradients(conv2d, x, tensor([1, 1, 1, 1], [2]), dy, { activation: "relu" });
 * found.input.data; // → [2, 0, 2]
 * found.filter.data; // → [5]
 * found.bias; // → [2]
 * ```
 */
export function gradients<S extends readonly number[], O extends object, T extends FloatArray = Float32Array>(
  operation: ConvOperation<S, O>,
  x: Tensor<S, T>,
  filter: Tensor<S, T>,
  dy: Tensor<S, T>,
  options?: O & FusedOptions<T>,
): Gradients<S, T>;
export function gradients<T extends FloatArray = Float32Array>(
  operation: SeparableOperation,
  x: Tensor4<T>,
  filter: SeparableFilter<T>,
  dy: Tensor4<T>,
  options?: SeparableConv2dOptions & FusedOptions<T>,
): Gradients<Shape4, T, SeparableFilter<Owned<T>>>;
export function gradients<T extends FloatArray = Float32Array>(
  operation: MatrixOperation,
  x: Matrix<T>,
  kernel: MatrixKernel<T>,
  dy: Matrix<T>,
  options?: Corr2dOptions,
): Gradients<Shape2, T>;
export function gradients<T extends FloatArray = Float32Array>(
  operation: SignalOperation,
  x: Matrix<T>,
  kernel: T,
  dy: Matrix<T>,
  options?: SignalOptions,
): Gradients<Shape2, T, Tensor<readonly [taps: number], Owned<T>>>;
export function gradients<Weights>(
  operation: Operation<Weights>,
  x: Tensor<readonly number[], FloatArray>,
  filter: unknown,
  dy: Tensor<readonly number[], FloatArray>,
  given: object = {},
): unknown {
  const options: FusedOptions<FloatArray> = given;
  const kind = kindOf("gradients", operation);
  const name = `gradients(${kind.name})`;
  checkOptionNames(name, options, kind.optionNames);
  checkTensor(name, "x", x, kind.tensorRank);
  const { dtype, shape, weights } = kind.readFilter(name, filter);
  requireSameDtype(name, "x", dtypeOf(x.data), kind.filterName, dtype);
  checkOperand(name, "dy", dy, kind, "x", dtype);
  const resolved = kind.resolve(name, x.shape, shape, options, dtype, "once");
  requireOutputShape(name, dy.shape, resolved.outputShape);
  const { bias } = options;
  if (bias !== undefined) checkArray(name, "bias", bias, dtype, resolved.outChannels);
  const activation = resolveActivation(name, options, dtype, resolved.outChannels);
  let z: FloatArray | undefined;
  if (activation.name !== "linear") {
    const sums = zeroArray(dtype, dy.data.length);
    once(resolved.map.prepare(weights, bias), (forward) => forward.run(x.data, sums));
    z = sums;
  }
  const found = gradientsOf(kind, resolved, activation, x.data, { shape, weights }, z, dy.data);
  return {
    ...found,
    input: { shape: resolved.inputShape, data: found.input },
    filter: asTensors(kind, shape, found.filter),
  };
}

/**
 * All gradients of a resolved operation, as arrays; `z` is what the activation was applied to, or undefined if that is linear.
 * A plan of the filter gradient may be had already.
 */
export function gradientsOf<Weights, T extends FloatArray>(
  kind: OperationKind<Weights>,
  resolved: ResolvedOperation<Weights>,
  activation: Activation,
  x: T,
  filter: { readonly shape: unknown; readonly weights: Weights },
  z: T | undefined,
  dy: T,
  kept?: WeightsGradientPlan<GradientOf<Weights>>,
): { readonly input: T; readonly filter: unknown; readonly bias: T; readonly slopes: T | undefined } {
  const { outChannels, inner, map } = resolved;
  const dtype = dtypeOf(x);
  let dz = dy;
  let slopes: T | undefined;
  if (z !== undefined) {
    dz = zeroArray(dtype, dy.length) as T;
    applyDerivative(z, dy, dz, activation, inner);
    if (activation.name === "prelu") slopes = rounded(dtype, slopesGradient(z, dy, outChannels, inner)) as T;
  }
  const filterGradientBy = (plan: WeightsGradientPlan<GradientOf<Weights>>) =>
    filterGradientOf(kind, filter.shape, plan, x, dz);
  const dw = kept ? filterGradientBy(kept) : once(map.prepareFilterGradient(filter.weights), filterGradientBy);
  return {
    input: inputGradientOf(resolved, filter.weights, dz),
    filter: dw,
    bias: rounded(dtype, sumPerChannel(dz, outChannels, inner)) as T,
    slopes,
  };
}

function inputGradientOf<Weights, T extends FloatArray>(
  { map, inputShape }: ResolvedOperation<Weights>,
  weights: Weights,
  dz: T,
): T {
  const dx = zeroArray(dtypeOf(dz), sizeOf(inputShape)) as T;
  once(map.prepareInputGradient(weights), (plan) => plan.run(dz, dx));
  return dx;
}

function filterGradientOf<Gradient>(
  kind: Pick<OperationKind, "parts">,
  filterShape: unknown,
  plan: WeightsGradientPlan<Gradient>,
  x: FloatArray,
  dz: FloatArray,
): Gradient {
  const dw = zeroGradient(kind, filterShape, dtypeOf(dz)) as Gradient;
  plan.run(x, dz, dw);
  return dw;
}

/** The gradient with respect to a filter as the filter is: a tensor, or tensors by name. */
function asTensors(kind: Pick<OperationKind, "parts">, filterShape: unknown, dw: unknown): unknown {
  return perPart(kind, (of) => ({ shape: of(filterShape), data: of(dw) }));
}

function rounded(dtype: DType, values: Float64Array): FloatArray {
  const result = zeroArray(dtype, values.length);
  result.set(values);
  return result;
}
