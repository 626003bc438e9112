/**
 * Messages that say what to write instead: for what users of NumPy, PyTorch, TensorFlow and SciPy write first.
 */

import { conv1d, conv2d, corr2d, fromOihw, tensor, zeros } from "@corr2d/core";
import { Conv2d } from "@corr2d/core/layers";
import { expect, it } from "vitest";

const any = (value: unknown): never => value as never;
const alone = tensor as unknown as (...values: unknown[]) => unknown;
const x = zeros([1, 8, 8, 3]);
const filter = zeros([3, 3, 3, 4]);

it("a shape alone, or values alone, are no zeros in secret", () => {
  expect(() => alone([1, 2, 3])).toThrow(
    "tensor: data is missing; write tensor([3], [1, 2, 3]) for these values, or zeros([1,2,3]) for zeros",
  );
  expect(() =>
    alone([
      [1, 2],
      [3, 4],
    ]),
  ).toThrow("write tensor([2, 2], [1, 2, 3, 4]) for these values");
  expect(() => alone()).toThrow("tensor: takes a shape and data");
  expect(() => alone([[1, 2], [3]])).toThrow("tensor: takes a shape and data");
});

it("nested arrays are shown the call that makes a tensor of them", () => {
  expect(() =>
    corr2d(
      any([
        [1, 2],
        [3, 4],
      ]),
      any([[1]]),
    ),
  ).toThrow("corr2d: x must be a tensor { shape, data }, got [[1,2],[3,4]]; write tensor([2, 2], [1, 2, 3, 4])");
  expect(() => corr2d(any(Array.from({ length: 9 }, () => new Array(9).fill(1))), any([[1]]))).toThrow(
    "write tensor([9, 9], values.flat(1))",
  );
  expect(() =>
    tensor(
      [2, 2],
      any([
        [1, 2],
        [3, 4],
      ]),
    ),
  ).toThrow("write tensor([2, 2], [1, 2, 3, 4])");
});

it.each([
  ["stride", "strides"],
  ["dilation", "dilations"],
  ["dilation_rate", "dilations"],
  ["dataFormat", "layout"],
  ["data_format", "layout"],
  ["pad", "padding"],
  ["padding_mode", "paddingMode"],
  ["group", "groups"],
  ["Strides", "strides"],
])("conv2d: %s is answered with %s", (given, meant) => {
  expect(() => conv2d(x, filter, any({ [given]: 1 }))).toThrow(
    `conv2d: unknown option "${given}"; did you mean ${meant}? known options are`,
  );
});

it.each([
  ["padding", "mode"],
  ["paddingMode", "boundary"],
  ["cval", "fillValue"],
  ["fill_value", "fillValue"],
])("corr2d: %s is answered with %s", (given, meant) => {
  expect(() => corr2d(zeros([4, 4]), zeros([2, 2]), any({ [given]: 1 }))).toThrow(`; did you mean ${meant}?`);
});

it("layers are told apart from functions", () => {
  const options = { inChannels: 3, outChannels: 4, kernelSize: 3 };
  expect(() => new Conv2d(any({ ...options, kernel: 3 }))).toThrow("; did you mean kernelSize?");
  expect(() => new Conv2d(any({ ...options, filters: 3 }))).toThrow("; did you mean outChannels?");
});

it("words of other systems are answered with ours", () => {
  expect(() => conv2d(x, filter, any({ padding: "SAME" }))).toThrow('; did you mean "same"?');
  expect(() => conv2d(x, filter, any({ layout: "channels_first" }))).toThrow('; did you mean "NCHW"?');
  expect(() => conv1d(zeros([1, 8, 3]), zeros([3, 3, 4]), any({ layout: "NHWC" }))).toThrow('; did you mean "NWC"?');
  expect(() => corr2d(zeros([4, 4]), zeros([2, 2]), any({ mode: "Same" }))).toThrow('; did you mean "same"?');
});

it("a filter in PyTorch's order is recognised, and turned by fromOihw", () => {
  const image = zeros([1, 16, 16, 8]);
  const oihw = tensor(
    [5, 8, 3, 3],
    Array.from({ length: 360 }, (_, i) => i),
  );
  expect(() => conv2d(image, oihw)).toThrow("a filter in PyTorch's order, OIHW, is turned to HWIO by fromOihw(filter)");
  const hwio = fromOihw(oihw);
  expect(hwio.shape).toEqual([3, 3, 8, 5]);
  expect(hwio.data[((1 * 3 + 2) * 8 + 6) * 5 + 4]).toBe(oihw.data[((4 * 8 + 6) * 3 + 1) * 3 + 2]);
  expect(conv2d(image, hwio).shape).toEqual([1, 14, 14, 5]);
  expect(() => fromOihw(any(zeros([2, 2])))).toThrow("fromOihw: filter must have rank 3");
});

it("channels that fit in the other layout are seen", () => {
  expect(() => conv2d(zeros([1, 8, 16, 16]), zeros([3, 3, 8, 5]))).toThrow('; the channels fit with layout: "NCHW"');
});
