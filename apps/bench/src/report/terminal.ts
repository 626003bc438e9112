/**
 * A table as aligned text, for the terminal.
 *
 * @module
 */

import { printableStrings } from "@corr2d/parity/escape";
import { inOneLine, type Row, type Table } from "./document.ts";

/** Typesets a table; columns are as wide as their widest cell. */
export function toText(table: Table): string {
  const { caption, columns, rows, notes } = printableStrings(table);
  const texts = (row: Row) => ("heading" in row ? [row.heading] : row.cells.map(inOneLine));
  const widths = columns.map(({ label }, i) =>
    Math.max(label.length, ...rows.map((row) => ("heading" in row ? 0 : inOneLine(row.cells[i]).length))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((text, i) => (columns[i].numeric ? text.padStart(widths[i]) : text.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  return [
    caption,
    "",
    line(columns.map(({ label }) => label)),
    line(widths.map((width) => "─".repeat(width))),
    ...rows.map((row) => line(texts(row))),
    ...notes.map((note) => `\n${note}`),
  ].join("\n");
}
