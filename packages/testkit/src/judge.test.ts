import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judge, ulpDistance } from "./judge.ts";

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const judgeOne = (actual: number, truth: number, bound: number) =>
  judge(Float32Array.of(actual), Float64Array.of(truth), Float64Array.of(bound));

describe("judge", () => {
  test("accepts what lies within its bound and says how much of it was used", () => {
    const verdict = judge(Float32Array.of(1, 2.5, -3), Float64Array.of(1, 2, -3.25), Float64Array.of(0, 1, 1));
    expect(verdict).toEqual({
      ok: true,
      mismatches: 0,
      worstRatio: 0.5,
      worstIndex: 1,
      worstUlp: ulpDistance(2.5, 2),
      reason: undefined,
    });
  });

  test("the bound itself is allowed, the next float32 is not", () => {
    expect(judgeOne(1.5, 1, 0.5).ok).toBe(true);
    expect(judgeOne(1.5 + 2 ** -23, 1, 0.5).ok).toBe(false);
  });

  test("counts what lies outside and names the worst", () => {
    const verdict = judge(Float32Array.of(1, 2, 3, 4), Float64Array.of(1, 2.5, 5, 4), Float64Array.of(1, 0.25, 0.5, 1));
    expect(verdict).toMatchObject({ ok: false, mismatches: 2, worstRatio: 4, worstIndex: 2 });
    expect(judge(Float32Array.of(1, 2, 3, 4), Float64Array.of(1, 2, 5, 4), 0, [1, 2, 2]).reason).toContain(
      "worst at 2 = [0, 1, 0]: got 3, expected 5 ± 0",
    );
    expect(verdict.reason).toBe("2 of 4 elements miss their bound; worst at 2: got 3, expected 5 ± 0.5");
  });

  test("a bound of 0 asks for equality", () => {
    expect(judge(Float32Array.of(1, -2), Float64Array.of(1, -2), 0)).toMatchObject({
      ok: true,
      worstRatio: 0,
      worstIndex: -1,
    });
    const off = judge(Float32Array.of(1, -2), Float64Array.of(1, -3), 0);
    expect(off).toMatchObject({ ok: false, mismatches: 1, worstRatio: infinity, worstIndex: 1 });
    expect(off.reason).toBe("1 of 2 elements miss their bound; worst at 1: got -2, expected -3 ± 0");
  });

  test.each<[number, number, boolean]>([
    [nan, nan, true],
    [infinity, infinity, true],
    [-infinity, -infinity, true],
    [-0, 0, true],
    [0, -0, true],
    [infinity, 1e39, true],
    [infinity, -1e39, false],
    [infinity, -infinity, false],
    [nan, infinity, false],
    [infinity, nan, false],
    [nan, 0, false],
    [0, nan, false],
    [infinity, 1, false],
    [1, infinity, false],
  ])("%d for %d: %s", (actual, truth, ok) => {
    expect(judgeOne(actual, truth, 0).ok).toBe(ok);
    expect(judgeOne(actual, truth, 1).ok).toBe(ok);
  });

  test("a NaN among the bounds lets nothing through", () => {
    expect(judgeOne(1.5, 1, nan).ok).toBe(false);
    expect(judgeOne(1, 1, nan).ok).toBe(true);
  });

  test("another number of elements is a mismatch of all, not an error", () => {
    const verdict = judge(new Float32Array(3), new Float64Array(2), 0);
    expect(verdict).toMatchObject({
      ok: false,
      mismatches: 3,
      worstRatio: infinity,
      reason: "3 elements instead of 2",
    });
  });

  test("nothing agrees with nothing", () => {
    expect(judge(new Float32Array(0), new Float64Array(0), new Float64Array(0)).ok).toBe(true);
  });

  test("refuses bounds of another length than the truth", () => {
    expect(() => judge(new Float32Array(2), new Float64Array(2), new Float64Array(3))).toThrow(
      new RangeError("judge: bound must have 2 elements, as truth has, got 3"),
    );
  });
});

describe("ulpDistance", () => {
  test.each([
    [1, 1, 0],
    [1, 1 + 2 ** -23, 1],
    [1, 1 - 2 ** -24, 1],
    [1, 2, 2 ** 23],
    [0, -0, 0],
    [0, 2 ** -149, 1],
    [-(2 ** -149), 2 ** -149, 2],
    [nan, nan, 0],
    [nan, 1, infinity],
  ])("%d and %d are %d apart", (a, b, distance) => {
    expect(ulpDistance(a, b)).toBe(distance);
    expect(ulpDistance(b, a)).toBe(distance);
  });

  test("adds up along the line, across zero too", () => {
    const float = fc.float({ noNaN: true });
    fc.assert(
      fc.property(float, float, float, (...values) => {
        const [low, middle, high] = values.sort((a, b) => a - b);
        expect(ulpDistance(low, high)).toBe(ulpDistance(low, middle) + ulpDistance(middle, high));
      }),
    );
  });
});
