/**
 * A report as JSON. JSON has no infinities; they are written as text.
 *
 * @module
 */

/** A report as JSON, as its type describes it, but for infinities and NaN: they are the texts that JavaScript has for them. */
export function renderJson(report: object): string {
  const finite = (_key: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(report, finite, 1)}\n`;
}
