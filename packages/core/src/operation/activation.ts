/**
 * Activations, what stands between layers so that they are more than one: their values, derivatives and options.
 *
 * @module
 */

import type { FusedActivation } from "../algorithm/algorithm.ts";
import { checkOptionNames, resolveWord } from "../geometry/options.ts";
import type { Layout } from "../tensor/layout.ts";
import {
  checkArray,
  checkTensor,
  describe,
  dtypeOf,
  type FloatArray,
  type Tensor,
  zeroArray,
} from "../tensor/tensor.ts";
import { channelsOf, forEachRun } from "./channels.ts";

/**
 * Name of an activation: a function of z, the sum that a convolution makes, and its derivative.
 *
 *     linear     z                         1
 *     relu       max(0, z)                 1 where z > 0, else 0
 *     relu6      min(max(0, z), 6)         1 where 0 < z < 6, else 0
 *     leakyRelu  z > 0 ? z : slope · z     1 where z > 0, else slope
 *     prelu      the same, with a slope for each channel that is learned
 *     elu        z > 0 ? z : eᶻ − 1        1 where z > 0, else eᶻ
 *     sigmoid    1 / (1 + e⁻ᶻ)             y · (1 − y)
 *
 * At the kinks the derivatives are those of TensorFlow and PyTorch.
 *
 * Sources: V. Nair and G. Hinton, ICML 2010 (relu); A. Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010
 * (relu6); A. Maas, A. Hannun and A. Ng, ICML 2013 (leakyRelu); K. He et al., arXiv:1502.01852 (prelu); D.-A. Clevert et al.,
 * arXiv:1511.07289 (elu).
 */
export type ActivationName = "linear" | "relu" | "relu6" | "leakyRelu" | "prelu" | "elu" | "sigmoid";

/** An activation and what it needs. */
export interface ActivationOptions<T extends FloatArray = Float32Array> {
  /** Default `"linear"`: none. */
  readonly activation?: ActivationName | undefined;
  /** Of `"leakyRelu"`, the factor of what is negative. Default 0.2 (TensorFlow's). */
  readonly slope?: number | undefined;
  /** Of `"prelu"`, and required there: the factor of what is negative, for each output channel. */
  readonly slopes?: T | undefined;
}

/** The names of {@link ActivationOptions}. */
export const ACTIVATION_OPTION_NAMES: readonly (keyof ActivationOptions)[] = ["activation", "slope", "slopes"];

const logistic = (z: number): number => 1 / (1 + Math.exp(-z));

/** Activations that are one function for all cells, and their derivatives. */
const SMOOTH = {
  linear: { value: (z: number) => z, derivative: () => 1 },
  elu: { value: (z: number) => (z > 0 ? z : Math.expm1(z)), derivative: (z: number) => (z > 0 ? 1 : Math.exp(z)) },
  // y · (1 − y) of the other tail is the same and loses nothing where y is close to 1.
  sigmoid: { value: logistic, derivative: (z: number) => logistic(z) * logistic(-z) },
} as const;

/** An activation, checked; its slopes are its own copy, and its slope is rounded to the element type, as they are. */
export interface Activation {
  readonly name: ActivationName;
  readonly slope: number;
  readonly slopes: FloatArray | undefined;
}

/**
 * Checks the options of an activation over `channels` channels.
 *
 * @throws TypeError, RangeError naming `operation`: an unknown name, slopes that are missing or that the activation does
 *   not have.
 */
