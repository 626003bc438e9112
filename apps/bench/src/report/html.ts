/**
 * A document as one HTML page that opens from disk: style, charts, data and pictures are inside, nothing is fetched.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { policyOf } from "@corr2d/parity";
import { escapeHtml } from "@corr2d/parity/escape";
import { WIDTHS } from "../charts/axes.ts";
import { CHART_SHEET, chartForPage } from "../charts/draw.ts";
import { colorSheet, legendEntry } from "../charts/looks.ts";
import type { RatioChart } from "./chart.ts";
import type { Block, Document, KeyFigure, Picture, Row, Section, Table } from "./document.ts";

/** Built by `npm run build` from `src/page`; `src` and `dist` both lie beside each other. */
const PAGE_SCRIPT = new URL("../../dist/page/page.js", import.meta.url);
const PAGE_STYLE = new URL("../../dist/page/page.css", import.meta.url);

/** The page of a history, which lies beside that of a report. */
export const HISTORY_PAGE = "history.html";

/** Where a page says that there is a history beside it. */
const HISTORY_MARK = "<!-- history -->";

/** A page with a link to the history that lies beside it. */
export function withHistoryLink(html: string): string {
  return html.replace(HISTORY_MARK, ` · <a href="${HISTORY_PAGE}">Commit by commit</a>`);
}

/** Typesets a document. */
export function toHtml(document: Document): string {
  const { title, description, lead, byline, links, banner, figures, figuresNote, sections, variants, ratios } =
    document;
  const script = readFileSync(PAGE_SCRIPT, "utf8");
  const body = sections.map((section) => sectionToHtml(section, variants)).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${policyOf(script)}
<title>${escapeHtml(title)}</title>
<meta name="description" content="${escapeHtml(description)}">
<meta property="og:type" content="article">
<meta property="og:title" content="${escapeHtml(title)}">
<meta property="og:description" content="${escapeHtml(description)}">
<meta name="twitter:card" content="summary">
<style>
${readFileSync(PAGE_STYLE, "utf8")}${colorSheet(variants)}${CHART_SHEET}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(lead)}</p>
<p class="byline">${escapeHtml(byline)}</p>
${banner.length === 0 ? "" : `<div class="banner" role="note">${banner.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join("")}</div>`}
${figuresToHtml(figures, figuresNote)}
<p class="links">${links.map(({ text, href }) => `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`).join(" · ")}${HISTORY_MARK}</p>
</header>
<nav aria-label="Sections">${sections.map(({ id, heading }) => `<a href="#${escapeHtml(id)}">${escapeHtml(heading)}</a>`).join("")}</nav>
<main>
${body}
</main>
${
  ratios === null
    ? ""
    : `<script type="application/json" id="ratios">${JSON.stringify(ratios).replaceAll("<", "\\u003c")}</script>
`
}<script>${script}</script>
</body>
</html>
`;
}

function figuresToHtml(figures: readonly KeyFigure[], note: string | null): string {
  const items = figures.map(
    ({ value, label, detail, isSpeed }) =>
      `<div${isSpeed ? " data-speed" : ""}><dd>${escapeHtml(value)}</dd><dt>${escapeHtml(label)}${detail === undefined ? "" : `<small>${escapeHtml(detail)}</small>`}</dt></div>`,
  );
  const below = note === null ? "" : `<p class="note">${escapeHtml(note)}</p>`;
  return items.length === 0 ? "" : `<div class="verdict"><dl class="figures">${items.join("")}</dl>${below}</div>`;
}

function sectionToHtml({ id, heading, blocks }: Section, variants: readonly string[]): string {
  return `<section id="${escapeHtml(id)}">
<h2>${escapeHtml(heading)}</h2>
${blocks.map((block) => blockToHtml(block, heading, variants)).join("\n")}
</section>`;
}

/** @param heading of the section, which tells its tables from those of others. */
function blockToHtml(block: Block, heading: string, variants: readonly string[]): string {
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
      return tableToHtml(block.table, heading);
    case "chart": {
      const { id, title, caption, series } = block.chart;
      const attributes = block.chart.kind === "ratio" ? attributesOf(block.chart) : "";
      const legend = series.map(({ variant }) => legendEntry(variant, variants.indexOf(variant)));
      return `<figure class="chart" id="${escapeHtml(id)}"${attributes}>
<h3>${escapeHtml(title)}</h3>
<figcaption>${escapeHtml(caption)}</figcaption>
<ul class="legend">${legend.join("")}</ul>
<div role="${block.chart.kind === "trend" ? "group" : "img"}" aria-label="${escapeHtml(caption)} The figures stand in the table below."><div class="desk">${chartForPage(block.chart, WIDTHS.desk, variants)}</div><div class="phone">${chartForPage(block.chart, WIDTHS.phone, variants)}</div></div>
</figure>`;
    }
  }
}

/** By its group a reader chooses charts; by its rows the page draws it anew for another baseline. */
function attributesOf({ group, rows, noiseFloor }: RatioChart): string {
  const ofGroup = group === null ? "" : ` data-group="${escapeHtml(group)}"`;
  return `${ofGroup} data-rows="${escapeHtml(rows.join(" "))}" data-floor="${noiseFloor}"`;
}

function pictureToHtml({ png, alt, caption }: Picture): string {
  const source = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
  return `<figure><img src="${source}" alt="${escapeHtml(alt)}"><figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

function tableToHtml({ caption, columns, rows, notes, folded, ratios }: Table, heading: string): string {
  const header = columns
    .map(({ label, numeric }) => `<th scope="col"${align(numeric)}>${escapeHtml(label).replaceAll("/", "/<wbr>")}</th>`)
    .join("");
  const table = `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(`${heading}: ${caption}`)}"><table${ratios === undefined ? "" : ` data-after="${ratios.columnsAfter}"`}>
<thead><tr>${header}</tr></thead>
<tbody>
${rows.map((row) => rowToHtml(row, columns)).join("\n")}
</tbody>
</table></div>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join("\n")}`;
  if (ratios !== undefined) return `<div class="ratios">\n<h3>${escapeHtml(caption)}</h3>\n${table}\n</div>`;
  return folded
    ? `<details><summary>${escapeHtml(caption)}</summary>\n${table}\n</details>`
    : `<h3>${escapeHtml(caption)}</h3>\n${table}`;
}

function rowToHtml(row: Row, columns: Table["columns"]): string {
  if ("heading" in row) return `<tr class="group"><th colspan="${columns.length}">${escapeHtml(row.heading)}</th></tr>`;
  const cells = row.cells.map(({ text, tone, detail, href }, i) => {
    const classes = [columns[i].numeric || i === 0 ? "" : "text", tone === "plain" ? "" : tone]
      .filter(Boolean)
      .join(" ");
    const attribute = classes === "" ? "" : ` class="${classes}"`;
    const words = href === undefined ? escapeHtml(text) : `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;
    const content = words + (detail === undefined ? "" : `<small>${escapeHtml(detail)}</small>`);
    return i === 0 ? `<th scope="row"${attribute}>${content}</th>` : `<td${attribute}>${content}</td>`;
  });
  const attributes = [
    row.id === undefined ? "" : ` id="${escapeHtml(row.id)}"`,
    row.group === undefined ? "" : ` data-group="${escapeHtml(row.group)}"`,
  ];
  return `<tr${attributes.join("")}>${cells.join("")}</tr>`;
}

function align(numeric: boolean): string {
  return numeric ? ' class="number"' : "";
}
