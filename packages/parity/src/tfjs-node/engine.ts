/**
 * Which of TensorFlow's engines computes: oneDNN, or TensorFlow's own kernels on Eigen. That depends on the processor and on
 * `TF_ENABLE_ONEDNN_OPTS`, read by the native library when it is loaded, and they differ in what they can and what they get
 * wrong; so TensorFlow itself is asked.
 *
 * @module
 */

import type { Rank } from "@tensorflow/tfjs-core";
import type { tf as TensorFlow } from "../oracles/tensorflow.ts";

/** The engine of the backend `"tensorflow"`, which has to be the one that computes. */
export type TfjsNodeEngine = "oneDNN" | "Eigen";

/** Asks: only oneDNN has depthwise convolution with strides that differ. */
export function engineOf(tf: typeof TensorFlow): TfjsNodeEngine {
  return tf.tidy(() => {
    try {
      tf.depthwiseConv2d(tf.zeros<Rank.R4>([1, 2, 3, 1]), tf.zeros<Rank.R4>([1, 1, 1, 1]), [1, 2], "valid").dataSync();
      return "oneDNN";
    } catch {
      return "Eigen";
    }
  });
}
