import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ResolvedAxis, resolveCase, sizeOf } from "./arithmetic.ts";
import type { ConvCase } from "./case.ts";
import { CASES, generateCases } from "./cases.ts";
import { exactData, realData } from "./data.ts";
import { absoluteReference, reference } from "./reference.ts";

const small: ConvCase = {
  name: "small",
  inputShape: [1, 3, 3, 1],
  filterShape: [2, 2, 1, 1],
  strides: [1, 1],
  padding: "valid",
  dilations: [1, 1],
  groups: 1,
  bias: false,
};
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);
const anyCase = fc.integer().map((seed) => generateCases(seed, 1)[0]);

describe("worked out by hand", () => {
  test("the textbook: 0…8 with 0…3", () => {
    expect([...reference(small, "forward", { x: upTo(9), filter: upTo(4) })]).toEqual([19, 25, 37, 43]);
  });

  test("a bias is added once", () => {
    const data = { x: upTo(9), filter: upTo(4), bias: [100] };
    expect([...reference({ ...small, bias: true }, "forward", data)]).toEqual([119, 125, 137, 143]);
  });

  test("padding on every side differently", () => {
    const padded: ConvCase = {
      ...small,
      inputShape: [1, 2, 2, 1],
      padding: [
        [1, 0],
        [0, 1],
      ],
    };
    // 0 0 0
    // 1 2 0   under the kernel  1 2
    // 3 4 0                     3 4
    expect([...reference(padded, "forward", { x: [1, 2, 3, 4], filter: [1, 2, 3, 4] })]).toEqual([11, 6, 30, 14]);
  });

  test("stride and dilation together, along one row", () => {
    const row: ConvCase = {
      ...small,
      inputShape: [1, 1, 8, 1],
      filterShape: [1, 3, 1, 1],
      strides: [1, 3],
      dilations: [1, 2],
    };
    // Outputs start at cells 0 and 3 and look at every second cell: 1·0 + 10·2 + 100·4, 1·3 + 10·5 + 100·7.
    expect([...reference(row, "forward", { x: upTo(8), filter: [1, 10, 100] })]).toEqual([420, 753]);
  });

  test("groups do not see each other", () => {
    const pixel: ConvCase = { ...small, inputShape: [1, 1, 1, 4], filterShape: [1, 1, 2, 4], groups: 2 };
    // Rows are the channels within a group, columns the outputs; outputs 0 and 1 see channels 0 and 1, outputs 2 and 3 the others.
    const data = { x: [1, 10, 100, 1000], filter: [1, 2, 3, 4, 5, 6, 7, 8] };
    expect([...reference(pixel, "forward", data)]).toEqual([51, 62, 7300, 8400]);
  });

  test("gradients of the textbook example", () => {
    const data = { x: upTo(9), filter: [1, 2, 3, 4], dy: [1, 0, 0, 10] };
    expect([...reference(small, "inputGradient", data)]).toEqual([1, 2, 0, 3, 4 + 10, 20, 0, 30, 40]);
    expect([...reference(small, "filterGradient", data)]).toEqual([40, 51, 73, 84]);
    expect([...reference(small, "biasGradient", data)]).toEqual([11]);
  });
});

/** The tap by which an output cell sees an input cell, if any: the definition solved for a. */
function tapBetween(
  { stride, dilation, before, kernel }: ResolvedAxis,
  output: number,
  input: number,
): number | undefined {
  const tap = (input + before - output * stride) / dilation;
  return Number.isInteger(tap) && tap >= 0 && tap < kernel ? tap : undefined;
}

