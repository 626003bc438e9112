import { describe, expect, test } from "vitest";
import { outputShapeOf, sizeOf } from "./arithmetic.ts";
import { CASE_PASSES, type CaseData, type ConvCase } from "./case.ts";
import { CASES } from "./cases.ts";
import { exactData, realData } from "./data.ts";
import { absoluteReference } from "./reference.ts";
import { termsOf } from "./terms.ts";

const pointwise = (batch: number, height: number, width: number): ConvCase => ({
  name: "pointwise",
  inputShape: [batch, height, width, 1],
  filterShape: [1, 1, 1, 1],
  strides: [1, 1],
  padding: "valid",
  dilations: [1, 1],
  groups: 1,
  bias: true,
});

const largest = (data: CaseData) => data.x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe.each([
  ["exactData", exactData],
  ["realData", realData],
])("%s", (_, make) => {
  test("fills every array of every case, bias only where there is one", () => {
    for (const convCase of CASES) {
      const { x, filter, bias, dy } = make(convCase, 1);
      expect(x.length).toBe(sizeOf(convCase.inputShape));
      expect(filter.length).toBe(sizeOf(convCase.filterShape));
      expect(bias?.length).toBe(convCase.bias ? convCase.filterShape[3] : undefined);
      expect(dy.length).toBe(sizeOf(outputShapeOf(convCase)));
    }
  });

  test("depends on seed and name, and on nothing computed before", () => {
    const [first, second] = [CASES[1], CASES[2]];
    const alone = make(second, 9);
    make(first, 9);
    expect(make(second, 9)).toEqual(alone);
    expect(make(second, 10)).not.toEqual(alone);
    expect(make({ ...second, name: "another" }, 9)).not.toEqual(alone);
  });
});

describe("exactData", () => {
  test("is made of integers other than 0", () => {
    for (const convCase of CASES) {
      const { x, filter, bias, dy } = exactData(convCase, 3);
      for (const array of [x, filter, bias ?? [], dy]) {
        expect(Array.from(array).every((value) => Number.isInteger(value) && value !== 0)).toBe(true);
      }
    }
  });

  test.each(CASE_PASSES)("no partial sum of the %s reaches 2²⁴", (pass) => {
    for (const convCase of [...CASES, pointwise(12, 200, 200)]) {
      const magnitudes = absoluteReference(convCase, pass, exactData(convCase, 3));
      expect(
        magnitudes.every((sum) => sum < 2 ** 24),
        convCase.name,
      ).toBe(true);
    }
  });

  test("makes the integers smaller where more of them are summed", () => {
    expect(largest(exactData(pointwise(1, 20, 20), 1))).toBe(8);
    // 480,000 terms: 5² · 480,000 + 5 is below 2²⁴, 6² · 480,000 + 6 is not.
    expect(largest(exactData(pointwise(12, 200, 200), 1))).toBe(5);
  });

  test("refuses a sum too long for any integers, before it takes memory", () => {
    const huge = pointwise(2 ** 20, 100, 100);
    expect(() => exactData(huge, 1)).toThrow(RangeError);
    expect(() => exactData(huge, 1)).toThrow(/sums 10485760000 products .* at most 16777214 are exact/);
  });
});

test("realData: weights shrink with the number of terms, so that outputs keep their size", () => {
  const convCase: ConvCase = { ...pointwise(1, 8, 8), inputShape: [1, 8, 8, 128], filterShape: [3, 3, 128, 64] };
  const { filter } = realData(convCase, 4);
  const variance = filter.reduce((sum, weight) => sum + weight ** 2, 0) / filter.length;
  expect((variance * termsOf(convCase, "forward")) / 2).toBeCloseTo(1, 1);
});
