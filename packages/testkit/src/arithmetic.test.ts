import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  describeCase,
  outputShapeOf,
  type ResolvedAxis,
  resolveCase,
  resultShapeOf,
  sizeOf,
  withBatch,
} from "./arithmetic.ts";
import { CASE_PASSES, type ConvCase } from "./case.ts";
import { CASES, generateCases } from "./cases.ts";
import { reference } from "./reference.ts";
import { flopsOf, multiplyAddsOf, termsOf } from "./terms.ts";

const plain: ConvCase = {
  name: "plain",
  inputShape: [1, 5, 6, 4],
  filterShape: [3, 3, 4, 8],
  strides: [1, 1],
  padding: "valid",
  dilations: [1, 1],
  groups: 1,
  bias: false,
};

const anyCase = fc.integer().map((seed) => generateCases(seed, 1)[0]);

/** Output positions counted one by one. */
function countPositions({ input, kernel, stride, dilation, before, after }: ResolvedAxis): number {
  let count = 0;
  while (count * stride + (kernel - 1) * dilation < before + input + after) count++;
  return count;
}

describe("resolveCase", () => {
  test("the output has a cell for every position of the kernel on the padded image", () => {
    fc.assert(
      fc.property(anyCase, (convCase) => {
        const { height, width } = resolveCase(convCase);
        expect(height.output).toBe(countPositions(height));
        expect(width.output).toBe(countPositions(width));
      }),
    );
  });

  test("same: one output for every stride-th cell, with the least padding, the odd cell after", () => {
    const size = fc.integer({ min: 1, max: 30 });
    const step = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(size, step, step, step, (input, kernel, stride, dilation) => {
        const { height } = resolveCase({
          ...plain,
          inputShape: [1, input, 8, 4],
          filterShape: [kernel, 3, 4, 8],
          strides: [stride, 1],
          dilations: [dilation, 1],
          padding: "same",
        });
        expect(height.output).toBe(Math.ceil(input / stride));
        expect([0, 1]).toContain(height.after - height.before);
        if (height.after > 0) {
          expect(countPositions({ ...height, after: height.after - 1 })).toBeLessThan(height.output);
        }
      }),
    );
  });

  test("sides of an explicit padding stand where they were named", () => {
    const padding = [
      [1, 2],
      [3, 4],
    ] as const;
    const { height, width } = resolveCase({ ...plain, padding });
    expect([height.before, height.after, width.before, width.after]).toEqual([1, 2, 3, 4]);
    expect(outputShapeOf({ ...plain, padding })).toEqual([1, 6, 11, 8]);
  });

  test.each<[string, Partial<ConvCase>, string]>([
    [
      "a kernel past the image",
      { filterShape: [6, 3, 4, 8] },
      "a kernel reaching over 6 cells exceeds the padded height 5",
    ],
    [
      "a dilated kernel past the image",
      { dilations: [1, 4] },
      "a kernel reaching over 9 cells exceeds the padded width 6",
    ],
    [
      "too few filter channels",
      { filterShape: [3, 3, 2, 8] },
      "1 groups of 2 filter channels need 2 input channels, got 4",
    ],
    [
      "outputs that groups do not divide",
      { filterShape: [3, 3, 1, 6], groups: 4 },
      "6 output channels do not fall into 4 equal groups",
    ],
    [
      "strides of another rank",
      { strides: [1] as never },
      "shapes must have one to three spatial axes, the same in all",
    ],
    [
      "a filter of another rank",
      { filterShape: [3, 4, 8] as never },
      "the same in all, got input [1,5,6,4], filter [3,4,8]",
    ],
    [
      "four spatial axes",
      {
        inputShape: [1, 5, 6, 7, 8, 4],
        filterShape: [1, 1, 1, 1, 4, 8],
        strides: [1, 1, 1, 1],
        dilations: [1, 1, 1, 1],
      } as never,
      "shapes must have one to three spatial axes",
    ],
    ["stride 0", { strides: [0, 1] }, "strides [0,1]"],
    ["a fractional dilation", { dilations: [1, 1.5] }, "dilations [1,1.5]"],
    ["a negative batch", { inputShape: [-1, 5, 6, 4] }, "batch must be an integer of 0 or more, got -1"],
    ["a negative padding", { padding: -1 }, "height padding must be integers of 0 or more, got [-1, -1]"],
  ])("refuses %s", (_, change, message) => {
    const impossible = { ...plain, ...change };
    expect(() => resolveCase(impossible)).toThrow(RangeError);
    expect(() => resolveCase(impossible)).toThrow(message);
  });
});

describe("termsOf", () => {
  // With ones everywhere an element is the number of its products.
  const mostProducts = (convCase: ConvCase, pass: (typeof CASE_PASSES)[number]): number => {
    const ones = (shape: readonly number[]) => new Float32Array(sizeOf(shape)).fill(1);
    const data = {
      x: ones(convCase.inputShape),
      filter: ones(convCase.filterShape),
      dy: ones(outputShapeOf(convCase)),
    };
    return Math.max(0, ...reference({ ...convCase, bias: false }, pass, data));
  };

  test.each(CASE_PASSES)("no element of the %s sums more products", (pass) => {
    for (const convCase of [...CASES, ...generateCases(11, 200)]) {
      expect(mostProducts(convCase, pass), convCase.name).toBeLessThanOrEqual(termsOf(convCase, pass));
    }
  });

  test.each(CASE_PASSES)("some element of the %s sums that many where the image is large enough", (pass) => {
    const roomy: ConvCase = { ...plain, inputShape: [2, 17, 19, 4], strides: [2, 3], dilations: [3, 2], padding: 0 };
    expect(mostProducts(roomy, pass)).toBe(termsOf(roomy, pass));
    expect(mostProducts({ ...roomy, strides: [2, 2], dilations: [2, 2] }, pass)).toBe(
      termsOf({ ...roomy, strides: [2, 2], dilations: [2, 2] }, pass),
    );
  });
});

test("multiply-adds and flops of a layer worked out by hand", () => {
  // 1 × 3 × 4 × 8 outputs of 3 × 3 × 4 products each.
  expect(multiplyAddsOf(plain)).toBe(96 * 36);
  expect(flopsOf(plain)).toBe(2 * 96 * 36);
});

test("results have the shape of what they are the gradient of", () => {
  expect(CASE_PASSES.map((pass) => resultShapeOf(plain, pass))).toEqual([
    [1, 3, 4, 8],
    [1, 5, 6, 4],
    [3, 3, 4, 8],
    [8],
  ]);
});

test("withBatch changes the batch and the name, nothing else", () => {
  expect(withBatch(plain, 8)).toEqual({ ...plain, name: "plain ×8", inputShape: [8, 5, 6, 4] });
});

test("describeCase says what is unusual and leaves the rest out", () => {
  expect(describeCase(plain)).toBe("1×5×6×4 ∗ 3×3×4×8");
  const unusual: ConvCase = {
    ...plain,
    strides: [2, 1],
    dilations: [1, 3],
    padding: [
      [0, 1],
      [2, 3],
    ],
    groups: 2,
    bias: true,
  };
  expect(describeCase(unusual)).toBe(
    "1×5×6×4 ∗ 3×3×4×8, stride 2×1, dilation 1×3, padding [[0,1],[2,3]], 2 groups, bias",
  );
});
