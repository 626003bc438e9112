/**
 * Renders a report: as one self-contained HTML page and as Markdown.
 *
 * @module
 */

import { chartAlone } from "../charts/draw.ts";
import { composeReport, type ReportParts } from "./compose.ts";
import { toHtml } from "./html.ts";
import { toMarkdown } from "./markdown.ts";

/** A report in both forms. */
export interface RenderedReport {
  /** Opens from disk; fetches nothing. */
  readonly html: string;
  /** Refers to pictures and charts by the names of their files. */
  readonly markdown: string;
  /** Charts as SVG, by the names of their files. */
  readonly charts: Readonly<Record<string, string>>;
}

/**
 * Renders what was measured, and where given what was compared and what was seen.
 *
 * @example
 * ```ts
 * const { html } = renderReport({ bench: parseBenchReport(JSON.parse(await readFile("report.json", "utf8"))) });
 * ```
 */
export function renderReport(parts: ReportParts): RenderedReport {
  const document = composeReport(parts);
  const charts = document.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === "chart" ? block.chart : [])),
  );
  return {
    html: toHtml(document),
    markdown: toMarkdown(document),
    charts: Object.fromEntries(charts.map((chart) => [`${chart.id}.svg`, chartAlone(chart, document.variants)])),
  };
}
