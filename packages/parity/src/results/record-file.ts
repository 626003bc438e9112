/**
 * Files of records: appended to, never rewritten, so that a run that is killed leaves all it has told. What it leaves at
 * worst is a last line that is torn: a line counts when its end is there.
 *
 * @module
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { lineOf, parseLine, type ResultRecord } from "./result-record.ts";

const NEWLINE = 0x0a;

/**
 * The records of a file, without a torn last line.
 *
 * @throws RangeError naming the file and the line that cannot be understood.
 */
export function readRecords(path: string): readonly ResultRecord[] {
  const bytes = readFileSync(path);
  return bytes
    .subarray(0, wholeLength(bytes))
    .toString("utf8")
    .split("\n")
    .flatMap((line, index) => {
      if (line === "") return [];
      try {
        return [parseLine(line)];
      } catch (error) {
        throw new RangeError(`${path}, line ${index + 1}: ${(error as Error).message}`);
      }
    });
}

/** Cuts off a torn last line, and reads what is left; a file that is not there is made, empty. */
export function repairRecords(path: string): readonly ResultRecord[] {
  if (!existsSync(path)) {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    appendFileSync(path, "");
    return [];
  }
  const bytes = readFileSync(path);
  const whole = wholeLength(bytes);
  if (whole < bytes.length) truncateSync(path, whole);
  return readRecords(path);
}

/** Adds records to a file. */
export function appendRecords(path: string, records: readonly ResultRecord[]): void {
  appendFileSync(path, records.map((record) => `${lineOf(record)}\n`).join(""));
}

/** Bytes up to the end of the last line that has one. */
function wholeLength(bytes: Uint8Array): number {
  return bytes.lastIndexOf(NEWLINE) + 1;
}
