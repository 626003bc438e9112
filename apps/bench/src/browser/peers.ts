/**
 * The peers that a page has: TensorFlow.js on each of its backends, and ONNX Runtime.
 *
 * @module
 */

import type { ConvAdapter } from "@corr2d/parity";
import { onnxruntimeWeb } from "../peers/onnxruntime.ts";
import { FLOAT32, type Variant } from "../variant.ts";
import { tfjsSource } from "./tfjs.ts";

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
];

/** Its WebAssembly lies beside this page. */
async function loadOnnxRuntime(): Promise<ConvAdapter> {
  const { env } = await import("onnxruntime-web");
  env.wasm.wasmPaths = new URL("ort/", import.meta.url).href;
  return onnxruntimeWeb.load();
}
