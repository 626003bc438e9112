/** `corr2d-parity check` and runs in several processes: what becomes of modules that are right, wrong and rude. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { runParity } from "../src/index.ts";

const PROGRAM = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "corr2d-check-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a user would write: the example of the README. */
const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const [, RIGHT] = /```js\n(\/\/ my-conv\.js.*?)```/s.exec(README)!;

/** What a user's own Node has, without the options of this run. */
const PLAIN = { ...process.env, NODE_OPTIONS: "" };

function module(name: string, text: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, text);
  return path;
}

function check(path: string, ...args: string[]): { code: number | null; out: string; err: string } {
  // What is asked about sizes is not what these are about.
  const given = [
    "check",
    path,
    "--oracle",
    "tfjs-cpu",
    "--cases",
    "20",
    "--exclude",
    "every size*,kernels by*",
    ...args,
  ];
  const result = spawnSync(process.execPath, ["--conditions=@corr2d/source", PROGRAM, ...given], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

describe("corr2d-parity check", () => {
  it("finds a right module right, laws and impossible requests among what it is asked", () => {
    const { code, out } = check(module("right", RIGHT), "--json", "right.json");
    expect(out).toMatch(/^agree: \d+ comparisons with oracles/m);
    expect(out).toContain("right refuses 19 of 19 impossible requests");
    expect(out).toMatch(/matmul: checked \d+ times, holds/);
    expect(code).toBe(0);
    const report = JSON.parse(readFileSync(join(folder, "right.json"), "utf8"));
    expect(report.algorithms).toEqual([{ name: "right", version: expect.stringMatching(/^unknown \([0-9a-f]{8}\)$/) }]);
    expect(report.refusals).toContainEqual(expect.objectContaining({ by: "right", reason: "no groups" }));
  });

  it("finds a wrong one wrong, shows the smallest failure as a program and keeps it", () => {
    const wrong = module("wrong", RIGHT.replace("b * dilations[1]", "b"));
    const { code, out } = check(wrong, "--only", "dilat");
    expect(code).toBe(1);
    expect(out).toMatch(/The smallest that still fails for wrong: forward of 1×1×3×1 ∗ 1×2×1×1, dilation 1×2,/);
    expect(out).toMatch(/Again: npx corr2d-parity check [^ ]*wrong\.mjs --seed 1 --/);
    expect(out).toContain("Kept in parity-regressions");
    const [, program] = /(?:^ {4}.*\n|^\n)*?( {4}\/\/ [\s\S]*?process\.exitCode = .*\n)/m.exec(out)!;
    const failure = module("failure", program!.replaceAll(/^ {4}/gm, ""));
    const again = spawnSync(process.execPath, [failure], { encoding: "utf8", cwd: folder, env: PLAIN });
    expect(again.stderr).toBe("");
    expect(again.stdout).toMatch(/^call 1, layer 0, forward at \[0,0,0,0\]: got -?\d+, right -?\d+, bound 0$/m);
    expect(again.status).toBe(1);
    module("wrong", RIGHT);
    expect(spawnSync(process.execPath, [failure], { encoding: "utf8", cwd: folder, env: PLAIN })).toMatchObject({
      stdout: "all is right\n",
      status: 0,
    });
    module("wrong", RIGHT.replace("b * dilations[1]", "b"));
    expect(check(wrong, "--only", "regression").code).toBe(1);
  });

  it("shows a fault of memory by a program that runs layers in turn", () => {
    const stale = module(
      "stale",
      `${RIGHT.replace("export function forward", "function right")}
const packed = new WeakMap();
export function forward(convCase, { x, filter, bias }) {
  if (!packed.has(filter)) packed.set(filter, filter.slice());
  return right(convCase, { x, filter: packed.get(filter), bias });
}`,
    );
    const { code, out } = check(stale, "--only", "odd kernel");
    expect(code).toBe(1);
    expect(out).toMatch(/wrong after other values were written to the arrays that it was given/);
    const [, program] = /( {4}\/\/ [\s\S]*?process\.exitCode = .*\n)/m.exec(out)!;
    const failure = module("stale-failure", program!.replaceAll(/^ {4}/gm, ""));
    const again = spawnSync(process.execPath, [failure], { encoding: "utf8", cwd: folder, env: PLAIN });
    expect(again.stdout).toMatch(/^call 3, layer 1, forward at /m);
    expect(again.status).toBe(1);
  });

  it("names an answer that is wrong by chance", () => {
    const flaky = module(
      "flaky",
      `${RIGHT.replace("export function forward", "function right")}
let calls = 0;
export function forward(convCase, data) {
  const y = right(convCase, data);
  return ++calls === 30 ? y.fill(7) : y;
}`,
    );
    const { code, out } = check(flaky, "--only", "odd kernel", "--jobs", "1");
    expect(code).toBe(1);
    expect(out).toMatch(/It cannot be had again for flaky: .*it is flaky, or depends on what was asked before/);
  });

  it("says what is missing", () => {
    const { code, err } = check(module("empty", "export const conv = 1;"));
    expect(err).toContain("exports conv, but must export a function forward(convCase, { x, filter, bias })");
    expect(code).toBe(2);
  });
});

describe("a process that dies", () => {
  const only = { oracles: ["tfjs-cpu"], cases: 0, only: "textbook", jobs: 1 } as const;

  it("has answered wrongly, and others of its cases are asked on", async () => {
    const rude = module(
      "rude",
      `${RIGHT.replace("export function forward", "function right")}
export function forward(convCase, data) { if (convCase.name.startsWith("textbook")) process.exit(3); return right(convCase, data); }`,
    );
    const report = await runParity({ oracles: ["tfjs-cpu"], cases: 0, only: "x", jobs: 1, modules: [rude] });
    expect(report.reasons.join("; ")).toMatch(/^ours is wrong in 1 comparisons with the reference$/);
    expect(report.outcome).toBe("disagree");
    expect(report.deadWorkers).toEqual([]);
    expect(report.disagreements[0]!.reason).toMatch(
      /^it broke the process that asked it: it ended with code 3 after it asked rude about/,
    );
    expect(report.compared.withReference).toBeGreaterThan(report.disagreements.length);
  });

  it("is reduced to the smallest case that still ends it, of cases of one's own as well", async () => {
    const rude = module(
      "exits",
      `export const forward = ({ strides, outputShape }) =>
  strides[1] > 1 ? process.exit(3) : new Float32Array(outputShape.reduce((a, b) => a * b));`,
    );
    const own = { name: "own", inputShape: [1, 1, 3, 1], filterShape: [1, 1, 1, 1], strides: [1, 2] } as const;
    const about = { padding: "valid", dilations: [1, 1], groups: 1, bias: false } as const;
    const report = await runParity({ ...only, only: undefined, own: [{ ...own, ...about }], modules: [rude] });
    const crash = report.reductions.find(({ reason }) => reason.startsWith("it broke the process"));
    expect(crash).toMatchObject({ algorithm: "exits", pass: "forward", convCase: "1×1×1×1 ∗ 1×1×1×1, stride 1×2" });
    expect(crash!.program).toContain("implementation.forward");
    expect(crash!.tried).toBeGreaterThan(3);
  });

  it("is ended when it is silent", async () => {
    const endless = module("endless", "export function forward() { for (;;); }");
    const report = await runParity({ ...only, only: "textbook 2x2 on 3x3", modules: [endless], silenceSeconds: 5 });
    expect(report.outcome).toBe("disagree");
    expect(report.disagreements[0]!.reason).toMatch(
      /it said nothing for 5 s after it asked endless about forward of "textbook/,
    );
  });

  it("is an error where it was not asking yet", async () => {
    const broken = module("broken", "process.exit(4); export function forward() {}");
    const report = await runParity({ ...only, modules: [broken] });
    expect(report.outcome).toBe("could not run");
    expect(report.reasons[0]).toMatch(/^worker 1 died: it ended with code 4/);
  });
});

it.each([
  ["in its own words", "no"],
  ["in ours", "it is not asked for 2 spatial axes"],
])("a module that refuses nearly everything, %s, has not been checked", async (words, reason) => {
  const shy = module(
    `shy ${words}`,
    RIGHT.replace(
      /export const supports[^;]*;/,
      `export const supports = (c) => c.name.startsWith("textbook") || ${JSON.stringify(reason)};`,
    ),
  );
  const report = await runParity({ oracles: ["tfjs-cpu"], cases: 0, only: "x", modules: [shy], jobs: 1 });
  expect(report.outcome).toBe("could not run");
  expect(report.reasons.join()).toMatch(/shy .* answers forward of \d+ cases and refuses \d+ .*too few to tell/);
});

it("records hold what a module broke and how little it answered, as the run itself tells", () => {
  const rude = module(
    "crash",
    `${RIGHT.replace("export function forward", "function right")}
export function forward(convCase, data) { if (convCase.name.startsWith("textbook")) process.abort(); return right(convCase, data); }`,
  );
  const broke = check(rude, "--only", "textbook", "--records", join(folder, "crash.jsonl"));
  expect(broke.out).toMatch(/^disagree: ours is wrong in 1 comparisons with the reference/m);
  expect(broke.code).toBe(1);
  const none = RIGHT.replace(
    /export const supports[^;]*;/,
    'export const supports = (c) => c.name.startsWith("stride and") || "no";',
  );
  const little = check(module("little", none), "--only", "stride", "--records", join(folder, "little.jsonl"));
  expect(little.out).toContain("too few to tell");
  expect(little.code).toBe(2);
});

it("a run of one text of a module is not gone on with by another", () => {
  const path = module("edited", RIGHT);
  const records = join(folder, "edited.jsonl");
  expect(check(path, "--records", records, "--only", "textbook").code).toBe(0);
  writeFileSync(path, `${RIGHT}\n// another text`);
  const { code, err } = check(path, "--records", records, "--only", "textbook", "--resume");
  expect(code).toBe(2);
  expect(err).toMatch(/^corr2d-parity: .*edited\.jsonl holds a run by others, or by other versions of them/m);
  expect(err).not.toContain("    at ");
});

it("several processes find what one does", async () => {
  const options = { oracles: ["tfjs-cpu"], algorithms: ["naive"], cases: 30, only: "generated" } as const;
  const [one, two] = [await runParity(options), await runParity({ ...options, jobs: 2 })];
  const byName = (rows: typeof one.summary) =>
    [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  expect(byName(two.summary)).toEqual(byName(one.summary));
  expect(two.run.trials).toBe(30);
});
