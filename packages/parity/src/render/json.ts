/**
 * A report as JSON. JSON has no infinities; they are written as text.
 *
 * @module
 */

import type { ParityReport } from "../report.ts";

/** The report as JSON, as {@link ParityReport} describes it. */
export function renderJson(report: ParityReport): string {
  const finite = (_key: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(report, finite, 1)}\n`;
}
