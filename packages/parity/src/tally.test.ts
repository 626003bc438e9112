import { CASES, SPATIAL_CASES } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { type Comparison, compare, type Findings, REFERENCE } from "./compare.ts";
import type { Joints } from "./mutants/direct.ts";
import { ofJoints } from "./mutants/mutant.ts";
import { addTally, coverageOf, emptyTally, summaryRows, type Tally, tallyTrial } from "./tally.ts";
import { seededTrial } from "./trials.ts";

const adapterOf = (name: string, joints: Joints) => ofJoints(name, name, joints).make();
const right = adapterOf("right", {});
const wrong = adapterOf("wrong", { result: (y) => y.map(Math.abs) });
const picky = {
  ...adapterOf("picky", {}),
  reach: { ranks: [2], layouts: ["channels last"], roundings: ["floor"] },
} as const;

async function tallies(): Promise<readonly Tally[]> {
  const found: Tally[] = [];
  const trials = [...CASES.slice(0, 4), ...SPATIAL_CASES.slice(0, 2)].map((convCase) =>
    seededTrial(convCase, 1, ["exact", "real"]),
  );
  const onTrial = (
    _done: number,
    _total: number,
    trial: Pick<(typeof trials)[number], "convCase" | "passes">,
    each: Findings,
  ) => {
    found.push(tallyTrial(each, trial));
  };
  await compare({ algorithms: [right, wrong, picky], oracles: [], trials, ledger: [], onTrial });
  return found;
}

function total(parts: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const part of parts) addTally(sum, structuredClone(part));
  return sum;
}

describe("tallies", () => {
  it("add up to the same in any grouping and, lists aside, in any order", async () => {
    const all = await tallies();
    const whole = total(all);
    expect(total([total(all.slice(0, 2)), total(all.slice(2))])).toEqual(whole);
    const { disagreements, ...backwards } = total([...all].reverse());
    const { disagreements: forwards, ...rest } = whole;
    expect(backwards).toEqual(rest);
    expect(disagreements).toHaveLength(forwards.length);
    expect(forwards.every(({ algorithm }) => algorithm === "wrong")).toBe(true);
  });

  it("count who could not be asked, and know where each came nearest to its bound", async () => {
    const parts = await tallies();
    const sum = total(parts);
    const features = new Set(parts.flatMap(({ support }) => Object.keys(support)));
    expect(features.size).toBeGreaterThan(3);
    expect(new Set(Object.keys(sum.support))).toEqual(features);
    const forward = summaryRows(sum).filter(({ pass }) => pass === "forward");
    expect(forward.map(({ algorithm, notAsked }) => [algorithm, notAsked])).toEqual([
      ["right", 0],
      ["wrong", 0],
      ["picky", 2],
    ]);
    expect(Object.values(sum.refusals).reduce((cases, refusal) => cases + refusal.cases, 0)).toBe(2 * 4);
    expect(sum.worstOfAlgorithm.right.ratio).toBeLessThan(1);
    expect(sum.worstOfAlgorithm.wrong.ratio).toBeGreaterThan(1);
    expect(Object.keys(sum.worstOfCase)).toHaveLength(6);
  });
});

const agreed: Comparison = {
  question: "q",
  case: "c",
  data: "real",
  seed: 1,
  pass: "forward",
  algorithm: "a",
  oracle: REFERENCE,
  elements: 9,
  rung: "per-element bound",
  verdict: "agree",
  ours: { mismatches: 0, worstRatio: 0.25, worstUlp: 3 },
  theirs: { mismatches: 0, worstRatio: 0.5, worstUlp: 7 },
};
const { theirs: _, ...unanswered } = agreed;

/** The tally of trials in each of which one comparison was made. */
const tallyOf = (...comparisons: readonly Comparison[]): Tally =>
  total(
    comparisons.map((comparison) =>
      tallyTrial(
        { comparisons: [comparison], refusals: [], vanished: [] },
        { convCase: CASES[0], passes: ["forward"] },
      ),
    ),
  );

