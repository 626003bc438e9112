/**
 * Reads reports that somebody kept, or sent in, and prints results as JSON.
 *
 * @module
 */

import { readFile, stat } from "node:fs/promises";
import { stdout } from "node:process";
import { renderJson } from "@corr2d/parity";
import { UsageError } from "../usage-error.ts";
import { writeOutput } from "./output-folder.ts";
import type { BenchReport } from "./results.ts";
import { parseBenchReport } from "./schema.ts";

/** A run of all suites stays far below; what is larger was not written by a run. */
export const LARGEST_REPORT = 20e6;

/**
 * The report in a file.
 *
 * @throws UsageError if it cannot be read, is too large, or holds anything else.
 */
export async function readReport(file: string): Promise<BenchReport> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_REPORT)
      throw new RangeError(`${size} bytes are more than the ${LARGEST_REPORT} that a report may have`);
    return parseBenchReport(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw new UsageError(`cannot read the report ${file}: ${(error as Error).message}`);
  }
}

/** Prints a result as text, or where that is asked for as JSON. */
export async function printResult(json: string | true | undefined, value: object, text: () => string): Promise<void> {
  if (json === undefined) stdout.write(`${text()}\n`);
  else await printJson(json, value);
}

/** Prints JSON to a file, or to stdout, where nothing else goes then. */
export async function printJson(where: string | true, value: object): Promise<void> {
  if (where !== true && where !== "-") return writeOutput(where, renderJson(value));
  stdout.write(`${renderJson(value).trimEnd()}\n`);
}
