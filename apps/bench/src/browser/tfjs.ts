/**
 * TensorFlow.js in a page, on one of its backends. The filter is uploaded once; each run uploads the input, computes, and waits for the
 * output.
 *
 * @module
 */

import type { AdapterSource, PreparedCase } from "@corr2d/parity";
import { type CaseData, type CasePass, type ConvCase, resolveCase } from "@corr2d/testkit";
import * as tf from "@tensorflow/tfjs-core";

/** Backends by the names that TensorFlow.js knows them by. */
export type TfjsBackend = "wasm" | "cpu" | "webgl" | "webgpu";

/** Imports a backend, which registers itself. */
const LOADERS: Readonly<Record<TfjsBackend, () => Promise<unknown>>> = {
  cpu: () => import("@tensorflow/tfjs-backend-cpu"),
  webgl: () => import("@tensorflow/tfjs-backend-webgl"),
  webgpu: () => import("@tensorflow/tfjs-backend-webgpu"),
  async wasm() {
    const { setThreadsCount, setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(new URL("tfjs/", import.meta.url).href);
    setThreadsCount(1);
  },
};

/** The peer of a backend. */
export function tfjsSource(backend: TfjsBackend, summary: string): AdapterSource {
  const name = `tfjs-${backend}`;
  return {
    name,
    summary,
    async load() {
      tf.env().set("PROD", true);
      await LOADERS[backend]();
      if (!(await tf.setBackend(backend).catch(() => false))) {
        throw new Error(`this browser, or its graphics processor, has no ${backend} for TensorFlow.js`);
      }
      return { name, version: tf.version_core, threads: 1, supports, prepare: (...task) => prepare(backend, ...task) };
    },
  };
}

function supports(convCase: ConvCase, pass: CasePass): true | string {
  if (pass !== "forward") return "a page times forward passes of TensorFlow.js only";
  const { groups, strides, dilations, inputShape } = convCase;
  if (groups > 1 && groups !== inputShape[3]) return "TensorFlow.js has no groups other than depthwise";
  const dilated = dilations.some((dilation) => dilation > 1);
  if (dilated && strides.some((stride) => stride > 1)) return "TensorFlow.js refuses stride and dilation together";
  return true;
}

async function prepare(
  backend: TfjsBackend,
  convCase: ConvCase,
  _pass: CasePass,
  data: CaseData,
): Promise<PreparedCase> {
  await activate(backend);
  const { inputShape, filterShape, groups } = convCase;
  const { height, width, outChannels } = resolveCase(convCase);
  const strides: [number, number] = [height.stride, width.stride];
  const dilations: [number, number] = [height.dilation, width.dilation];
  const pad = [
    [0, 0],
    [height.before, height.after],
    [width.before, width.after],
    [0, 0],
  ] as unknown as "valid";
  const isDepthwise = groups > 1;
  const [kernelHeight, kernelWidth, channels] = filterShape;
  const filter = tf.tensor4d(
    data.filter,
    isDepthwise
      ? [kernelHeight, kernelWidth, groups, outChannels / groups]
      : [kernelHeight, kernelWidth, channels, outChannels],
  );
  const bias = data.bias && tf.tensor1d(data.bias);
  const convolve = (isDepthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d) as typeof tf.fused.conv2d;
  const compute = (): tf.Tensor =>
    tf.tidy(() => {
      const x = tf.tensor4d(data.x, [...inputShape]);
      return convolve({ x, filter, strides, pad, dilations, dataFormat: "NHWC", ...(bias && { bias }) });
    });
  let result: Float32Array | undefined;
  return {
    async run() {
      await activate(backend);
      const y = compute();
      result = (await y.data()) as Float32Array;
      y.dispose();
    },
    read() {
      if (result === undefined) throw new Error(`tfjs-${backend}: read before run`);
      return result;
    },
    dispose: () => tf.dispose(bias === undefined ? [filter] : [filter, bias]),
  };
}

/** Changing the backend sets kernels up anew, so the one in use is left alone. */
async function activate(backend: TfjsBackend): Promise<void> {
  if (tf.getBackend() !== backend) await tf.setBackend(backend);
}
