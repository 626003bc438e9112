/**
 * A report's table of verdicts as rows of text, and rows of text as an aligned table, which is Markdown as well.
 *
 * @module
 */

import type { ParityReport, SummaryRow } from "../report.ts";

const HEADER = [
  "oracle",
  "algorithm",
  "pass",
  "compared",
  "agree",
  "ours ✗",
  "tfjs ✗",
  "known ✗",
  "undecided",
  "not asked",
  "error/bound",
  "oracle's",
  "ULP",
] as const;

/** Columns of words; the others hold numbers and are aligned to the right. */
const WORD_COLUMNS = 3;

/** One row per oracle, algorithm and pass, under a header. */
export function verdictRows(report: ParityReport): readonly (readonly string[])[] {
  return [HEADER, ...report.summary.map(cells)];
}

function cells(row: SummaryRow): readonly string[] {
  const { oracle, algorithm, pass, compared, agree, oursWrong, tfjsWrong, expected, undecided, notAsked } = row;
  const counts = [compared, agree, oursWrong, tfjsWrong, expected, undecided, notAsked];
  const ratios = [row.worstRatio, row.oracleWorstRatio].map((ratio) => ratio.toFixed(3));
  return [oracle, algorithm, pass, ...counts.map(String), ...ratios, String(row.worstUlp)];
}

/**
 * Rows with all cells of a column equally wide, between bars; the first row is the header.
 *
 * @param words how many columns hold words; the others hold numbers.
 */
export function alignedTable(rows: readonly (readonly string[])[], words: number = WORD_COLUMNS): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const isWord = (column: number): boolean => column < words;
  const pad = (cell: string, column: number): string =>
    isWord(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  const rule = widths.map((width, column) => "-".repeat(width - 1) + (isWord(column) ? "-" : ":"));
  const [header, ...body] = rows.map((row) => row.map(pad));
  return [header, rule, ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
