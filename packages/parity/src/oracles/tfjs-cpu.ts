/**
 * The oracle `tfjs-cpu`: TensorFlow.js in plain JavaScript.
 *
 * @module
 */

import { type AdapterSource, type ConvAdapter, FULL_REACH } from "../adapter.ts";
import { loadOnce } from "./load-once.ts";

/**
 * How the backend sums, as its source has it. An algorithm that promises the same is held to the same bits.
 * Its input gradient too has an order, but one that nobody else would choose.
 */
export const TFJS_CPU_SUMMATION: NonNullable<ConvAdapter["summation"]> = {
  forward: "kernel row, kernel column, channel; rounded to float32 at each step; bias last",
  filterGradient: "batch, output row, output column; float64, rounded to float32 once",
};

export const tfjsCpu: AdapterSource = {
  name: "tfjs-cpu",
  summary: "TensorFlow.js in plain JavaScript",
  load: loadOnce(load),
};

async function load(): Promise<ConvAdapter> {
  const { version_cpu } = await import("@tensorflow/tfjs-backend-cpu");
  const { tf } = await import("./tensorflow.ts");
  const { tfjsAdapter } = await import("./tfjs-adapter.ts");
  await tf.setBackend("cpu");
  return tfjsAdapter({
    reach: FULL_REACH,
    name: "tfjs-cpu",
    backend: "cpu",
    version: version_cpu,
    threads: 1,
    summation: TFJS_CPU_SUMMATION,
  });
}
