/**
 * The action `.github/actions/parity`, executed: its steps, its inputs, its report, on a module that is right and on
 * one that is wrong. Only what fetches the package from npm is replaced, by the package of the workspace.
 *
 * @module
 */

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ActionResult, readAction, runAction } from "./composite.ts";

vi.setConfig({ testTimeout: 60_000 });

const ACTION = new URL("../../.github/actions/parity/action.yml", import.meta.url);
const action = readAction(ACTION);
const modules = fileURLToPath(new URL("modules/", import.meta.url));
const program = fileURLToPath(new URL("../../packages/parity/src/cli.ts", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corr2d action ")); // a space, as file names have
  const path = join(folder, "bin");
  mkdirSync(path);
  // Refuses what the action should not ask for, and hands the rest to the workspace's own program.
  const npx = `#!/usr/bin/env bash
[ "$1 $2" = "--yes @corr2d/parity@latest" ] || { echo "unexpected: npx $*"; exit 64; }
shift 2
exec "${process.execPath}" --conditions=@corr2d/source "${program}" "$@"
`;
  writeFileSync(join(path, "npx"), npx);
  chmodSync(join(path, "npx"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A small run: one oracle, a share of the cases. */
const run = (inputs: Readonly<Record<string, string>>): ActionResult =>
  runAction(
    action,
    { oracles: "tfjs-cpu", cases: "8", shard: "1/4", ...inputs },
    { folder, path: join(folder, "bin") },
  );

const exitCodes = ({ steps }: ActionResult) => steps.map(({ exitCode }) => exitCode);

test("a right module: the steps succeed, and write JUnit, JSON and the summary", () => {
  const result = run({ module: join(modules, "right.ts"), junit: "a b.xml", json: "a b.json", seed: "7" });
  expect(exitCodes(result), result.steps.map(({ output }) => output).join("\n")).toEqual([0, 0]);
  const report = JSON.parse(readFileSync(join(folder, "a b.json"), "utf8"));
  expect(report).toMatchObject({
    schema: "corr2d-parity/2",
    outcome: "agree",
    run: { seed: 7, cases: 8, shard: { index: 1, count: 4 } },
    algorithms: [{ name: "right" }],
  });
  expect(report.oracles).toMatchObject([{ name: "tfjs-cpu", ran: true }]);
  expect(report.compared.withOracles).toBeGreaterThan(10);
  expect(readFileSync(join(folder, "a b.xml"), "utf8")).toContain("<testsuites");
  expect(result.summary).toContain("tfjs-cpu");
});

test("a wrong module: the comparison fails, and the summary is written all the same", () => {
  const result = run({ module: join(modules, "wrong.ts") });
  expect(exitCodes(result)).toEqual([1, 0]);
  expect(result.summary).toContain("wrong breaks shift");
  expect(JSON.parse(readFileSync(join(folder, "parity.json"), "utf8")).outcome).toBe("disagree");
});

test("a module that is not there: the comparison cannot run, and there is nothing to sum up", () => {
  const result = run({ module: "nowhere.js" });
  expect(exitCodes(result)).toEqual([2, 0]);
  expect(result.steps[0]!.output).toContain("nowhere.js");
  expect(result.summary).toBe("");
});

test("an input is a word to the shell, whatever stands in it", () => {
  const module = "$(touch injected); 'touch injected'.ts";
  expect(run({ module }).steps[0]!.output).toContain(module);
  expect(existsSync(join(folder, "injected"))).toBe(false);
});

test("every input that is declared is used", () => {
  const text = readFileSync(ACTION, "utf8");
  for (const name of Object.keys(action.inputs)) expect(text).toContain(`\${{ inputs.${name} }}`);
  expect(() => run({ module: "x", modul: "x" })).toThrow("the action has no input modul");
  expect(() => run({})).toThrow("the input module is required");
});
