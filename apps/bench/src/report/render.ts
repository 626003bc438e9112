/**
 * Renders a report: as one self-contained HTML page and as Markdown.
 *
 * @module
 */

import { composeReport, type ReportParts } from "./compose.ts";
import { toHtml } from "./html.ts";
import { toMarkdown } from "./markdown.ts";

/** A report in both forms. */
export interface RenderedReport {
  /** Opens from disk; fetches nothing. */
  readonly html: string;
  /** Refers to pictures by the names of their files. */
  readonly markdown: string;
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
  return { html: toHtml(document), markdown: toMarkdown(document) };
}
