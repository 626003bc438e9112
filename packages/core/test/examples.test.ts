/** The examples do what they claim. (The one that reads a photograph has a test of its own.) */

import { expect, it } from "vitest";
import { sweepKernelSizes } from "../examples/kernel-size.ts";
import { learnKernel } from "../examples/learn-kernel.ts";
import { trainBoth } from "../examples/shared-weights.ts";

it("learnKernel: recovers the edge kernel [1, -1] from pairs of input and output", () => {
  const { kernel, losses } = learnKernel();
  expect(losses.at(-1)!).toBeLessThan(1e-6 * losses[0]);
  expect(kernel[0]).toBeCloseTo(1, 4);
  expect(kernel[1]).toBeCloseTo(-1, 4);
});

it.each([1, 2, 3])(
  "kernelSize: the true size wins on held-out pictures, though not on those it was shown (seed %i)",
  (seed) => {
    const results = sweepKernelSizes([1, 3, 5, 7, 9], seed);
    const best = results.reduce((a, b) => (b.heldOut < a.heldOut ? b : a));
    expect(best.size).toBe(5);
    // The variance of the noise is what no kernel can explain.
    expect(best.heldOut).toBeGreaterThan(0.25 * 0.9);
    expect(best.heldOut).toBeLessThan(0.25 * 1.2);
    results.forEach(({ training }, i) => {
      if (i > 0) expect(training).toBeLessThan(results[i - 1].training);
    });
  },
);

it("sharedWeights: a dense layer that sees things in all places drifts to shared weights; in one place it does not", () => {
  const { before, unshifted, shifted } = trainBoth();
  expect(before).toBeGreaterThan(0.9);
  expect(unshifted).toBeGreaterThan(0.8 * before);
  expect(shifted).toBeLessThan(0.05 * before);
});
