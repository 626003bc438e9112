/**
 * What every kind of convolution refuses, in its own name, and that a refused call changes nothing.
 */

import {
  conv1d,
  conv2d,
  conv2dGradients,
  conv3d,
  conv3dTranspose,
  depthwiseConv2d,
  depthwiseConv2dFilterGradient,
  planConv1d,
  planDepthwiseConv2d,
  separableConv2d,
  separableConv2dGradients,
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
      expect(gradient).toThrow(/Gradients?: dy has shape \[.*\], but the output of this convolution has \[.*\]$/);
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
      /InputGradient: unknown option "bias"/,
    );
    if (!kind.transposed)
      refuses(
        { paddingMode: "mirror" },
        /: paddingMode must be "zeros", "reflect", "replicate" or "circular", got "mirror"; did you mean "reflect"\?$/,
      );
    if (!kind.transposed) refuses({ rounding: "up" }, /: rounding must be "floor", "round" or "ceil", got "up"$/);
  });

  it("refuses arrays that do not fit its plan, and leaves them as they are", () => {
    const plan = kind.plan(x.shape, filter, call.options);
    const y = new Float32Array(dy.data.length + 1).fill(7);
    expect(() => plan.run(x.data, y)).toThrow(/Plan\.run: y must have \d+ elements, got \d+$/);
    expect(() => plan.run(new Float32Array(1 + x.data.length))).toThrow(
      /Plan\.run: x must have \d+ elements, got \d+$/,
    );
    expect(() => plan.run(untyped(new Float64Array(x.data.length)))).toThrow(/Plan\.run: x must be a Float32Array/);
    expect(y.every((value) => value === 7)).toBe(true);
  });
});

describe("refuses", () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      "more reflection than there is",
      () => conv1d(zeros([1, 3, 1]), zeros([1, 1, 1]), { padding: 3, paddingMode: "reflect" }),
      /^conv1d: padding 3 along width must be at most 2 with paddingMode "reflect" and input width 3$/,
    ],
    [
      "going round more than once",
      () =>
        conv2d(image, zeros([1, 1, 2, 1]), {
          padding: [
            [0, 5],
            [0, 0],
          ],
          paddingMode: "circular",
        }),
      /^conv2d: padding 5 along height must be at most 4 with paddingMode "circular" and input height 4$/,
    ],
    [
      "a padded image of absurd size, before memory is taken",
      () => planConv1d([1, 3, 1], zeros([1, 1, 1]), { padding: 2 ** 30, strides: 2 ** 20, paddingMode: "replicate" }),
      /^planConv1d: padded input \[1, 2147483651, 1\] has 2147483651 elements, more than the 1073741824 allowed$/,
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
      () => planDepthwiseConv2d([1, 4, 5, 2], zeros([1, 1, 2, 1]), untyped({ groups: 2 })),
      /^planDepthwiseConv2d: unknown option "groups"/,
    ],
    [
      "a depthwise filter shape for other channels",
      () => depthwiseConv2dFilterGradient(image, image, [1, 1, 1, 2]),
      /^depthwiseConv2dFilterGradient: filter is for 1 channels/,
    ],
    [
      "an output of absurd size",
      () => conv3dTranspose(zeros([1, 9, 9, 9, 1]), zeros([1, 1, 1, 1, 1]), { strides: 1000 }),
      /^conv3dTranspose: output \[1, 8001, 8001, 8001, 1\] has \d+ elements/,
    ],
    [
      "a pointwise filter that is not 1 × 1",
      () => separableConv2d(image, zeros([1, 1, 2, 1]), zeros([1, 2, 2, 1])),
      /^separableConv2d: pointwiseFilter must be \[1, 1, .*got \[1,2,2,1\]$/,
    ],
    [
      "an unknown option of both",
      () =>
        separableConv2dGradients(image, zeros([1, 1, 2, 1]), zeros([1, 1, 2, 1]), image, untyped({ multiplier: 1 })),
      /^separableConv2dGradients: unknown option "multiplier"/,
    ],
    [
      "gradients of no convolution",
      () => conv2dGradients(image, zeros([5, 1, 2, 1]), image),
      /^conv2dGradients: kernel height 5 exceeds input height 4$/,
    ],
  ])("%s", (_what, call, text) => {
    expect(call).toThrow(text);
  });
});
