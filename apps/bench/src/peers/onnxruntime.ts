/**
 * ONNX Runtime as a peer: in WebAssembly (`onnxruntime-web`, SIMD) and native (`onnxruntime-node`), with as many
 * threads inside an operator as asked for, one unless told otherwise, and one between operators.
 *
 * It computes in NCHW. Inputs are brought into that layout before the clock starts and the result is brought back
 * after it stopped, so the clock sees ONNX Runtime at its best: a `Float32Array` goes in, a `Float32Array` comes out,
 * the weights were packed when the session was made. The native one writes into one output tensor that is given to it; in
 * WebAssembly (1.30) one that is given stays as it was, so a new one is taken from each run.
 *
 * @module
 */

import type { AdapterSource, ConvAdapter, PreparedCase } from "@corr2d/parity";
import { type CaseData, type CasePass, type ConvCase, resolveCase, sizeOf } from "@corr2d/testkit";
import { channelsFirstIndex, toChannelsFirst, toChannelsLast, toOutputsFirst } from "./channels-first.ts";
import { encodeConvModel, MODEL_INPUT, MODEL_OUTPUT } from "./onnx-conv-model.ts";

type Runtime = typeof import("onnxruntime-node") | typeof import("onnxruntime-web");

/** ONNX Runtime compiled to WebAssembly. */
export const onnxruntimeWeb: AdapterSource = {
  name: "onnxruntime-web",
  summary: "ONNX Runtime in WebAssembly SIMD (MLAS)",
  async load({ threads = 1 } = {}) {
    const runtime = await import("onnxruntime-web");
    runtime.env.wasm.numThreads = threads;
    return new OnnxRuntimeAdapter("onnxruntime-web", "wasm", threads, runtime, runtime.env.versions.web);
  },
};

/** ONNX Runtime, native. */
export const onnxruntimeNode: AdapterSource = {
  name: "onnxruntime-node",
  summary: "ONNX Runtime, native code for this processor (MLAS)",
  async load({ threads = 1 } = {}) {
    const runtime = await import("onnxruntime-node");
    return new OnnxRuntimeAdapter("onnxruntime-node", "cpu", threads, runtime, runtime.env.versions.node);
  },
};

class OnnxRuntimeAdapter implements ConvAdapter {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  readonly #provider: "wasm" | "cpu";
  readonly #runtime: Runtime;

  constructor(name: string, provider: "wasm" | "cpu", threads: number, runtime: Runtime, version: string | undefined) {
    this.name = name;
    this.threads = threads;
    this.version = `${version ?? runtime.env.versions.common} (${provider})`;
    this.#provider = provider;
    this.#runtime = runtime;
  }

  supports(_convCase: ConvCase, pass: CasePass): true | string {
    return pass === "forward" ? true : "ONNX Runtime's inference packages have no gradients";
  }

  async prepare(convCase: ConvCase, _pass: CasePass, data: CaseData): Promise<PreparedCase> {
    const { batch, height, width, inChannels, outChannels, groupInChannels } = resolveCase(convCase);
    const filter = toOutputsFirst(data.filter, height.kernel * width.kernel, groupInChannels, outChannels);
    const session = await this.#runtime.InferenceSession.create(encodeConvModel(convCase, filter, data.bias), {
      executionProviders: [this.#provider],
      executionMode: "sequential",
      graphOptimizationLevel: "all",
      intraOpNumThreads: this.threads,
      interOpNumThreads: 1,
    });
    const { Tensor } = this.#runtime;
    const pixels = height.input * width.input;
    let x = toChannelsFirst(data.x, batch, pixels, inChannels);
    const outputShape = [batch, outChannels, height.output, width.output];
    const wanted =
      this.#provider === "cpu"
        ? { [MODEL_OUTPUT]: new Tensor("float32", new Float32Array(sizeOf(outputShape)), outputShape) }
        : [MODEL_OUTPUT];
    let y: Float32Array | undefined;
    return {
      async run() {
        const input = new Tensor("float32", x, [batch, inChannels, height.input, width.input]);
        const results = await session.run({ [MODEL_INPUT]: input }, wanted);
        y = results[MODEL_OUTPUT].data as Float32Array;
      },
      inputChanged(index) {
        if (index === undefined) x = toChannelsFirst(data.x, batch, pixels, inChannels);
        else x[channelsFirstIndex(index, pixels, inChannels)] = data.x[index];
      },
      read() {
        if (y === undefined) throw new Error("onnxruntime: read() was called before run()");
        return toChannelsLast(y, batch, height.output * width.output, outChannels);
      },
      dispose() {
        void session.release();
      },
    };
  }
}
