/**
 * The examples of the ONNX operators Conv and ConvTranspose (documentation of opset 22), with their attributes in the words
 * of this package: `pads` become pairs, SAME_UPPER and SAME_LOWER `"same"` and `"same-lower"`, `output_shape` `outputSize`.
 */

import { type ConvTransposeOptions, conv1d, conv2d, convTranspose2d, convTranspose3d, tensor } from "@corr2d/core";
import { describe, expect, it } from "vitest";

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
const ones = (shape: readonly [number, number, number, number]) =>
  tensor(shape, new Float32Array(shape.reduce((a, b) => a * b)).fill(1));
const pairs = ([top, left, bottom, right]: readonly number[]) =>
  [
    [top, bottom],
    [left, right],
  ] as const;

describe("Conv", () => {
  const square = tensor([1, 1, 5, 5], range(25));
  const tall = tensor([1, 1, 7, 5], range(35));
  it.each([
    [
      "padding",
      square,
      { padding: pairs([1, 1, 1, 1]) },
      [12, 21, 27, 33, 24, 33, 54, 63, 72, 51, 63, 99, 108, 117, 81, 93, 144, 153, 162, 111, 72, 111, 117, 123, 84],
    ],
    ["no padding", square, {}, [54, 63, 72, 99, 108, 117, 144, 153, 162]],
    [
      "strides and padding",
      tall,
      { padding: pairs([1, 1, 1, 1]), strides: 2 },
      [12, 27, 24, 63, 108, 81, 123, 198, 141, 112, 177, 124],
    ],
    ["strides without padding", tall, { strides: 2 }, [54, 72, 144, 162, 234, 252]],
    [
      "padding along one axis",
      tall,
      { padding: pairs([1, 0, 1, 0]), strides: 2 },
      [21, 33, 99, 117, 189, 207, 171, 183],
    ],
    ["SAME_LOWER", square, { padding: "same-lower", strides: 2 }, [12, 27, 24, 63, 108, 81, 72, 117, 84]],
  ] as const)("%s", (_name, x, options, expected) => {
    expect(Array.from(conv2d(x, ones([3, 3, 1, 1]), { layout: "NCHW", ...options }).data)).toEqual(expected);
  });

  it("puts the odd cell after with SAME_UPPER, before with SAME_LOWER", () => {
    const x = tensor([1, 4, 1], [1, 2, 4, 8]);
    const sum = tensor([2, 1, 1], [1, 1]);
    expect(Array.from(conv1d(x, sum, { padding: "same" }).data)).toEqual([3, 6, 12, 8]);
    expect(Array.from(conv1d(x, sum, { padding: "same-lower" }).data)).toEqual([1, 3, 6, 12]);
  });
});

describe("ConvTranspose", () => {
  const x = tensor([1, 1, 3, 3], range(9));
  const transposed = (options: ConvTransposeOptions) => {
    const { shape, data } = convTranspose2d(x, ones([3, 3, 2, 1]), { layout: "NCHW", ...options });
    const half = data.length / 2;
    expect(data.subarray(half)).toEqual(data.subarray(0, half)); // both filters are ones
    return { shape, rows: range(shape[2]).map((i) => Array.from(data.subarray(i * shape[3], (i + 1) * shape[3]))) };
  };

  it("without attributes", () => {
    expect(transposed({}).rows).toEqual([
      [0, 1, 3, 3, 2],
      [3, 8, 15, 12, 7],
      [9, 21, 36, 27, 15],
      [9, 20, 33, 24, 13],
      [6, 13, 21, 15, 8],
    ]);
  });

  const wide = [
    [0, 0, 1, 1, 3, 2, 2, 0],
    [3, 3, 7, 4, 9, 5, 5, 0],
    [6, 6, 13, 7, 15, 8, 8, 0],
  ].flatMap((row) => [row, row, row]);
  it.each([
    ["output_shape", { strides: [3, 2], outputSize: [10, 8] }],
    ["output_padding", { strides: [3, 2], outputPadding: [1, 1] }],
  ] as const)("%s", (_name, options) => {
    expect(transposed(options).rows).toEqual([...wide, [0, 0, 0, 0, 0, 0, 0, 0]]);
  });

  it("pads", () => {
    const rows = [
      [1, 1, 3],
      [7, 4, 9],
      [13, 7, 15],
    ];
    expect(transposed({ strides: [3, 2], padding: pairs([1, 2, 1, 2]) }).rows).toEqual(
      [0, 0, 1, 1, 1, 2, 2].map((i) => rows[i]),
    );
  });

  it("SAME_UPPER", () => {
    expect(transposed({ strides: 2, padding: "same" }).rows).toEqual([
      [0, 0, 1, 1, 3, 2],
      [0, 0, 1, 1, 3, 2],
      [3, 3, 8, 5, 12, 7],
      [3, 3, 7, 4, 9, 5],
      [9, 9, 20, 11, 24, 13],
      [6, 6, 13, 7, 15, 8],
    ]);
  });

  it("SAME_LOWER cuts the odd cell off the other side", () => {
    // The full output has 7 rows and columns, one more than 3 · 2.
    const full = transposed({ strides: 2 }).rows;
    expect(transposed({ strides: 2, padding: "same" }).rows).toEqual(full.slice(0, 6).map((row) => row.slice(0, 6)));
    expect(transposed({ strides: 2, padding: "same-lower" }).rows).toEqual(full.slice(1).map((row) => row.slice(1)));
  });

  it("output_shape smaller than the full output, with SAME_UPPER and SAME_LOWER", () => {
    const full = transposed({ strides: 2 }).rows;
    const cut = (from: number) => full.slice(from, from + 4).map((row) => row.slice(from, from + 4));
    expect(transposed({ strides: 2, padding: "same", outputSize: 4 }).rows).toEqual(cut(1));
    expect(transposed({ strides: 2, padding: "same-lower", outputSize: 4 }).rows).toEqual(cut(2));
  });

  it("dilations", () => {
    const image = tensor([1, 1, 3, 3], [3, 8, 1, 9, 5, 7, 3, 2, 6]);
    const filter = tensor([2, 2, 1, 1], [7, 2, 1, 9]);
    const expected = [
      [21, 56, 13, 16, 2],
      [63, 35, 67, 10, 14],
      [24, 22, 76, 76, 21],
      [9, 5, 88, 45, 63],
      [3, 2, 33, 18, 54],
    ];
    const y = convTranspose2d(image, filter, { layout: "NCHW", dilations: 2 });
    expect(Array.from(y.data)).toEqual(expected.flat());
  });

  it("three axes", () => {
    const filter = tensor([3, 3, 3, 2, 1], new Float32Array(54).fill(1));
    const y = convTranspose3d(tensor([1, 1, 3, 4, 5], range(60)), filter, { layout: "NCDHW" });
    expect(y.shape).toEqual([1, 2, 5, 6, 7]);
    expect(Array.from(y.data.subarray(0, 14))).toEqual([0, 1, 3, 6, 9, 7, 4, 5, 12, 21, 27, 33, 24, 13]);
  });
});
