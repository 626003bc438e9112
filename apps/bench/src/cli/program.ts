/**
 * The command `bench`: its commands, options and help, and what becomes of errors.
 *
 * @module
 */

import { stderr, stdout } from "node:process";
import { printableLines } from "@corr2d/parity/escape";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import { Argument, Command, CommanderError } from "commander";
import { BACKENDS } from "../networks/compare.ts";
import { packageVersion } from "../package-version.ts";
import { readReport } from "../report/files.ts";
import { writeReport } from "../report/write.ts";
import { suggestion } from "../suggestion.ts";
import { UsageError } from "../usage-error.ts";
import {
  collectNames,
  collectPeers,
  parseCount,
  parseOddCounts,
  parseProcesses,
  parseShare,
  parseSizes,
  parseThreads,
} from "./arguments.ts";
import { type BenchArguments, commandLine, runBench } from "./bench-command.ts";
import { type BrowserArguments, runBrowser } from "./browser-command.ts";
import { type CompareArguments, runCompare } from "./compare-command.ts";
import { runEdges } from "./edges-command.ts";
import { type FootprintArguments, runFootprint } from "./footprint-command.ts";
import { runHistory, runMerge, runSubmit } from "./history-command.ts";
import { LISTS, listText } from "./list-command.ts";
import { type NetworksArguments, runNetworks } from "./networks-command.ts";
import { FILTER, HELP, jsonOption, withCases, withRounds, withSeed, withThoroughness } from "./options.ts";
import { type PicturesArguments, runPictures } from "./pictures-command.ts";
import { runScipy, SCIPY_KERNELS, type ScipyArguments } from "./scipy-command.ts";
import { runShowcase } from "./showcase-command.ts";
import { runSignals, type SignalsArguments } from "./signals-command.ts";

const COULD_NOT_RUN = 2;
const COMMANDS_AND_EXAMPLES = `
Commands:
  run         measure, as described here; the default
  compare     base against head: two checkouts in one run, or two reports
  history     keep the ratios of commits, by machine, as lines of JSON
  merge       machines side by side
  browser     the same in a browser of this machine, or on a phone
  submit      put a report of this machine among those of others
  list        list ${LISTS.join(", ")}; see its --help
  edges       detect the edges of a picture
  scipy       corr2d beside SciPy and OpenCV.js on a picture, kernels from 3×3 to 63×63
  signals     two signals, correlated, beside SciPy and ml-convolution
  pictures    filters on RGBA bytes beside OpenCV.js and sharp
  footprint   import, first result, memory and download, of each library
  networks    whole networks on TensorFlow.js, with and without our kernels
  showcase    edges, parity and a quick benchmark, in one report
  render      make the pages of a report anew from its JSON

Suites:
${listText("suites")}

Ours (--variants):
${listText("variants")}

Peers (--peers):
${listText("peers")}

Exit codes:
  0  everybody who was timed agreed with the truth before
  1  somebody's result was wrong, or somebody failed, or the run ended early; the report says who and why
  2  could not run: bad arguments, unknown names, unreadable files
  129, 130, 143  interrupted (SIGHUP, SIGINT, SIGTERM)

Examples:
  bench --quick                                        six layers, everybody, a few minutes
  bench --suite resnet50 --filter 3x3 --peers tfjs-wasm,onnxruntime-web
  bench --suite images --variants tiled,function       beside OpenCV.js, sharp, image-js
  bench --suite vgg16 --pass filterGradient --peers tfjs-node --processes 5
  bench --suite quick --threads 2,4                    one thread beside two and four, of everybody who has them
  bench --filter '/conv[45]_.*3x3$/' --fresh           weights new at every call
  bench --adapter ./my-adapter.js --quick              your own implementation beside ours`;

/**
 * Runs the command with these arguments, without the names of node and script.
 *
 * @returns the exit code.
 */
