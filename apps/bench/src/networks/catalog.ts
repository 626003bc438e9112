/**
 * What is timed whole: predictions of networks, and steps of training.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { inceptionV3, lenet, mobilenetV1, mobilenetV2, resnet20, resnet50, vgg16 } from "./architectures.ts";
import { type Architecture, layersModel, type Model, operationsModel } from "./builder.ts";
import { type FaceNet, faceNetwork, superResolution } from "./installed.ts";

/** One prediction or one step of training, on the backend that is set; gives the result, or the loss. */
export type Run = () => Promise<Float32Array>;

/** What is timed. */
export interface NetworkEntry {
  readonly name: string;
  /** With whom the others are compared: TensorFlow.js's WebAssembly backend cannot train a convolution. */
  readonly baseline: "tfjs-wasm" | "tfjs-node";
  /** Makes it on the backend that is set. */
  make(): Run | Promise<Run>;
}

type ImageShape = readonly [height: number, width: number, channels: number];

/** All of them, in the order of the table. */
export const NETWORKS: readonly NetworkEntry[] = [
  ofLayers("MobileNetV1, batch norm in layers", mobilenetV1, 224),
  ofOperations("MobileNetV1, folded", mobilenetV1, 224),
  ofLayers("MobileNetV2, batch norm in layers", mobilenetV2, 224),
  ofOperations("MobileNetV2, folded", mobilenetV2, 224),
  ofLayers("ResNet-50", resnet50, 224),
  ofLayers("VGG-16", vgg16, 224),
  ofLayers("Inception-v3", inceptionV3, 299),
  {
    name: "ESRGAN of @upscalerjs/default-model",
    baseline: "tfjs-wasm",
    make: async () => predictions(await superResolution(), [128, 128, 3], 255),
  },
  ofFaceApi("detector", "tinyFaceDetector", 416),
  ofFaceApi("recognition", "faceRecognitionNet", 150),
  ofFaceApi("expressions", "faceExpressionNet", 112),
  training("LeNet, a step of training, batch 64", lenet, [28, 28, 1], 10, 64),
  training("ResNet-20 for CIFAR-10, a step of training, batch 32", resnet20, [32, 32, 3], 10, 32),
  training("MobileNetV2 at 96², a step of fine tuning, batch 16", mobilenetV2, [96, 96, 3], 1000, 16, "last block"),
];

function ofLayers(name: string, architecture: Architecture, size: number): NetworkEntry {
  const shape: ImageShape = [size, size, 3];
  const make = () => {
    const model = layersModel(architecture, shape);
    return predictions({ predict: (x) => model.predict(x) as tf.Tensor }, shape);
  };
  return { name, baseline: "tfjs-wasm", make };
}

function ofOperations(name: string, architecture: Architecture, size: number): NetworkEntry {
  const shape: ImageShape = [size, size, 3];
  return { name, baseline: "tfjs-wasm", make: () => predictions(operationsModel(architecture, shape), shape) };
}

function ofFaceApi(what: string, net: FaceNet, size: number): NetworkEntry {
  const make = async () => predictions(await faceNetwork(net), [size, size, 3], 255);
  return { name: `face-api, ${what}`, baseline: "tfjs-wasm", make };
}

/** Predictions of one image, which stays. */
function predictions(model: Pick<Model, "predict">, shape: ImageShape, largest = 1): Run {
  const x = tf.randomUniform<tf.Rank.R4>([1, ...shape], largest === 1 ? -1 : 0, largest, "float32", 3);
  return async () => {
    const y = model.predict(x);
    const values = y.dataSync() as Float32Array;
    y.dispose();
    return values;
  };
}

/** Steps of Adam on one batch, which stays; of a network that was trained before its last block learns alone. */
function training(
  name: string,
  architecture: Architecture,
  shape: ImageShape,
  classes: number,
  batch: number,
  which: "all" | "last block" = "all",
): NetworkEntry {
  const make = (): Run => {
    const model = layersModel(architecture, shape);
    if (which === "last block") freezeAllBut(model, 12);
    model.compile({ optimizer: tf.train.adam(1e-4), loss: "categoricalCrossentropy" });
    const x = tf.randomUniform<tf.Rank.R4>([batch, ...shape], -1, 1, "float32", 3);
    const labels = Array.from({ length: batch }, (_, n) => (7 * n) % classes);
    const y = tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), classes), "float32");
    return async () => Float32Array.of((await model.trainOnBatch(x, y)) as number);
  };
  return { name, baseline: "tfjs-node", make };
}

/** Leaves only the last layers that have weights to be trained. */
function freezeAllBut({ layers }: LayersModel, count: number): void {
  const trained = layers.filter(({ weights }) => weights.length > 0).slice(-count);
  for (const layer of layers) layer.trainable = trained.includes(layer);
}
