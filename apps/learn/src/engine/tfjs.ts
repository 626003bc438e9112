/**
 * TensorFlow.js, which is loaded only when it is asked for: its backend `cpu`, the one that needs nothing but JavaScript.
 *
 * @module
 */

import { conv2d, setBackend, tensor4d, tidy, version_core } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import type { Tensor4 } from "./core.ts";

await setBackend("cpu");

/** What computes. */
export const by: string = `tfjs-cpu ${version_core}`;

/** The convolution of TensorFlow.js, padding `"same"`. */
export async function convolve(x: Tensor4, filter: Tensor4): Promise<Float32Array> {
  const y = tidy(() =>
    conv2d(
      tensor4d(x.data, x.shape as [number, number, number, number]),
      tensor4d(filter.data, filter.shape as never),
      1,
      "same",
    ),
  );
  try {
    return (await y.data()) as Float32Array;
  } finally {
    y.dispose();
  }
}
