/** Proof that the check can see: the mutants, on a run's own trials. */

import { describe, expect, it } from "vitest";
import { hunt, MUTANTS } from "../src/index.ts";

describe("the check", () => {
  it("convicts at least 95 % of at least 25 mistakes, and nobody innocent", async () => {
    const { killRate, results } = await hunt({ seed: 1, cases: 0 });
    expect(results.length).toBe(MUTANTS.length);
    expect(results.length).toBeGreaterThanOrEqual(25);
    expect(new Set(results.map(({ id }) => id)).size).toBe(results.length);
    expect(
      killRate,
      results.flatMap(({ id, convictedBy }) => (convictedBy ? [] : [id])).join(", "),
    ).toBeGreaterThanOrEqual(0.95);
    for (const { convictedBy } of results) expect(convictedBy?.reason ?? "survives").toMatch(/\w/);
  });
});
