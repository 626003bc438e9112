/**
 * What a layer learns: values, and the gradient that the backward pass has gathered for them.
 *
 * @module
 */

import { sizeOf } from "../shape.ts";
import { describe, dtypeOf } from "../tensor.ts";

/** A learnable array. Both arrays may be written freely; the layer notices changed values at its next forward pass. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly value: Float32Array;
  /** ∂L/∂value, summed over the backward passes since it was last zeroed. */
  readonly gradient: Float32Array;
}

/** A zeroed parameter. */
export function createParameter(name: string, shape: readonly number[]): Parameter {
  const size = sizeOf(shape);
  return { name, shape, value: new Float32Array(size), gradient: new Float32Array(size) };
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
    dtypeOf(parameter?.value) === "float32" && dtypeOf(parameter?.gradient) === "float32";
  if (!Array.isArray(parameters) || ![...parameters].every(isParameter)) {
    throw new TypeError(`sgdStep: parameters must be the parameters of layers, got ${describe(parameters)}`);
  }
  for (const { value, gradient } of parameters) {
    for (let i = 0; i < value.length; i++) value[i] -= learningRate * gradient[i];
    gradient.fill(0);
  }
}
