/**
 * The command `corr2d-parity`: options, progress, files, exit code.
 *
 * @module
 */

import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { stdout } from "node:process";
import { Command, CommanderError } from "commander";
import {
  collectAlgorithms,
  collectOracles,
  collectPatterns,
  parseCases,
  parseJobs,
  parsePath,
  parseSeconds,
  parseSeed,
  parseShard,
  parseShare,
  parseTime,
} from "./cli-arguments.ts";
import { corr2dNames } from "./corr2d.ts";
import { readCases } from "./generate/own-cases.ts";
import { addInitCommand } from "./init/init-command.ts";
import { readKnownFailures } from "./known-failures.ts";
import { hunt } from "./mutants/hunt.ts";
import { addNetworksCommand } from "./networks/networks-command.ts";
import { KNOWN_ORACLES } from "./oracles/known.ts";
import { withProgress } from "./progress.ts";
import { contentId } from "./record.ts";
import { printableLines } from "./render/escape.ts";
import { renderHtml } from "./render/html.ts";
import { renderHunt } from "./render/hunt.ts";
import { renderJson } from "./render/json.ts";
import { renderJunit } from "./render/junit.ts";
import { describeOracle, renderMarkdown, renderText } from "./render/text.ts";
import { TrialSample } from "./render/trial-sample.ts";
import type { Outcome, ParityReport } from "./report.ts";
import { addMergeCommand } from "./results/merge-command.ts";
import { Recorder } from "./results/recorder.ts";
import type { Asked } from "./results/result-record.ts";
import {
  DEFAULT_CASES,
  DEFAULT_COVERAGE,
  DEFAULT_SEED,
  DEFAULT_SILENCE_SECONDS,
  type ParityOptions,
  type RunObserver,
  runParity,
} from "./run.ts";
import { setupTfjsNode } from "./tfjs-node/setup.ts";

const EXIT_CODES: Readonly<Record<Outcome, number>> = { agree: 0, disagree: 1, "could not run": 2 };
const COULD_NOT_RUN = EXIT_CODES["could not run"];

/** In a log that keeps every line, progress is a line for each tenth of the way. */
const PROGRESS_LINES = 10;

/** This many of the mutants must be convicted. */
const KILL_RATE_WANTED = 0.98;

/** Where a report goes. */
interface OutputArguments {
  readonly json?: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly html?: string;
  readonly records?: string;
}

interface RunArguments
  extends OutputArguments,
    Pick<
      ParityOptions,
      | "seed"
      | "path"
      | "shard"
      | "only"
      | "include"
      | "exclude"
      | "require"
      | "jobs"
      | "regressions"
      | "coverage"
      | "failFast"
    > {
  /** A number of generated problems, or a file of cases. */
  readonly cases?: number | string;
  readonly time?: number;
  readonly silence?: number;
  /** File of known failures. */
  readonly known?: string;
  readonly oracle?: readonly string[];
  readonly algorithm?: readonly string[];
  readonly resume: boolean;
}

const COMMANDS_AND_EXAMPLES = `
Commands:
  run              compare, as described here; the default
  init             write a module and a workflow to begin with
  check <module>   the same for an implementation of your own; see its --help
  mutants          prove that the check can see: hunt seeded mistakes
  merge <files...> put records together and report on them; see its --help
  networks         replay published networks; see its --help
  setup-tfjs-node  make the native oracle possible; see its --help

Oracles:
${KNOWN_ORACLES.map(({ name, summary }) => `  ${name.padEnd(15)}  ${summary}`).join("\n")}
  An oracle that cannot be had here is reported with the reason; --require makes that an error.

Exit codes:
  0  everything agrees (or differs as the ledger of known divergences expects)
  1  a comparison disagrees, or a known divergence has vanished
  2  could not run, or could not tell: bad arguments, a required oracle is missing, nothing or too little was compared
  130, 143  interrupted (SIGINT, SIGTERM); what --records holds is kept, --resume goes on

Examples:
  corr2d-parity                                        all oracles, all algorithms
  corr2d-parity --oracle tfjs-cpu,tfjs-wasm --cases 1000 --seed 7
  corr2d-parity --require tfjs-node --junit parity.xml --markdown parity.md
  corr2d-parity --shard 2/5 --cases 100000             the second of five machines
  corr2d-parity --only "depthwise" --algorithm tiled   to look into one finding
  corr2d-parity --seed 7 --path 17:0:3                 the problem that a report names
  corr2d-parity check ./my-conv.js                     anybody's implementation
  corr2d-parity mutants                                is the check worth anything?`;

