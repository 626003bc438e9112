import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CaseData, type CasePass, dataOf, reference, SPATIAL_CASES, type SpatialCase } from "@corr2d/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { withPaddingModes } from "../generate/modes.ts";
import { transposesOf } from "../generate/transposed.ts";
import { MUTANTS } from "../mutants/mutants.ts";
import { runParity } from "../run.ts";
import { tfjsProgram } from "./program.ts";
import { loadRegressions, saveRegression } from "./regressions.ts";

const folder = mkdtempSync(join(tmpdir(), "corr2d-shrink-"));
// Where the programs find TensorFlow.js.
const beside = mkdtempSync(join(import.meta.dirname, ".programs-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(beside, { recursive: true });
});

const mutant = (id: string) => MUTANTS.find((candidate) => candidate.id === id)!.make();

describe("a failure", () => {
  it("becomes the smallest problem, a program, a way to ask again and a file that later runs ask first", async () => {
    const regressions = join(folder, "kept");
    const options = { oracles: ["tfjs-cpu"], cases: 40, seed: 3, only: "generated", regressions } as const;
    const report = await runParity({ ...options, adapters: [mutant("dilation-ignored")] });
    expect(report.outcome).toBe("disagree");
    const [reduction] = report.reductions;
    // Two taps two cells apart, and nothing else.
    expect(reduction.convCase).toMatch(/^1×3×1 ∗ 2×1×1, dilation 2$/);
    expect(reduction.replay).toMatch(/^--seed 3 --path \d+(:\d+)+$/);
    const kept = readdirSync(regressions);
    expect(kept.length).toBeGreaterThan(0);

    const path = reduction.replay.split(" ")[3];
    const again = await runParity({ ...options, path, only: undefined, adapters: [mutant("dilation-ignored")] });
    expect(again.disagreements.some(({ algorithm }) => algorithm === "dilation-ignored")).toBe(true);
    expect(again.run.trials).toBe(1);

    const later = await runParity({ ...options, cases: 0, only: "regression", adapters: [mutant("dilation-ignored")] });
    expect(later.outcome).toBe("disagree");
    // What is found again is kept once.
    expect(readdirSync(regressions)).toEqual(kept);
    const mended = await runParity({ ...options, cases: 0, only: "regression", algorithms: ["naive"] });
    expect(mended.disagreements).toEqual([]);
  });

  it("is kept with NaN and infinities, and read back", async () => {
    const convCase = SPATIAL_CASES[0];
    const data = dataOf(convCase, "non-finite", 1);
    const path = await saveRegression(join(folder, "one"), {
      convCase,
      pass: "forward",
      data,
      algorithm: "a",
      reason: "b",
    });
    expect(path).toMatch(/[0-9a-f]{32}\.json$/);
    const [problem] = await loadRegressions(join(folder, "one"));
    expect(problem.given).toEqual(data);
    expect(problem.convCase).toEqual({ ...convCase, name: `regression: ${convCase.name}` });
  });

  it("is not looked for where there is no folder, and a file that is none is named", async () => {
    expect(await loadRegressions(join(folder, "nowhere"))).toEqual([]);
    mkdirSync(join(folder, "bad"));
    writeFileSync(join(folder, "bad", "x.json"), "{}");
    await expect(loadRegressions(join(folder, "bad"))).rejects.toThrow(
      /bad.x\.json cannot be read: its schema is undefined/,
    );
  });
});

describe("the program", () => {
  const passes: readonly CasePass[] = ["forward", "inputGradient", "filterGradient", "biasGradient"];
  const cases = [...SPATIAL_CASES, ...transposesOf(SPATIAL_CASES), ...withPaddingModes(SPATIAL_CASES)];
  const programs: [SpatialCase, CasePass, CaseData][] = cases.map((convCase, i) => {
    return [convCase, passes[i % passes.length], dataOf(convCase, "exact", 2)];
  });

  it("runs with TensorFlow.js alone and gives what is right, whatever kind of convolution", () => {
    for (const [i, [convCase, pass, data]] of programs.entries()) {
      const text = tfjsProgram({ convCase, pass, data, algorithm: "mine", given: undefined });
      writeFileSync(join(beside, `${i}.mjs`), text);
    }
    const all = programs.map((_, i) => `await import("./${i}.mjs");`).join("\n");
    writeFileSync(join(beside, "all.mjs"), all);
    const { stdout, stderr } = spawnSync(process.execPath, [join(beside, "all.mjs")], {
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    expect(stderr).toBe("");
    const printed = (label: string): number[][] =>
      [...stdout.matchAll(new RegExp(`^${label} +\\[([^\\]]*)\\]`, "gms"))].map(([, list]) =>
        (list.match(/-?\d+/g) ?? []).map(Number),
      );
    expect(printed("tfjs")).toHaveLength(programs.length);
    // Long arrays are printed in part; what is printed must be right.
    for (const [i, [convCase, pass, data]] of programs.entries()) {
      const truth = reference(convCase, pass, data);
      const shown = printed("tfjs")[i].slice(0, Math.min(truth.length, 100));
      expect(shown, convCase.name).toEqual(Array.from(truth.slice(0, shown.length)));
    }
  });
});
