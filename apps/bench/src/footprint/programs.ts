/**
 * One convolution, written for each library as its documentation has it: what a program pays that needs no more than that.
 * Libraries are imported when a program is prepared, and not before.
 *
 * @module
 */

import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { type ConvCase, NETWORK_LAYERS } from "@corr2d/testkit";

/** The layer that everybody computes: a 3×3 of ResNet-50. */
export const LAYER: ConvCase = NETWORK_LAYERS.find(({ name }) => name === "resnet50/conv2_1-3x3")!;

/** Computes once, to the end. */
export type Program = () => unknown;

/** A library, and what it costs before and beside computing. */
export interface Library {
  readonly name: string;
  /** Imports it and makes it ready. */
  readonly prepare: (x: Float32Array, filter: Float32Array) => Promise<Program>;
  /** The same for a bundler: what a page imports, and the files beside the script that it fetches; undefined for native code. */
  readonly page?: { readonly source: string; readonly fetches: readonly string[] };
}

const shapes = (): { input: [number, number, number, number]; filter: [number, number, number, number] } => ({
  input: [...LAYER.inputShape],
  filter: [...LAYER.filterShape],
});

async function onTensorFlow(backend: string, x: Float32Array, filter: Float32Array): Promise<Program> {
  const tf = await import("@tensorflow/tfjs-core");
  tf.env().set("PROD", true);
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start its backend ${backend}`);
  const { input, filter: filterShape } = shapes();
  const w = tf.tensor4d(filter, filterShape);
  return () => tf.tidy(() => void tf.conv2d(tf.tensor4d(x, input), w, 1, "same").dataSync());
}

async function onOnnxRuntime(
  runtime: typeof import("onnxruntime-web") | typeof import("onnxruntime-node"),
  x: Float32Array,
  filter: Float32Array,
): Promise<Program> {
  const [{ encodeConvModel, MODEL_INPUT }, { toOutputsFirst }] = await Promise.all([
    import("../peers/onnx-conv-model.ts"),
    import("../peers/channels-first.ts"),
  ]);
  const [kernelHeight, kernelWidth, inChannels, outChannels] = LAYER.filterShape;
  const model = encodeConvModel(
    LAYER,
    toOutputsFirst(filter, kernelHeight * kernelWidth, inChannels, outChannels),
    undefined,
  );
  const session = await runtime.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const [batch, height, width, channels] = LAYER.inputShape;
  return () => session.run({ [MODEL_INPUT]: new runtime.Tensor("float32", x, [batch, channels, height, width]) });
}

async function onJax(x: Float32Array, filter: Float32Array): Promise<Program> {
  const [{ defaultDevice, init, lax, numpy }, { toChannelsFirst, toOutputsFirst }] = await Promise.all([
    import("@jax-js/jax"),
    import("../peers/channels-first.ts"),
  ]);
  await init("wasm");
  defaultDevice("wasm");
  const [batch, height, width, channels] = LAYER.inputShape;
  const [kernelHeight, kernelWidth, inChannels, outChannels] = LAYER.filterShape;
  const image = toChannelsFirst(x, batch, height * width, channels);
  const w = numpy.array(toOutputsFirst(filter, kernelHeight * kernelWidth, inChannels, outChannels), {
    shape: [outChannels, inChannels, kernelHeight, kernelWidth],
  });
  const shape = [batch, channels, height, width];
  return () => lax.convGeneralDilated(numpy.array(image, { shape }), w.ref, [1, 1], "SAME").data();
}

/** The libraries, ours first. */
export const LIBRARIES: readonly Library[] = [
  {
    name: "corr2d",
    async prepare(x, filter) {
      const { conv2d, tensor } = await import("@corr2d/core");
      const { input, filter: filterShape } = shapes();
      return () => conv2d(tensor(input, x), tensor(filterShape, filter), { padding: "same" });
    },
    page: { source: 'export { conv2d, tensor } from "@corr2d/core";', fetches: [] },
  },
  {
    name: "tfjs-wasm",
    async prepare(x, filter) {
      const { setThreadsCount, setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
      setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}${sep}`);
      setThreadsCount(1);
      return onTensorFlow("wasm", x, filter);
    },
    page: {
      source:
        'export { conv2d, setBackend, tensor4d } from "@tensorflow/tfjs-core"; import "@tensorflow/tfjs-backend-wasm";',
      fetches: ["@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm"],
    },
  },
  {
    name: "tfjs-cpu",
    async prepare(x, filter) {
      await import("@tensorflow/tfjs-backend-cpu");
      return onTensorFlow("cpu", x, filter);
    },
    page: {
      source:
        'export { conv2d, setBackend, tensor4d } from "@tensorflow/tfjs-core"; import "@tensorflow/tfjs-backend-cpu";',
      fetches: [],
    },
  },
  {
    name: "onnxruntime-web",
    async prepare(x, filter) {
      const runtime = await import("onnxruntime-web");
      runtime.env.wasm.numThreads = 1;
      return onOnnxRuntime(runtime, x, filter);
    },
    page: {
      source: 'export { InferenceSession, Tensor } from "onnxruntime-web/wasm";',
      fetches: ["onnxruntime-web/ort-wasm-simd-threaded.wasm"],
    },
  },
  {
    name: "jax-js",
    prepare: onJax,
    page: { source: 'export { defaultDevice, init, lax, numpy } from "@jax-js/jax";', fetches: [] },
  },
  {
    name: "onnxruntime-node",
    prepare: async (x, filter) => onOnnxRuntime(await import("onnxruntime-node"), x, filter),
  },
  {
    name: "tfjs-node",
    async prepare(x, filter) {
      const { loadOracle } = await import("@corr2d/parity");
      await loadOracle("tfjs-node");
      return onTensorFlow("tensorflow", x, filter);
    },
  },
];
