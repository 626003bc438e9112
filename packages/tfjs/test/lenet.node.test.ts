/**
 * A network of tf.layers learns on our backend, and on TensorFlow.js's WebAssembly backend with our kernels: the example in
 * `examples/`.
 *
 * @module
 */

import "@corr2d/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Digits, loadDigits } from "../examples/digits.ts";
import { accuracyOf, BATCH_SIZE, batchOf, makeLenet, train } from "../examples/lenet.ts";
import type { Corr2dBackend } from "../src/backend.ts";
import { wasmHostOf } from "../src/wasm/install.ts";

const SEED = 1;
/** Where it is made it stays: labels are cast, and TensorFlow.js moves a tensor that was cast as what it was cast from. */
let digits: { readonly training: Digits; readonly test: Digits };

beforeAll(() => {
  tf.env().set("PROD", true);
  setThreadsCount(1);
});

describe.each(["corr2d", "wasm"])("on the backend %s", (backendName) => {
  beforeEach(async () => {
    await tf.setBackend(backendName);
    digits = loadDigits(SEED);
  });

  test("LeNet learns to read digits in eighty steps", { timeout: 120_000 }, async () => {
    const model = makeLenet(SEED);
    const before = accuracyOf(model, digits.test);
    expect(before).toBeLessThan(0.3);
    await train(model, digits.training, 80);
    expect(accuracyOf(model, digits.test)).toBeGreaterThan(0.9);
    model.dispose();
  });

  test("a step leaves neither tensors nor plans behind", { timeout: 60_000 }, async () => {
    const model = makeLenet(SEED);
    const plans = () => (wasmHostOf(tf.backend()) ?? (tf.backend() as Corr2dBackend)).plans.size;
    await train(model, digits.training, 2); // the optimizer makes its variables in the first
    const [tensors, prepared] = [tf.memory(), plans()];
    await train(model, digits.training, 3);
    expect(tf.memory()).toMatchObject({ numTensors: tensors.numTensors, numDataBuffers: tensors.numDataBuffers });
    expect(plans()).toBe(prepared);
    model.dispose();
  });

  test("a step changes the weights as it does on the cpu backend", { timeout: 120_000 }, async () => {
    const weightsAfterStep = async (backend: string): Promise<readonly Float32Array[]> => {
      await tf.setBackend(backend);
      digits = loadDigits(SEED);
      const model = makeLenet(SEED);
      const whole = batchOf(digits.training, 0);
      const few = { pictures: tf.slice(whole.pictures, 0, 4), labels: tf.slice(whole.labels, 0, 4) } as Digits;
      expect(whole.pictures.shape[0]).toBe(BATCH_SIZE);
      await model.trainOnBatch(few.pictures, few.labels);
      return model.getWeights().map((weights) => weights.dataSync().slice() as Float32Array);
    };
    const ours = await weightsAfterStep(backendName);
    const cpu = await weightsAfterStep("cpu");
    for (const [i, weights] of ours.entries()) {
      const apart = weights.map((value, j) => Math.abs(value - cpu[i]![j]!));
      // Adam divides a gradient by its own size, so rounding shows where a gradient is almost nothing.
      const differing = apart.filter((distance) => distance > 1e-5).length;
      expect(differing / weights.length, `weights ${i}`).toBeLessThan(0.01);
    }
  });
});

test("LeNet reads ninety-seven of a hundred digits after five epochs on the WebAssembly backend", {
  timeout: 240_000,
}, async () => {
  await tf.setBackend("wasm");
  digits = loadDigits(SEED);
  const model = makeLenet(SEED);
  await train(model, digits.training, 5 * Math.floor(digits.training.pictures.shape[0] / BATCH_SIZE));
  expect(accuracyOf(model, digits.test)).toBeGreaterThanOrEqual(0.97);
  model.dispose();
});
