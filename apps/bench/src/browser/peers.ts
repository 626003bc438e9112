/**
 * The peers that a page has: TensorFlow.js on each of its backends, ONNX Runtime, jax-js, and OpenCV.js for pictures.
 *
 * @module
 */

import type { ConvAdapter } from "@corr2d/parity";
import { jaxJs } from "../peers/jax-js.ts";
import { onnxruntimeWeb } from "../peers/onnxruntime.ts";
import { OPENCV } from "../peers/opencv.ts";
import { FLOAT32, type Variant } from "../variant.ts";
import { tfjsSource } from "./tfjs.ts";

/** Written in by `build-browser.ts`. */
declare const JAX_JS_VERSION: string;

const jax = jaxJs(JAX_JS_VERSION);

const TFJS_CLOCK =
  "upload of the input, computation, download of the output to a new array; the filter was uploaded before";

/** The peers. */
export const PEERS: readonly Variant[] = [
  {
    ...FLOAT32,
    source: tfjsSource("wasm", "TensorFlow.js on WebAssembly SIMD (XNNPACK)"),
    engine: "simd",
    clock: TFJS_CLOCK,
  },
  {
    ...FLOAT32,
    source: tfjsSource("webgl", "TensorFlow.js on the graphics processor, by WebGL"),
    engine: null,
    clock: TFJS_CLOCK,
  },
  {
    ...FLOAT32,
    source: tfjsSource("webgpu", "TensorFlow.js on the graphics processor, by WebGPU"),
    engine: null,
    clock: TFJS_CLOCK,
  },
  { ...FLOAT32, source: tfjsSource("cpu", "TensorFlow.js in plain JavaScript"), engine: "scalar", clock: TFJS_CLOCK },
  {
    ...FLOAT32,
    source: { ...onnxruntimeWeb, load: loadOnnxRuntime },
    engine: "simd",
    clock:
      "NCHW Float32Array in and out, converted outside the clock; weights were packed before; a new output at each run",
  },
  {
    ...FLOAT32,
    source: { ...jax, load: loadJax },
    engine: "simd",
    clock: "NCHW Float32Array in and out, converted outside the clock; the filter was uploaded before",
  },
  OPENCV,
];

/** It starts as many workers as the browser says there are cores, and takes no other number. */
async function loadJax(): Promise<ConvAdapter> {
  Object.defineProperty(navigator, "hardwareConcurrency", { value: 1, configurable: true });
  return jax.load();
}

/** Its WebAssembly lies beside this page. */
async function loadOnnxRuntime(): Promise<ConvAdapter> {
  const { env } = await import("onnxruntime-web");
  env.wasm.wasmPaths = new URL("ort/", import.meta.url).href;
  return onnxruntimeWeb.load();
}
