/**
 * What the workflow `report` does with a report once it is measured, executed: its steps `History` and `Commit to the branch
 * benchmarks`, one commit after the other, beside a repository that takes the place of GitHub's.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { sampleReport } from "../../apps/bench/test/fixtures/reports.ts";

vi.setConfig({ testTimeout: 120_000 });

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>
  >;
}
const workflow = parse(
  readFileSync(new URL("../../.github/workflows/report.yml", import.meta.url), "utf8"),
) as Workflow;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "corr2d workflow "));
  git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "github");
  git(folder, "clone", "--quiet", "github", "main");
  const main = join(folder, "main");
  writeFileSync(join(main, "README.md"), "main\n");
  git(main, "switch", "--quiet", "-c", "main");
  git(main, "add", ".");
  git(main, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "Begin");
  git(main, "push", "--quiet", "origin", "main");
});
afterAll(() => rmSync(folder, { recursive: true }));

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync("git", args, { cwd, encoding: "utf8" });
}

/** Runs a step of a job as GitHub would, in a clone. */
function step(job: string, name: string, cwd: string, env: Readonly<Record<string, string>>): string {
  const run = workflow.jobs[job]?.steps.find((one) => one.name === name)?.run;
  if (run === undefined) throw new Error(`report.yml has no step ${job}/${name}`);
  return execFileSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", GITHUB_STEP_SUMMARY: join(cwd, "summary.md"), ...env },
  });
}

/** What the workflow does after measuring a commit; resolves to the folder of the clone in which it did. */
function publish(commit: string): string {
  const [measure, keep] = ["measure", "keep"].map((job) => {
    const clone = join(folder, `${job}-${commit.slice(0, 2)}`);
    git(folder, "clone", "--quiet", "--depth", "1", `file://${join(folder, "github")}`, clone);
    return clone as string;
  }) as [string, string];
  const report = structuredClone(sampleReport());
  Object.assign(report.environment, { commit, clean: true });
  for (const place of ["report", "site/benchmarks", "node_modules/.bin", "apps/bench/dist"]) {
    mkdirSync(join(measure, place), { recursive: true });
  }
  writeFileSync(join(measure, "report/report.json"), JSON.stringify({ ...report, complete: true }));
  writeFileSync(join(measure, "report/index.html"), "<!-- history -->");
  const program = fileURLToPath(new URL("../../apps/bench/src/cli.ts", import.meta.url));
  const node = join(measure, "node_modules/.bin/node");
  writeFileSync(
    node,
    `#!/usr/bin/env bash\nshift\nexec "${process.execPath}" --conditions=@corr2d/source "${program}" "$@"\n`,
  );
  chmodSync(node, 0o755);
  step("measure", "History", measure, {});
  mkdirSync(join(keep, "kept"));
  cpSync(join(measure, "history.jsonl"), join(keep, "kept/history.jsonl"));
  step("keep", "Commit to the branch benchmarks", keep, { GITHUB_SHA: commit });
  return measure;
}

const kept = (): readonly string[] =>
  git(join(folder, "github"), "show", "benchmarks:history.jsonl").trim().split("\n");

test("the branch benchmarks gets a line for each commit, and the page its curves", () => {
  const clone = publish("1".repeat(40));
  expect(kept()).toHaveLength(1);
  expect(readFileSync(join(clone, "site/benchmarks/history.html"), "utf8")).toContain("111111111111");
  expect(readFileSync(join(clone, "site/benchmarks/index.html"), "utf8")).toContain('href="history.html"');
  expect(readFileSync(join(clone, "summary.md"), "utf8")).toContain("```");
  publish("2".repeat(40));
  expect(kept().map((line) => JSON.parse(line).commit)).toEqual(["1".repeat(40), "2".repeat(40)]);
  const log = git(join(folder, "github"), "log", "--format=%s", "benchmarks").trim().split("\n");
  expect(log).toEqual(["Add the ratios of 222222222222", "Add the ratios of 111111111111"]);
  expect(git(join(folder, "github"), "ls-tree", "--name-only", "benchmarks")).toBe("history.jsonl\n");
});

test("a commit that is measured once more, to the same figures, is no failure", () => {
  publish("2".repeat(40).replace(/^2/, "3"));
  rmSync(join(folder, "measure-32"), { recursive: true });
  rmSync(join(folder, "keep-32"), { recursive: true });
  publish("2".repeat(40).replace(/^2/, "3"));
  expect(kept()).toHaveLength(3);
});
