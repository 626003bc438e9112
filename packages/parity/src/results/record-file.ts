/**
 * Files of records: appended to, never rewritten, so that a run that is killed leaves all it has told. What it leaves at
 * worst is a last line that is torn: a line counts when its end is there. They are read line by line, since they may be
 * larger than memory.
 *
 * @module
 */

import { appendFileSync, closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, truncateSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { lineOf, parseLine, type ResultRecord } from "./result-record.ts";

const NEWLINE = 0x0a;
const CHUNK_BYTES = 2 ** 20;

/** The lines of a file with where each ends, without a torn last one. */
export function* linesOf(path: string): Generator<{ readonly line: string; readonly end: number }> {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let [rest, place] = [Buffer.alloc(0), 0];
    for (;;) {
      const length = readSync(file, chunk, 0, CHUNK_BYTES, null);
      if (length === 0) return;
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        yield { line: bytes.toString("utf8", start, end), end: place + end + 1 };
        start = end + 1;
      }
      rest = bytes.subarray(start);
      place += start;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * The records of a file, one after the other, without a torn last line.
 *
 * @throws RangeError naming the file and the line that cannot be understood.
 */
export function* recordsOf(path: string): Generator<ResultRecord> {
  let number = 0;
  for (const { line } of linesOf(path)) {
    number++;
    if (line === "") continue;
    try {
      yield parseLine(line);
    } catch (error) {
      throw new RangeError(`${path}, line ${number}: ${(error as Error).message}`);
    }
  }
}

/** All records of a file, as `recordsOf` gives them. */
export function readRecords(path: string): readonly ResultRecord[] {
  return [...recordsOf(path)];
}

/** Cuts off a torn last line; a file that is not there is made, empty. */
export function repairFile(path: string): void {
  if (!existsSync(path)) {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    appendFileSync(path, "");
    return;
  }
  const whole = wholeLength(path);
  if (whole >= 0) truncateSync(path, whole);
}

/** Cuts off a torn last line, and reads what is left. */
export function repairRecords(path: string): readonly ResultRecord[] {
  repairFile(path);
  return readRecords(path);
}

/** Adds records to a file. */
export function appendRecords(path: string, records: readonly ResultRecord[]): void {
  appendFileSync(path, records.map((record) => `${lineOf(record)}\n`).join(""));
}

/** Bytes up to the end of the last line that has one, looked for from the end. */
function wholeLength(path: string): number {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let end = fstatSync(file).size; end > 0; end -= CHUNK_BYTES) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const length = readSync(file, chunk, 0, end - start, start);
      const newline = chunk.subarray(0, length).lastIndexOf(NEWLINE);
      if (newline >= 0) return start + newline + 1;
    }
    return 0;
  } finally {
    closeSync(file);
  }
}
