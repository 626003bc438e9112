/**
 * What every layer is: parameters, a forward pass, a backward pass, and a state that can be kept.
 *
 * @module
 */

import { checkShape, describe, dtypeOf, type FloatArray, type Tensor } from "../tensor/tensor.ts";
import { changeValues, type Parameter, valuesOf } from "./parameter.ts";

/**
 * The values of a layer's parameters by name, as plain data: `{ filter: { shape: [3, 3, 1, 8], data }, bias: … }`. `data` is a
 * `Float32Array` in row-major order; what is loaded may also hold plain numbers, as JSON gives them.
 */
export type LayerState = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: FloatArray | readonly number[] }>
>;

/** A layer on tensors of shape `S`. */
export abstract class Layer<S extends readonly number[]> {
  /** Name of the layer's class, the first word of its errors. */
  readonly kind: string;

  protected constructor(kind: string) {
    this.kind = kind;
  }

  /** What the layer learns. */
  abstract get parameters(): readonly Parameter[];

  /**
   * The output for `x`, which is kept until the next call; changing its elements before `backward` changes the gradient.
   *
   * @throws TypeError, RangeError if `x` does not fit the layer.
   */
  abstract forward(x: Tensor<S>): Tensor<S, Float32Array<ArrayBuffer>>;

  /**
   * Adds ∂L/∂parameter to the gradients of the parameters and returns ∂L/∂x.
   *
   * @param dy ∂L/∂y, of the shape of the last output.
   * @throws Error before the first forward pass; TypeError, RangeError if `dy` does not have the shape of the output.
   */
  abstract backward(dy: Tensor<S>): Tensor<S>;

  /**
   * A copy of the values of all parameters. JSON has no typed arrays and makes an object of each: write them as arrays of
   * numbers, as below.
   *
   * @example
   * ```ts
   * const layer = new Conv1d({ inChannels: 1, outChannels: 1, kernelSize: 2, initializer: "zeros" });
   * layer.loadState({ filter: { shape: [2, 1, 1], data: [1, -1] }, bias: { shape: [1], data: [0.5] } });
   * layer.state().filter.shape; // → [2, 1, 1]
   * layer.state().bias.data; // → [0.5]
   *
   * const json = JSON.stringify(layer.state(), (_, value) => (value instanceof Float32Array ? [...value] : value));
   * layer.loadState(JSON.parse(json));
   * ```
   */
  state(): Record<string, Tensor> {
    return Object.fromEntries(
      this.parameters.map((parameter) => [
        parameter.name,
        { shape: [...parameter.shape], data: valuesOf(parameter).slice() },
      ]),
    );
  }

  /**
   * Copies values into the parameters: all of them, or after an error none.
   *
   * @param state what `state()` returned, here or elsewhere.
   * @throws TypeError if it is no state; RangeError if a parameter is missing or unknown, or has another shape.
   */
  loadState(state: LayerState): void {
    const operation = `${this.kind}.loadState`;
    if (state === null || typeof state !== "object") {
      throw new TypeError(`${operation}: state must be an object of { shape, data }, got ${describe(state)}`);
    }
    const known = this.parameters.map(({ name }) => name);
    const unknown = Object.keys(state).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new RangeError(`${operation}: unknown parameter ${describe(unknown)}; this layer has ${known.join(", ")}`);
    }
    for (const { name, shape } of this.parameters) checkEntry(operation, name, shape, state[name]);
    for (const parameter of this.parameters)
      changeValues(parameter, (values) => values.set(state[parameter.name].data));
  }
}

function checkEntry(operation: string, name: string, shape: readonly number[], entry: LayerState[string]): void {
  if (entry === undefined) throw new RangeError(`${operation}: parameter ${describe(name)} is missing`);
  if (entry === null || typeof entry !== "object") {
    throw new TypeError(`${operation}: ${name} must be { shape, data }, got ${describe(entry)}`);
  }
  const size = checkShape(operation, `${name}.shape`, entry.shape, shape.length);
  if (!shape.every((dimension, axis) => dimension === entry.shape[axis])) {
    throw new RangeError(`${operation}: ${name} must have shape [${shape}], got [${entry.shape}]`);
  }
  const { data } = entry;
  const isFloats = dtypeOf(data) !== undefined;
  if (!isFloats && !(Array.isArray(data) && data.every((value) => typeof value === "number"))) {
    throw new TypeError(
      `${operation}: ${name}.data must be a Float32Array or an array of numbers, got ${describe(data)}`,
    );
  }
  if (data.length !== size) {
    throw new RangeError(`${operation}: ${name}.data must have ${size} elements, got ${data.length}`);
  }
}