const CHECK_HELP = `
The module exports a function for each pass it has; forward is the one it must have:

  export function forward({ inputShape, filterShape, outputShape, strides, dilations, pads, groups }, { x, filter, bias }) {
    if (…) throw new RangeError(…) // of what is impossible, such as arrays that do not have their shapes
    const y = new Float32Array(outputShape.reduce((a, b) => a * b));
    …                            // activations are [batch, height, width, channels], filters [kh, kw, inC / groups, outC]
    return y;
  }
  export function inputGradient(convCase, { filter, dy }) {}     // optional, as are filterGradient and biasGradient
  export const supports = (convCase, pass) => true;              // or the reason why not, in words
  export const reach = { ranks: [2], layouts: ["channels last"], roundings: ["floor"] };

It runs in processes of its own: one that throws, hangs or ends its process has answered wrongly, and is asked on.`;

function makeProgram(end: (code: number) => void): Command {
  const { version } = createRequire(import.meta.url)("@corr2d/parity/package.json") as { version: string };
  // Without a help of its own the program leaves --help to the default command, whose options are what one looks for.
  const help = ["-h, --help", "show this help"] as const;
  const program = new Command("corr2d-parity").version(version).helpOption(false).helpCommand(false);
  program.exitOverride();
  const withOutputs = (command: Command): Command =>
    command
      .option("--json <file>", "write the report as JSON", parsePath)
      .option("--junit <file>", "write the report as JUnit XML", parsePath)
      .option("--markdown <file>", "write the report as Markdown", parsePath)
      .option("--html <file>", "write the report as one page with every case as a point", parsePath);
  const withRunOptions = (command: Command): Command =>
    withOutputs(command)
      .option("-o, --oracle <names>", "oracles to ask, by comma or repeated (default: all)", collectOracles)
      .option("--require <names>", "oracles that must run", collectOracles)
      .option("--seed <integer>", "seed of data and generated problems", parseSeed, DEFAULT_SEED)
      .option(
        "--cases <count or file>",
        "problems to generate, beside the table; or a JSON file of your own cases, in the place of all others",
        parseCases,
        DEFAULT_CASES,
      )
      .option("--path <path>", "only the generated problem that a report names so, such as 17:0:3", parsePath)
      .option(
        "--shard <i/n>",
        "run the i-th of n shares of the cases; auto takes both from GitLab, Buildkite, CircleCI, Azure, Slurm, AWS Batch, " +
          "Kubernetes, or CORR2D_SHARD_INDEX (from 0) and CORR2D_SHARD_COUNT",
        parseShard,
      )
      .option("--only <text>", "run only cases whose name holds this text")
      .option("--include <patterns>", "run only cases whose names fit, * standing for anything", collectPatterns)
      .option("--exclude <patterns>", "leave out cases whose names fit", collectPatterns)
      .option("--time <time>", "begin no trial after so long: 60s, 2m, 1h", parseTime)
      .option(
        "--known <file>",
        "failures that are known, each with a reason and the last day on which it is",
        parsePath,
      )
      .option("--fail-fast", "stop after the first trials in which something disagrees", false)
      .option("--jobs <count>", "processes; 0 is this one alone", parseJobs, availableParallelism())
      .option(
        "--silence <seconds>",
        "take a process for dead that says nothing for so long",
        parseSeconds,
        DEFAULT_SILENCE_SECONDS,
      )
      .option(
        "--regressions <folder>",
        "keep failures here, reduced, and ask them first",
        parsePath,
        "parity-regressions",
      )
      .option("--records <file>", "keep a record of every trial here, line by line, as it is done", parsePath)
      .option("--resume", "go on with the run whose records the file holds", false)
      .helpOption(...help)
      .showHelpAfterError("Run corr2d-parity --help for all options and examples.");
  withRunOptions(program.command("run", { isDefault: true }))
    .description("Holds core's convolutions against TensorFlow.js, and both against a float64 reference.")
    .option("--algorithm <names>", `algorithms to check (default: ${corr2dNames().join(",")})`, collectAlgorithms)
    .addHelpText("after", COMMANDS_AND_EXAMPLES)
    .action(async (args: RunArguments) => {
      end(await run(args));
    });
  withRunOptions(program.command("check <module>"))
    .description("Holds an implementation of your own, an ES module, against TensorFlow.js and a float64 reference.")
    .option(
      "--coverage <share>",
      "of the cases within the module's reach, the share that it has to answer in each pass",
      parseShare,
      DEFAULT_COVERAGE,
    )
    .addHelpText("after", CHECK_HELP)
    .action(async (module: string, args: RunArguments) => {
      end(await run(args, [module]));
    });
  program
    .command("mutants")
    .description(
      "Proves that the check can see: puts convolutions with one seeded mistake each to it, and says which it convicts. " +
        `Ends with 0 if at least ${KILL_RATE_WANTED * 100} % are.`,
    )
    .option("--seed <integer>", "seed of data and generated problems", parseSeed, DEFAULT_SEED)
    .option("--cases <count>", "problems to generate, beside the table", parseCases, DEFAULT_CASES)
    .option("--json <file>", "write the whole report as JSON", parsePath)
    .option("--markdown <file>", "write the report as Markdown", parsePath)
    .helpOption(...help)
    .action(async (args: Pick<RunArguments, "seed" | "cases" | "json" | "markdown">) => {
      end(await huntMutants(args));
    });
  program
    .command("setup-tfjs-node")
    .description(
      "Sets up the native oracle: the package's own prebuilt library or, where that cannot be reached, " +
        "one built from TensorFlow's wheel (Linux x64, Python's pip and a C++ compiler; 232 MB, once). " +
        "It is kept in the user's cache; the environment variable CORR2D_CACHE names another folder.",
    )
    .helpOption(...help)
    .action(async () => {
      end(await setUp());
    });
  addInitCommand(program, version, end);
  addNetworksCommand(program, end);
  addMergeCommand<OutputArguments>(program, {
    withOutputs,
    prepare: prepareOutputs,
    write: writeOutputs,
    end: ({ outcome }) => end(EXIT_CODES[outcome]),
  });
  return program;
}