export function resolveActivation(
  operation: string,
  options: ActivationOptions<FloatArray>,
  dtype: "float32" | "float64",
  channels: number,
): Activation {
  const { slope, slopes } = options;
  const name = resolveWord<ActivationName>(
    operation,
    "activation",
    ["linear", "relu", "relu6", "leakyRelu", "prelu", "elu", "sigmoid"],
    options.activation,
  );
  if (slope !== undefined && name !== "leakyRelu") {
    throw new RangeError(`${operation}: slope belongs to activation "leakyRelu", got it with ${describe(name)}`);
  }
  if (slope !== undefined && typeof slope !== "number") {
    throw new TypeError(`${operation}: slope must be a number, got ${describe(slope)}`);
  }
  const factor = dtype === "float32" ? Math.fround(slope ?? 0.2) : (slope ?? 0.2);
  if (!Number.isFinite(factor)) {
    throw new RangeError(`${operation}: slope must be a finite number of type ${dtype}, got ${slope}`);
  }
  if (slopes !== undefined && name !== "prelu") {
    throw new RangeError(`${operation}: slopes belong to activation "prelu", got them with ${describe(name)}`);
  }
  if (name === "prelu") {
    if (slopes === undefined) {
      throw new TypeError(`${operation}: activation "prelu" needs slopes, one for each of the ${channels} channels`);
    }
    checkArray(operation, "slopes", slopes, dtype, channels);
  }
  return { name, slope: factor, slopes: slopes?.slice() };
}

/** The activation as algorithms fuse it, or undefined: with slopes of its own or an exponential it is not. */
export function fusibleOf({ name, slope }: Pick<Activation, "name" | "slope">): FusedActivation | undefined {
  return name === "relu" || name === "relu6" || name === "leakyRelu" ? { name, slope } : undefined;
}

// What is made of comparisons and a product has loops of its own: calling a function for each element, one of many,
// takes ten times as long.

/** y = activation(z), where `y` may be `z`; neighbours of a channel stand in runs of `inner`. */
export function applyActivation(z: FloatArray, y: FloatArray, activation: Activation, inner: number): void {
  const { name } = activation;
  if (name === "relu" || name === "relu6") {
    const most = name === "relu" ? Number.POSITIVE_INFINITY : 6;
    // Math.max is no faster, and would make 0 of −0.
    for (let i = 0; i < z.length; i++) {
      let value = z[i];
      if (value < 0) value = 0;
      else if (value > most) value = most;
      y[i] = value;
    }
  } else if (name === "leakyRelu" || name === "prelu") {
    forEachSlope(z.length, activation, inner, (slope, start, end) => {
      for (let i = start; i < end; i++) y[i] = z[i] > 0 ? z[i] : slope * z[i];
    });
  } else {
    const { value } = SMOOTH[name];
    for (let i = 0; i < z.length; i++) y[i] = value(z[i]);
  }
}

/** dz = dy · activation′(z). */
export function applyDerivative(
  z: FloatArray,
  dy: FloatArray,
  dz: FloatArray,
  activation: Activation,
  inner: number,
): void {
  const { name } = activation;
  if (name === "relu" || name === "relu6") {
    const isOpen = name === "relu";
    for (let i = 0; i < z.length; i++) dz[i] = dy[i] * (z[i] > 0 && (isOpen || z[i] < 6) ? 1 : 0);
  } else if (name === "leakyRelu" || name === "prelu") {
    forEachSlope(z.length, activation, inner, (slope, start, end) => {
      for (let i = start; i < end; i++) dz[i] = dy[i] * (z[i] > 0 ? 1 : slope);
    });
  } else {
    const { derivative } = SMOOTH[name];
    for (let i = 0; i < z.length; i++) dz[i] = dy[i] * derivative(z[i]);
  }
}

/** ∂⟨dy, prelu(z)⟩/∂slopes: for each channel Σ dy · z over the cells where z is not positive. */
export function slopesGradient(z: FloatArray, dy: FloatArray, channels: number, inner: number): Float64Array {
  const sums = new Float64Array(channels);
  forEachRun(z.length, channels, inner, (c, start, end) => {
    for (let i = start; i < end; i++) if (!(z[i] > 0)) sums[c] += dy[i] * z[i];
  });
  return sums;
}

function forEachSlope(
  length: number,
  { slope, slopes }: Activation,
  inner: number,
  visit: (slope: number, start: number, end: number) => void,
): void {
  if (slopes === undefined) visit(slope, 0, length);
  else forEachRun(length, slopes.length, inner, (c, start, end) => visit(slopes[c], start, end));
}

