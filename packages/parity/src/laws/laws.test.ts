import { CASES, SPATIAL_CASES } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { corr2dAdapter } from "../corr2d.ts";
import { pairwiseCases } from "../generate/pairwise.ts";
import { MUTANTS } from "../mutants/mutants.ts";
import { checkLaws } from "./check.ts";
import { LAWS } from "./laws.ts";

const cases = [...CASES, ...SPATIAL_CASES, ...pairwiseCases()];

describe("the laws", () => {
  it.each(["naive", "tiled", "winograd4"])("hold for corr2d/%s", async (name) => {
    const findings = await checkLaws(corr2dAdapter(name), { cases, seed: 3 });
    expect(findings.flatMap(({ reason }) => reason ?? [])).toEqual([]);
    expect(findings.map(({ law }) => law)).toEqual(LAWS.map(({ id }) => id));
    for (const { law, checked } of findings.filter(() => name === "naive")) expect(checked, law).toBeGreaterThan(20);
  });

  it.each([
    ["linearity", "magnitude-instead-of-value"],
    ["linearity", "float16-accumulation"],
    ["shift", "last-image-row-skipped"],
    ["shift", "last-row-skipped"],
    ["flip", "padding-twice"],
    ["flip", "first-tap-dropped"],
    ["adjoint", "kernel-unflipped-in-gradient"],
    ["adjoint", "dilation-ignored-in-gradient"],
    ["adjoint", "batch-offset-in-gradient"],
    ["block-diagonal", "next-group"],
    ["block-diagonal", "groups-interleaved"],
    ["matmul", "last-channel-skipped"],
    ["matmul", "batch-offset"],
  ])("%s is broken by %s", async (law, id) => {
    const mutant = MUTANTS.find((each) => each.id === id)!;
    const findings = await checkLaws(mutant.make(), {
      cases,
      seed: 3,
      laws: LAWS.filter((l) => l.id === law),
    });
    expect(findings[0].reason).toMatch(new RegExp(`^${id} breaks ${law} `));
  });

  it("reports an implementation that throws", async () => {
    const throwing = { ...corr2dAdapter("naive"), prepare: () => Promise.reject(new Error("out of memory")) };
    const [finding] = await checkLaws(throwing, { cases: cases.slice(0, 1), seed: 1 });
    expect(finding.reason).toMatch(/threw: out of memory$/);
  });
});
