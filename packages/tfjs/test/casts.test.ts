/**
 * Tensors that were cast to float32: on the cpu backend they share the integers that they were cast from.
 *
 * @module
 */

import "@corr2d/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-layers"; // registers the gradients
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";

beforeAll(() => {
  tf.env().set("PROD", true);
});

/** Small integers, cast: every sum of theirs is exact. */
const cast = (shape: readonly number[], dtype: "int32" | "bool"): tf.Tensor => {
  const length = tf.util.sizeFromShape([...shape]);
  const values = Array.from({ length }, (_, i) => (dtype === "bool" ? i % 2 : (i % 7) - 3));
  return tf.cast(tf.tensor(values, [...shape] as [number], dtype), "float32");
};

type Convolve = (...tensors: tf.Tensor[]) => tf.Tensor;
const cases: readonly (readonly [name: string, convolve: Convolve, shapes: readonly (readonly number[])[]])[] = [
  [
    "conv1d",
    (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, "same"),
    [
      [1, 8, 2],
      [3, 2, 4],
    ],
  ],
  [
    "conv2d",
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
    [
      [1, 8, 8, 3],
      [3, 3, 3, 2],
    ],
  ],
  [
    "depthwiseConv2d",
    (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
    [
      [1, 8, 8, 3],
      [3, 3, 3, 2],
    ],
  ],
  [
    "convTranspose2d",
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [1, 8, 8, 2], 2, "same"),
    [
      [1, 4, 4, 3],
      [3, 3, 2, 3],
    ],
  ],
  [
    "conv3d",
    (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, "same"),
    [
      [1, 4, 4, 4, 2],
      [2, 2, 2, 2, 3],
    ],
  ],
  [
    "convTranspose3d",
    (x, w) => tf.conv3dTranspose(x as tf.Tensor5D, w as tf.Tensor5D, [1, 4, 4, 4, 2], 1, "same"),
    [
      [1, 4, 4, 4, 3],
      [2, 2, 2, 2, 3],
    ],
  ],
  [
    "fused.conv2d",
    (x, filter, bias) =>
      tf.fused.conv2d({ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias: bias!, strides: 1, pad: "same" }),
    [[1, 8, 8, 3], [3, 3, 3, 2], [2]],
  ],
  ["maxPool", (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"), [[1, 8, 8, 3]]],
];

test.each(cases)("%s and its gradients, of casts of int32 and bool", async (name, convolve, shapes) => {
  for (const dtype of ["int32", "bool"] as const) {
    const results: Record<string, number[][]> = {};
    for (const backend of ["cpu", "corr2d", "wasm"]) {
      await tf.setBackend(backend);
      results[backend] = tf.tidy(() => {
        const inputs = () => shapes.map((shape) => cast(shape, dtype));
        const y = convolve(...inputs());
        // TensorFlow.js has no gradient of this one.
        const gradients = name === "convTranspose3d" ? [] : tf.grads(convolve)(inputs(), cast(y.shape, dtype));
        return [y, ...gradients].map((tensor) => [...tensor.dataSync()]);
      });
    }
    expect(results.corr2d).toEqual(results.cpu);
    expect(results.wasm).toEqual(results.cpu);
  }
});

test("a picture, whose pixels are int32", async () => {
  const picture = { data: new Uint8Array(256).fill(9), width: 8, height: 8 };
  for (const backend of ["corr2d", "wasm"]) {
    await tf.setBackend(backend);
    const x = tf.expandDims<tf.Tensor4D>(tf.cast(tf.browser.fromPixels(picture), "float32"));
    expect(tf.conv2d(x, tf.ones([3, 3, 3, 2]), 1, "same").dataSync()[0]).toBe(9 * 3 * 4);
  }
});
