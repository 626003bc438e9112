/**
 * Fine tuning, in Node: a small MobileNetV2 learns five of the ten digits; then its first blocks are frozen, and the last block
 * and a new head learn the other five from a few pictures of each.
 *
 *     pnpm --filter @corr2d/tfjs fine-tune
 *
 * Source of the blocks: M. Sandler et al., "MobileNetV2", CVPR 2018.
 *
 * @module
 */

import "@corr2d/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { DIGIT_SIZE, type Digits, loadDigits } from "./digits.ts";

const SEED = 1;
const PICTURES_PER_DIGIT = 20;
const FIRST_EPOCHS = 1;
const FINE_EPOCHS = 15;

tf.env().set("PROD", true);
setThreadsCount(1);
// Where WebAssembly cannot start, the backend corr2d serves.
(await tf.setBackend("wasm")) || (await tf.setBackend("corr2d"));
const l = layers.layers;
const digits = loadDigits(SEED);
const [familiar, others] = [
  [0, 1, 2, 3, 4],
  [5, 6, 7, 8, 9],
] as const;

const base = makeBase();
const start = performance.now();
console.log(
  `A small MobileNetV2 (${base.countParams()} parameters) learns the digits ${familiar}, on ${tf.getBackend()}`,
);
await learn(withHead(base), only(digits.training, familiar), only(digits.test, familiar), FIRST_EPOCHS, 0.003);

// The last block goes on learning; what comes before stays as it is.
for (const layer of base.layers) layer.trainable = layer.name.startsWith("last");
const few = only(digits.training, others, PICTURES_PER_DIGIT);
console.log(`Its last block and a new head learn ${others} from ${few.pictures.shape[0]} pictures`);
const accuracy = await learn(withHead(base), few, only(digits.test, others), FINE_EPOCHS, 0.003);
const seconds = (performance.now() - start) / 1000;
console.log(`${(100 * accuracy).toFixed(1)} % of the test digits recognised, after ${seconds.toFixed(0)} s`);

/** Three inverted residual blocks after a convolution of stride 2. */
function makeBase(): layers.LayersModel {
  let seed = SEED;
  const kernelInitializer = () => layers.initializers.heNormal({ seed: seed++ });
  type Symbolic = layers.SymbolicTensor;
  const norm = (x: Symbolic, name: string) =>
    l.batchNormalization({ name: `${name}_norm`, momentum: 0.9 }).apply(x) as Symbolic;
  const relu6 = (x: Symbolic, name: string) => l.reLU({ name: `${name}_relu`, maxValue: 6 }).apply(x) as Symbolic;
  const convolve = (x: Symbolic, filters: number, kernelSize: number, strides: number, name: string) =>
    norm(
      l
        .conv2d({
          name,
          filters,
          kernelSize,
          strides,
          padding: "same",
          useBias: false,
          kernelInitializer: kernelInitializer(),
        })
        .apply(x) as Symbolic,
      name,
    );
  const block = (x: Symbolic, filters: number, strides: number, name: string): Symbolic => {
    const channels = x.shape.at(-1)!;
    let y = relu6(convolve(x, 6 * channels, 1, 1, `${name}_expand`), `${name}_expand`);
    const depthwise = l.depthwiseConv2d({
      name: `${name}_depthwise`,
      kernelSize: 3,
      strides,
      padding: "same",
      useBias: false,
      depthwiseInitializer: kernelInitializer(),
    });
    y = relu6(norm(depthwise.apply(y) as Symbolic, `${name}_depthwise`), `${name}_depthwise`);
    y = convolve(y, filters, 1, 1, `${name}_project`);
    return strides === 1 && filters === channels ? (l.add({ name: `${name}_add` }).apply([x, y]) as Symbolic) : y;
  };
  const image = layers.input({ shape: [DIGIT_SIZE, DIGIT_SIZE, 1] });
  let x = relu6(convolve(image, 8, 3, 2, "first"), "first");
  x = block(x, 16, 2, "block1");
  x = block(x, 16, 1, "block2");
  x = block(x, 24, 2, "last");
  const output = l.globalAveragePooling2d({ name: "features" }).apply(x) as Symbolic;
  return layers.model({ inputs: image, outputs: output });
}

/** The base with a classifier of its own for five digits. */
function withHead(base: layers.LayersModel): layers.LayersModel {
  const kernelInitializer = layers.initializers.glorotUniform({ seed: SEED });
  const output = l.dense({ units: 5, activation: "softmax", kernelInitializer }).apply(base.outputs[0]!);
  return layers.model({ inputs: base.inputs, outputs: output as layers.SymbolicTensor });
}

/** Trains and says how it goes; resolves to the share of test digits that are recognised. */
async function learn(
  model: layers.LayersModel,
  training: Digits,
  test: Digits,
  epochs: number,
  rate: number,
): Promise<number> {
  model.compile({ optimizer: tf.train.adam(rate), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  let accuracy = 0;
  let begin = performance.now();
  await model.fit(training.pictures, training.labels, {
    epochs,
    batchSize: 32,
    verbose: 0,
    callbacks: {
      onEpochEnd(epoch, logs) {
        const ms = performance.now() - begin;
        const [loss, share] = model.evaluate(test.pictures, test.labels, { batchSize: 256 }) as [tf.Scalar, tf.Scalar];
        accuracy = share.dataSync()[0]!;
        tf.dispose([loss, share]);
        console.log(
          `  epoch ${epoch + 1} of ${epochs}: loss ${logs!.loss!.toFixed(3)}, ${(100 * accuracy).toFixed(1)} % of ` +
            `${test.pictures.shape[0]} test digits recognised, ${(ms / 1000).toFixed(1)} s`,
        );
        begin = performance.now();
      },
    },
  });
  return accuracy;
}

/** The pictures of five digits, at most so many of each, labelled anew. */
function only({ pictures, labels }: Digits, wanted: readonly number[], most = Number.POSITIVE_INFINITY): Digits {
  const counts = new Map<number, number>();
  const chosen: { readonly at: number; readonly label: number }[] = [];
  for (const [at, digit] of [...tf.argMax(labels, 1).dataSync()].entries()) {
    const label = wanted.indexOf(digit);
    const count = counts.get(digit) ?? 0;
    if (label < 0 || count >= most) continue;
    counts.set(digit, count + 1);
    chosen.push({ at, label });
  }
  const indices = tf.tensor1d(
    chosen.map(({ at }) => at),
    "int32",
  );
  return {
    pictures: tf.gather(pictures, indices),
    labels: tf.cast(
      tf.oneHot(
        chosen.map(({ label }) => label),
        wanted.length,
      ),
      "float32",
    ) as tf.Tensor2D,
  };
}
