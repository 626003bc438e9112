/**
 * Keeps the records of a run in a file as they come, and takes a run up again where its file ends.
 *
 * @module
 */

import type { ParityReport } from "../report.ts";
import type { RunObserver } from "../run.ts";
import { reportOf } from "./merge.ts";
import { appendRecords, repairRecords } from "./record-file.ts";
import {
  type Asked,
  lineOf,
  type ResultRecord,
  type RunRecord,
  recordEnd,
  recordGeneral,
  recordRun,
  recordSetup,
} from "./result-record.ts";
import type { TrialRecord } from "./trial-record.ts";

/** Which run, and where its records go. */
export interface RecorderOptions {
  readonly file: string;
  readonly asked: Asked;
  readonly required: readonly string[];
  /** Whether to go on with the run that the file holds. */
  readonly resume: boolean;
}

/** The records of one run. */
export class Recorder {
  /** Ids of the trials that are in the file. */
  readonly skip: readonly string[];
  /** Whether the file has what is asked beside the trials. */
  readonly hasGeneral: boolean;
  /** What the run is to tell. */
  readonly observer: Required<Pick<RunObserver, "onLoaded" | "onRecords" | "onGeneral">>;
  private readonly file: string;
  private readonly records: ResultRecord[];
  private run: RunRecord | undefined;

  /**
   * Opens the file. A torn last line, as a run that was killed may leave it, is cut off.
   *
   * @throws RangeError if the file holds records and `resume` is false, holds those of another run, or cannot be understood.
   */
  constructor({ file, asked, required, resume }: RecorderOptions) {
    const started = new Date();
    this.file = file;
    this.records = [...repairRecords(file)];
    if (this.records.length > 0 && !resume) {
      throw new RangeError(`${file} holds records already; go on with them by --resume, or name another file`);
    }
    const other = this.runs().find((run) => lineOf({ ...run, asked }) !== lineOf(run));
    if (other !== undefined) {
      throw new RangeError(
        `${file} holds a run of ${JSON.stringify(other.asked)}, not of ${JSON.stringify(asked)}; name another file`,
      );
    }
    this.skip = this.trials().map(({ trial }) => trial);
    this.hasGeneral = this.records.some(({ record }) => record === "general");
    this.observer = {
      onLoaded: ({ algorithms, oracles }) => {
        const present = oracles.flatMap((oracle) =>
          oracle.ran ? [{ name: oracle.name, version: oracle.version }] : [],
        );
        const setup = recordSetup({ algorithms, oracles: present });
        const before = this.runs().find((run) => run.setup !== setup.id);
        if (before !== undefined) {
          throw new RangeError(`${file} holds a run by others, or by other versions of them; name another file`);
        }
        this.run = recordRun({
          setup: setup.id,
          asked,
          oracles,
          required,
          node: process.version,
          platform: `${process.platform} ${process.arch}`,
          started: started.toISOString(),
        });
        this.add(setup, this.run);
      },
      onRecords: (records) => this.add(...records),
      onGeneral: (found) => this.add(recordGeneral(found, this.run!.setup, asked.seed)),
    };
  }

  /** The records of trials, those of a run that was taken up again among them. */
  trials(): readonly TrialRecord[] {
    return this.records.filter((record) => record.record === "trial");
  }

  /**
   * Ends the run, if none of its processes died, and gives the report of all of it.
   *
   * @param last the report of what was done since the file was opened.
   */
  end(last: ParityReport): ParityReport {
    if (last.deadWorkers.length === 0 && this.run !== undefined) {
      this.add(recordEnd(this.run.id, last.run.seconds));
    }
    const report = reportOf(this.records, { whole: false });
    if (last.deadWorkers.length === 0) return { ...report, reductions: last.reductions };
    return { ...report, outcome: last.outcome, reasons: last.reasons, deadWorkers: last.deadWorkers };
  }

  private runs(): readonly RunRecord[] {
    return this.records.filter((record) => record.record === "run");
  }

  private add(...records: readonly ResultRecord[]): void {
    appendRecords(this.file, records);
    this.records.push(...records);
  }
}
