/**
 * Writes a report to a folder.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { renderJson } from "@corr2d/parity";
import type { ReportParts } from "./compose.ts";
import { HISTORY_PAGE, withHistoryLink } from "./html.ts";
import { makeFolder, writeOutput } from "./output-folder.ts";
import { renderReport } from "./render.ts";
import type { BenchReport } from "./results.ts";
import { edgePictures } from "./sections/edges.ts";

/** The file that holds everything. */
export const REPORT_FILE = "report.json";

/** The page that shows what was measured. */
export const REPORT_PAGE = "index.html";

/** Writes what was measured so far, whole or not at all. */
export async function saveReport(folder: string, bench: BenchReport): Promise<void> {
  const file = join(folder, REPORT_FILE);
  await writeOutput(`${file}.new`, renderJson(bench));
  await rename(`${file}.new`, file);
}

/**
 * Writes `index.html`, `report.md` and its charts, `report.json`, and where there are such parts `parity.json` and the edge pictures.
 *
 * @returns path of the page.
 */
export async function writeReport(folder: string, parts: ReportParts): Promise<string> {
  const { html, markdown, charts } = renderReport(parts);
  const files: Record<string, string | Uint8Array> = {
    [REPORT_PAGE]: existsSync(join(folder, HISTORY_PAGE)) ? withHistoryLink(html) : html,
    "report.md": markdown,
    ...charts,
    [REPORT_FILE]: renderJson(parts.bench),
  };
  if (parts.parity !== undefined) files["parity.json"] = renderJson(parts.parity);
  if (parts.showcase !== undefined) {
    for (const { file, png } of edgePictures(parts.showcase, "")) files[file] = png;
  }
  await makeFolder(folder);
  await Promise.all(Object.entries(files).map(([name, content]) => writeOutput(join(folder, name), content)));
  return join(folder, REPORT_PAGE);
}
