/**
 * unfold and fold: the adjoint identity, and convolution as the matrix product that it is.
 */

import { conv2d, fold, tensor, type UnfoldOptions, unfold, zeros } from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { dot } from "./definition.ts";

const integers = (length: number, stream: string): Float32Array => {
  const random = seededRandom(6, stream);
  return Float32Array.from({ length }, () => random.integer(-4, 4));
};

const OPTIONS: readonly UnfoldOptions[] = [
  {},
  {
    strides: [2, 1],
    padding: [
      [0, 2],
      [1, 3],
    ],
    dilations: [1, 2],
  },
  { padding: "same", strides: 2 },
  {
    padding: [
      [2, 1],
      [0, 3],
    ],
    paddingMode: "reflect",
  },
  { padding: 4, paddingMode: "edge", strides: 3 },
  { padding: "same-lower", paddingMode: "wrap", dilations: 2 },
  {
    strides: 3,
    rounding: "ceil",
    padding: [
      [0, 0],
      [0, 2],
    ],
    paddingMode: "wrap",
  },
];

describe.each(OPTIONS)("%o", (options) => {
  const [kernelHeight, kernelWidth, channels, outChannels] = [3, 2, 3, 4];

  it.each(["NHWC", "NCHW"] as const)("is one half of a convolution in %s, and fold its adjoint", (layout) => {
    const shape = layout === "NHWC" ? ([2, 6, 7, channels] as const) : ([2, channels, 6, 7] as const);
    const x = tensor(shape, integers(252, "x"));
    const all = { ...options, layout };
    const patches = unfold(x, [kernelHeight, kernelWidth], all);
    const m = tensor(patches.shape, integers(patches.data.length, "m"));
    const folded = fold(m, shape, [kernelHeight, kernelWidth], all);
    expect(folded.shape).toEqual(shape);
    expect(dot(folded.data, x.data)).toBe(dot(m.data, patches.data));

    const filter = tensor([kernelHeight, kernelWidth, channels, outChannels], integers(72, "filter"));
    const y = conv2d(x, filter, all);
    const terms = kernelHeight * kernelWidth * channels;
    const [batch, first, second] = patches.shape;
    const cells = layout === "NHWC" ? first : second;
    expect([cells, terms].sort()).toEqual([first, second].sort());
    const products = y.data.map((_, i) => {
      const [n, cell, o] =
        layout === "NHWC"
          ? [Math.floor(i / (cells * outChannels)), Math.floor(i / outChannels) % cells, i % outChannels]
          : [Math.floor(i / (cells * outChannels)), i % cells, Math.floor(i / cells) % outChannels];
      let sum = 0;
      for (let tap = 0; tap < terms / channels; tap++) {
        for (let c = 0; c < channels; c++) {
          const element =
            layout === "NHWC"
              ? (n * cells + cell) * terms + tap * channels + c
              : (n * terms + (c * terms) / channels + tap) * cells + cell;
          sum += patches.data[element] * filter.data[(tap * channels + c) * outChannels + o];
        }
      }
      return sum;
    });
    expect(batch).toBe(2);
    expect(Array.from(products, (v) => v + 0)).toEqual(Array.from(y.data, (v) => v + 0));
  });
});

describe("refuses", () => {
  const x = zeros([1, 4, 4, 2]);
  it.each<[string, () => unknown, RegExp]>([
    ["groups", () => unfold(x, 2, { groups: 2 } as never), /^unfold: unknown option "groups"/],
    ["a kernel larger than the image", () => unfold(x, 5), /^unfold: kernel height 5 exceeds input height 4$/],
    [
      "no kernel",
      () => unfold(x, undefined as never),
      /^unfold: kernelSize must be a number or \[height, width\], got undefined$/,
    ],
    [
      "an absurd matrix, before memory is taken",
      () => unfold(zeros([1, 4000, 4000, 1]), 100),
      /^unfold: output .* more than the 1073741824 allowed$/,
    ],
    [
      "patches of another shape",
      () => fold(zeros([1, 9, 7]), [1, 4, 4, 2], 2),
      /^fold: patches must have shape \[1,9,8\], got \[1,9,7\]$/,
    ],
    [
      "an image of another rank",
      () => fold(zeros([1, 9, 8]), [4, 4] as never, 2),
      /^fold: inputShape must have rank 4/,
    ],
  ])("%s", (_what, call, text) => {
    expect(call).toThrow(text);
  });
});