describe("a row", () => {
  it("counts every verdict, expected ones apart, and keeps the worst", () => {
    const near = { mismatches: 0, worstRatio: 0.75, worstUlp: 2 };
    const tally = tallyOf(
      agreed,
      { ...agreed, rung: "normwise bound", ours: near },
      { ...agreed, verdict: "ours is wrong" },
      ...[1, 2].map((): Comparison => ({ ...unanswered, verdict: "tfjs is wrong", reason: "threw" })),
      ...[1, 2, 3].map((): Comparison => ({ ...agreed, verdict: "undecided" })),
      ...[1, 2, 3, 4].map((): Comparison => ({ ...agreed, verdict: "tfjs is wrong", expected: "known" })),
      { ...agreed, rung: "exact by data", ours: { ...near, worstRatio: 9 }, theirs: { ...near, worstRatio: 9 } },
    );
    expect(summaryRows(tally)).toEqual([
      {
        oracle: REFERENCE,
        algorithm: "a",
        pass: "forward",
        compared: 13,
        agree: 3,
        oursWrong: 1,
        tfjsWrong: 2,
        expected: 4,
        undecided: 3,
        rungs: { "bit-exact": 0, "exact by data": 1, "per-element bound": 11, "normwise bound": 1 },
        notAsked: 0,
        worstRatio: 0.75,
        worstUlp: 3,
        oracleWorstRatio: 0.5,
      },
    ]);
    expect(tally.met).toEqual({ known: 4 });
    expect(tally.disagreements).toHaveLength(6);
    expect(coverageOf(tally)).toEqual([
      { by: "a", pass: "forward", answered: 13, refused: 0, beyondReach: 0, normwise: 1 },
    ]);
  });

  it("of an oracle that has not answered has nothing of its errors", () => {
    const [{ oracleWorstRatio, worstRatio }] = summaryRows(tallyOf({ ...unanswered, verdict: "ours is wrong" }));
    expect({ oracleWorstRatio, worstRatio }).toEqual({ oracleWorstRatio: 0, worstRatio: 0.25 });
  });

  it("stands behind the truth's, by oracle and pass, and else where its algorithm was first met", () => {
    const order = (comparisons: readonly Comparison[]): readonly string[] =>
      summaryRows(tallyOf(...comparisons)).map(({ oracle, pass, algorithm }) => `${oracle} ${pass} ${algorithm}`);
    const all = ["z", "y", "x"].flatMap((oracle) =>
      (["filterGradient", "forward"] as const).flatMap((pass) =>
        ["b", "c", "a"].map((algorithm) => ({
          ...agreed,
          oracle: oracle === "y" ? REFERENCE : oracle,
          pass,
          algorithm,
        })),
      ),
    );
    expect(order(all)).toEqual(
      [REFERENCE, "x", "z"].flatMap((oracle) =>
        ["forward", "filterGradient"].flatMap((pass) =>
          ["b", "c", "a"].map((algorithm) => `${oracle} ${pass} ${algorithm}`),
        ),
      ),
    );
  });
});

describe("what grows with the trials", () => {
  it("is cut to the 2¹⁴ disagreements that are soonest understood", () => {
    const [sum, part] = [emptyTally(), emptyTally()];
    const wrong = Array.from(
      { length: 2 ** 15 },
      (_, i): Comparison => ({ ...agreed, elements: 1 + ((7 * i) % 2 ** 15) }),
    );
    part.disagreements.push(...wrong);
    addTally(sum, part);
    expect(sum.disagreements).toHaveLength(2 ** 15);
    addTally(sum, { ...emptyTally(), disagreements: [{ ...agreed, elements: 0 }] });
    expect(sum.disagreements.map(({ elements }) => elements)).toEqual(Array.from({ length: 2 ** 14 }, (_, i) => i));
  });

  it("is cut to the 2⁹ cases that came nearest to their bound", () => {
    const worstOf = (ratios: readonly number[]): Tally =>
      tallyOf(
        ...ratios.map((ratio) => ({
          ...agreed,
          case: `case ${ratio}`,
          ours: { mismatches: 0, worstRatio: ratio, worstUlp: 0 },
        })),
      );
    const ratios = Array.from({ length: 2 ** 10 }, (_, i) => ((5 * i) % 2 ** 10) / 2 ** 10);
    const most = worstOf(ratios);
    expect(Object.keys(most.worstOfCase)).toHaveLength(2 ** 10);
    addTally(most, worstOf([1]));
    expect(new Set(Object.values(most.worstOfCase).map(({ ratio }) => ratio))).toEqual(
      new Set([1, ...ratios.filter((ratio) => ratio > 0.5)]),
    );
  });
});
