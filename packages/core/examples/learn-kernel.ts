/**
 * The textbook experiment: someone has detected the edges of a picture with a kernel that we do not know. From the picture
 * and the result alone, gradient descent finds the kernel: `npm run example learn-kernel.ts`.
 *
 * Source: "Dive into Deep Learning", section 7.2.4.
 *
 * @module
 */

import { corr2d, type Tensor4, tensor } from "@corr2d/core";
import { Conv2d, sgdStep } from "@corr2d/core/layers";

/** What was learned, and the loss before each step. */
export interface LearnedKernel {
  readonly kernel: Float32Array;
  readonly losses: readonly number[];
}

/** A picture, 6 × 8: white, with a black bar from top to bottom. */
const picture = tensor(
  [6, 8],
  Array.from({ length: 48 }, (_, i) => (i % 8 >= 2 && i % 8 < 6 ? 0 : 1)),
);

/** Its upright edges: 1 from white to black, −1 from black to white. */
const edges = corr2d(picture, tensor([1, 2], [1, -1]));

/** Learns the kernel by `steps` steps of gradient descent on the squared error. */
export function learnKernel(steps = 60, learningRate = 0.02): LearnedKernel {
  const layer = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: [1, 2], bias: false, seed: 1 });
  const x: Tensor4 = tensor([1, 6, 8, 1], picture.data);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const y = layer.forward(x);
    const errors = y.data.map((value, i) => value - edges.data[i]);
    losses.push(errors.reduce((sum, error) => sum + error * error, 0));
    // The loss Σ error² has the gradient 2 · error.
    layer.backward({ shape: y.shape, data: errors.map((error) => 2 * error) });
    sgdStep(layer.parameters, learningRate);
  }
  return { kernel: layer.filter.value, losses };
}

if (import.meta.main) {
  const { kernel, losses } = learnKernel();
  for (let step = 0; step < losses.length; step += 10) console.log(`step ${step}: loss ${losses[step].toPrecision(3)}`);
  console.log(`learned [${Array.from(kernel, (weight) => weight.toFixed(3)).join(", ")}], true [1, -1]`);
}
