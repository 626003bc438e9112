/** Proof that the check can see: the mutants, on a run's own trials. */

import { describe, expect, it } from "vitest";
import { groupBy } from "../src/group-by.ts";
import { hunt, MUTANTS } from "../src/index.ts";

/** Each is put to hundreds of cases. */
const TIMEOUT_MS = 600_000;

describe("the check", () => {
  it(
    "convicts at least 95 % of at least 150 mistakes of every kind in a quarter of a default run, and nobody innocent",
    async () => {
      const { killRate, results } = await hunt({ seed: 1, cases: 250 });
      expect(results.length).toBe(MUTANTS.length);
      expect(results.length).toBeGreaterThanOrEqual(150);
      expect(new Set(results.map(({ id }) => id)).size).toBe(results.length);
      const kinds = groupBy(results, ({ kind }) => kind);
      expect([...kinds.keys()].sort()).toEqual(["memory", "option", "size", "slip", "value"]);
      for (const [kind, of] of kinds) expect(of.length, kind).toBeGreaterThanOrEqual(25);
      expect(
        killRate,
        results.flatMap(({ id, convictedBy }) => (convictedBy ? [] : [id])).join(", "),
      ).toBeGreaterThanOrEqual(0.95);
      for (const { convictedBy } of results) expect(convictedBy?.reason ?? "survives").toMatch(/\w/);
    },
    TIMEOUT_MS,
  );
});
