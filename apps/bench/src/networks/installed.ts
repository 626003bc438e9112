/**
 * Networks that come in packages, with their weights and as their own programs.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire, findPackageJSON, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import type { Model } from "./builder.ts";

type Predicting = Pick<Model, "predict">;

const require: NodeJS.Require = createRequire(import.meta.url);

/** The model of Keras in `@upscalerjs/default-model`, which doubles the size of a picture. */
export async function superResolution(): Promise<Predicting> {
  const folder = join(dirname(findPackageJSON("@upscalerjs/default-model", import.meta.url)!), "models");
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, "model.json"), "utf8")) as {
    readonly modelTopology: object;
    readonly weightsManifest: readonly { readonly paths: readonly string[]; weights: tf.io.WeightsManifestEntry[] }[];
  };
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const shards = weightsManifest.flatMap(({ paths }) => paths).map((path) => readFileSync(join(folder, path)));
  const weightData = new Uint8Array(Buffer.concat(shards)).buffer;
  const model = await layers.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  return { predict: (x) => model.predict(x) as tf.Tensor };
}

/** Networks of face-api that are timed. */
export type FaceNet = "tinyFaceDetector" | "faceRecognitionNet" | "faceExpressionNet";

/** The part of face-api that is used. */
interface FaceApi {
  readonly nets: Readonly<
    Record<
      FaceNet,
      { loadFromDisk(folder: string): Promise<void>; forwardInput(input: object, size?: number): tf.Tensor }
    >
  >;
  readonly NetInput: new (inputs: readonly tf.Tensor4D[]) => object;
}

/** A network of `@vladmandic/face-api`, as that computes it. */
export async function faceNetwork(name: FaceNet): Promise<Predicting> {
  const program = require.resolve("@vladmandic/face-api/dist/face-api.node-wasm.js");
  // It asks for the package of everything, of which it needs the core: the one that is timed here.
  addMethods();
  registerHooks({
    resolve: (specifier, context, next) => {
      if (context.parentURL !== pathToFileURL(program).href || !specifier.startsWith("@tensorflow/"))
        return next(specifier, context);
      const name = specifier === "@tensorflow/tfjs" ? "@tensorflow/tfjs-core" : specifier;
      return { url: pathToFileURL(require.resolve(name)).href, shortCircuit: true };
    },
  });
  const { nets, NetInput } = require(program) as FaceApi;
  const net = nets[name];
  await net.loadFromDisk(join(dirname(program), "..", "model"));
  return { predict: (x) => net.forwardInput(new NetInput([x]), x.shape[1]) };
}

/** Gives tensors operations as methods, which the package of everything does. */
function addMethods(): void {
  const prototype = tf.Tensor.prototype as unknown as Record<string, unknown>;
  type Operation = (...args: unknown[]) => unknown;
  const add = (name: string, operation: Operation): void => {
    prototype[name] ??= function (this: tf.Tensor, ...args: unknown[]) {
      return operation(this, ...args);
    };
  };
  for (const [name, value] of Object.entries(tf)) {
    if (typeof value === "function" && /^[a-z]/.test(name)) add(name, value as unknown as Operation);
  }
  add("toFloat", (x) => tf.cast(x as tf.Tensor, "float32"));
  for (const rank of ["as1D", "as2D", "as3D", "as4D"])
    add(rank, (x, ...shape) => tf.reshape(x as tf.Tensor, rank === "as1D" ? [-1] : (shape as number[])));
}
