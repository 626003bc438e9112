/**
 * A network as a TensorFlow.js program: every step is the operation that TensorFlow.js has for it, and nothing leaves the
 * backend between the picture and the result.
 *
 * @module
 */

import type { Tensor4D } from "@tensorflow/tfjs-core";
import { activate, type BackendName, tf } from "../oracles/tensorflow.ts";
import type { Convolution, Network, Step } from "./network.ts";

/** Oracles by name, and the backend that each is. */
const BACKENDS: Readonly<Record<string, BackendName>> = {
  "tfjs-cpu": "cpu",
  "tfjs-wasm": "wasm",
  "tfjs-node": "tensorflow",
};

/** The result of the network, computed by a TensorFlow.js oracle that has been loaded. */
export function runOnTfjs(network: Network, oracle: string): Float32Array {
  activate(BACKENDS[oracle]);
  const tensors = new Map<string, Tensor4D>();
  const { engine } = tf;
  engine().startScope();
  try {
    tensors.set(network.input, tf.tensor4d(network.image.data, [...network.image.shape]));
    for (const step of network.steps) {
      tensors.set(
        step.name,
        apply(
          step,
          step.from.map((name) => tensors.get(name)!),
        ),
      );
    }
    return tensors.get(network.output)!.dataSync<"float32">();
  } finally {
    engine().endScope();
  }
}

function apply(step: Step, inputs: readonly Tensor4D[]): Tensor4D {
  const [x] = inputs;
  switch (step.kind) {
    case "convolution":
      return convolve(step, x);
    case "relu":
      return tf.relu(x);
    case "leaky relu":
      return tf.leakyRelu(x, step.slope);
    case "add":
      return tf.add(x, inputs[1]);
    case "concatenate":
      return tf.concat([...inputs], 3);
    case "enlarge":
      return tf.image.resizeNearestNeighbor(x, [x.shape[1] * step.factor, x.shape[2] * step.factor]);
    case "max pool":
      return tf.maxPool(x, step.size, step.stride, "same");
  }
}

function convolve({ filter, bias, strides, padding, groups }: Convolution, x: Tensor4D): Tensor4D {
  const [kernelHeight, kernelWidth, , outChannels] = filter.shape;
  // Pairs for the sides, never a number: not every backend takes one.
  const [vertical, horizontal] = typeof padding === "number" ? [both(padding), both(padding)] : [];
  const padded = vertical && horizontal ? tf.pad(x, [[0, 0], vertical, horizontal, [0, 0]]) : x;
  const rule = padding === "same" ? "same" : "valid";
  const y =
    groups === 1
      ? tf.conv2d(padded, tf.tensor4d(filter.data, [...filter.shape]), [...strides], rule)
      : tf.depthwiseConv2d(
          padded,
          tf.tensor4d(filter.data, [kernelHeight, kernelWidth, groups, outChannels / groups]),
          [...strides],
          rule,
        );
  return bias === undefined ? y : tf.add(y, tf.tensor1d(bias));
}

function both(cells: number): [before: number, after: number] {
  return [cells, cells];
}
