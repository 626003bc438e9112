/**
 * All peers that Node has: TensorFlow.js, ONNX Runtime, and libraries of pictures.
 *
 * @module
 */

import { KNOWN_ORACLES } from "@corr2d/parity";
import { type CasePass, type ConvCase, flopsOf } from "@corr2d/testkit";
import type { Engine } from "../report/results.ts";
import { FLOAT32, type Variant } from "../variant.ts";
import { imageJs } from "./image-js.ts";
import { supportsOneChannel } from "./one-channel.ts";
import { onnxruntimeNode, onnxruntimeWeb } from "./onnxruntime.ts";
import { OPENCV } from "./opencv.ts";
import { sharpConvolve } from "./sharp.ts";

const ORACLE_ENGINES: Readonly<Record<string, Engine>> = { "tfjs-wasm": "simd", "tfjs-node": "native" };

/** TensorFlow.js's reference needs a second for so many operations of a filter gradient; larger ones are not asked of it. */
const FILTER_GRADIENT_FLOPS = 10e6;
const LONGEST_FILTER_GRADIENT_SECONDS = 15;

const ORACLES = KNOWN_ORACLES.map(
  (source): Variant => ({
    ...FLOAT32,
    source,
    ...(source.name === "tfjs-cpu" && {
      supports: isFeasibleForReference,
      oneThread: "it is JavaScript, of one thread",
    }),
    ...(source.name === "tfjs-wasm" && {
      oneThread: "TensorFlow.js starts threads of its WebAssembly in browsers only",
    }),
    engine: ORACLE_ENGINES[source.name] ?? "scalar",
    clock: "upload of the input, computation, download of the output to a new array; the filter was uploaded before",
  }),
);

function isFeasibleForReference(convCase: ConvCase, pass: CasePass): true | string {
  const seconds = flopsOf(convCase) / FILTER_GRADIENT_FLOPS;
  return (
    pass !== "filterGradient" ||
    seconds < LONGEST_FILTER_GRADIENT_SECONDS ||
    `its filter gradient takes some ${Math.round(seconds)} s`
  );
}

const ONNX_CLOCK = "NCHW Float32Array in and out, converted outside the clock; weights were packed before";

/** The peers. */
export const PEERS: readonly Variant[] = [
  ...ORACLES,
  { ...FLOAT32, source: onnxruntimeWeb, engine: "simd", clock: `${ONNX_CLOCK}; a new output at each run` },
  { ...FLOAT32, source: onnxruntimeNode, engine: "native", clock: `${ONNX_CLOCK}; into an output that is there` },
  OPENCV,
  {
    source: sharpConvolve,
    engine: "native",
    promised: { precision: "8 bit", greyLevels: 1, interiorOnly: true },
    border: "edge cells repeated",
    clock: "bytes in, convolve (fractions are cut off), bytes out",
    supports: supportsOneChannel,
  },
  {
    source: imageJs,
    engine: "scalar",
    promised: { precision: "8 bit", greyLevels: 0.5, interiorOnly: false },
    border: "zeros",
    clock: "bytes wrapped, directConvolution (rounded), bytes out",
    supports: supportsOneChannel,
  },
];
