/**
 * A document as one HTML page that opens from disk: style, charts, data and pictures are inside, nothing is fetched.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { policyOf } from "@corr2d/parity";
import { escapeHtml, escapeScriptData } from "@corr2d/parity/escape";
import type { Chart } from "./chart.ts";
import type { Block, Document, KeyFigure, Picture, Row, Section, Table } from "./document.ts";

/** Built by `npm run build` from `src/page`; `src` and `dist` both lie beside each other. */
const PAGE_SCRIPT = new URL("../../dist/page/page.js", import.meta.url);
const PAGE_STYLE = new URL("../../dist/page/page.css", import.meta.url);

/** Typesets a document. */
export function toHtml(document: Document): string {
  const { title, lead, byline, banner, figures, sections } = document;
  const charts: Chart[] = [];
  const script = readFileSync(PAGE_SCRIPT, "utf8");
  const body = sections.map((section) => sectionToHtml(section, charts)).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${policyOf(script)}
<title>${escapeHtml(title)}</title>
<style>
${readFileSync(PAGE_STYLE, "utf8")}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(lead)}</p>
<p class="byline">${escapeHtml(byline)}</p>
${banner.length === 0 ? "" : `<div class="banner" role="note">${banner.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join("")}</div>`}
${figuresToHtml(figures)}
</header>
<nav aria-label="Sections">${sections.map(({ id, heading }) => `<a href="#${escapeHtml(id)}">${escapeHtml(heading)}</a>`).join("")}</nav>
<main>
${body}
</main>
<script type="application/json" id="charts">${escapeScriptData(JSON.stringify(charts))}</script>
<script>${script}</script>
</body>
</html>
`;
}

function figuresToHtml(figures: readonly KeyFigure[]): string {
  const items = figures.map(
    ({ value, label }) => `<div><dd>${escapeHtml(value)}</dd><dt>${escapeHtml(label)}</dt></div>`,
  );
  return items.length === 0 ? "" : `<dl class="figures">${items.join("")}</dl>`;
}

function sectionToHtml({ id, heading, blocks }: Section, charts: Chart[]): string {
  return `<section id="${escapeHtml(id)}">
<h2>${escapeHtml(heading)}</h2>
${blocks.map((block) => blockToHtml(block, charts)).join("\n")}
</section>`;
}

function blockToHtml(block: Block, charts: Chart[]): string {
  switch (block.kind) {
    case "text":
      return `<p>${escapeHtml(block.text)}</p>`;
    case "list": {
      const items = block.items.map(({ term, text }) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`);
      return `<dl class="facts">${items.join("\n")}</dl>`;
    }
    case "pictures":
      return `<div class="pictures">${block.pictures.map(pictureToHtml).join("\n")}</div>`;
    case "table":
      return tableToHtml(block.table);
    case "chart": {
      const { title, caption } = block.chart;
      const index = charts.push(block.chart) - 1;
      return `<figure class="chart">
<h3>${escapeHtml(title)}</h3>
<figcaption>${escapeHtml(caption)}</figcaption>
<div class="canvas" data-chart="${index}" role="img" aria-label="${escapeHtml(caption)} The figures stand in the table below."></div>
</figure>`;
    }
  }
}

function pictureToHtml({ png, alt, caption }: Picture): string {
  const source = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
  return `<figure><img src="${source}" alt="${escapeHtml(alt)}"><figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

function tableToHtml({ caption, columns, rows, notes, folded }: Table): string {
  const header = columns
    .map(({ label, numeric }) => `<th scope="col"${align(numeric)}>${escapeHtml(label).replaceAll("/", "/<wbr>")}</th>`)
    .join("");
  const table = `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table>
<thead><tr>${header}</tr></thead>
<tbody>
${rows.map((row) => rowToHtml(row, columns)).join("\n")}
</tbody>
</table></div>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join("\n")}`;
  return folded
    ? `<details><summary>${escapeHtml(caption)}</summary>\n${table}\n</details>`
    : `<h3>${escapeHtml(caption)}</h3>\n${table}`;
}

function rowToHtml(row: Row, columns: Table["columns"]): string {
  if ("heading" in row) return `<tr class="group"><th colspan="${columns.length}">${escapeHtml(row.heading)}</th></tr>`;
  const cells = row.cells.map(({ text, tone, detail }, i) => {
    const classes = [columns[i].numeric ? "number" : "", tone === "plain" ? "" : tone].filter(Boolean).join(" ");
    const attribute = classes === "" ? "" : ` class="${classes}"`;
    const content = escapeHtml(text) + (detail === undefined ? "" : `<small>${escapeHtml(detail)}</small>`);
    return i === 0 ? `<th scope="row"${attribute}>${content}</th>` : `<td${attribute}>${content}</td>`;
  });
  return `<tr>${cells.join("")}</tr>`;
}

function align(numeric: boolean): string {
  return numeric ? ' class="number"' : "";
}
