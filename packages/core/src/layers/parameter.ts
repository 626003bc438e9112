/**
 * What a layer learns: values, and the gradient that the backward pass has gathered for them.
 *
 * @module
 */

import { sizeOf } from "../tensor/shape.ts";
import { describe, dtypeOf } from "../tensor/tensor.ts";

/** A learnable array. Both arrays may be written freely; the layer notices changed values at its next forward pass. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /**
   * The values. Whoever has asked for this array may write to it at any time, so from then on the layer compares it with what it
   * prepared, at each forward pass; `state`, `loadState`, the functions that load weights and `sgdStep` do without.
   */
  readonly value: Float32Array;
  /** ∂L/∂value, summed over the backward passes since it was last zeroed. */
  readonly gradient: Float32Array;
}

/** What a parameter holds, under whatever name. */
interface Values {
  readonly array: Float32Array;
  /** How often this package has written to it. */
  version: number;
  /** Whether somebody else may. */
  isHandedOut: boolean;
}

/** A parameter of a layer, which knows who may have changed its values. */
export class LayerParameter implements Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly gradient: Float32Array;
  readonly #values: Values;

  constructor(name: string, shape: readonly number[], like?: LayerParameter) {
    this.name = name;
    this.shape = shape;
    const size = sizeOf(shape);
    this.gradient = like?.gradient ?? new Float32Array(size);
    this.#values =
      like === undefined ? { array: new Float32Array(size), version: 0, isHandedOut: false } : like.#values;
  }

  get value(): Float32Array {
    this.#values.isHandedOut = true;
    return this.#values.array;
  }

  /** The values, for reading only. */
  read(): Float32Array {
    return this.#values.array;
  }

  /** Lets `change` write to the values. */
  write(change: (values: Float32Array) => void): void {
    this.#values.version++;
    change(this.#values.array);
  }

  /** The same parameter under another name. */
  named(name: string): LayerParameter {
    return new LayerParameter(name, this.shape, this);
  }

  /** Remembers the values of now: the function returned says whether they are still the same. */
  watch(): () => boolean {
    const { array, version, isHandedOut } = this.#values;
    // An array that is handed out later may be written to before anybody looks: then it counts as changed, once.
    const copy = isHandedOut ? array.slice() : undefined;
    return () =>
      version === this.#values.version &&
      (!this.#values.isHandedOut || (copy !== undefined && sameValues(copy, array)));
  }
}

/** The values of any parameter, for reading only. */
export function valuesOf(parameter: Parameter): Float32Array {
  return parameter instanceof LayerParameter ? parameter.read() : parameter.value;
}

/** Lets `change` write to the values of any parameter. */
export function changeValues(parameter: Parameter, change: (values: Float32Array) => void): void {
  if (parameter instanceof LayerParameter) parameter.write(change);
  else change(parameter.value);
}

/** Whether two arrays of one length hold the same values; compared in pairs, which takes half the time. */
function sameValues(a: Float32Array, b: Float32Array): boolean {
  const pairs = a.length >> 1;
  const [left, right] = [new Float64Array(a.buffer, 0, pairs), new Float64Array(b.buffer, 0, pairs)];
  for (let i = 0; i < pairs; i++) if (left[i] !== right[i]) return false;
  return a.length % 2 === 0 || a[a.length - 1] === b[a.length - 1];
}

/**
 * One step of gradient descent, after which the gradients are zero again:
 *
 *     value ← value − learningRate · gradient,   gradient ← 0
 *
 * @throws TypeError if `parameters` are none; RangeError if `learningRate` is not a finite number.
 *
 * @example
 * ```ts
 * const layer = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: [1, 2], bias: false, initializer: "zeros" });
 * layer.forward(tensor([1, 1, 2, 1], [3, 4]));
 * layer.backward(tensor([1, 1, 1, 1], [1]));
 * sgdStep(layer.parameters, 0.5);
 * layer.filter.value; // → [-1.5, -2]
 * ```
 */
export function sgdStep(parameters: readonly Parameter[], learningRate: number): void {
  if (!Number.isFinite(learningRate)) {
    throw new RangeError(`sgdStep: learningRate must be a finite number, got ${describe(learningRate)}`);
  }
  const isParameter = (parameter: Parameter | null | undefined): boolean =>
    parameter instanceof LayerParameter ||
    (dtypeOf(parameter?.value) === "float32" && dtypeOf(parameter?.gradient) === "float32");
  if (!Array.isArray(parameters) || ![...parameters].every(isParameter)) {
    throw new TypeError(`sgdStep: parameters must be the parameters of layers, got ${describe(parameters)}`);
  }
  for (const parameter of parameters as readonly Parameter[]) {
    const { gradient } = parameter;
    changeValues(parameter, (values) => {
      for (let i = 0; i < values.length; i++) values[i] -= learningRate * gradient[i];
    });
    gradient.fill(0);
  }
}
