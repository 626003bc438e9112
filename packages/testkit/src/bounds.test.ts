import { describe, expect, test } from "vitest";
import { elementBounds, gamma, normwiseBounds, UNIT_ROUNDOFF } from "./bounds.ts";
import { CASE_PASSES, type ConvCase } from "./case.ts";
import { CASES, generateCases } from "./cases.ts";
import { realData } from "./data.ts";
import { judge } from "./judge.ts";
import { reference } from "./reference.ts";
import { termsOf } from "./terms.ts";

test("u is the largest relative error of rounding to float32", () => {
  expect(Math.fround(1 + UNIT_ROUNDOFF)).toBe(1);
  expect(Math.fround(1 + UNIT_ROUNDOFF * 1.0001)).toBe(1 + 2 * UNIT_ROUNDOFF);
});

describe("gamma", () => {
  test("is k·u / (1 − k·u)", () => {
    expect(gamma(0)).toBe(0);
    expect(gamma(2 ** 23)).toBe(1);
    expect(gamma(11)).toBeGreaterThan(11 * UNIT_ROUNDOFF);
    expect(gamma(11)).toBeLessThan(11.001 * UNIT_ROUNDOFF);
  });

  test("covers (1 + u)^k − 1", () => {
    for (const k of [1, 2, 10, 1000, 100_000]) expect(gamma(k)).toBeGreaterThan((1 + UNIT_ROUNDOFF) ** k - 1);
  });

  test("refuses a k for which it would say nothing", () => {
    expect(() => gamma(2 ** 24)).toThrow(RangeError);
    expect(() => gamma(-1)).toThrow("gamma: k must be at least 0 and less than 16777216, got -1");
  });
});

describe("elementBounds", () => {
  /** One pixel, a 1×1 kernel: every output is a plain dot product. */
  const dotProduct: ConvCase = {
    name: "dot product",
    inputShape: [1, 1, 1, 1000],
    filterShape: [1, 1, 1000, 1],
    strides: [1, 1],
    padding: "valid",
    dilations: [1, 1],
    groups: 1,
    bias: true,
  };
  const data = realData(dotProduct, 1);
  const products = data.x.map((x, i) => Math.fround(x * data.filter[i]));
  const truth = reference(dotProduct, "forward", data);
  const bounds = elementBounds(dotProduct, "forward", data);

  const sequential = (terms: Float32Array) => terms.reduce((sum, term) => Math.fround(sum + term), data.bias![0]);
  const pairwise = (terms: Float32Array): number =>
    terms.length === 1
      ? terms[0]
      : Math.fround(pairwise(terms.subarray(0, terms.length >> 1)) + pairwise(terms.subarray(terms.length >> 1)));

  test.each<[string, () => number]>([
    ["first to last", () => sequential(products)],
    ["last to first", () => sequential(products.toReversed())],
    ["small to large", () => sequential(products.toSorted((a, b) => Math.abs(a) - Math.abs(b)))],
    ["large to small", () => sequential(products.toSorted((a, b) => Math.abs(b) - Math.abs(a)))],
    ["pair by pair", () => Math.fround(pairwise(products) + data.bias![0])],
  ])("float32 summed %s lies within", (_, sum) => {
    const verdict = judge(Float32Array.of(sum()), truth, bounds);
    expect(verdict.reason).toBeUndefined();
    expect(verdict.worstRatio).toBeGreaterThan(0);
  });

  test("a forgotten product lies outside, and so does a forgotten bias", () => {
    expect(judge(Float32Array.of(sequential(products.subarray(1))), truth, bounds).ok).toBe(false);
    expect(judge(Float32Array.of(pairwise(products)), truth, bounds).ok).toBe(false);
  });

  test.each(CASE_PASSES)("the truth rounded to float32 lies within, for every case: %s", (pass) => {
    for (const convCase of [...CASES, ...generateCases(2, 50)]) {
      const real = realData(convCase, 2);
      const exact = reference(convCase, pass, real);
      expect(
        judge(Float32Array.from(exact), exact, elementBounds(convCase, pass, real)).reason,
        convCase.name,
      ).toBeUndefined();
    }
  });

  test("an element that no tap reaches must be exactly 0", () => {
    const skipped = CASES.find(({ name }) => name === "padding larger than the kernel, without bias")!;
    const bound = elementBounds(skipped, "forward", realData(skipped, 1));
    expect(bound[0]).toBe(0);
    expect(Math.max(...bound)).toBeGreaterThan(0);
  });

  test("products that underflow are allowed to vanish", () => {
    const tiny = {
      ...data,
      x: data.x.map((x) => x * 2 ** -80),
      filter: data.filter.map((w) => w * 2 ** -80),
      bias: undefined,
    };
    const withoutBias = { ...dotProduct, bias: false };
    const bound = elementBounds(withoutBias, "forward", tiny);
    expect(judge(Float32Array.of(0), reference(withoutBias, "forward", tiny), bound).reason).toBeUndefined();
  });
});

test.each(CASE_PASSES)("normwise bounds are nowhere below element-wise ones of the same constant: %s", (pass) => {
  for (const convCase of [...CASES, ...generateCases(4, 100)]) {
    const data = realData(convCase, 4);
    const normwise = normwiseBounds(convCase, pass, data, gamma(termsOf(convCase, pass) + 2));
    const elementwise = elementBounds(convCase, pass, data);
    expect(normwise.length).toBe(elementwise.length);
    // The last bits of the two sums may differ.
    expect(
      elementwise.every((bound, i) => bound <= normwise[i] * (1 + 1e-12)),
      convCase.name,
    ).toBe(true);
  }
});

test("normwise bounds worked out by hand", () => {
  const pixel: ConvCase = {
    name: "pixel",
    inputShape: [1, 1, 1, 2],
    filterShape: [1, 1, 1, 4],
    strides: [1, 1],
    padding: "valid",
    dilations: [1, 1],
    groups: 2,
    bias: true,
  };
  const data = {
    x: Float32Array.of(-3, 2),
    filter: Float32Array.of(1, -2, 4, 8),
    bias: Float32Array.of(1, 1, -1, 1),
    dy: Float32Array.of(1, -5, 2, 2),
  };
  const bounds = CASE_PASSES.map((pass) => [...normwiseBounds(pixel, pass, data, 0.5)]);
  expect(bounds).toEqual([
    [2, 3.5, 6.5, 12.5],
    [7.5, 30],
    [1.5, 7.5, 3, 3],
    [0.5, 2.5, 1, 1],
  ]);
});
