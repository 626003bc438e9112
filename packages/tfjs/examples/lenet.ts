/**
 * LeNet learns handwritten digits: an ordinary program of TensorFlow.js, but for one import and one line.
 *
 * Two convolutions 5 × 5, each followed by a maximum over 2 × 2, and three dense layers. Source: Y. LeCun et al.,
 * "Gradient-based learning applied to document recognition", Proceedings of the IEEE 86 (1998).
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { DIGIT_SIZE, type Digits } from "./digits.ts";

/** Pictures per step. */
export const BATCH_SIZE = 64;

/** The network, compiled; the same seed gives the same weights. */
export function makeLenet(seed: number): layers.LayersModel {
  const model = layers.sequential();
  const initializer = (offset: number) => layers.initializers.heNormal({ seed: seed + offset });
  model.add(
    layers.layers.conv2d({
      inputShape: [DIGIT_SIZE, DIGIT_SIZE, 1],
      filters: 6,
      kernelSize: 5,
      padding: "same",
      activation: "relu",
      kernelInitializer: initializer(1),
    }),
  );
  model.add(layers.layers.maxPooling2d({ poolSize: 2 }));
  model.add(
    layers.layers.conv2d({ filters: 16, kernelSize: 5, activation: "relu", kernelInitializer: initializer(2) }),
  );
  model.add(layers.layers.maxPooling2d({ poolSize: 2 }));
  model.add(layers.layers.flatten());
  model.add(layers.layers.dense({ units: 120, activation: "relu", kernelInitializer: initializer(3) }));
  model.add(layers.layers.dense({ units: 84, activation: "relu", kernelInitializer: initializer(4) }));
  model.add(layers.layers.dense({ units: 10, activation: "softmax", kernelInitializer: initializer(5) }));
  model.compile({ optimizer: tf.train.adam(0.001), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

/** Batch number `step` of the training data, round and round. */
export function batchOf({ pictures, labels }: Digits, step: number): Digits {
  const batches = Math.floor(pictures.shape[0] / BATCH_SIZE);
  const start = (step % batches) * BATCH_SIZE;
  return {
    pictures: tf.slice(pictures, start, BATCH_SIZE),
    labels: tf.slice(labels, start, BATCH_SIZE),
  };
}

/** Trains for a number of steps; `observe` is told of each when it is done. */
export async function train(
  model: layers.LayersModel,
  digits: Digits,
  steps: number,
  observe: (step: number) => void = () => {},
): Promise<void> {
  for (let step = 0; step < steps; step++) {
    const batch = batchOf(digits, step);
    await model.trainOnBatch(batch.pictures, batch.labels);
    tf.dispose([batch.pictures, batch.labels]);
    observe(step);
  }
}

/** Share of the digits that the network recognises. */
export function accuracyOf(model: layers.LayersModel, { pictures, labels }: Digits): number {
  const [loss, accuracy] = model.evaluate(pictures, labels, { batchSize: 256 }) as [tf.Scalar, tf.Scalar];
  const [value] = accuracy.dataSync();
  tf.dispose([loss, accuracy]);
  return value!;
}
