/**
 * Every architecture, in both ways to write one, on TensorFlow.js's backends as they are and then with our kernels: whole outputs lie
 * no further from the cpu backend's than parity allows of networks.
 *
 * @module
 */

import "@tensorflow/tfjs-backend-cpu";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  inceptionV3,
  lenet,
  mobilenetV1,
  mobilenetV2,
  resnet20,
  resnet50,
  vgg16,
} from "../src/networks/architectures.ts";
import { type Architecture, layersModel, operationsModel } from "../src/networks/builder.ts";

/** How many times as far our kernels may move a result as TensorFlow.js's backends lie apart. */
const ALLOWED_FACTOR = 16;

/** Smaller than published, and odd where the network takes it: strides and padding of "same" then differ from side to side. */
const CASES: readonly (readonly [
  name: string,
  architecture: Architecture,
  batch: number,
  height: number,
  width: number,
])[] = [
  ["LeNet", lenet, 3, 28, 28],
  ["ResNet-20", resnet20, 2, 33, 31],
  ["MobileNetV1", mobilenetV1, 2, 97, 75],
  ["MobileNetV2", mobilenetV2, 2, 97, 75],
  ["ResNet-50", resnet50, 1, 65, 47],
  ["VGG-16", vgg16, 1, 33, 33],
  ["Inception-v3", inceptionV3, 1, 97, 79],
];

interface Outputs {
  readonly cpu: Float32Array;
  readonly wasm: Float32Array;
  readonly predict: (backend: string) => Promise<Float32Array>;
}

/** What TensorFlow.js gives, by name of the case. */
const outputs = new Map<string, Outputs>();
const WAYS = ["layers", "operations"] as const;
const names = CASES.flatMap(([name]) => WAYS.map((way) => `${name}, of ${way}`));

beforeAll(async () => {
  tf.env().set("PROD", true);
  setThreadsCount(1);
  for (const [name, architecture, batch, height, width] of CASES) {
    const channels = architecture === lenet ? 1 : 3;
    const shape = [height, width, channels] as const;
    for (const way of WAYS) {
      await tf.setBackend("cpu");
      const model = way === "layers" ? layersModel(architecture, shape) : operationsModel(architecture, shape);
      const x = tf.randomUniform<tf.Rank.R4>([batch, ...shape], -1, 1, "float32", 7);
      const predict = async (backend: string): Promise<Float32Array> => {
        await tf.setBackend(backend);
        return tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync() as Float32Array).slice();
      };
      outputs.set(`${name}, of ${way}`, { cpu: await predict("cpu"), wasm: await predict("wasm"), predict });
    }
  }
  await import("@corr2d/tfjs");
}, 240_000);

/** The largest distance of values at the same place. */
function distance(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe.each(names)("%s", (name) => {
  test.each(["wasm", "corr2d"])("with our kernels on %s", { timeout: 60_000 }, async (backend) => {
    const { cpu, wasm, predict } = outputs.get(name)!;
    const ours = await predict(backend);
    // Sums in another order: other kernels computed.
    expect(ours).not.toEqual(wasm);
    expect(distance(ours, cpu)).toBeLessThanOrEqual(ALLOWED_FACTOR * distance(wasm, cpu));
    // What is prepared gives the same again.
    expect(await predict(backend)).toEqual(ours);
  });
});
