import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { corr2dAdapter } from "./corr2d.ts";
import { type KnownFailure, knownFailure, readKnownFailures } from "./known-failures.ts";
import { MUTANTS } from "./mutants/mutants.ts";
import { renderText } from "./render/text.ts";
import { type ParityOptions, runParity } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "corr2d-known-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = (content: unknown): string => {
  const path = join(folder, "known.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

const entry: KnownFailure = { case: "dilation*5×5", reason: "issue 12", until: "2027-03-31" };

describe("known failures", () => {
  it("are read from a file, which is told what is wrong with it", () => {
    expect(readKnownFailures(written([entry]))).toEqual([entry]);
    expect(() => readKnownFailures(written("[{"))).toThrow(/^--known: .*known\.json cannot be read as JSON/);
    expect(() => readKnownFailures(written([{ ...entry, until: "soon" }]))).toThrow(/^--known: .*until/s);
    expect(() => readKnownFailures(written([{ ...entry, pass: "backward" }]))).toThrow(/pass/);
    expect(() => readKnownFailures(join(folder, "none.json"))).toThrow(/^--known: /);
  });

  it("fit by the pattern of a case, a pass and values", () => {
    const failure = { case: "dilation 2, 5×5", pass: "forward", values: "real" } as const;
    const now = new Date("2027-03-31T23:59:59Z");
    expect(knownFailure([entry], failure, now)).toBe(entry);
    expect(knownFailure([{ ...entry, pass: "inputGradient" }], failure, now)).toBeUndefined();
    expect(knownFailure([{ ...entry, values: "exact" }], failure, now)).toBeUndefined();
    expect(knownFailure([entry], { ...failure, case: "stride 2" }, now)).toBeUndefined();
    // One that still holds goes before one that does not.
    const past = { ...entry, until: "2027-03-30" };
    expect(knownFailure([past, entry], failure, now)).toBe(entry);
    expect(knownFailure([past], failure, now)).toBe(past);
  });
});

describe("a run with known failures", () => {
  const mutant = MUTANTS.find(({ id }) => id === "dilation-ignored")!.make();
  const options: ParityOptions = { adapters: [mutant], oracles: ["tfjs-cpu"], cases: 0, only: "dilation 2" };
  const known = (until: string): KnownFailure[] => [
    { case: "dilation", reason: "dilations are not there yet", until },
    { case: "no such case", reason: "mended long ago", until },
  ];

  it("agrees until their day has passed, and names what nothing fits", async () => {
    const without = await runParity(options);
    expect(without.outcome).toBe("disagree");
    const report = await runParity({ ...options, known: known("2999-12-31") });
    expect(report.outcome).toBe("agree");
    expect(report.disagreements).toEqual([]);
    expect(report.known.map(({ met, isExpired }) => [met > 0, isExpired])).toEqual([
      [true, false],
      [false, false],
    ]);
    const wrong = without.summary.reduce((sum, { oursWrong }) => sum + oursWrong, 0);
    expect(report.summary.reduce((sum, { expected }) => sum + expected, 0)).toBe(wrong);
    const text = renderText(report);
    expect(text).toMatch(/every pass of "dilation": dilations are not there yet; \d+ comparisons, until 2999-12-31/);
    expect(text).toContain('every pass of "no such case": mended long ago; nothing in this run fits it');
  });

  it("disagrees when their day has passed", async () => {
    const report = await runParity({ ...options, known: known("2020-01-01") });
    expect(report.outcome).toBe("disagree");
    expect(report.disagreements[0]!.reason).toContain("(known until 2020-01-01, which has passed: dilations are not");
    expect(renderText(report)).toContain("known until 2020-01-01, which has passed: what fits it fails again");
  });
});

describe("the features of implementations", () => {
  it("are counted by cases that were answered, refused and wrong", async () => {
    const adapter = { ...corr2dAdapter("naive"), name: "picky" };
    const picky = {
      ...adapter,
      supports: (...asked: Parameters<typeof adapter.supports>) => asked[0].groups === 1 || "no groups",
    };
    const report = await runParity({
      adapters: [picky],
      oracles: ["tfjs-cpu"],
      cases: 0,
      include: ["*groups*", "*stride 2*"],
    });
    const of = (feature: string) => report.support.filter((count) => count.feature === feature);
    expect(of("stride").some(({ answered, wrong }) => answered > 0 && wrong === 0)).toBe(true);
    for (const { answered, refused } of of("groups")) expect([answered, refused > 0]).toEqual([0, true]);
    const module = { ...report, run: { ...report.run, modules: ["picky.js"] } };
    expect(renderText(module)).toMatch(/\| groups +\| – \d+ +\|/);
  });
});
