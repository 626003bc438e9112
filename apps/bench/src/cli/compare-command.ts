/**
 * The command that compares base with head: two reports, or two checkouts or adapters that it measures in one run.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { stdout } from "node:process";
import { beyondThreshold, type Comparison, compareInRun, compareReports, SIDES } from "../compare/comparison.ts";
import { COMMENT_MARK, comparisonTable, verdictOf } from "../compare/document.ts";
import { type BenchRequest, BenchRun, THOROUGHNESS } from "../measure/bench-run.ts";
import { printJson, readReport } from "../report/files.ts";
import { tableToMarkdown } from "../report/markdown.ts";
import { makeFolder, writeOutput } from "../report/output-folder.ts";
import type { BenchPass } from "../report/results.ts";
import { toText } from "../report/terminal.ts";
import { saveReport } from "../report/write.ts";
import { UsageError } from "../usage-error.ts";
import { benchTasks } from "./bench-command.ts";
import { runTasks } from "./tasks.ts";

/** Options of the command. */
export interface CompareArguments {
  readonly suite?: readonly string[];
  readonly filter?: string;
  readonly pass: BenchPass;
  readonly fresh?: boolean;
  readonly quick?: boolean;
  readonly seed: number;
  readonly time?: number;
  readonly rounds?: number;
  readonly processes?: number;
  readonly by?: string;
  readonly threshold?: number;
  readonly out: string;
  readonly json?: string | true;
  readonly markdown?: string;
}

/** Compares and prints; resolves to the exit code: 1 where a layer became slower by more than the threshold, or was not measured. */
export async function runCompare(base: string, head: string, args: CompareArguments, command: string): Promise<number> {
  const areReports = [base, head].map((side) => side.endsWith(".json"));
  if (areReports[0] !== areReports[1]) {
    throw new UsageError("base and head must both be reports, or both be checkouts or adapter modules to measure");
  }
  const { comparison, failed } = areReports[0]
    ? { comparison: await ofReports(base, head, args), failed: false }
    : await measured(base, head, args, command);
  const table = comparisonTable(comparison);
  const verdict = verdictOf(comparison);
  if (args.markdown !== undefined) {
    await writeOutput(args.markdown, `${COMMENT_MARK}\n${verdict}\n\n${tableToMarkdown(table)}\n`);
  }
  if (args.json !== undefined) await printJson(args.json, comparison);
  if (args.json !== true && args.json !== "-") stdout.write(`${toText(table)}\n\n${verdict}\n`);
  return failed || beyondThreshold(comparison).length > 0 ? 1 : 0;
}

async function ofReports(base: string, head: string, { by, threshold }: CompareArguments): Promise<Comparison> {
  const [before, after] = [await readReport(base), await readReport(head)];
  const nameOf = (file: string, commit: string | null) => (commit === null ? file : commit.slice(0, 12));
  return compareReports(before, after, by, {
    base: nameOf(base, before.environment.commit),
    head: nameOf(head, after.environment.commit),
    threshold: threshold ?? null,
  });
}

async function measured(
  base: string,
  head: string,
  args: CompareArguments,
  command: string,
): Promise<{ comparison: Comparison; failed: boolean }> {
  if (args.by !== undefined)
    throw new UsageError("--by is for two reports; what is measured in one run needs no yardstick");
  for (const side of [base, head]) {
    if (statSync(side, { throwIfNoEntry: false }) === undefined) throw new UsageError(`there is no ${side}`);
  }
  const run = await BenchRun.plan(requestOf(base, head, args, command));
  await makeFolder(args.out);
  const save = () => saveReport(args.out, run.report());
  const { ended } = await runTasks(benchTasks(run, { ceilings: false }), {
    afterEach: save,
    onInterrupt: async () => {
      await save();
      return `What was measured is in ${join(args.out, "report.json")}.`;
    },
  });
  if (ended !== undefined) run.remark(`The run ended early: ${ended.message}.`);
  const report = run.report(ended === undefined);
  await saveReport(args.out, report);
  const about = { base: describeSide(base), head: describeSide(head), threshold: args.threshold ?? null };
  const failed =
    ended !== undefined ||
    report.cases.some(({ results }) => results.some(({ outcome }) => outcome === "disagrees" || outcome === "failed"));
  return { comparison: compareInRun(report, about), failed };
}

function requestOf(base: string, head: string, args: CompareArguments, command: string): BenchRequest {
  const { quick = false, fresh = false, pass, seed, filter } = args;
  const how = THOROUGHNESS[quick ? "quick" : "full"];
  return {
    ...how,
    suites: args.suite ?? ["quick"],
    filter,
    ours: [],
    peers: [],
    adapterModules: [`${SIDES.base}=${base}`, `${SIDES.head}=${head}`],
    subject: SIDES.head,
    pass,
    fresh,
    quick,
    seed,
    timePerVariant: args.time ?? how.timePerVariant,
    rounds: args.rounds ?? how.rounds,
    processes: args.processes ?? how.processes,
    command,
    // What takes long is compared, too: there is nobody else whose time it takes.
    limitSlow: false,
  };
}

/** The commit of a checkout, or the path as it was given. */
function describeSide(path: string): string {
  try {
    const commit = execFileSync("git", ["-C", path, "rev-parse", "--short=12", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return commit.trim();
  } catch {
    return path;
  }
}
