/**
 * Any backend of TensorFlow.js behind the contract, those of graphics processors and of pages too.
 *
 * @module
 */

import type { ConvAdapter } from "../adapter.ts";
import type { TfjsBackend } from "./tfjs-adapter.ts";

/**
 * The adapter of a backend of TensorFlow.js that has been registered and awaited once: each pass is computed by the operations that a
 * program would call.
 *
 * @param description its name and facts; `readsLater` where results cannot be read at once, as those of webgl and webgpu.
 * @throws Error, by `prepare` and `run`, while the backend is not ready, or if `@corr2d/tfjs` has put our kernels into it.
 * @example
 * ```ts
 * import "@tensorflow/tfjs-backend-cpu";
 * import * as tf from "@tensorflow/tfjs-core";
 *
 * await tf.setBackend("cpu");
 * const adapter = await tfjsBackend({ name: "mine", backend: "cpu", version: tf.version_core, threads: 1 });
 * adapter.threads; // → 1
 * ```
 */
export async function tfjsBackend(description: TfjsBackend): Promise<ConvAdapter> {
  const { tfjsAdapter } = await import("./tfjs-adapter.ts");
  return tfjsAdapter(description);
}
