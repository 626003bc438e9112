/**
 * What WebNN's conv2d and convTranspose2d must refuse (W3C, "Web Neural Network API", sections on both operations), refused
 * here with a message that says why, and what they must allow next to it.
 */

import {
  type ConvOptions,
  type ConvTransposeOptions,
  conv2d,
  convTranspose2d,
  type FusedOptions,
  tensor,
  zeros,
} from "@corr2d/core";
import { describe, expect, it } from "vitest";

const untyped = (value: unknown): never => value as never;

describe("conv2d", () => {
  const x = zeros([1, 5, 5, 4]);
  const filter = zeros([3, 3, 4, 2]);
  const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
    ["an input that is not 4-D", () => conv2d(untyped(zeros([1, 5, 5])), filter), /x must have rank 4/],
    ["a filter that is not 4-D", () => conv2d(x, untyped(zeros([3, 3, 4]))), /filter must have rank 4/],
    [
      "types that differ",
      () => conv2d(x, untyped(tensor([3, 3, 4, 2], new Float64Array(72)))),
      /x is float32, but filter is float64/,
    ],
    [
      "padding of a wrong length",
      () => conv2d(x, filter, { padding: untyped([[1, 1]]) }),
      /padding must be .*got \[\[1,1\]\]/,
    ],
    [
      "padding below zero",
      () =>
        conv2d(x, filter, {
          padding: [
            [-1, 0],
            [0, 0],
          ],
        }),
      /padding must be an integer of 0 or more, got -1/,
    ],
    [
      "strides of a wrong length",
      () => conv2d(x, filter, { strides: untyped([1]) }),
      /strides must be a number or \[height, width\]/,
    ],
    [
      "a stride of zero",
      () => conv2d(x, filter, { strides: [1, 0] }),
      /strides must be an integer of 1 or more, got 0/,
    ],
    [
      "dilations of a wrong length",
      () => conv2d(x, filter, { dilations: untyped([1, 1, 1]) }),
      /dilations must be a number or/,
    ],
    [
      "a dilation of zero",
      () => conv2d(x, filter, { dilations: 0 }),
      /dilations must be an integer of 1 or more, got 0/,
    ],
    ["no groups", () => conv2d(x, filter, { groups: 0 }), /groups must be an integer of 1 or more, got 0/],
    [
      "groups that do not divide the input",
      () => conv2d(x, filter, { groups: 3 }),
      /input channels 4 are not divisible by groups 3/,
    ],
    [
      "filter channels that are not those of a group",
      () => conv2d(x, filter, { groups: 2 }),
      /filter takes 4 input channels per group, but/,
    ],
    [
      "groups that do not divide the output",
      () => conv2d(x, zeros([3, 3, 2, 3]), { groups: 2 }),
      /output channels 3 are not/,
    ],
    [
      "a bias that is not [outputChannels]",
      () => conv2d(x, filter, { bias: new Float32Array(3) }),
      /bias must have 2 elements, got 3/,
    ],
    [
      "a bias of another type",
      () => conv2d(x, filter, { bias: untyped(new Float64Array(2)) }),
      /bias must be a Float32Array/,
    ],
    [
      "a kernel larger than the padded input",
      () => conv2d(x, zeros([8, 3, 4, 2]), { padding: 1 }),
      /kernel height 8 exceeds padded input height 7/,
    ],
    [
      "a dilated kernel that is",
      () => conv2d(x, filter, { dilations: [1, 3] }),
      /kernel width 3 \(7 with dilation 3\) exceeds input width 5/,
    ],
    [
      "an unknown layout",
      () => conv2d(x, filter, { layout: untyped("nhwc") }),
      /layout must be "NHWC" or "NCHW", got "nhwc"/,
    ],
  ];
  it.each(refused)("refuses %s", (_what, call, text) => {
    expect(call).toThrow(/^conv2d: /);
    expect(call).toThrow(text);
  });

  it.each<[string, ConvOptions<2> & FusedOptions, readonly number[]]>([
    [
      "padding on every side",
      {
        padding: [
          [1, 2],
          [3, 0],
        ],
      },
      [1, 6, 6, 2],
    ],
    ["a stride past the input", { strides: 9 }, [1, 1, 1, 2]],
    [
      "a kernel as large as the padded input",
      {
        dilations: [3, 1],
        padding: [
          [1, 1],
          [0, 0],
        ],
      },
      [1, 1, 3, 2],
    ],
  ])("allows %s", (_what, options, shape) => {
    expect(conv2d(x, filter, options).shape).toEqual(shape);
  });
});

