/**
 * Gradients against TensorFlow.js where it has the operation. `@corr2d/parity` asks conv1d, conv2d, conv3d and depthwise
 * convolution in every pass; here stand those it does not ask: the separable and the transposed convolution, and the
 * activations. On small integers no sum is rounded, so equality is the test.
 */

import {
  type ActivationName,
  activationGradient,
  conv2d,
  convTranspose2d,
  gradients,
  separableConv2d,
  type Tensor4,
  tensor,
} from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, expect, it } from "vitest";

beforeAll(() => tf.setBackend("cpu"));

type Shape = readonly [number, number, number, number];

const random = seededRandom(1, "gradients against TensorFlow.js");
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const integers = (shape: Shape): Tensor4 =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => random.integer(-4, 4)),
  );
const tensor4d = ({ shape, data }: Tensor4): tf.Tensor4D => tf.tensor4d(data, [...shape]);
const values = (data: ArrayLike<number>): number[] => Array.from(data, (value) => value + 0);
const expectSame = (ours: readonly Tensor4[], theirs: readonly tf.Tensor[]): void => {
  expect(ours).toHaveLength(theirs.length);
  ours.forEach(({ shape, data }, i) => {
    expect(shape).toEqual(theirs[i]!.shape);
    expect(values(data)).toEqual(values(theirs[i]!.dataSync()));
    expect(data.some((value) => value !== 0)).toBe(true);
  });
};

it.each([
  [1, "same"],
  [2, "same"],
  [1, "valid"],
  [3, "valid"],
] as const)("separableConv2d, stride %i, padding %s", (stride, padding) => {
  const [x, depthwise, pointwise] = [integers([2, 7, 7, 3]), integers([3, 3, 3, 2]), integers([1, 1, 6, 4])];
  const convolve = (a: tf.Tensor4D, b: tf.Tensor4D, c: tf.Tensor4D) => tf.separableConv2d(a, b, c, stride, padding);
  const inputs = [x, depthwise, pointwise].map(tensor4d) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  const dy = integers(convolve(...inputs).shape);
  const theirs = tf.grads(convolve as (...all: tf.Tensor[]) => tf.Tensor)(inputs, tensor4d(dy));
  const ours = gradients(separableConv2d, x, { depthwise, pointwise }, dy, { strides: stride, padding });
  expectSame([ours.input, ours.filter.depthwise, ours.filter.pointwise], theirs);
});

it.each([
  [[1, 1], "same", [1, 5, 6, 2]],
  [[2, 2], "same", [1, 10, 12, 2]],
  [[2, 3], "same", [1, 9, 16, 2]],
  [[1, 2], "valid", [1, 7, 13, 2]],
  [[2, 2], "valid", [1, 11, 14, 2]],
] as const)("convTranspose2d, strides %j, padding %s, to %j", (strides, padding, outputShape) => {
  const [x, filter, dy] = [integers([1, 5, 6, 4]), integers([3, 3, 2, 4]), integers(outputShape)];
  const [, height, width] = outputShape;
  const transpose = (a: tf.Tensor4D, b: tf.Tensor4D) =>
    tf.conv2dTranspose(a, b, [...outputShape], [...strides], padding);
  const theirs = tf.grads(transpose as (...all: tf.Tensor[]) => tf.Tensor)(
    [tensor4d(x), tensor4d(filter)],
    tensor4d(dy),
  );
  const ours = gradients(convTranspose2d, x, filter, dy, { strides, padding, outputSize: [height, width] });
  expectSame([ours.input, ours.filter], theirs);
});

const SLOPES = new Float32Array([0.5, -0.25, 2]);
const ACTIVATIONS: Readonly<Record<Exclude<ActivationName, "linear">, (z: tf.Tensor) => tf.Tensor>> = {
  relu: tf.relu,
  relu6: tf.relu6,
  leakyRelu: (z) => tf.leakyRelu(z, 0.25),
  prelu: (z) => tf.prelu(z, tf.tensor1d(SLOPES)),
  elu: tf.elu,
  sigmoid: tf.sigmoid,
};
const NAMES = Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[];
const optionsOf = (activation: ActivationName) => ({
  activation,
  ...(activation === "leakyRelu" && { slope: 0.25 }),
  ...(activation === "prelu" && { slopes: SLOPES }),
});

it.each(NAMES)("activation %s", (activation) => {
  const [z, dy] = [integers([2, 3, 4, 3]), integers([2, 3, 4, 3])];
  // At zero the functions have corners, and systems differ in what they call the slope there.
  const smooth = tensor(
    z.shape,
    z.data.map((value) => value + 0.5),
  );
  const theirs = tf.grad(ACTIVATIONS[activation])(tensor4d(smooth), tensor4d(dy)).dataSync();
  const ours = activationGradient(smooth, dy, optionsOf(activation)).input.data;
  const roundings = activation === "elu" || activation === "sigmoid" ? 8 : 0;
  ours.forEach((value, i) => {
    expect(Math.abs(value - theirs[i]!)).toBeLessThanOrEqual(roundings * 2 ** -24 * Math.abs(dy.data[i]!));
  });
});

it.each(["relu", "relu6", "leakyRelu", "prelu"] as const)("conv2d with bias and %s", (activation) => {
  const [x, filter, dy] = [integers([2, 6, 6, 2]), integers([3, 3, 2, 3]), integers([2, 3, 3, 3])];
  const bias = new Float32Array([0.5, -0.5, 1.5]); // sums are never zero
  const layer = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): tf.Tensor =>
    ACTIVATIONS[activation](tf.add(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, "same"), c));
  const [dx, dw, db] = tf.grads(layer)([tensor4d(x), tensor4d(filter), tf.tensor1d(bias)], tensor4d(dy));
  const options = { strides: 2, padding: "same", bias, ...optionsOf(activation) } as const;
  const ours = gradients(conv2d, x, filter, dy, options);
  expectSame([ours.input, ours.filter], [dx!, dw!]);
  expect(values(ours.bias)).toEqual(values(db!.dataSync()));
});
