/**
 * The command `corr2d-parity merge`.
 *
 * @module
 */

import { stdout } from "node:process";
import type { Command } from "commander";
import { parsePath } from "../cli-arguments.ts";
import { renderText } from "../render/text.ts";
import { TrialSample } from "../render/trial-sample.ts";
import type { ParityReport } from "../report.ts";
import { mergeFiles } from "./merge-files.ts";

/** What the program does with any report. */
export interface ReportCommand<A> {
  /** Adds the options that say where a report goes. */
  withOutputs(command: Command): Command;
  /** Makes sure, before the work, that a report can be written. */
  prepare(args: A): Promise<void>;
  /** Writes a report where the options say. */
  write(args: A, report: ParityReport, sample: TrialSample): Promise<void>;
  /** Told the exit code. */
  end(report: ParityReport): void;
}

/** Adds the command to the program. */
export function addMergeCommand<A extends { readonly records?: string; readonly mixed?: boolean }>(
  program: Command,
  { withOutputs, prepare, write, end }: ReportCommand<A>,
): void {
  withOutputs(program.command("merge <files...>"))
    .description(
      "Puts files of records together: those of shards, of runs taken up again, of many machines, in any order. What is " +
        "in several files counts once. A torn last line is left out.",
    )
    .option("--records <file>", "write the records of all, each once, in an order of their own", parsePath)
    .option("--mixed", "put several versions of the same implementations, or several platforms, together")
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("Run corr2d-parity merge --help for all options.")
    .action(async (files: readonly string[], args: A) => {
      await prepare(args);
      const sample = new TrialSample();
      const report = mergeFiles(files, { out: args.records, sample, mixed: args.mixed ?? false });
      stdout.write(renderText(report));
      end(report);
      await write(args, report, sample);
    });
}
