/**
 * What all TensorFlow.js backends share: one engine, which computes on one backend at a time.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs-core";

/** A backend by the name TensorFlow.js knows it by. */
export type BackendName = "cpu" | "wasm" | "tensorflow" | "webgl" | "webgpu";

// TensorFlow.js recommends other packages of its on the console; this flag does nothing but silence it.
tf.env().set("PROD", true);

/** Registered by `@corr2d/tfjs` beside the kernels that it puts into a backend of TensorFlow.js in place of its own. */
const FOREIGN_KERNEL = "Corr2dSetup";

/**
 * Makes a backend that is ready the one that computes.
 *
 * Changing the backend sets up every kernel anew (about 2 ms), so the one in use is left alone.
 *
 * @throws Error if the backend is not ready: it has to be awaited once, with `tf.setBackend`, before; or if its kernels are not
 *   its own.
 */
export function activate(backend: BackendName): void {
  requireOwnKernels(backend);
  if (tf.getBackend() === backend) return;
  // Settles at once for a backend that has been awaited before.
  void tf.setBackend(backend);
  if (tf.getBackend() !== backend) throw new Error(`TensorFlow.js: backend ${backend} is not ready`);
}

/**
 * Makes sure that a backend is a witness.
 *
 * @throws Error if `@corr2d/tfjs` has been imported and put our kernels into it.
 */
export function requireOwnKernels(backend: BackendName): void {
  if (tf.getKernel(FOREIGN_KERNEL, backend) === undefined) return;
  throw new Error(
    `tfjs-${backend}: @corr2d/tfjs was imported in this process and put its kernels into the backend ${backend}, which would be ` +
      "held against themselves; ask this oracle in a process without that import",
  );
}

export { tf };
