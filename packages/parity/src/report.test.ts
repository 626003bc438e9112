import { CASES } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { type Comparison, type Findings, REFERENCE } from "./compare.ts";
import { makeReport, type OracleStatus, type ParityReport, type RunFacts } from "./report.ts";
import { tallyTrial } from "./tally.ts";

const RUN: RunFacts = {
  seed: 1,
  cases: 0,
  trials: 1,
  shard: undefined,
  path: undefined,
  only: undefined,
  node: "v24.0.0",
  platform: "linux x64",
  started: "2026-01-01T00:00:00.000Z",
  seconds: 1,
};
const RAN: OracleStatus = { name: "tfjs-cpu", ran: true, version: "4", threads: 1 };
const MISSING: OracleStatus = { name: "tfjs-node", ran: false, reason: "no compiler" };

function comparison(changes: Partial<Comparison> = {}): Comparison {
  return {
    question: "a question",
    case: "a case",
    data: "real",
    seed: 1,
    pass: "forward",
    algorithm: "corr2d/naive",
    oracle: "tfjs-cpu",
    elements: 4,
    rung: "per-element bound",
    verdict: "agree",
    ours: { mismatches: 0, worstRatio: 0.25, worstUlp: 3 },
    theirs: { mismatches: 0, worstRatio: 0.5, worstUlp: 1 },
    ...changes,
  };
}

function report(findings: Partial<Findings>, oracles: OracleStatus[] = [RAN], required: string[] = []): ParityReport {
  const all = { comparisons: [], refusals: [], vanished: [], ...findings };
  const tally = tallyTrial(all, { convCase: CASES[0]!, passes: ["forward", "biasGradient"] });
  return makeReport({ run: RUN, oracles, required, algorithms: [], tally, ledger: [] });
}

describe("makeReport", () => {
  it("agrees where all comparisons do", () => {
    expect(report({ comparisons: [comparison()] })).toMatchObject({ outcome: "agree", reasons: [] });
  });

  it("disagrees where ours is wrong, or an oracle unexpectedly, or nobody is", () => {
    for (const verdict of ["ours is wrong", "tfjs is wrong", "undecided"] as const) {
      const { outcome, reasons } = report({ comparisons: [comparison(), comparison({ verdict })] });
      expect(outcome).toBe("disagree");
      expect(reasons).toHaveLength(1);
    }
  });

  it("agrees where an oracle is wrong as the ledger expects, and disagrees where it no longer is", () => {
    const expected = comparison({ verdict: "tfjs is wrong", expected: "known" });
    expect(report({ comparisons: [expected] }).outcome).toBe("agree");
    const vanished = [{ id: "known", case: "a case", pass: "forward" as const }];
    expect(report({ comparisons: [comparison()], vanished })).toMatchObject({
      outcome: "disagree",
      reasons: ['the ledger expects known in forward of "a case", which agrees'],
    });
  });

  it("disagrees where ours is wrong by the reference, though no oracle could be asked", () => {
    const alone = comparison({ oracle: REFERENCE, verdict: "ours is wrong" });
    expect(report({ comparisons: [comparison(), alone] }).outcome).toBe("disagree");
  });

  it("disagrees where ours is wrong, whatever could not be asked or made smaller, and says that too", () => {
    const all = { comparisons: [comparison(), comparison({ verdict: "ours is wrong" })], refusals: [], vanished: [] };
    const { outcome, reasons } = makeReport({
      run: RUN,
      oracles: [RAN, MISSING],
      required: ["tfjs-node"],
      algorithms: [],
      tally: tallyTrial(all, { convCase: CASES[0]!, passes: ["forward"] }),
      ledger: [],
      unreduced: ["it could not be made smaller"],
    });
    expect(outcome).toBe("disagree");
    expect(reasons).toEqual([
      "ours is wrong in 1 comparisons with an oracle",
      "required oracle tfjs-node did not run: no compiler",
      "it could not be made smaller",
    ]);
  });

  it("could not run where nothing was compared with an oracle", () => {
    expect(report({}).outcome).toBe("could not run");
    const onlyReference = report({ comparisons: [comparison({ oracle: REFERENCE })] });
    expect(onlyReference).toMatchObject({
      outcome: "could not run",
      reasons: ["nothing was compared with an oracle"],
    });
  });

  it("could not run without a required oracle, and says why; without another it could", () => {
    const comparisons = [comparison()];
    expect(report({ comparisons }, [RAN, MISSING]).outcome).toBe("agree");
    expect(report({ comparisons }, [RAN, MISSING], ["tfjs-node"])).toMatchObject({
      outcome: "could not run",
      reasons: ["required oracle tfjs-node did not run: no compiler"],
    });
  });

  it("adds up by oracle, algorithm and pass", () => {
    const comparisons = [
      comparison(),
      comparison({ data: "exact", rung: "exact by data" }),
      comparison({ rung: "bit-exact", ours: { mismatches: 0, worstRatio: 0.75, worstUlp: 2 } }),
      comparison({
        verdict: "tfjs is wrong",
        expected: "known",
        theirs: { mismatches: 4, worstRatio: 9, worstUlp: 9 },
      }),
      comparison({ pass: "biasGradient" }),
    ];
    const refusals = [
      { case: "x", pass: "forward" as const, by: "tfjs-cpu", reason: "cannot" },
      { case: "x", pass: "forward" as const, by: "corr2d/naive", reason: "cannot" },
      { case: "y", pass: "forward" as const, by: "tfjs-wasm", reason: "cannot" },
    ];
    const { summary, refusals: counted } = report({ comparisons, refusals });
    expect(counted).toEqual([
      { by: "tfjs-cpu", pass: "forward", reason: "cannot", cases: 1 },
      { by: "corr2d/naive", pass: "forward", reason: "cannot", cases: 1 },
      { by: "tfjs-wasm", pass: "forward", reason: "cannot", cases: 1 },
    ]);
    expect(summary).toHaveLength(2);
    expect(summary[0]).toEqual({
      oracle: "tfjs-cpu",
      algorithm: "corr2d/naive",
      pass: "forward",
      compared: 4,
      agree: 3,
      oursWrong: 0,
      tfjsWrong: 0,
      expected: 1,
      undecided: 0,
      rungs: { "bit-exact": 1, "exact by data": 1, "per-element bound": 2, "normwise bound": 0 },
      notAsked: 0,
      worstRatio: 0.75,
      worstUlp: 3,
      oracleWorstRatio: 0.5,
    });
  });
});
