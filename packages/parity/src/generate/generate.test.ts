import { describeCase, isPlanar, outputShapeOf, rankOf, sizeOf, termsOf, VALUE_CLASSES } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { groupBy } from "../group-by.ts";
import { generateProblems, problemAt, shrink } from "./arbitrary.ts";
import { KERNELS, kernelsByStrides, STRIDES } from "./kernels-by-strides.ts";
import { FACTORS, pairwiseCases, pairwiseRows } from "./pairwise.ts";
import { dataOfProblem, isExactProblem, isPossible } from "./problem.ts";
import { smallerProblems } from "./smaller.ts";

describe("the pairwise cover", () => {
  it("has every two values of two factors, in few cases, all possible", () => {
    const rows = pairwiseRows();
    const names = Object.keys(FACTORS) as (keyof typeof FACTORS)[];
    let pairs = 0;
    for (const [i, first] of names.entries()) {
      for (const second of names.slice(i + 1)) {
        for (const a of FACTORS[first]) {
          for (const b of FACTORS[second]) {
            pairs++;
            expect(
              rows.some((row) => row[first] === a && row[second] === b),
              `${first} ${a}, ${second} ${b}`,
            ).toBe(true);
          }
        }
      }
    }
    expect(pairs).toBeGreaterThan(400);
    expect(rows.length).toBeLessThan(40);
    expect(pairwiseCases().every(isPossible)).toBe(true);
  });
});

describe("the cover of kernels and strides", () => {
  it("has every kernel by every stride on every number of axes in every kind of channels", () => {
    const cases = kernelsByStrides();
    for (const rank of [1, 2, 3]) {
      const kinds = groupBy(
        cases.filter((convCase) => rankOf(convCase) === rank),
        ({ filterShape, strides, groups }) => `${filterShape.at(-3)} ${strides[0]} ${groups}`,
      );
      expect(kinds.size).toBe(KERNELS.length * STRIDES.length * 4);
    }
    expect(cases.every(isPossible)).toBe(true);
    expect(
      Math.max(...cases.map((convCase) => sizeOf(outputShapeOf(convCase)) * termsOf(convCase, "forward"))),
    ).toBeLessThan(2 ** 21);
  });
});

describe("generated problems", () => {
  const problems = generateProblems(7, 400);

  it("are the same for a seed, however many are asked for, and others for another", () => {
    expect(generateProblems(7, 10)).toEqual(problems.slice(0, 10));
    expect(generateProblems(8, 10)).not.toEqual(problems.slice(0, 10));
    expect(generateProblems(7, 0)).toEqual([]);
  });

  it("are of every kind", () => {
    expect(new Set(problems.map(({ values }) => values))).toEqual(new Set(VALUE_CLASSES));
    expect(new Set(problems.map(({ convCase }) => rankOf(convCase)))).toEqual(new Set([1, 2, 3]));
    expect(new Set(problems.map(({ convCase }) => convCase.rounding ?? "floor"))).toEqual(
      new Set(["floor", "round", "ceil"]),
    );
    expect(problems.some(({ convCase }) => isPlanar(convCase) && convCase.groups > 1)).toBe(true);
    expect(problems.every(({ convCase }) => isPossible(convCase))).toBe(true);
  });

  it("are found again by seed and path, those that shrinking made too", async () => {
    expect(await problemAt(7, "123")).toEqual(problems[123]);
    const wide = (p: { readonly convCase: { readonly inputShape: readonly number[] } }) =>
      p.convCase.inputShape.at(-2)! >= 3;
    const start = problems.find(wide)!;
    const { problem, path } = await shrink(start, 7, async (candidate) => wide(candidate));
    const { path: again, ...found } = await problemAt(7, path!);
    expect([found, again]).toEqual([problem, path]);
    await expect(problemAt(7, "0:99999")).rejects.toThrow('no problem lies at path "0:99999" of seed 7');
    await expect(problemAt(7, "first")).rejects.toThrow("paths look like 17 or 17:0:3");
  });

  it("shrink to the smallest that fails", async () => {
    const fails = async ({
      convCase,
    }: (typeof problems)[number] | { convCase: (typeof problems)[number]["convCase"] }) =>
      convCase.strides.some((stride) => stride > 1) && convCase.filterShape[0] > 1;
    const start = problems.find(
      ({ convCase }) => rankOf(convCase) === 3 && convCase.strides[0] > 1 && convCase.filterShape[0] > 2,
    )!;
    const { problem } = await shrink(start, 7, fails);
    expect(describeCase(problem.convCase)).toBe("1×2×1 ∗ 2×1×1, stride 2");
    expect(problem.values).toBe("given");
    expect(dataOfProblem(problem).x.every((value) => value === 0)).toBe(true);
    expect(isExactProblem(problem)).toBe(true);
  });

  it("have nothing smaller that is not possible, and no end of smaller ones", () => {
    for (const problem of problems.slice(0, 40)) {
      for (const smaller of smallerProblems(problem)) expect(isPossible(smaller.convCase)).toBe(true);
    }
  });
});
