/**
 * Trains LeNet on core's convolutions, and prints how many digits it recognises:
 *
 *     pnpm --filter @corr2d/tfjs lenet
 *
 * @module
 */

import "@corr2d/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { loadDigits } from "./digits.ts";
import { accuracyOf, BATCH_SIZE, makeLenet, train } from "./lenet.ts";

const SEED = 1;
const EPOCHS = 5;

await tf.setBackend("wasm");
const { training, test } = loadDigits(SEED);
const model = makeLenet(SEED);
const steps = Math.floor(training.pictures.shape[0] / BATCH_SIZE);
console.log(`LeNet on ${training.pictures.shape[0]} digits, tested on ${test.pictures.shape[0]}, backend wasm`);
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  const start = performance.now();
  await train(model, training, steps);
  const perStep = (performance.now() - start) / steps;
  const accuracy = (100 * accuracyOf(model, test)).toFixed(2);
  console.log(`epoch ${epoch}: ${accuracy} % of the test digits recognised, ${perStep.toFixed(0)} ms per step`);
}
