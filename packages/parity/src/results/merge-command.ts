/**
 * The command `corr2d-parity merge`.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { stdout } from "node:process";
import type { Command } from "commander";
import { parsePath } from "../cli-arguments.ts";
import { renderText } from "../render/text.ts";
import type { ParityReport } from "../report.ts";
import { mergeRecords, reportOf } from "./merge.ts";
import { readRecords } from "./record-file.ts";
import { lineOf } from "./result-record.ts";
import type { TrialRecord } from "./trial-record.ts";

/** What the program does with any report. */
export interface ReportCommand<A> {
  /** Adds the options that say where a report goes. */
  withOutputs(command: Command): Command;
  /** Makes sure, before the work, that a report can be written. */
  prepare(args: A): Promise<void>;
  /** Writes a report where the options say. */
  write(args: A, report: ParityReport, trials: readonly TrialRecord[]): Promise<void>;
  /** Told the exit code. */
  end(report: ParityReport): void;
}

/** Adds the command to the program. */
export function addMergeCommand<A extends { readonly records?: string }>(
  program: Command,
  { withOutputs, prepare, write, end }: ReportCommand<A>,
): void {
  withOutputs(program.command("merge <files...>"))
    .description(
      "Puts files of records together: those of shards, of runs taken up again, of many machines, in any order. What is " +
        "in several files counts once. A torn last line is left out.",
    )
    .option("--records <file>", "write the records of all, each once, in an order of their own", parsePath)
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("Run corr2d-parity merge --help for all options.")
    .action(async (files: readonly string[], args: A) => {
      await prepare(args);
      const records = mergeRecords(...files.map(readRecords));
      if (args.records !== undefined) {
        writeFileSync(args.records, records.map((record) => `${lineOf(record)}\n`).join(""));
      }
      const report = reportOf(records);
      await write(
        args,
        report,
        records.filter((record) => record.record === "trial"),
      );
      stdout.write(renderText(report));
      end(report);
    });
}