async function run(args: RunArguments, modules: readonly string[] = []): Promise<number> {
  await prepareOutputs(args);
  const recorder = recorderOf(args, modules);
  // The page's points: of the file of records or, where there is none, kept as they come.
  const sample = new TrialSample();
  const keep: RunObserver =
    args.html === undefined ? {} : { onRecords: (records) => records.forEach((record) => void sample.add(record)) };
  const last = await runWithProgress(args, modules, recorder, recorder?.observer ?? keep);
  const report = recorder?.end(last, sample) ?? last;
  stdout.write(`\n${renderText(report)}`);
  await writeOutputs(args, report, sample);
  return EXIT_CODES[report.outcome];
}

/** A path that cannot be written to is better known before the work than after it. */
async function prepareOutputs({ json, junit, markdown, html }: OutputArguments): Promise<void> {
  for (const path of [json, junit, markdown, html]) {
    if (path !== undefined) await mkdir(dirname(resolve(path)), { recursive: true });
  }
}

async function writeOutputs(
  { json, junit, markdown, html }: OutputArguments,
  report: ParityReport,
  sample: TrialSample,
): Promise<void> {
  if (json !== undefined) await writeFile(json, renderJson(report));
  if (junit !== undefined) await writeFile(junit, renderJunit(report));
  if (markdown !== undefined) await writeFile(markdown, renderMarkdown(report));
  if (html !== undefined) await writeFile(html, renderHtml(report, sample.trials(), sample.questions));
}

