/**
 * Keeps the records of a run in a file as they come, and takes a run up again where its file ends.
 *
 * @module
 */

import type { TrialSample } from "../render/trial-sample.ts";
import type { ParityReport } from "../report.ts";
import type { RunObserver } from "../run.ts";
import { mergeFiles } from "./merge-files.ts";
import { appendRecords, recordsOf, repairFile } from "./record-file.ts";
import {
  type Asked,
  lineOf,
  type ResultRecord,
  type RunRecord,
  recordEnd,
  recordGeneral,
  recordReduction,
  recordRun,
  recordSetup,
} from "./result-record.ts";
import { seedOfRun } from "./trial-record.ts";

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
  private readonly seed: number;
  /** Trials in the file, by their records' ids, that are of this seed. */
  private readonly trials: Set<string> = new Set();
  private run: RunRecord | undefined;

  /**
   * Opens the file. A torn last line, as a run that was killed may leave it, is cut off.
   *
   * @throws RangeError if the file holds records and `resume` is false, holds those of another run, or cannot be understood.
   */
  constructor({ file, asked, required, resume }: RecorderOptions) {
    const started = new Date();
    const platform = `${process.platform} ${process.arch}`;
    this.file = file;
    this.seed = asked.seed;
    repairFile(file);
    const runs: RunRecord[] = [];
    const skip: string[] = [];
    let hasGeneral = false;
    for (const record of recordsOf(file)) {
      if (!resume) {
        throw new RangeError(`${file} holds records already; go on with them by --resume, or name another file`);
      }
      if (record.record === "run") runs.push(record);
      if (record.record === "general") hasGeneral = true;
      if (record.record === "trial") skip.push(record.trial);
      this.count(record);
    }
    const elsewhere = runs.find((run) => run.platform !== platform);
    if (elsewhere !== undefined) {
      throw new RangeError(`${file} holds a run on ${elsewhere.platform}, and this is ${platform}; name another file`);
    }
    const other = runs.find((run) => lineOf({ ...run, asked }) !== lineOf(run));
    if (other !== undefined) {
      throw new RangeError(
        `${file} holds a run of ${JSON.stringify(other.asked)}, not of ${JSON.stringify(asked)}; name another file`,
      );
    }
    this.skip = skip;
    this.hasGeneral = hasGeneral;
    this.observer = {
      onLoaded: ({ algorithms, oracles }) => {
        const present = oracles.flatMap((oracle) =>
          oracle.ran ? [{ name: oracle.name, version: oracle.version }] : [],
        );
        const setup = recordSetup({ algorithms, oracles: present });
        const before = runs.find((run) => run.setup !== setup.id);
        if (before !== undefined) {
          throw new RangeError(`${file} holds a run by others, or by other versions of them; name another file`);
        }
        this.run = recordRun({
          setup: setup.id,
          asked,
          oracles,
          required,
          node: process.version,
          platform,
          started: started.toISOString(),
        });
        this.add(setup, this.run);
      },
      onRecords: (records) => this.add(...records),
      onGeneral: (found) => this.add(recordGeneral(found, this.run!.setup, asked.seed)),
    };
  }

  /**
   * Ends the run, if none of its processes died, and gives the report of all of it.
   *
   * @param last the report of what was done since the file was opened.
   * @param sample keeps some of the trials for a page.
   */
  end(last: ParityReport, sample?: TrialSample): ParityReport {
    const { run } = this;
    if (run !== undefined) this.add(...last.reductions.map((reduction) => recordReduction(reduction, run.setup)));
    if (last.deadWorkers.length === 0 && run !== undefined) {
      this.add(recordEnd(run.id, last.run.seconds, this.trials.size));
    }
    const report = mergeFiles([this.file], { whole: false, sample });
    if (last.deadWorkers.length === 0) return report;
    return { ...report, outcome: last.outcome, reasons: last.reasons, deadWorkers: last.deadWorkers };
  }

  private add(...records: readonly ResultRecord[]): void {
    appendRecords(this.file, records);
    for (const record of records) this.count(record);
  }

  private count(record: ResultRecord): void {
    if (record.record === "trial" && seedOfRun(record) === this.seed) this.trials.add(record.id);
  }
}
