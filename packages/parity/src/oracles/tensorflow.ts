/**
 * What all TensorFlow.js backends share: one engine, which computes on one backend at a time.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs-core";

/** A backend by the name TensorFlow.js knows it by. */
export type BackendName = "cpu" | "wasm" | "tensorflow";

// TensorFlow.js recommends other packages of its on the console; this flag does nothing but silence it.
tf.env().set("PROD", true);

/**
 * Makes a backend that is ready the one that computes.
 *
 * Changing the backend sets up every kernel anew (about 2 ms), so the one in use is left alone.
 *
 * @throws Error if the backend is not ready: it has to be awaited once, with `tf.setBackend`, before.
 */
export function activate(backend: BackendName): void {
  if (tf.getBackend() === backend) return;
  // Settles at once for a backend that has been awaited before.
  void tf.setBackend(backend);
  if (tf.getBackend() !== backend) throw new Error(`TensorFlow.js: backend ${backend} is not ready`);
}

export { tf };
