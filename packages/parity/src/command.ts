/**
 * The command `corr2d-parity`: options, progress, files, exit code.
 *
 * @module
 */

import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { stdout } from "node:process";
import { Command, CommanderError } from "commander";
import { Listr } from "listr2";
import { collectAlgorithms, collectOracles, parseCases, parsePath, parseSeed, parseShard } from "./cli-arguments.ts";
import { corr2dNames } from "./corr2d.ts";
import { addNetworksCommand } from "./networks/networks-command.ts";
import { KNOWN_ORACLES } from "./oracles/known.ts";
import { renderJson } from "./render/json.ts";
import { renderJunit } from "./render/junit.ts";
import { describeOracle, renderMarkdown, renderText } from "./render/text.ts";
import type { Outcome, ParityReport } from "./report.ts";
import { DEFAULT_CASES, DEFAULT_SEED, type ParityOptions, runParity } from "./run.ts";
import { setupTfjsNode, type TfjsNodeLibrary } from "./tfjs-node/setup.ts";

const EXIT_CODES: Readonly<Record<Outcome, number>> = { agree: 0, disagree: 1, "could not run": 2 };
const COULD_NOT_RUN = EXIT_CODES["could not run"];

/** In a log that keeps every line, progress is a line for each tenth of the way. */
const PROGRESS_LINES = 10;

interface RunArguments extends Pick<ParityOptions, "seed" | "cases" | "shard" | "only" | "require"> {
  readonly oracle?: readonly string[];
  readonly algorithm?: readonly string[];
  readonly json?: string;
  readonly junit?: string;
  readonly markdown?: string;
}

const COMMANDS_AND_EXAMPLES = `
Commands:
  run              compare, as described here; the default
  networks         replay published networks; see its --help
  setup-tfjs-node  make the native oracle possible; see its --help

Oracles:
${KNOWN_ORACLES.map(({ name, summary }) => `  ${name.padEnd(15)}  ${summary}`).join("\n")}
  An oracle that cannot be had here is reported with the reason; --require makes that an error.

Exit codes:
  0  everything agrees (or differs as the ledger of known divergences expects)
  1  a comparison disagrees, or a known divergence has vanished
  2  could not run: bad arguments, a required oracle is missing, nothing was compared

Examples:
  corr2d-parity                                        all oracles, all algorithms
  corr2d-parity --oracle tfjs-cpu,tfjs-wasm --cases 1000 --seed 7
  corr2d-parity --require tfjs-node --junit parity.xml --markdown parity.md
  corr2d-parity --shard 2/5 --cases 100000             the second of five machines
  corr2d-parity --only "depthwise" --algorithm tiled   to look into one finding`;

function makeProgram(end: (code: number) => void): Command {
  const { version } = createRequire(import.meta.url)("@corr2d/parity/package.json") as { version: string };
  // Without a help of its own the program leaves --help to the default command, whose options are what one looks for.
  const help = ["-h, --help", "show this help"] as const;
  const program = new Command("corr2d-parity").version(version).helpOption(false).helpCommand(false);
  program.exitOverride();
  program
    .command("run", { isDefault: true })
    .description("Holds core's convolutions against TensorFlow.js, and both against a float64 reference.")
    .option("-o, --oracle <names>", "oracles to ask, by comma or repeated (default: all)", collectOracles)
    .option("--require <names>", "oracles that must run", collectOracles)
    .option("--algorithm <names>", `algorithms to check (default: ${corr2dNames().join(",")})`, collectAlgorithms)
    .option("--seed <integer>", "seed of data and generated cases", parseSeed, DEFAULT_SEED)
    .option("--cases <count>", "cases to generate, beside the table", parseCases, DEFAULT_CASES)
    .option("--shard <i/n>", "run the i-th of n shares of the cases", parseShard)
    .option("--only <text>", "run only cases whose name holds this text")
    .option("--json <file>", "write the whole report as JSON", parsePath)
    .option("--junit <file>", "write the report as JUnit XML", parsePath)
    .option("--markdown <file>", "write the report as Markdown", parsePath)
    .helpOption(...help)
    .addHelpText("after", COMMANDS_AND_EXAMPLES)
    .showHelpAfterError("Run corr2d-parity --help for all options and examples.")
    .action(async (args: RunArguments) => {
      end(await run(args));
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
  addNetworksCommand(program, end);
  return program;
}

async function run(args: RunArguments): Promise<number> {
  const outputs = [
    [args.json, renderJson],
    [args.junit, renderJunit],
    [args.markdown, renderMarkdown],
  ] as const;
  // A path that cannot be written to is better known before the work than after it.
  for (const [path] of outputs) if (path !== undefined) await mkdir(dirname(resolve(path)), { recursive: true });

  const report = await runWithProgress(args);
  for (const [path, render] of outputs) if (path !== undefined) await writeFile(path, render(report));
  stdout.write(`\n${renderText(report)}`);
  return EXIT_CODES[report.outcome];
}

async function runWithProgress(args: RunArguments): Promise<ParityReport> {
  const { oracle, algorithm, require, seed, cases, shard, only } = args;
  const result: { report?: ParityReport } = {};
  const tasks = new Listr(
    {
      title: "comparing with TensorFlow.js",
      task: async (_, task) => {
        result.report = await runParity({
          oracles: oracle,
          algorithms: algorithm,
          require,
          seed,
          cases,
          shard,
          only,
          observer: {
            onOracle: (status) => {
              task.output = describeOracle(status);
            },
            onTrial: (done, total, name) => {
              if (stdout.isTTY || done === total || done % Math.ceil(total / PROGRESS_LINES) === 0) {
                task.output = `${done} of ${total}: ${name}`;
              }
            },
          },
        });
        task.title = result.report.comparisons.length > 0 ? "compared with TensorFlow.js" : "nothing was compared";
      },
    },
    { fallbackRenderer: "simple" },
  );
  await tasks.run();
  return result.report!;
}

async function setUp(): Promise<number> {
  const result: { library?: TfjsNodeLibrary } = {};
  const tasks = new Listr(
    {
      title: "setting up tfjs-node",
      task: async (_, task) => {
        const report = (message: string): void => {
          task.output = message;
        };
        result.library = await setupTfjsNode({ report });
        task.title = "tfjs-node is set up";
      },
    },
    { fallbackRenderer: "simple", exitOnError: true },
  );
  try {
    await tasks.run();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return COULD_NOT_RUN;
  }
  stdout.write(`${result.library!.provenance}\n${result.library!.addonPath}\n`);
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
