/**
 * Options that several commands have, written once.
 *
 * @module
 */

import type { Command } from "commander";
import { THOROUGHNESS } from "../measure/bench-run.ts";
import { collectNames, parseCount, parseInteger, parsePass, parseProcesses } from "./arguments.ts";

const DEFAULT_SEED = 1;
const { quick, full } = THOROUGHNESS;

/** The same for all commands. */
export const HELP = ["-h, --help", "show this help"] as const;

/** Of commands that measure cases. */
export const FILTER = [
  "-f, --filter <text>",
  "only cases whose name holds this text, or matches this /regular expression/",
] as const;

/** Of commands whose result somebody may want as JSON: `what` it is. */
export function jsonOption(what: string): [flags: string, description: string] {
  return ["--json [file]", `print ${what}, to this file or (-) to stdout`];
}

/** What is drawn by chance. */
export function withSeed(command: Command, of: string): Command {
  return command.option("--seed <integer>", `seed of ${of}`, parseInteger, DEFAULT_SEED);
}

/** Which cases to measure, of which pass. */
export function withCases(command: Command): Command {
  return command
    .option("-s, --suite <names>", "suites, by comma or repeated (default: quick)", collectNames)
    .option(...FILTER)
    .option("--pass <pass>", "forward, inputGradient or filterGradient", parsePass, "forward")
    .option("--fresh", "weights are new at every call: packing is inside the clock");
}

/** How thoroughly, in processes of their own. */
export function withThoroughness(command: Command): Command {
  return command
    .option(
      "-q, --quick",
      `less of everything: ${quick.timePerVariant} ms, ${quick.rounds} rounds, ${quick.processes} processes; ` +
        `who needs more than ${quick.slowestRun / 1000} s for a run is not timed`,
    )
    .option("--time <ms>", `time for each variant in a process (default: ${full.timePerVariant})`, parseCount)
    .option("--rounds <count>", `rounds A B A B in a process (default: ${full.rounds})`, parseCount)
    .option(
      "--processes <count>",
      `fresh processes for each case, at least 2 (default: ${full.processes})`,
      parseProcesses,
    );
}

/** How thoroughly where everything is timed in this process, and the result as a table. */
export function withRounds(
  command: Command,
  { rounds, time }: { readonly rounds: number; readonly time: number },
): Command {
  return command
    .option("--rounds <count>", "rounds A B C A B C", parseCount, rounds)
    .option("--time <ms>", "time for each in a round; one call at least", parseCount, time)
    .option(...jsonOption("JSON instead of the table"));
}
