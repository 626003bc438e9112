import { type CaseData, type SpatialCase, termsOf } from "@corr2d/testkit";
import { expect, it } from "vitest";
import { errorVariances, unlikely } from "./statistics.ts";

/** The verdict on 100 elements whose errors are so many deviations. */
const verdictOn = (deviations: number, slack = 2): string | undefined =>
  unlikely(
    Float32Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? deviations : -deviations)),
    new Float64Array(100),
    new Float64Array(100).fill(1),
    slack,
  );

it("the mean square of errors may be slack² · (1 + 2√(t/n) + 2t/n) variances", () => {
  const most = 2 * Math.sqrt(1 + 2 * Math.sqrt(0.35) + 0.7);
  expect(verdictOn(0.999 * most)).toBeUndefined();
  expect(verdictOn(1.001 * most)).toBe(
    "errors of 100 elements are 3.40 times those of float32 sums, where 3.40 is the most that chance explains: it computes in " +
      "less than float32",
  );
  expect(verdictOn(31.9 * most, 64)).toBeUndefined();
  expect(verdictOn(32.1 * most, 64)).toMatch(/^errors of 100 elements are 109 times/);
});

it("elements that are not finite, or that cannot err, do not count", () => {
  const [values, truth] = [Float32Array.of(9, 9, 0), Float64Array.of(Number.POSITIVE_INFINITY, 0, 0)];
  expect(unlikely(values, truth, Float64Array.of(1, 0, 1), 2)).toBeUndefined();
  expect(unlikely(values, truth, new Float64Array(3), 2)).toBeUndefined();
  expect(unlikely(values, truth, Float64Array.of(1, 1e-3, 0), 2)).toMatch(/^errors of 1 elements/);
});

it("the variance of an element is that of a sum of its terms, one after the other", () => {
  const convCase: SpatialCase = {
    name: "one product",
    inputShape: [1, 1, 1, 1],
    filterShape: [1, 1, 1, 1],
    strides: [1, 1],
    padding: "valid",
    dilations: [1, 1],
    groups: 1,
    bias: false,
  };
  const data = { x: Float32Array.of(3), filter: Float32Array.of(2), dy: Float32Array.of(5) } as unknown as CaseData;
  const terms = termsOf(convCase, "forward") + 1;
  const [variance] = errorVariances(convCase, "forward", data, Float64Array.of(6));
  expect(variance! / ((2 ** -48 / 3) * (terms * (36 / 3 + 36 / 6) + 36 + 36))).toBeCloseTo(1, 12);
});
