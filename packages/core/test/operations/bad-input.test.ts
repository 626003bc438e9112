/**
 * What every kind of convolution refuses, in its own name, and that a refused call changes nothing.
 */

import {
  conv1d,
  conv2d,
  conv3d,
  convTranspose3d,
  depthwiseConv2d,
  filterGradient,
  gradients,
  plan,
  separableConv2d,
  zeros,
} from "@corr2d/core";
import { describe, expect, it } from "vitest";
import { calls, KINDS, LAYOUTS } from "./cases.ts";

const untyped = (value: unknown): never => value as never;
const image = zeros([1, 4, 5, 2]);

describe.each(KINDS)("$name", (kind) => {
  const [call] = calls(kind, 9, 1);
  const x = zeros(call.inputShape);
  const filter = zeros(call.filterShape);
  const dy = zeros(call.outputShape);
  const rank = kind.rank + 2;
  const wrongLayout = LAYOUTS[kind.rank === 2 ? 3 : 2][0];

  it("refuses tensors of another rank, type or fit", () => {
    const flat = zeros([3, 3]);
    expect(() => kind.forward(flat, filter)).toThrow(
      `${kind.name}: x must have rank ${rank}, got shape [3,3] of rank 2`,
    );
    expect(() => kind.forward(x, flat)).toThrow(`${kind.name}: filter must have rank ${rank}`);
    expect(() => kind.forward([1, 2], filter)).toThrow(`${kind.name}: x must be a tensor { shape, data }, got [1,2]`);
    const double = { shape: x.shape, data: new Float64Array(x.data.length) };
    expect(() => kind.forward(double, filter)).toThrow(`${kind.name}: x is float64, but filter is float32`);
    expect(() => kind.inputGradient(dy, filter, [3, 3])).toThrow(`inputShape must have rank ${rank}`);
    expect(() => kind.filterGradient(x, dy, [3, 3])).toThrow(`filterShape must have rank ${rank}`);
    const larger = zeros(call.outputShape.map((size) => size + 1));
    for (const gradient of [
      () => kind.inputGradient(larger, filter, x.shape, call.options),
      () => kind.filterGradient(x, larger, filter.shape, call.options),
      () => kind.gradients(x, filter, larger, call.options),
    ]) {
      expect(gradient).toThrow(/radients?\(\w+\): dy has shape \[.*\], but the output of this convolution has \[.*\]$/);
    }
    const other = zeros([...call.inputShape.slice(0, -1), call.inputShape.at(-1)! + 1]);
    expect(() => kind.forward(other, filter, call.options)).toThrow(RangeError);
  });

  it("refuses options of another kind, and values that no option has", () => {
    const refuses = (options: object, text: RegExp): void => {
      expect(() => kind.forward(x, filter, { ...call.options, ...options })).toThrow(text);
      expect(() => kind.plan(x.shape, filter, { ...call.options, ...options })).toThrow(text);
    };
    refuses({ stride: 1 }, /: unknown option "stride"; did you mean strides\? known options are strides, padding, /);
    refuses({ strides: 1.5 }, /: strides must be an integer of 1 or more, got 1\.5$/);
    refuses({ dilations: [] }, /: dilations must be a number or \[(depth, )?(height, )?width\], got \[\]$/);
    refuses(
      { padding: [[1]] },
      /: padding must be "valid", "same", "same-lower", a number or \[\[.*\]\], got \[\[1\]\]$/,
    );
    refuses(
      { layout: wrongLayout },
      new RegExp(`: layout must be "\\w+" or "\\w+", got "${wrongLayout}"; did you mean "\\w+"\\?$`),
    );
    refuses({ bias: new Float32Array(call.outChannels + 1) }, /: bias must have \d+ elements, got \d+$/);
    refuses({ bias: [1] }, /: bias must be a Float32Array, got \[1\]$/);
    refuses({ activation: "prelu" }, /: activation "prelu" needs slopes, one for each of the \d+ channels$/);
    refuses({ algorithm: "magic" }, /: unknown algorithm "magic"; known are auto, naive, /);
    expect(() => kind.inputGradient(dy, filter, x.shape, { ...call.options, bias: undefined })).toThrow(
      /inputGradient\(\w+\): unknown option "bias"/,
    );
    if (!kind.transposed)
      refuses(
        { paddingMode: "mirror" },
        /: paddingMode must be "constant", "edge", "reflect", "symmetric" or "wrap", got "mirror"; did you mean "reflect"\?$/,
      );
    if (!kind.transposed) refuses({ rounding: "up" }, /: rounding must be "floor", "round" or "ceil", got "up"$/);
  });

  it("refuses arrays that do not fit its plan, and leaves them as they are", () => {
    const planned = kind.plan(x.shape, filter, call.options);
    const y = new Float32Array(dy.data.length + 1).fill(7);
    expect(() => planned.run(x.data, y)).toThrow(/plan\(\w+\)\.run: y must have \d+ elements, got \d+$/);
    expect(() => planned.run(new Float32Array(1 + x.data.length))).toThrow(
      /plan\(\w+\)\.run: x must have \d+ elements, got \d+$/,
    );
    expect(() => planned.run(untyped(new Float64Array(x.data.length)))).toThrow(
      /plan\(\w+\)\.run: x must be a Float32Array/,
    );
    expect(y.every((value) => value === 7)).toBe(true);
  });
});

