import { CASES, SPATIAL_CASES } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { compare, type Findings } from "./compare.ts";
import type { Joints } from "./mutants/direct.ts";
import { ofJoints } from "./mutants/mutant.ts";
import { addTally, emptyTally, summaryRows, type Tally, tallyTrial } from "./tally.ts";
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
    const sum = total(await tallies());
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
