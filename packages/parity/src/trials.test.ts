import { CASES } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { pairwiseCases } from "./generate/pairwise.ts";
import { selectTrials, type TrialOptions } from "./trials.ts";

async function names(options: Partial<TrialOptions>): Promise<string[]> {
  return (await selectTrials({ seed: 3, cases: 10, ...options })).map(({ convCase }) => convCase.name);
}

describe("selectTrials", () => {
  it("takes the table, the generated cases and the photograph", async () => {
    const all = await names({});
    // Siblings follow some of the table, and twins its first.
    const named = all.filter((name) => !/^(sibling|twin): /.test(name));
    expect(named.slice(0, CASES.length)).toEqual(CASES.map(({ name }) => name));
    expect(all.filter((name) => name.startsWith("generated: "))).toHaveLength(10);
    expect(all.filter((name) => name.startsWith("photograph chelsea: "))).toHaveLength(4);
    expect(all.filter((name) => name.startsWith("pairwise "))).toHaveLength(pairwiseCases().length);
    const picked = all.filter((name) => !name.startsWith("generated: "));
    expect(new Set(picked).size).toBe(picked.length);
  });

  it("shares them out so that every trial is in exactly one shard", async () => {
    const shards = await Promise.all([1, 2, 3, 4].map((index) => names({ shard: { index, count: 4 } })));
    expect(shards.flat().sort()).toEqual((await names({})).sort());
    // By their content, so about equally, not exactly.
    for (const shard of shards) expect(shard.length).toBeGreaterThan(shards.flat().length / 8);
  });

  it("makes of a million problems only those of the shard", async () => {
    const generated = async (index: number, cases: number): Promise<string[]> => {
      const trials = await selectTrials({ seed: 3, cases, shard: { index, count: 50_000 } });
      return trials.flatMap(({ path }) => path ?? []);
    };
    const before = process.cpuUsage();
    const share = await generated(2, 1_000_000);
    const { user } = process.cpuUsage(before);
    expect(share.length).toBeGreaterThan(5);
    expect(share.length).toBeLessThan(50);
    // Whoever made them all would take half a minute.
    expect(user).toBeLessThan(5_000_000);
    expect(await generated(3, 1_000_000)).not.toEqual(share);
  });

  it("is the same for a seed, and another for another", async () => {
    expect(await names({})).toEqual(await names({}));
    expect(await names({ seed: 4 })).not.toEqual(await names({}));
  });

  it("takes only cases whose name holds a text", async () => {
    expect(await names({ only: "depthwise as groups," })).toEqual(
      CASES.map(({ name }) => name).filter((name) => name.startsWith("depthwise as groups,")),
    );
    expect(await names({ only: "no such case" })).toEqual([]);
  });

  it("filters the photograph itself, so that every sum is exact", async () => {
    const trials = await selectTrials({ seed: 1, cases: 0, only: "photograph" });
    for (const { convCase, passes, data } of trials) {
      const [[kind, { x, filter, bias }], ...others] = data();
      expect(passes).toEqual(["forward"]);
      expect(others).toEqual([]);
      expect(x.length).toBe(300 * 451 * 3);
      expect(x.every((pixel) => Number.isInteger(pixel) && pixel >= 0 && pixel <= 255)).toBe(true);
      expect(new Set(x).size).toBeGreaterThan(200);
      const [height, width, depth, channels] = convCase.filterShape;
      expect(filter.length).toBe(height * width * depth * channels);
      expect(bias?.length).toBe(convCase.bias ? channels : undefined);
      if (kind === "exact") expect(filter.every((weight) => Number.isInteger(weight * 256))).toBe(true);
    }
    const sums = (name: string) => {
      const trial = trials.find(({ convCase }) => convCase.name.includes(name))!;
      const [[, { filter }]] = trial.data();
      const channels = trial.convCase.filterShape[3];
      return Array.from({ length: channels }, (_, c) =>
        filter.reduce((s, w, i) => (i % channels === c ? s + w : s), 0),
      );
    };
    // What makes them edge filters, and what makes the Gaussian an average.
    expect(sums("Sobel")).toEqual([0, 0, 0, 0, 0, 0]);
    expect(sums("Laplacian")).toEqual([0, 0, 0]);
    expect(sums("Gaussian")).toEqual([1, 1, 1]);
  });
});
