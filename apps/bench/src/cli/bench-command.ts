/**
 * The command that measures: from options to a report on disk and a table on the terminal.
 *
 * @module
 */

import { join } from "node:path";
import { stdout } from "node:process";
import { type BenchRequest, BenchRun, THOROUGHNESS } from "../measure/bench-run.ts";
import { printJson, readReport } from "../report/files.ts";
import { threeDigits } from "../report/number-format.ts";
import { makeFolder } from "../report/output-folder.ts";
import type { BenchPass, BenchReport, CaseResult } from "../report/results.ts";
import { firstCallTables } from "../report/sections/first-calls.ts";
import { detailTable } from "../report/sections/speed.ts";
import { threadsTables } from "../report/sections/threads.ts";
import { toText } from "../report/terminal.ts";
import { REPORT_FILE, saveReport, writeReport } from "../report/write.ts";
import { UsageError } from "../usage-error.ts";
import { type ProgressTask, runTasks } from "./tasks.ts";

/** Options as the command line gives them. */
export interface BenchArguments {
  readonly suite?: readonly string[];
  readonly filter?: string;
  readonly variants?: readonly string[];
  readonly peers?: readonly string[];
  readonly adapter?: readonly string[];
  readonly subject?: string;
  readonly pass: BenchPass;
  readonly fresh?: boolean;
  readonly quick?: boolean;
  readonly threads?: readonly number[];
  readonly seed: number;
  readonly time?: number;
  readonly rounds?: number;
  readonly processes?: number;
  readonly out: string;
  readonly resume?: boolean;
  /** Where the JSON goes, `-` or true being stdout. */
  readonly json?: string | true;
}

/**
 * Measures, writes the report as it goes, prints. Resolves to the exit code: 1 if a variant was wrong or failed, or if the run
 * did not come to its end.
 */
export async function runBench(args: BenchArguments, command: string): Promise<number> {
  const earlier = args.resume ? await readReport(join(args.out, REPORT_FILE)) : undefined;
  if (earlier?.complete) throw new UsageError(`the run in ${args.out} came to its end; leave --resume away`);
  const run = await BenchRun.plan(requestOf(args, command), earlier);
  await makeFolder(args.out);
  const save = () => saveReport(args.out, run.report());
  const { ended } = await runTasks(benchTasks(run), {
    afterEach: save,
    onInterrupt: async () => {
      const page = await writeReport(args.out, { bench: run.report() });
      return `What was measured is in ${page}; the same command with --resume goes on.`;
    },
  });
  if (ended !== undefined) run.remark(`The run ended early: ${ended.message}.`);
  const bench = run.report(ended === undefined);
  const page = await writeReport(args.out, { bench });
  if (args.json === undefined) stdout.write(`\n${resultTables(bench)}\n\nThe report is ${page}\n`);
  else await printJson(args.json, bench);
  return ended === undefined ? exitCodeOf(bench) : 1;
}

function requestOf(args: BenchArguments, command: string): BenchRequest {
  const { quick = false, fresh = false, pass, seed, filter, subject } = args;
  const { timePerVariant, rounds, processes, firstCalls, slowestRun, silenceLimit } =
    THOROUGHNESS[quick ? "quick" : "full"];
  return {
    suites: args.suite ?? ["quick"],
    filter,
    ours: args.variants,
    peers: args.peers,
    adapterModules: args.adapter,
    subject,
    pass,
    fresh,
    quick,
    seed,
    timePerVariant: args.time ?? timePerVariant,
    rounds: args.rounds ?? rounds,
    processes: args.processes ?? processes,
    threads: args.threads,
    firstCalls,
    slowestRun,
    silenceLimit,
    command,
  };
}

/** A command as a shell would be given it. */
export function commandLine(words: readonly string[]): string {
  const quoted = words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)));
  return ["bench", ...quoted].join(" ");
}

/** The tasks of a run: the ceilings, one for each case, first calls of each class, the ceilings again. */
export function benchTasks(
  run: BenchRun,
  { ceilings: wanted = true }: { readonly ceilings?: boolean } = {},
): readonly ProgressTask[] {
  const ceilings: ProgressTask = {
    title: "ceilings",
    run: async () =>
      (await run.measureCeilings()).map(({ engine, gflops }) => `${engine} ${threeDigits(gflops)} GFLOP/s`).join(", "),
  };
  return [
    ...(wanted ? [ceilings] : []),
    ...run.cases
      .flatMap((benchCase, index) => (run.isMeasured(benchCase) ? [] : { benchCase, index }))
      .map(({ benchCase, index }) => ({
        title: `${index + 1}/${run.cases.length} ${benchCase.convCase.name}`,
        run: async (say: (doing: string) => void) =>
          summarise(
            await run.measure(benchCase, (variant, doing) => say(variant === null ? doing : `${variant}: ${doing}`)),
          ),
      })),
    ...run.firstCallClasses.map((layers) => ({
      title: `first calls, ${layers.name}`,
      run: async (say: (doing: string) => void) => {
        const found = await run.measureFirstCalls(layers, (_, doing) => say(doing));
        return found === undefined ? "not timed" : `${threeDigits(found.first.estimate)} ms above steady`;
      },
    })),
    ...(wanted ? [ceilings] : []),
  ];
}

/** One line about a case. */
function summarise({ results }: CaseResult): string {
  const timed = results.flatMap(({ variant, timing }) => (timing ? [{ variant, gflops: timing.gflops }] : []));
  const wrong = new Set(
    results.flatMap(({ variant, outcome, reason }) => {
      if (outcome !== "disagrees" && outcome !== "failed") return [];
      const who = results.every((other) => other.reason === reason) ? "all" : variant;
      return [`${who} ${outcome}: ${reason}`];
    }),
  );
  const [fastest] = timed.toSorted((a, b) => b.gflops - a.gflops);
  return [
    `${timed.length} timed`,
    ...(fastest === undefined ? [] : [`fastest ${fastest.variant}, ${threeDigits(fastest.gflops)} GFLOP/s`]),
    ...wrong,
  ].join("; ");
}

/** Every figure of these suites, for the terminal. */
export function resultTables(bench: BenchReport, suites: readonly string[] = bench.settings.suites): string {
  const { cases, settings } = bench;
  const details = suites.map((suite) =>
    detailTable(
      cases.filter((found) => found.suite === suite),
      settings.subject,
    ),
  );
  return [...details, ...threadsTables(bench), ...firstCallTables(bench)].map(toText).join("\n\n");
}

/** 1 if somebody's result was wrong, or somebody failed. */
export function exitCodeOf({ cases }: BenchReport): number {
  const isBad = cases.some(({ results }) =>
    results.some(({ outcome }) => outcome === "disagrees" || outcome === "failed"),
  );
  return isBad ? 1 : 0;
}
