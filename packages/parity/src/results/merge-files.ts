/**
 * Files of records put together in little memory: trials are dealt out to buckets on disk by the beginning of their ids, and one
 * bucket after the other is sorted, added up and written. What comes out is what {@link mergeRecords} and {@link reportOf} give.
 *
 * @module
 */

import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groupBy } from "../group-by.ts";
import type { TrialSample } from "../render/trial-sample.ts";
import type { ParityReport } from "../report.ts";
import { byPlace, type ReportOfOptions, Total } from "./merge.ts";
import { recordsOf } from "./record-file.ts";
import { lineOf, type ResultRecord, restored } from "./result-record.ts";
import type { TrialRecord } from "./trial-record.ts";

/** Where merged records go beside the report. */
export interface MergeFilesOptions extends ReportOfOptions {
  /** File for the records of all, each once, in their order. */
  readonly out?: string | undefined;
  /** Keeps some of the trials for a page. */
  readonly sample?: TrialSample | undefined;
}

/** Bytes of lines that are sorted at once; in memory they take some five times as much. */
const BUCKET_BYTES = 2 ** 22;
const MOST_BUCKETS = 2 ** 14;
/** Of all buckets together, what waits to be written. */
const PENDING_CHARACTERS = 2 ** 23;
/** Hexadecimal digits of an id that a bucket is chosen by. */
const DIGITS = 8;

/** The report on all records of these files. */
export function mergeFiles(
  files: readonly string[],
  { out, sample, ...options }: MergeFilesOptions = {},
): ParityReport {
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const buckets = Math.min(MOST_BUCKETS, Math.max(1, Math.ceil(bytes / BUCKET_BYTES)));
  const folder = mkdtempSync(join(tmpdir(), "corr2d-merge-"));
  try {
    const others = dealOut(files, folder, buckets);
    if (out !== undefined) writeFileSync(out, others.map(([line]) => `${line}\n`).join(""));
    const total = new Total(others.map(([, record]) => record).filter((record) => record.record !== "trial"));
    for (let bucket = 0; bucket < buckets; bucket++) {
      const trials = sorted(readBucket(folder, bucket));
      if (out !== undefined) appendFileSync(out, trials.map(([line]) => `${line}\n`).join(""));
      for (const group of groupBy(trials, ([, { trial }]) => trial).values()) {
        const records = group.map(([, record]) => record);
        total.add(records);
        for (const record of records) sample?.add(record);
      }
    }
    return total.report(options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Lined<R extends ResultRecord> = readonly [line: string, record: R];

function sorted<R extends ResultRecord>(byLine: ReadonlyMap<string, R>): Lined<R>[] {
  return [...byLine].sort(byPlace);
}

/** Deals the trials of all files out to buckets; gives the other records, which are few. */
function dealOut(files: readonly string[], folder: string, buckets: number): Lined<ResultRecord>[] {
  const others = new Map<string, ResultRecord>();
  const pending: string[][] = Array.from({ length: buckets }, () => []);
  let waiting = 0;
  const flush = (): void => {
    for (const [bucket, lines] of pending.entries()) {
      if (lines.length > 0) appendFileSync(bucketFile(folder, bucket), lines.join(""));
      pending[bucket] = [];
    }
    waiting = 0;
  };
  for (const file of files) {
    for (const record of recordsOf(file)) {
      const line = lineOf(record);
      if (record.record !== "trial") {
        others.set(line, record);
        continue;
      }
      pending[bucketOf(record, buckets)]!.push(`${line}\n`);
      waiting += line.length;
      if (waiting > PENDING_CHARACTERS) flush();
    }
  }
  flush();
  return sorted(others);
}

/** Buckets follow the order of ids, so that they need not be merged. */
function bucketOf({ trial }: TrialRecord, buckets: number): number {
  return Math.floor((Number.parseInt(trial.slice(0, DIGITS), 16) / 16 ** DIGITS) * buckets);
}

function bucketFile(folder: string, bucket: number): string {
  return join(folder, `${bucket}.jsonl`);
}

function readBucket(folder: string, bucket: number): ReadonlyMap<string, TrialRecord> {
  const byLine = new Map<string, TrialRecord>();
  let text: string;
  try {
    text = readFileSync(bucketFile(folder, bucket), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return byLine;
    throw error;
  }
  for (const line of text.split("\n")) if (line !== "") byLine.set(line, restored(line) as TrialRecord);
  return byLine;
}