describe("refuses", () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      "a fill value where nothing is filled",
      () => conv1d(zeros([1, 3, 1]), zeros([1, 1, 1]), { padding: 3, paddingMode: "reflect", fillValue: 0 }),
      /^conv1d: fillValue needs paddingMode "constant", got "reflect"$/,
    ],
    [
      "a fill value that is no number",
      () => conv2d(image, zeros([1, 1, 2, 1]), { padding: 1, fillValue: "1" as never }),
      /^conv2d: fillValue must be a number, got "1"$/,
    ],
    [
      "a padded image of absurd size, before memory is taken",
      () => plan(conv1d, [1, 3, 1], zeros([1, 1, 1]), { padding: 2 ** 30, strides: 2 ** 20, paddingMode: "edge" }),
      /^plan\(conv1d\): padded input \[1, 2147483651, 1\] has 2147483651 elements, more than the 1073741824 allowed$/,
    ],
    [
      "a kernel deeper than the volume",
      () => conv3d(zeros([1, 2, 4, 4, 1]), zeros([3, 1, 1, 1, 1])),
      /^conv3d: kernel depth 3 exceeds input depth 2$/,
    ],
    [
      "an empty axis",
      () => conv3d(zeros([1, 2, 0, 4, 1]), zeros([1, 1, 1, 1, 1])),
      /^conv3d: input height must be at least 1, got 0$/,
    ],
    [
      "an empty kernel",
      () => conv1d(zeros([1, 2, 1]), zeros([0, 1, 1])),
      /^conv1d: kernel width must be at least 1, got 0$/,
    ],
    [
      "no output channels",
      () => depthwiseConv2d(image, zeros([1, 1, 2, 0])),
      /^depthwiseConv2d: output channels must be at least 1, got 0$/,
    ],
    [
      "a depthwise filter for other channels",
      () => depthwiseConv2d(image, zeros([1, 1, 3, 1])),
      /^depthwiseConv2d: filter is for 3 channels, but the input has 2 /,
    ],
    [
      "groups of a depthwise convolution",
      () => plan(depthwiseConv2d, [1, 4, 5, 2], zeros([1, 1, 2, 1]), untyped({ groups: 2 })),
      /^plan\(depthwiseConv2d\): unknown option "groups"/,
    ],
    [
      "a depthwise filter shape for other channels",
      () => filterGradient(depthwiseConv2d, image, image, [1, 1, 1, 2]),
      /^filterGradient\(depthwiseConv2d\): filter is for 1 channels/,
    ],
    [
      "an output of absurd size",
      () => convTranspose3d(zeros([1, 9, 9, 9, 1]), zeros([1, 1, 1, 1, 1]), { strides: 1000 }),
      /^convTranspose3d: output \[1, 8001, 8001, 8001, 1\] has \d+ elements/,
    ],
    [
      "a pointwise filter that is not 1 × 1",
      () => separableConv2d(image, { depthwise: zeros([1, 1, 2, 1]), pointwise: zeros([1, 2, 2, 1]) }),
      /^separableConv2d: filter\.pointwise must be \[1, 1, .*got \[1,2,2,1\]$/,
    ],
    [
      "an unknown option of both",
      () =>
        gradients(
          separableConv2d,
          image,
          { depthwise: zeros([1, 1, 2, 1]), pointwise: zeros([1, 1, 2, 1]) },
          image,
          untyped({ multiplier: 1 }),
        ),
      /^gradients\(separableConv2d\): unknown option "multiplier"/,
    ],
    [
      "gradients of no convolution",
      () => gradients(conv2d, image, zeros([5, 1, 2, 1]), image),
      /^gradients\(conv2d\): kernel height 5 exceeds input height 4$/,
    ],
  ])("%s", (_what, call, text) => {
    expect(call).toThrow(text);
  });
});
