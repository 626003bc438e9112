/**
 * The part of the ledger that no comparison can ask: what TensorFlow.js 4.22 refuses, lacks or computes otherwise, so that
 * our adapters go round it. Each entry has a probe; one that finds its limitation gone fails the run, since there is
 * something to compare then.
 *
 * @module
 */

import type { Tensor4D } from "@tensorflow/tfjs-core";
import type { Limitation } from "../ledger.ts";
import type { BackendName } from "./tensorflow.ts";

const TFJS_ISSUES = "https://github.com/tensorflow/tfjs/issues";
const VERSION = "4.22.0";

/** The limitations. */
export const LIMITATIONS: readonly Limitation[] = [
  {
    id: "cpu-number-pads-by-height",
    oracle: "tfjs-cpu",
    version: VERSION,
    what: "a padding that is a number gives the wrong output shape where kernel or stride are not square",
    why: "both output sizes are computed from the filter's height and the vertical stride; our adapter gives pairs",
    issues: [`${TFJS_ISSUES}/649`],
    // 5 + 2·1 − 1 + 1 = 7 columns are right for a kernel one column wide; by its height of 3 they are 5.
    holds: withTensorFlow("cpu", (tf) => {
      const y = tf.conv2d(ones4(tf, [1, 5, 5, 1]), ones4(tf, [3, 1, 1, 1]), 1, 1, "NHWC", 1, "floor");
      return y.shape[2] !== 7;
    }),
  },
  {
    id: "cpu-refuses-stride-with-dilation",
    oracle: "tfjs-cpu",
    version: VERSION,
    what: "tf.conv2d refuses stride and dilation together",
    why: "its operations assert that either is 1, on every backend",
    issues: [],
    holds: withTensorFlow("cpu", (tf) =>
      throws(() => tf.conv2d(ones4(tf, [1, 9, 9, 1]), ones4(tf, [3, 3, 1, 1]), 2, "valid", "NHWC", 2)),
    ),
  },
  {
    id: "cpu-has-no-groups",
    oracle: "tfjs-cpu",
    version: VERSION,
    what: "tf.conv2d has no groups: a filter for a part of the channels is refused",
    why: "it asserts that image and filter have the same channels; only depthwise convolution has groups",
    issues: [],
    holds: withTensorFlow("cpu", (tf) =>
      throws(() => tf.conv2d(ones4(tf, [1, 3, 3, 4]), ones4(tf, [1, 1, 2, 4]), 1, "valid")),
    ),
  },
  ...[
    { kernel: "Conv2DBackpropFilter", issues: [`${TFJS_ISSUES}/8474`] },
    { kernel: "DepthwiseConv2dNativeBackpropInput", issues: [] },
    { kernel: "DepthwiseConv2dNativeBackpropFilter", issues: [] },
  ].map(
    ({ kernel, issues }): Limitation => ({
      id: `wasm-lacks-${kernel}`,
      oracle: "tfjs-wasm",
      version: VERSION,
      what: `the wasm backend has no kernel ${kernel}, so it cannot train a convolution`,
      why: "it was made for inference",
      issues,
      holds: withTensorFlow("wasm", (tf) => tf.getKernel(kernel, "wasm") === undefined),
    }),
  ),
  {
    id: "wasm-refuses-channels-first",
    oracle: "tfjs-wasm",
    version: VERSION,
    what: "the wasm backend refuses channels first",
    why: "its kernels are XNNPACK's, which are NHWC",
    issues: [],
    holds: withTensorFlow("wasm", (tf) =>
      throws(() => tf.conv2d(ones4(tf, [1, 1, 3, 3]), ones4(tf, [2, 2, 1, 1]), 1, "valid", "NCHW").dataSync()),
    ),
  },
];

type TensorFlow = typeof import("@tensorflow/tfjs-core");

function ones4(tf: TensorFlow, shape: [number, number, number, number]): Tensor4D {
  return tf.ones(shape);
}

function withTensorFlow(backend: BackendName, probe: (tf: TensorFlow) => boolean): () => Promise<boolean> {
  return async () => {
    const { activate, tf } = await import("./tensorflow.ts");
    activate(backend);
    let held = false;
    tf.tidy(() => {
      held = probe(tf);
    });
    return held;
  };
}

function throws(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch {
    return true;
  }
}