test("the answer to a single one in the image is the kernel, tap by tap", () => {
  fc.assert(
    fc.property(anyCase, fc.nat(), (convCase, position) => {
      const { filter } = exactData(convCase, 1);
      const { height, width, batch, inChannels, outChannels, groupInChannels, groupOutChannels } =
        resolveCase(convCase);
      const x = new Float32Array(sizeOf(convCase.inputShape));
      const impulse = position % x.length;
      x[impulse] = 1;
      const channel = impulse % inChannels;
      const column = Math.floor(impulse / inChannels) % width.input;
      const row = Math.floor(impulse / inChannels / width.input) % height.input;
      const image = Math.floor(impulse / inChannels / width.input / height.input);

      const expected: number[] = [];
      for (let n = 0; n < batch; n++) {
        for (let i = 0; i < height.output; i++) {
          for (let j = 0; j < width.output; j++) {
            for (let o = 0; o < outChannels; o++) {
              const [a, b] = [tapBetween(height, i, row), tapBetween(width, j, column)];
              const sameGroup = Math.floor(channel / groupInChannels) === Math.floor(o / groupOutChannels);
              const seen = n === image && a !== undefined && b !== undefined && sameGroup;
              const tap = seen ? (a * width.kernel + b) * groupInChannels + (channel % groupInChannels) : 0;
              expected.push(seen ? filter[tap * outChannels + o] : 0);
            }
          }
        }
      }
      expect([...reference({ ...convCase, bias: false }, "forward", { x, filter })]).toEqual(expected);
    }),
  );
});

describe("gradients are the adjoints of the forward pass, exactly", () => {
  const check = (convCase: ConvCase) => {
    const data = exactData(convCase, 5);
    const withoutBias = { ...convCase, bias: false };
    const pairing = dot(data.dy, reference(withoutBias, "forward", data));
    expect(dot(reference(convCase, "inputGradient", data), data.x), convCase.name).toBe(pairing);
    expect(dot(reference(convCase, "filterGradient", data), data.filter), convCase.name).toBe(pairing);
    if (data.bias !== undefined) {
      const pairingWithBias = dot(data.dy, reference(convCase, "forward", data));
      expect(dot(reference(convCase, "biasGradient", data), data.bias), convCase.name).toBe(pairingWithBias - pairing);
    }
  };

  test.each(CASES)("$name", check);

  test("generated cases", () => {
    fc.assert(fc.property(anyCase, check));
  });
});

describe("what is outside the image", () => {
  const padded: ConvCase = {
    ...small,
    inputShape: [1, 1, 2, 1],
    filterShape: [1, 3, 1, 1],
    padding: [
      [0, 0],
      [1, 1],
    ],
  };

  test("is skipped, never multiplied: an infinite weight leaves no NaN at the border", () => {
    const data = { x: [1, 2], filter: [Number.POSITIVE_INFINITY, 1, 1], dy: [1, 1] };
    expect([...reference(padded, "forward", data)]).toEqual([3, Number.POSITIVE_INFINITY]);
    expect([...reference(padded, "inputGradient", data)]).toEqual([Number.POSITIVE_INFINITY, 2]);
  });

  test("a NaN reaches the outputs that see it and no other", () => {
    const data = { x: [1, 2, 3, Number.NaN], filter: [1, 1] };
    const row: ConvCase = { ...small, inputShape: [1, 1, 4, 1], filterShape: [1, 2, 1, 1] };
    expect([...reference(row, "forward", data)]).toEqual([3, 5, Number.NaN]);
  });
});

test("absoluteReference sums magnitudes", () => {
  const data = { x: upTo(9).map((value) => -value), filter: [0, 1, -2, 3], bias: [-100] };
  expect([...absoluteReference({ ...small, bias: true }, "forward", data)]).toEqual([119, 125, 137, 143]);
  const real = realData(CASES[1], 2);
  const truth = reference(CASES[1], "forward", real);
  expect(absoluteReference(CASES[1], "forward", real).every((sum, i) => sum >= Math.abs(truth[i]))).toBe(true);
});

test("refuses arrays that do not fit, by name", () => {
  expect(() => reference(small, "forward", { x: upTo(8), filter: upTo(4) })).toThrow(
    'reference: forward of case "small" needs x of shape [1,3,3,1], 9 elements, got 8',
  );
  expect(() => reference(small, "filterGradient", { x: upTo(9) })).toThrow(
    "needs dy of shape [1,2,2,1], 4 elements, got none",
  );
});
