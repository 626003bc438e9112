/**
 * Everything that must hold before a change is merged, in one run:
 *
 *     node scripts/verify.ts [step…]
 *
 * Without names all steps run, each whether or not those before it failed. The last line is
 * `N passed, N failed, N skipped`, over every test and every step; the exit code is 0 only if something passed and
 * nothing failed.
 *
 * tfjs-node: on Linux x64 with a C++ compiler and pip its set-up must succeed, elsewhere its failure is reported and
 * counts as skipped. `CORR2D_TFJS_NODE=required` demands it anywhere, `CORR2D_TFJS_NODE=optional` (a machine that
 * cannot reach PyPI) forgives it anywhere.
 *
 * @module
 */

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonTestResults } from "vitest/node";
import { countVitest, isSuccess, type Outcome, oneCheck, sum, summaryLine } from "./tally.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIN = join(ROOT, "node_modules", ".bin");
/** Tests that hold times to limits are named so. */
const TIMED = ".timed.test.ts";
/** Vitest leaves a core to others. */
const ALL_CORES = `--maxWorkers=${availableParallelism()}`;
const STEP_TIMEOUT_MS = 25 * 60_000;

const environment: NodeJS.ProcessEnv = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  DO_NOT_TRACK: "1",
};

/** The steps in their order. Later ones use what earlier ones built. */
const STEPS: Readonly<Record<string, () => Promise<Outcome>>> = {
  lint: () => tool("biome", "check", "--error-on-warnings", "."),
  build: () => tool("turbo", "run", "build", "--continue", "--output-logs=errors-only"),
  typecheck: () => tool("turbo", "run", "typecheck", "//#typecheck:root", "--continue", "--output-logs=errors-only"),
  workflows: () => script("scripts/workflows.ts"),
  "tfjs-node": setUpTfjsNode,
  "tests-node": async () =>
    vitest(["--project=!browser", `--exclude=**/*${TIMED}`, ALL_CORES], [...(await packageFolders()), "test"]),
  // What these test is how long things take: one file after the other, and nothing beside them.
  "tests-timed": () =>
    vitest(["--project=bench", "--project=learn", "--maxWorkers=1", TIMED], ["apps/bench", "apps/learn"]),
  coverage: () => script("node_modules/vitest/vitest.mjs", "run", "--config", "vitest.coverage.config.ts", ALL_CORES),
  "tests-browser": () => vitest(["--project=browser"], ["packages/core", "packages/testkit", "test/source"]),
};

/** Runs a program with our output as its own. Gives the reason why it did not end with code 0, if so. */
function run(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: environment,
      stdio: ["ignore", "inherit", "inherit"],
      timeout: STEP_TIMEOUT_MS,
    });
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      if (code === 0) resolve(undefined);
      else if (code === null) resolve(`ended by ${signal} (a step may take ${STEP_TIMEOUT_MS / 60_000} minutes)`);
      else resolve(`exit code ${code}`);
    });
  });
}

/** A program of node_modules/.bin as one check. */
async function tool(name: string, ...args: string[]): Promise<Outcome> {
  const failure = await run(join(BIN, name), args);
  return oneCheck(failure === undefined ? [] : [`${name}: ${failure}`]);
}

/** A script under the Node that runs this one (the shims of node_modules/.bin always take the pinned one). */
async function script(path: string, ...args: string[]): Promise<Outcome> {
  const failure = await run(process.execPath, [path, ...args]);
  return oneCheck(failure === undefined ? [] : [`${path}: ${failure}`]);
}

async function setUpTfjsNode(): Promise<Outcome> {
  const outcome = await script("packages/parity/dist/cli.js", "setup-tfjs-node");
  if (outcome.failed === 0) return outcome;
  const demand = process.env.CORR2D_TFJS_NODE;
  if (demand === "required" || (demand !== "optional" && canHaveTfjsNode())) {
    return { ...outcome, problems: [...outcome.problems, "CORR2D_TFJS_NODE=optional goes on without it"] };
  }
  console.log("tfjs-node cannot be had here, for the reason above; every report will say so");
  return { ...outcome, failed: 0, skipped: 1 };
}

/** Whether this machine has what tfjs-node is built with. */
function canHaveTfjsNode(): boolean {
  const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
  return (
    process.platform === "linux" &&
    process.arch === "x64" &&
    works("c++", "--version") &&
    works("python3", "-m", "pip", "--version")
  );
}

async function vitest(args: readonly string[], folders: readonly string[]): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "corr2d-verify-"));
  try {
    const reportPath = join(folder, "report.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`];
    const failure = await run(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...args]);
    return countVitest({ failure, report: await readReport(reportPath) }, ROOT, folders);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The report, or `undefined` if there is none or only a part of one. */
async function readReport(path: string): Promise<JsonTestResults | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as JsonTestResults;
  } catch {
    return undefined;
  }
}

/** `packages/core`, `apps/bench`, … */
async function packageFolders(): Promise<string[]> {
  const folders: string[] = [];
  for (const parent of ["packages", "apps"]) {
    for (const name of await readdir(join(ROOT, parent))) {
      if (existsSync(join(ROOT, parent, name, "package.json"))) folders.push(`${parent}/${name}`);
    }
  }
  return folders;
}

const asked = process.argv.slice(2);
if (asked.includes("--help")) {
  console.log(`node scripts/verify.ts [step…]\n\nSteps, all unless named: ${Object.keys(STEPS).join(", ")}`);
  process.exit(0);
}
const unknown = asked.filter((name) => !Object.hasOwn(STEPS, name));
if (unknown.length > 0) {
  console.error(`verify: unknown step ${unknown.join(", ")}; steps are ${Object.keys(STEPS).join(", ")}`);
  process.exit(2);
}

const names = asked.length > 0 ? asked : Object.keys(STEPS);
console.log(`verify: ${names.length} steps under Node ${process.versions.node} on ${process.platform} ${process.arch}`);
const results: { name: string; seconds: number; outcome: Outcome }[] = [];
for (const name of names) {
  console.log(`\n── ${results.length + 1}/${names.length} ${name} ${"─".repeat(60 - name.length)}`);
  const start = performance.now();
  const outcome = await STEPS[name]!();
  results.push({ name, seconds: (performance.now() - start) / 1000, outcome });
}

console.log(`\n── result ${"─".repeat(58)}`);
for (const { name, seconds, outcome } of results) {
  const verdict = outcome.failed > 0 ? "failed " : outcome.passed > 0 ? "passed " : "skipped";
  console.log(`${verdict} ${name.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s   ${summaryLine(outcome)}`);
  // The first line says what; the rest stands above, where it happened.
  for (const problem of outcome.problems) console.log(`        ${problem.split("\n", 1)[0]}`);
}
const total = sum(results.map(({ outcome }) => outcome));
process.exitCode = isSuccess(total) ? 0 : 1;
console.log(summaryLine(total));