/** Options of {@link activate} and {@link activationGradient}. */
export interface ActivateOptions<T extends FloatArray = Float32Array> extends ActivationOptions<T> {
  /** Where the channels are, which the slopes of `"prelu"` belong to. Default channels last. */
  readonly layout?: Layout<1> | Layout<2> | Layout<3> | undefined;
}

const ACTIVATE_OPTION_NAMES: readonly string[] = /* @__PURE__ */ ["layout"].concat(ACTIVATION_OPTION_NAMES);

/**
 * Applies an activation to every element: the one that convolutions apply when their option `activation` is set.
 *
 * @param z activations of one to three spatial axes.
 * @returns a new tensor of the same shape.
 * @throws TypeError, RangeError for an unknown activation, or slopes that are missing, of the wrong length or not its own.
 *
 * @example
 * ```ts
 * const z = tensor([1, 2, 2], [-1, 2, -4, 8]);
 * activate(z, { activation: "relu6" }).data; // → [0, 2, 0, 6]
 * activate(z, { activation: "prelu", slopes: new Float32Array([0.5, 0.25]) }).data; // → [-0.5, 2, -2, 8]
 * ```
 */
export function activate<S extends readonly number[], T extends FloatArray = Float32Array>(
  z: Tensor<S, T>,
  options: ActivateOptions<T>,
): Tensor<S, T> {
  const { activation, inner } = resolveActivate("activate", "z", z, options);
  const y = zeroArray(dtypeOf(z.data), z.data.length) as T;
  applyActivation(z.data, y, activation, inner);
  return { shape: [...z.shape] as unknown as S, data: y };
}

/**
 * The gradients of an activation: ∂L/∂z = ∂L/∂y · activation′(z), and those of the slopes of `"prelu"`.
 *
 * @param z what the activation was applied to (not what it gave).
 * @param dy ∂L/∂y, of the shape of `z`.
 * @returns ∂L/∂z, and ∂L/∂slopes or undefined.
 * @throws TypeError, RangeError as {@link activate}, and if `dy` does not have the shape and element type of `z`.
 *
 * @example
 * ```ts
 * const z = tensor([1, 2, 1], [-3, 5]);
 * const dy = tensor([1, 2, 1], [1, 1]);
 * const gradients = activationGradient(z, dy, { activation: "prelu", slopes: new Float32Array([0.5]) });
 * gradients.input.data; // → [0.5, 1]
 * gradients.slopes; // → [-3]
 * ```
 */
export function activationGradient<S extends readonly number[], T extends FloatArray = Float32Array>(
  z: Tensor<S, T>,
  dy: Tensor<S, T>,
  options: ActivateOptions<T>,
): { readonly input: Tensor<S, T>; readonly slopes: T | undefined } {
  const operation = "activationGradient";
  const { activation, channels, inner } = resolveActivate(operation, "z", z, options);
  checkTensor(operation, "dy", dy, z.shape.length);
  if (!z.shape.every((size, axis) => size === dy.shape[axis])) {
    throw new RangeError(`${operation}: dy has shape [${dy.shape}], but z has [${z.shape}]; both must be the same`);
  }
  checkArray(operation, "dy.data", dy.data, dtypeOf(z.data), z.data.length);
  const dz = zeroArray(dtypeOf(z.data), z.data.length) as T;
  applyDerivative(z.data, dy.data, dz, activation, inner);
  const input = { shape: [...z.shape] as unknown as S, data: dz };
  if (activation.name !== "prelu") return { input, slopes: undefined };
  const slopes = zeroArray(dtypeOf(z.data), channels) as T;
  slopes.set(slopesGradient(z.data, dy.data, channels, inner));
  return { input, slopes };
}

function resolveActivate(
  operation: string,
  parameter: string,
  z: Tensor<readonly number[], FloatArray>,
  options: ActivateOptions<FloatArray> = {},
): { activation: Activation; channels: number; inner: number } {
  checkOptionNames(operation, options, ACTIVATE_OPTION_NAMES);
  const { channels, inner } = channelsOf(operation, parameter, z, options.layout);
  return { activation: resolveActivation(operation, options, dtypeOf(z.data), channels), channels, inner };
}