describe("convTranspose2d", () => {
  const x = zeros([1, 3, 3, 4]);
  const filter = zeros([3, 3, 2, 4]);
  const transpose = (options: ConvTransposeOptions<2> & FusedOptions) => convTranspose2d(x, filter, options);
  const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
    ["an input that is not 4-D", () => convTranspose2d(untyped(zeros([3, 3, 4])), filter), /x must have rank 4/],
    ["a filter that is not 4-D", () => convTranspose2d(x, untyped(zeros([3, 3]))), /filter must have rank 4/],
    [
      "filter channels that are not the input's",
      () => convTranspose2d(x, zeros([3, 3, 2, 3])),
      /filter takes 3 input channels, but the input has 4/,
    ],
    ["padding of a wrong length", () => transpose({ padding: untyped([1, 1, 1, 1]) }), /padding must be/],
    [
      "strides of a wrong length",
      () => transpose({ strides: untyped([1, 1, 1]) }),
      /strides must be a number or \[height, width\]/,
    ],
    ["a stride of zero", () => transpose({ strides: 0 }), /strides must be an integer of 1 or more, got 0/],
    ["a dilation of zero", () => transpose({ dilations: [0, 1] }), /dilations must be an integer of 1 or more, got 0/],
    [
      "output padding of a wrong length",
      () => transpose({ outputPadding: untyped([1]) }),
      /outputPadding must be a number or/,
    ],
    [
      "output padding as large as the stride",
      () => transpose({ strides: 2, outputPadding: [0, 2] }),
      /outputPadding 2 along width must be smaller/,
    ],
    [
      "output padding below zero",
      () => transpose({ outputPadding: -1 }),
      /outputPadding must be an integer of 0 or more, got -1/,
    ],
    ["output sizes of a wrong length", () => transpose({ outputSize: untyped([5]) }), /outputSize must be a number or/],
    [
      "an output size below the least",
      () => transpose({ strides: 2, outputSize: [6, 7] }),
      /output height 6 cannot come from .* from 7 to 8$/,
    ],
    [
      "an output size past the stride",
      () => transpose({ strides: 2, outputSize: [7, 9] }),
      /output width 9 cannot come from .* from 7 to 8$/,
    ],
    [
      "groups that do not divide the input",
      () => transpose({ groups: 3 }),
      /input channels 4 are not divisible by groups 3/,
    ],
    [
      "a bias that is not [outputChannels]",
      () => convTranspose2d(x, filter, { bias: new Float32Array(4) }),
      /bias must have 2 elements, got 4/,
    ],
    ["padding that leaves nothing", () => transpose({ padding: 3 }), /output height .* = -1 must be at least 1/],
    ["options of the other direction", () => transpose(untyped({ rounding: "ceil" })), /unknown option "rounding"/],
  ];
  it.each(refused)("refuses %s", (_what, call, text) => {
    expect(call).toThrow(/^convTranspose2d: /);
    expect(call).toThrow(text);
  });

  it.each<[string, ConvTransposeOptions<2> & FusedOptions, readonly number[]]>([
    ["output padding below the stride", { strides: [3, 2], outputPadding: [2, 1] }, [1, 11, 8, 2]],
    ["an output size that the stride leaves open", { strides: [3, 2], outputSize: [10, 8] }, [1, 10, 8, 2]],
    ["groups", { groups: 2 }, [1, 5, 5, 4]],
    ["an output size in place of output padding", { strides: 2, outputPadding: 1, outputSize: [7, 7] }, [1, 7, 7, 2]],
    [
      "an output size in place of output padding as large as the stride",
      { strides: [3, 2], outputPadding: 3, outputSize: [10, 8] },
      [1, 10, 8, 2],
    ],
  ])("allows %s", (_what, options, shape) => {
    expect(transpose(options).shape).toEqual(shape);
  });
});
