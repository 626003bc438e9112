/**
 * The size of a kernel is a hyperparameter: gradient descent does not learn it. Too small, and the kernel cannot say what
 * there is to say; too large, and it learns the noise of the pictures it was shown. On pictures it was not shown, the true size
 * wins: `npm run example kernel-size.ts`.
 *
 * @module
 */

import { corr2d, type Tensor4, tensor } from "@corr2d/core";
import { Conv2d, sgdStep } from "@corr2d/core/layers";
import { seededRandom } from "@corr2d/testkit";

/** Mean squared errors of one size. */
export interface SizeResult {
  readonly size: number;
  /** On what it learned from. */
  readonly training: number;
  /** On what it was never shown. */
  readonly heldOut: number;
}

const TRUE_SIZE = 5;
const NOISE = 0.5;
const SIDE = 16;

interface Pairs {
  readonly x: Tensor4;
  readonly y: Tensor4;
}

/** Pictures of noise and what the true kernel, and some more noise, makes of them. */
function makePairs(count: number, kernel: Float32Array, random: { normal(): number }): Pairs {
  const pixels = SIDE * SIDE;
  const x = Float32Array.from({ length: count * pixels }, () => random.normal());
  const y = new Float32Array(x.length);
  for (let n = 0; n < count; n++) {
    const picture = tensor([SIDE, SIDE], x.subarray(n * pixels, (n + 1) * pixels));
    const response = corr2d(picture, tensor([TRUE_SIZE, TRUE_SIZE], kernel), { mode: "same" });
    y.set(
      response.data.map((value) => value + NOISE * random.normal()),
      n * pixels,
    );
  }
  const shape = [count, SIDE, SIDE, 1] as const;
  return { x: { shape, data: x }, y: { shape, data: y } };
}

/** Fits a kernel of one size. */
function learn(size: number, { x, y }: Pairs): Conv2d {
  const layer = new Conv2d({
    inChannels: 1,
    outChannels: 1,
    kernelSize: size,
    padding: "same",
    bias: false,
    initializer: "zeros",
  });
  for (let step = 0; step < 300; step++) {
    const prediction = layer.forward(x);
    // The gradient of half the mean squared error.
    const errors = prediction.data.map((value, i) => (value - y.data[i]) / y.data.length);
    layer.backward({ shape: prediction.shape, data: errors });
    sgdStep(layer.parameters, 0.3);
  }
  return layer;
}

function meanSquaredError(layer: Conv2d, { x, y }: Pairs): number {
  const { data } = layer.forward(x);
  return data.reduce((sum, value, i) => sum + (value - y.data[i]) ** 2, 0) / data.length;
}

/** Sweeps the sizes. */
export function sweepKernelSizes(sizes: readonly number[], seed = 1): SizeResult[] {
  const random = seededRandom(seed, "kernelSize");
  const kernel = Float32Array.from({ length: TRUE_SIZE ** 2 }, () => random.normal() / TRUE_SIZE);
  const shown = makePairs(2, kernel, random);
  const heldOut = makePairs(20, kernel, random);
  return sizes.map((size) => {
    const layer = learn(size, shown);
    return { size, training: meanSquaredError(layer, shown), heldOut: meanSquaredError(layer, heldOut) };
  });
}

if (import.meta.main) {
  console.log(`a kernel of ${TRUE_SIZE} × ${TRUE_SIZE} under noise of variance ${NOISE ** 2}; mean squared errors:`);
  console.table(sweepKernelSizes([1, 3, 5, 7, 9, 11]));
}