export async function runCli(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  try {
    await makeProgram(args, (code) => {
      exitCode = code;
    }).parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : COULD_NOT_RUN;
    if (error instanceof UsageError) {
      stderr.write(`bench: ${printableLines(error.message)}\n`);
      return COULD_NOT_RUN;
    }
    // Not rethrown: TensorFlow.js's WebAssembly runtime would print its own source around it.
    stderr.write(`bench: ${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  }
}

/** Of commands that compare with SciPy. */
const PYTHON = ["--python <file>", "the Python to use (default: python3 or python, whichever has SciPy)"] as const;

/** What the program is built of besides its own options. */
type OnExitCode = (code: number) => void;

function addCompare(program: Command, command: string, onExitCode: OnExitCode): void {
  const compare = program
    .command("compare")
    .description(
      "Compares base with head, layer by layer. Two checkouts of corr2d, built, or two adapter modules are timed in turn in one " +
        "run; two report.json are compared by their ratios to a peer that both have timed.",
    )
    .argument("<base>", "a report.json, a built checkout, or an adapter module")
    .argument("<head>", "the same of what may be faster or slower");
  withSeed(withThoroughness(withCases(compare)), "data and order")
    .option("--by <peer>", "the yardstick of two reports (default: the peer on most layers)")
    .option("--threshold <share>", "end with 1 where a layer became slower by more, such as 5%", parseShare)
    .option("-o, --out <folder>", "where the raw report goes", "report/compare")
    .option("--markdown <file>", "write the table as Markdown too")
    .option(...jsonOption("the comparison as JSON instead of the table"))
    .helpOption(...HELP)
    .action(async (base: string, head: string, args: CompareArguments) => {
      onExitCode(await runCompare(base, head, args, command));
    });
}

function addBrowser(program: Command, command: string, onExitCode: OnExitCode): void {
  program
    .command("browser")
    .description(
      "Times layers in a browser: corr2d, TensorFlow.js on WebAssembly, WebGL, WebGPU and JavaScript, ONNX Runtime, jax-js, and on " +
        "pictures OpenCV.js, in turn, in fresh workers. Opens an installed browser without a window, or serves the page for others to open.",
    )
    .option("-s, --suite <name>", "the suite (default: quick)", collectNames)
    .option(...FILTER)
    .option("--peers <names>", "the others (default: all that the browser has)", collectPeers)
    .option("-q, --quick", "less of everything")
    .option("--processes <count>", "fresh workers for each case, at least 2", parseProcesses)
    .option("--browser <command>", "which to start, such as firefox or webkit (default: the first that is installed)")
    .option("--serve", "start none: print the address, and wait for whoever opens it")
    .option("--lan", "with --serve: phones and machines of the same network may open it, too")
    .option("--port <number>", "where it is served (default: any that is free)", parseCount, 0)
    .option("--minutes <count>", "how long to wait for a browser that was started", parseCount, 120)
    .option("-o, --out <folder>", "where the report goes", "report/browser")
    .option(...jsonOption("the report as JSON instead of the tables"))
    .helpOption(...HELP)
    .action(async (args: BrowserArguments) => {
      onExitCode(await runBrowser(args, command));
    });
}

function addHistory(program: Command): void {
  program
    .command("history")
    .description(
      "Adds a report to a history: a line of JSON for each commit and machine. Prints the trend of each machine, and writes it as " +
        "history.html beside the report.",
    )
    .argument("<report>", "a report.json of a commit, whole")
    .option("--file <file>", "the history", "history.jsonl")
    .helpOption(...HELP)
    .action((report: string, args: { file: string }) => runHistory(report, args));
  program
    .command("submit")
    .description("Puts a report among those of other machines, by the name of its own, to be sent in.")
    .argument("<report>", "a report.json of a commit, whole")
    .option("--folder <folder>", "where those of other machines are", "results")
    .helpOption(...HELP)
    .action((report: string, args: { folder: string }) => runSubmit(report, args));
  program
    .command("merge")
    .description("Puts reports of several machines side by side, a column for each; they are never pooled.")
    .argument("<reports...>", "report.json files")
    .option("--markdown <file>", "write the table as Markdown too")
    .option(...jsonOption("JSON instead of the table"))
    .helpOption(...HELP)
    .action((files: string[], args: { json?: string | true; markdown?: string }) => runMerge(files, args));
}

/** A word that is no option, where there is none to be, was meant for a command. */
function commandMeant([first = "-"]: readonly string[], names: readonly string[]): string {
  const near = first.startsWith("-") ? "" : suggestion(first, names);
  return near === "" ? "" : `${near[2]!.toUpperCase()}${near.slice(3)} `;
}

function makeProgram(args: readonly string[], onExitCode: (code: number) => void): Command {
  const command = commandLine(args);
  // Without a help of its own the program leaves --help to the default command, whose options are what one looks for.
  const program = new Command("bench")
    .version(packageVersion("@corr2d/bench") ?? "unknown")
    .helpOption(false)
    .helpCommand(false);
  program.exitOverride();
  const run = program
    .command("run", { isDefault: true })
    .description(
      "Times convolutions, ours and the peers' in turn, on one thread or more, in fresh processes; everybody agrees with a " +
        "float64 reference first. Writes index.html, report.md and report.json.",
    );
  withCases(run)
    .option("--variants <names>", "ours, with or without corr2d/ (default: all)", collectNames)
    .option("--peers <names>", "the others, or none (default: all)", collectPeers)
    .option("--adapter <files>", "modules that bring more: default export { name, summary, load() }", collectNames)
    .option("--subject <name>", "whom ratios speak about (default: the last of ours)")
    .option("--threads <counts>", "beside one thread, these too, by comma; all is one for each core", parseThreads);
  withSeed(withThoroughness(run), "data, order and bootstrap")
    .option("-o, --out <folder>", "where the report goes", "report/bench")
    .option("--resume", "go on with the run in that folder, which was interrupted")
    .option(...jsonOption("the report as JSON instead of the tables"))
    .helpOption(...HELP)
    .addHelpText("after", COMMANDS_AND_EXAMPLES)
    .action(async (args: BenchArguments) => {
      onExitCode(await runBench(args, command));
    });
  addCompare(program, command, onExitCode);
  addHistory(program);
  addBrowser(program, command, onExitCode);
  program
    .command("list")
    .description("Lists what there is.")
    .addArgument(new Argument("[what]").choices(LISTS).default("suites"))
    .helpOption(...HELP)
    .action((what: (typeof LISTS)[number]) => {
      stdout.write(`${listText(what)}\n`);
    });
  program
    .command("edges")
    .description(
      "Detects the edges of a picture (PNG, JPEG, WebP, AVIF, TIFF, GIF, SVG) with corr2d and Sobel's kernels.",
    )
    .argument("[picture]", "a file (default: the photograph that comes with the tests)")
    .option("-o, --out <file>", "the PNG to write", "edges.png")
    .helpOption(...HELP)
    .action((picture: string | undefined, { out }: { out: string }) =>
      runEdges(picture ?? PHOTOGRAPHS.camera.url, out),
    );
  const scipy = program
    .command("scipy")
    .description(
      "Times corr2d, scalar and on SIMD, OpenCV.js and SciPy (correlate2d, ndimage.correlate, fftconvolve) in turn, on one " +
        "thread, on a photograph of 512×512. Needs a Python that has SciPy.",
    )
    .option(...PYTHON)
    .option("--kernels <sizes>", `odd sizes, by comma (default: ${SCIPY_KERNELS.join(",")})`, parseOddCounts);
  withSeed(withRounds(scipy, { rounds: 7, time: 30 }), "kernels, order and bootstrap")
    .helpOption(...HELP)
    .action((args: ScipyArguments) => runScipy(args));
  const signals = program
    .command("signals")
    .description(
      "Times correlations of two signals, float32 and float64, ours, SciPy's (fftconvolve, oaconvolve) and ml-convolution's in turn, on " +
        "one thread. Needs a Python that has SciPy.",
    )
    .option(...PYTHON)
    .option("--longest <count>", "leave out longer signals", parseCount, 1_000_000);
  withSeed(withRounds(signals, { rounds: 5, time: 100 }), "signals, order and bootstrap")
    .helpOption(...HELP)
    .action((args: SignalsArguments) => runSignals(args));
  const pictures = program
    .command("pictures")
    .description(
      "Times filters on a photograph of RGBA bytes, dense kernels and Gaussians, ours, OpenCV.js and sharp in turn, on one thread, " +
        "conversions and copies inside the clock.",
    )
    .option("--sizes <sizes>", "of the picture, by comma", parseSizes, [
      [640, 480],
      [1920, 1080],
    ] as const)
    .option("--alone", "ours alone: how its time per pixel grows with the picture");
  withSeed(withRounds(pictures, { rounds: 5, time: 30 }), "kernels, order and bootstrap")
    .helpOption(...HELP)
    .action((args: PicturesArguments) => runPictures(args));
  program
    .command("footprint")
    .description(
      "Measures what each library costs before and beside computing: to get ready, to the first result, memory, and what a page downloads.",
    )
    .option("--libraries <names>", "by comma (default: all that can be had)", collectNames)
    .option("--processes <count>", "fresh processes of each, in turn", parseCount, 5)
    .option(...jsonOption("JSON instead of the table"))
    .helpOption(...HELP)
    .action(async (args: FootprintArguments) => {
      onExitCode(await runFootprint(args));
    });
  program
    .command("networks")
    .description(
      "Times predictions of whole networks, the result read, on one thread: TensorFlow.js's WebAssembly backend as it is and " +
        "with our kernels, in fresh processes in turn, with a profile by kernel.",
    )
    .option("-f, --filter <text>", "only networks whose name holds this text")
    .option("--backends <names>", `by comma, of ${BACKENDS.join(", ")} (default: the first two)`, collectNames)
    .option("--turns <count>", "fresh processes of each", parseCount, 3)
    .option("--predictions <count>", "timed in a process, after two that are not", parseCount, 15)
    .option(...jsonOption("JSON instead of the table"))
    .helpOption(...HELP)
    .action(async (args: NetworksArguments) => {
      onExitCode(await runNetworks(args));
    });
  const showcase = program
    .command("showcase")
    .description("Edges of a photograph, parity with TensorFlow.js, a quick benchmark: one report, in a few minutes.")
    .option("-o, --out <folder>", "where the report goes", "report");
  withSeed(showcase, "data, order and bootstrap")
    .helpOption(...HELP)
    .action(async (args: { out: string; seed: number }) => {
      onExitCode(await runShowcase(args));
    });
  program
    .command("render")
    .description("Makes index.html and report.md anew from a report.json.")
    .argument("<report>", "the JSON file")
    .option("-o, --out <folder>", "where they go", "report/bench")
    .helpOption(...HELP)
    .action(async (file: string, { out }: { out: string }) => {
      const page = await writeReport(out, { bench: await readReport(file) });
      stdout.write(`The report is ${page}\n`);
    });
  const meant = commandMeant(
    args,
    program.commands.map((known) => known.name()),
  );
  run.showHelpAfterError(`${meant}Run bench --help for all commands, options and examples.`);
  return program;
}
