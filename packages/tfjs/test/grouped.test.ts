/**
 * Groups, strides with dilations, and their gradients: on both backends, against what TensorFlow.js can be brought to compute.
 *
 * @module
 */

import { seededRandom } from "@corr2d/testkit";
import { groupedConv2d } from "@corr2d/tfjs";
import "@corr2d/tfjs/layers";
import { conv2d } from "@corr2d/tfjs/layers";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

beforeAll(() => {
  tf.env().set("PROD", true);
  setThreadsCount(1);
});

function random<T extends tf.Tensor>(stream: string, shape: readonly number[]): T {
  const numbers = seededRandom(1, stream);
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => numbers.normal());
  return tf.tensor(values, [...shape] as [number]) as tf.Tensor as T;
}

function expectClose(actual: tf.Tensor, expected: tf.Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [actual.dataSync(), expected.dataSync()];
  for (const [i, value] of b.entries()) expect(Math.abs(a[i]! - value), String(i)).toBeLessThan(2e-4);
}

describe.each(["corr2d", "wasm"])("on the backend %s", (backend) => {
  beforeEach(async () => {
    await tf.setBackend(backend);
    tf.engine().startScope();
  });

  afterEach(() => {
    tf.engine().endScope();
  });

  type Conv = (x: tf.Tensor, w: tf.Tensor) => tf.Tensor;
  function expectSame(ours: Conv, theirs: Conv, x: tf.Tensor, w: tf.Tensor): void {
    const y = theirs(x, w);
    expectClose(ours(x, w), y);
    const dy = random("dy", y.shape);
    const [dx, dw] = tf.grads(ours)([x, w], dy);
    const [expectedDx, expectedDw] = tf.grads(theirs)([x, w], dy);
    expectClose(dx!, expectedDx!);
    expectClose(dw!, expectedDw!);
  }

  test("three groups are three convolutions side by side, and so are their gradients", () => {
    expectSame(
      (x, w) => groupedConv2d(x as tf.Tensor4D, w as tf.Tensor4D, { groups: 3, padding: "same", strides: 2 }),
      (x, w) => {
        const filters = tf.split(w as tf.Tensor4D, 3, 3);
        return tf.concat(
          tf
            .split(x as tf.Tensor4D, 3, 3)
            .map((part, g) => tf.conv2d(part as tf.Tensor4D, filters[g] as tf.Tensor4D, 2, "same")),
          3,
        );
      },
      random("x", [2, 9, 8, 6]),
      random("w", [3, 3, 2, 12]),
    );
  });

  test("strides with dilations, and their gradients, are those of a kernel with holes", () => {
    expectSame(
      (x, w) => groupedConv2d(x as tf.Tensor4D, w as tf.Tensor4D, { strides: 2, dilations: [2, 3] }),
      (x, w) => {
        // Rows and columns of zeros between the taps.
        const [height, width, channels, filters] = w.shape as [number, number, number, number];
        const rows = tf.reshape(
          tf.pad(tf.expandDims(w, 1), [
            [0, 0],
            [0, 1],
            [0, 0],
            [0, 0],
            [0, 0],
          ]),
          [2 * height, width, channels, filters],
        );
        const holes = tf.reshape(
          tf.pad(tf.expandDims(rows, 2), [
            [0, 0],
            [0, 0],
            [0, 2],
            [0, 0],
            [0, 0],
          ]),
          [2 * height, 3 * width, channels, filters],
        ) as tf.Tensor4D;
        const whole = tf.slice(holes, 0, [2 * height - 1, 3 * width - 2, channels, filters]);
        return tf.conv2d(x as tf.Tensor4D, whole, 2, "valid");
      },
      random("x", [1, 12, 13, 3]),
      random("w", [3, 2, 3, 4]),
    );
  });

  test("explicit padding", () => {
    const [x, w] = [random<tf.Tensor4D>("x", [1, 5, 6, 2]), random<tf.Tensor4D>("w", [3, 3, 2, 4])];
    const padding = [
      [1, 2],
      [0, 1],
    ] as const;
    expectClose(
      groupedConv2d(x, w, { padding }),
      tf.conv2d(x, w, 1, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]),
    );
  });

  test("a model of Keras with groups and dilations loads, and trains", async () => {
    const config = {
      name: "grouped",
      trainable: true,
      padding: "same",
      data_format: "channels_last",
      use_bias: true,
      activation: "relu",
    };
    const topology = {
      class_name: "Sequential",
      keras_version: "2.15.0",
      backend: "tensorflow",
      config: {
        name: "sequential",
        layers: [
          {
            class_name: "Conv2D",
            config: {
              ...config,
              batch_input_shape: [null, 8, 8, 4],
              filters: 8,
              kernel_size: [3, 3],
              strides: [1, 1],
              dilation_rate: [1, 1],
              groups: 2,
            },
          },
          {
            class_name: "Conv2D",
            config: {
              ...config,
              name: "dilated",
              filters: 2,
              kernel_size: [3, 3],
              strides: [2, 2],
              dilation_rate: [2, 2],
              groups: 1,
            },
          },
        ],
      },
    };
    const weights = [
      random<tf.Tensor>("k1", [3, 3, 2, 8]),
      tf.zeros([8]),
      random<tf.Tensor>("k2", [3, 3, 8, 2]),
      tf.ones([2]),
    ];
    const names = ["grouped/kernel", "grouped/bias", "dilated/kernel", "dilated/bias"];
    const model = await layers.loadLayersModel({
      load: async () => ({
        modelTopology: topology,
        weightSpecs: weights.map(({ shape }, i) => ({ name: names[i]!, shape, dtype: "float32" as const })),
        weightData: Float32Array.from(weights.flatMap((tensor) => [...tensor.dataSync()])).buffer,
      }),
    });
    expect(model.layers[0]!.getConfig().groups).toBe(2);
    const x = random<tf.Tensor4D>("x", [6, 8, 8, 4]);
    const first = tf.relu(groupedConv2d(x, weights[0] as tf.Tensor4D, { groups: 2, padding: "same" }));
    const second = groupedConv2d(first as tf.Tensor4D, weights[2] as tf.Tensor4D, {
      strides: 2,
      dilations: 2,
      padding: "same",
    });
    expectClose(model.predict(x) as tf.Tensor, tf.relu(tf.add(second, 1)));
    expect(model.outputs[0]!.shape).toEqual([null, 4, 4, 2]);

    model.compile({ optimizer: tf.train.adam(0.02), loss: "meanSquaredError" });
    const y = tf.fill([6, 4, 4, 2], 0.5);
    const { history } = await model.fit(x, y, { epochs: 30, verbose: 0 });
    const losses = history.loss as number[];
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 3);
  });

  test.each([
    [{ groups: 4 }, "4 groups of a filter [3,3,2,4] see 8 channels and make 1 each, but x has 2 channels"],
    [{ groups: 0 }, "groups must be an integer of 1 or more, got 0"],
    [{ strides: 1.5 }, "strides must be an integer of 1 or more, got 1.5"],
    [{ dilations: 3 }, "a kernel of 3 (7 with dilation) exceeds the padded image, 5"],
    [{ stride: 2 }, "no option stride; there are strides, dilations, padding, groups"],
  ])("%j is refused", (options, message) => {
    const [x, w] = [random<tf.Tensor4D>("x", [1, 5, 6, 2]), random<tf.Tensor4D>("w", [3, 3, 2, 4])];
    expect(() => groupedConv2d(x, w, options as object)).toThrow(`groupedConv2d: ${message}`);
  });
});

test.each([
  [[5, 6, 2], [3, 3, 2, 4], "x must have rank 4, got [5,6,2]"],
  [[1, 5, 6, 2], [3, 3, 2], "filter must have rank 4, got [3,3,2]"],
  [[1, 5, 6, 2], [3, 0, 2, 4], "filter must not be empty, got [3,0,2,4]"],
] as const)("x of %j and a filter of %j are refused", (x, w, message) => {
  expect(() => groupedConv2d(random("x", x), random("w", w))).toThrow(`groupedConv2d: ${message}`);
});

test("a layer that is made here", () => {
  const layer = conv2d({ filters: 6, kernelSize: 3, groups: 3, inputShape: [7, 7, 9] });
  const model = layers.sequential({ layers: [layer] });
  expect(model.countParams()).toBe(3 * 3 * 3 * 6 + 6);
  expect(() =>
    layers.sequential({ layers: [conv2d({ filters: 6, kernelSize: 3, groups: 4, inputShape: [7, 7, 9] })] }),
  ).toThrow("Conv2D: 9 channels and 6 filters must both divide into 4 groups");
});
