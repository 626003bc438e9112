/**
 * The size of a kernel is a hyperparameter: gradient descent does not learn it. Each size learns from two noisy pictures and is
 * judged by twenty that it was not shown; what is too small cannot say what there is to say, what is too large learns the noise.
 *
 * @module
 */

import { Conv2d, corr2d, sgdStep, type Tensor4, tensor } from "./core.ts";
import { randomFrom } from "./random.ts";

/** Mean squared errors of one size. */
export interface SizeError {
  readonly size: number;
  /** On what it learned from. */
  readonly training: number;
  /** On what it was never shown. */
  readonly heldOut: number;
}

interface Pairs {
  readonly x: Tensor4;
  readonly y: Float32Array;
}

const SIDE = 16;
const NOISE = 0.5;
const SHOWN = 2;
const HELD_OUT = 20;
const STEPS = 300;
const RATE = 0.3;

/** What a kernel of `size` learns where the true one is of `trueSize`. */
export function errorOfSize(size: number, trueSize: number): SizeError {
  const random = randomFrom(100 + trueSize);
  const kernel = Float32Array.from({ length: trueSize ** 2 }, () => random.normal() / trueSize);
  const pairs = (count: number): Pairs => {
    const pixels = SIDE * SIDE;
    const x = Float32Array.from({ length: count * pixels }, () => random.normal());
    const y = new Float32Array(x.length);
    for (let n = 0; n < count; n++) {
      const picture = tensor([SIDE, SIDE], x.subarray(n * pixels, (n + 1) * pixels));
      const { data } = corr2d(picture, tensor([trueSize, trueSize], kernel), { mode: "same" });
      y.set(
        data.map((value) => value + NOISE * random.normal()),
        n * pixels,
      );
    }
    return { x: { shape: [count, SIDE, SIDE, 1], data: x }, y };
  };
  const shown = pairs(SHOWN);
  const heldOut = pairs(HELD_OUT);
  const layer = new Conv2d({
    inChannels: 1,
    outChannels: 1,
    kernelSize: size,
    padding: "same",
    bias: false,
    initializer: "zeros",
  });
  for (let step = 0; step < STEPS; step++) {
    const { shape, data } = layer.forward(shown.x);
    layer.backward({ shape, data: data.map((value, n) => (value - shown.y[n]!) / data.length) });
    sgdStep(layer.parameters, RATE);
  }
  return { size, training: meanSquaredError(layer, shown), heldOut: meanSquaredError(layer, heldOut) };
}

function meanSquaredError(layer: Conv2d, { x, y }: Pairs): number {
  const { data } = layer.forward(x);
  return data.reduce((sum, value, n) => sum + (value - y[n]!) ** 2, 0) / data.length;
}
