/**
 * A document as GitHub-flavoured Markdown. Charts are files beside it.
 *
 * @module
 */

import { escapeMarkdown } from "@corr2d/parity/escape";
import { type Block, type Cell, type Document, inOneLine, type Row, type Table } from "./document.ts";

/** Typesets a document. */
export function toMarkdown({ title, lead, byline, banner, figures, figuresNote, sections }: Document): string {
  const parts = [
    `# ${escapeMarkdown(title)}`,
    escapeMarkdown(lead),
    `*${escapeMarkdown(byline)}*`,
    banner.map((sentence) => `> ${escapeMarkdown(sentence)}`).join("\n>\n"),
    figures
      .map(({ value, label, detail }) => {
        const interval = detail === undefined ? "" : ` (${escapeMarkdown(detail)})`;
        return `- **${escapeMarkdown(value)}** ${escapeMarkdown(label)}${interval}`;
      })
      .join("\n"),
    ...(figuresNote === null ? [] : [escapeMarkdown(figuresNote)]),
    ...sections.flatMap(({ heading, blocks }) => [`## ${escapeMarkdown(heading)}`, ...blocks.map(blockToMarkdown)]),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function blockToMarkdown(block: Block): string {
  switch (block.kind) {
    case "text":
      return escapeMarkdown(block.text);
    case "list":
      return block.items.map(({ term, text }) => `- **${escapeMarkdown(term)}.** ${escapeMarkdown(text)}`).join("\n");
    case "pictures":
      return block.pictures
        .map(({ file, alt, caption }) => `![${escapeMarkdown(alt)}](${file})\n\n*${escapeMarkdown(caption)}*`)
        .join("\n\n");
    case "table":
      return tableToMarkdown(block.table);
    case "chart":
      return `![${escapeMarkdown(block.chart.caption)}](${block.chart.id}.svg)`;
  }
}

/** A table, its caption above and its notes below. */
export function tableToMarkdown({ caption, columns, rows, notes }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rowToCells = (row: Row): readonly string[] =>
    "heading" in row
      ? [`**${escapeMarkdown(row.heading)}**`, ...columns.slice(1).map(() => "")]
      : row.cells.map(cellToMarkdown);
  return [
    `**${escapeMarkdown(caption)}**`,
    [
      line(columns.map(({ label }) => escapeMarkdown(label))),
      line(columns.map(({ numeric }) => (numeric ? "--:" : ":--"))),
      ...rows.map((row) => line(rowToCells(row))),
    ].join("\n"),
    ...notes.map(escapeMarkdown),
  ].join("\n\n");
}

function cellToMarkdown(cell: Cell): string {
  const words = escapeMarkdown(inOneLine(cell));
  const escaped = cell.href === undefined ? words : `[${words}](${cell.href})`;
  return cell.tone === "strong" && escaped !== "" ? `**${escaped}**` : escaped;
}
