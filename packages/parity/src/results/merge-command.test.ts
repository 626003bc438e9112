import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stdout } from "node:process";
import { Command } from "commander";
import { afterAll, expect, it, vi } from "vitest";
import type { TrialSample } from "../render/trial-sample.ts";
import type { ParityReport } from "../report.ts";
import { addMergeCommand } from "./merge-command.ts";
import { appendRecords } from "./record-file.ts";
import { lineOf, recordEnd, recordRun, recordSetup } from "./result-record.ts";
import { setupId } from "./trial-record.ts";

const folder = mkdtempSync(join(tmpdir(), "corr2d-merge-command-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Files of runs that ended without a trial, one for each version of an implementation. */
const files = ["1", "2"].map((version) => {
  const setup = { algorithms: [{ name: "some", version }], oracles: [] };
  const run = recordRun({
    setup: setupId(setup),
    asked: { seed: 1, cases: 0 },
    oracles: [],
    required: [],
    node: "v24.0.0",
    platform: "test",
    started: new Date(0).toISOString(),
  });
  const path = join(folder, `${version}.jsonl`);
  appendRecords(path, [recordSetup(setup), run, recordEnd(run.id, 1, 0)]);
  return path;
});

type Step = [what: string, ...with_: unknown[]];

/** What was done, in order, and what was printed. */
async function merge(...args: readonly string[]) {
  const done: Step[] = [];
  const printed = vi.spyOn(stdout, "write").mockReturnValue(true);
  const program = new Command();
  addMergeCommand<{ readonly records?: string; readonly mixed?: boolean; readonly json?: string }>(program, {
    withOutputs: (command) => command.option("--json <file>", "where to"),
    prepare: async ({ json }) => void done.push(["prepare", json]),
    write: async ({ json }, report, sample) => void done.push(["write", json, report, sample]),
    end: (report) => done.push(["end", report]),
  });
  try {
    await program.parseAsync(["merge", ...args], { from: "user" });
    return { done, text: printed.mock.calls.join("") };
  } finally {
    printed.mockRestore();
  }
}

it("makes sure that a report can be written, prints it, says how it ends, and writes it", async () => {
  const { done, text } = await merge(
    ...files,
    "--mixed",
    "--json",
    "report.json",
    "--records",
    join(folder, "all.jsonl"),
  );
  expect(done.map(([what]) => what)).toEqual(["prepare", "end", "write"]);
  const [[, before], [, ended], [, after, report, sample]] = done as [Step, Step, Step];
  expect([before, after]).toEqual(["report.json", "report.json"]);
  expect(report).toBe(ended);
  expect((sample as TrialSample).trials()).toEqual([]);
  expect(text).toContain("seed 1");
  const lines = files.flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n"));
  expect(readFileSync(join(folder, "all.jsonl"), "utf8").trimEnd().split("\n").sort()).toEqual(
    [...new Set(lines)].sort(),
  );
  expect(lines.every((line) => line === lineOf(JSON.parse(line)))).toBe(true);
});

it("takes several versions together only where that is wanted", async () => {
  const reasonsOf = ({ done }: Awaited<ReturnType<typeof merge>>): string =>
    (done.find(([what]) => what === "end")![1] as ParityReport).reasons.join();
  expect(reasonsOf(await merge(...files))).toContain("these are records of 2 versions of some: 1; 2");
  expect(reasonsOf(await merge(...files, "--mixed"))).not.toContain("versions of some");
});
