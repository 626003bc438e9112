/**
 * The commands that keep and put together what many runs have found: a history of commits, and machines side by side.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stdout } from "node:process";
import { renderJson } from "@corr2d/parity";
import { historyPage } from "../history/page.ts";
import { historyText, parseHistory, recordOf, withRecord } from "../history/records.ts";
import { machinesTable, trendTables } from "../history/tables.ts";
import { printJson, readReport } from "../report/files.ts";
import { HISTORY_PAGE, withHistoryLink } from "../report/html.ts";
import { tableToMarkdown } from "../report/markdown.ts";
import { makeFolder, writeOutput } from "../report/output-folder.ts";
import { toText } from "../report/terminal.ts";
import { REPORT_FILE, REPORT_PAGE } from "../report/write.ts";
import { UsageError } from "../usage-error.ts";

/** Adds a report to a history, prints the trends, and writes them as a page beside the report, whose page then links to it. */
export async function runHistory(report: string, { file }: { readonly file: string }): Promise<void> {
  const added = recordOf(await readReport(report));
  const history = withRecord(parseHistory(await contentOf(file)), added);
  await makeFolder(dirname(file));
  await writeOutput(file, historyText(history));
  const folder = dirname(report);
  const page = join(folder, HISTORY_PAGE);
  await writeOutput(page, historyPage(history));
  const reportPage = join(folder, REPORT_PAGE);
  if (existsSync(reportPage)) await writeOutput(reportPage, withHistoryLink(await readFile(reportPage, "utf8")));
  stdout.write(`${trendTables(history).map(toText).join("\n\n")}\n\nThe page is ${page}\n`);
}

/** Puts reports of different machines beside each other. */
export async function runMerge(
  files: readonly string[],
  { json, markdown }: { readonly json?: string | true; readonly markdown?: string },
): Promise<void> {
  if (files.length < 2) throw new UsageError("there is nothing to put side by side: name two reports at least");
  const records = await Promise.all(files.map(async (file) => recordOf(await readReport(file))));
  const subjects = new Set(records.map(({ subject }) => subject));
  if (subjects.size > 1) {
    throw new UsageError(`the reports speak about different variants: ${[...subjects].join(", ")}; render one by one`);
  }
  const keys = records.map(({ commit, machine }) => `${machine} at commit ${commit}`);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined)
    throw new UsageError(`two of the reports are of ${twice}; they are not pooled: leave one away`);
  const table = machinesTable(records);
  if (markdown !== undefined) await writeOutput(markdown, `${tableToMarkdown(table)}\n`);
  if (json !== undefined) await printJson(json, { kind: "corr2d-bench-machines", schemaVersion: 1, machines: records });
  if (json !== true && json !== "-") stdout.write(`${toText(table)}\n`);
}

/** Bytes that a report in the tree may have: one of all suites on many peers stays below. */
export const LARGEST_RESULT = 3e6;

/**
 * Puts a report where those of other machines are: `<folder>/<machine>/report.json`, in the place of an older one.
 *
 * @throws UsageError for a report that is of no commit, or of part of a run, too large, or older than the one that is there.
 */
export async function runSubmit(report: string, { folder }: { readonly folder: string }): Promise<void> {
  const found = await readReport(report);
  const { machine } = recordOf(found);
  const text = renderJson(found);
  if (text.length > LARGEST_RESULT) {
    throw new UsageError(
      `${text.length} bytes are more than the ${LARGEST_RESULT} that a result may have; measure fewer suites`,
    );
  }
  const file = join(folder, machine, REPORT_FILE);
  const earlier = existsSync(file) ? await readReport(file) : undefined;
  if (earlier !== undefined && earlier.created > found.created) {
    throw new UsageError(`${file} is of ${earlier.created}, and this report of ${found.created}, before it`);
  }
  await makeFolder(dirname(file));
  await writeOutput(file, text);
  stdout.write(`${file}: commit it, and send it in as a pull request\n`);
}

/** Nothing, where there is no file yet. */
async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new UsageError(`cannot read the history ${file}: ${(error as Error).message}`);
  }
}