function recorderOf(
  { records, resume, require, seed, cases, path, only, include, exclude, shard, coverage, known }: RunArguments,
  modules: readonly string[],
): Recorder | undefined {
  if (records === undefined) {
    if (resume) throw new RangeError("--resume needs --records, the file of the run to go on with");
    return undefined;
  }
  const asked: Asked = {
    seed: seed ?? DEFAULT_SEED,
    cases: typeof cases === "string" ? 0 : (cases ?? DEFAULT_CASES),
    ...(typeof cases === "string" && { own: contentId(readCases(cases)) }),
    ...(path !== undefined && { path }),
    ...(only !== undefined && { only }),
    ...(include !== undefined && { include }),
    ...(exclude !== undefined && { exclude }),
    ...(shard !== undefined && { shard }),
    ...(known !== undefined && { known: readKnownFailures(known) }),
    ...(modules.length > 0 && { modules, coverage: coverage ?? DEFAULT_COVERAGE }),
  };
  return new Recorder({ file: records, asked, required: require ?? [], resume });
}

async function runWithProgress(
  args: RunArguments,
  modules: readonly string[],
  recorder: Recorder | undefined,
  observer: RunObserver,
): Promise<ParityReport> {
  const { oracle, algorithm, require, seed, cases, path, shard, only, include, exclude, jobs, regressions } = args;
  const { silence, coverage, time, failFast, known } = args;
  let told = 0;
  return withProgress("comparing with TensorFlow.js", async (line) => {
    const report = await runParity({
      require,
      seed,
      ...(typeof cases === "string" ? { cases: 0, own: readCases(cases) } : { cases }),
      path,
      shard,
      only,
      include,
      exclude,
      seconds: time,
      failFast,
      known: known === undefined ? undefined : readKnownFailures(known),
      jobs,
      regressions,
      skip: recorder?.skip,
      ...(recorder?.hasGeneral && { general: false }),
      oracles: oracle,
      algorithms: algorithm,
      modules,
      coverage,
      silenceSeconds: silence,
      observer: {
        ...observer,
        onOracle: (status) => {
          line.output = describeOracle(status);
        },
        onTrial: (done, total, name) => {
          const tenth = Math.floor((done * PROGRESS_LINES) / total);
          if (stdout.isTTY || tenth > told) {
            told = tenth;
            line.output = `${done} of ${total}: ${name}`;
          }
        },
      },
    });
    line.title = report.compared.withOracles > 0 ? "compared with TensorFlow.js" : "nothing was compared";
    return report;
  });
}

async function huntMutants(args: Pick<RunArguments, "seed" | "cases" | "json" | "markdown">): Promise<number> {
  const { seed = DEFAULT_SEED, cases = DEFAULT_CASES, json, markdown } = args;
  if (typeof cases === "string")
    throw new RangeError("mutants: --cases must be a number, the mutants being put to a run");
  for (const path of [json, markdown]) if (path !== undefined) await mkdir(dirname(resolve(path)), { recursive: true });
  const report = await hunt({ seed, cases });
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, undefined, 1)}\n`);
  const text = renderHunt(report);
  if (markdown !== undefined) await writeFile(markdown, text);
  stdout.write(text);
  return report.killRate >= KILL_RATE_WANTED ? EXIT_CODES.agree : EXIT_CODES.disagree;
}

async function setUp(): Promise<number> {
  try {
    const { provenance, addonPath } = await withProgress("setting up tfjs-node", async (line) => {
      const report = (message: string): void => {
        line.output = message;
      };
      const library = await setupTfjsNode({ report });
      line.title = "tfjs-node is set up";
      return library;
    });
    stdout.write(`${provenance}\n${addonPath}\n`);
  } catch (error) {
    process.stderr.write(`${printableLines((error as Error).message)}\n`);
    return COULD_NOT_RUN;
  }
  return 0;
}

/** Runs the command with these arguments (without the program's name) and gives its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let code = COULD_NOT_RUN;
  const program = makeProgram((outcome) => {
    code = outcome;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    // Commander has printed what was wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : COULD_NOT_RUN;
    throw error;
  }
}
