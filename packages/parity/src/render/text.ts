/**
 * A report for a terminal and, under headings, as Markdown.
 *
 * @module
 */

import { type Comparison, REFERENCE } from "../compare.ts";
import { groupBy } from "../group-by.ts";
import type { OracleStatus, ParityReport } from "../report.ts";
import type { Rung } from "../verdict.ts";
import { alignedTable, verdictRows } from "./table.ts";

/** More findings than this are counted, not listed; the JSON has them all. */
const LISTED_FINDINGS = 20;

/** The report for a terminal. */
export function renderText(report: ParityReport): string {
  const paragraphs = [
    facts(report),
    ["Oracles:", ...report.oracles.map((oracle) => `  ${describeOracle(oracle)}`)].join("\n"),
    ...(report.summary.length > 0 ? [alignedTable(verdictRows(report)), heldTo(report)] : []),
    ...list("Known divergences met (the ledger expects them):", knownDivergences(report), "  "),
    ...list("Findings:", findings(report), "  "),
    conclusion(report),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

/** The report as Markdown, such as for the summary of a CI job. */
export function renderMarkdown(report: ParityReport): string {
  const paragraphs = [
    `# Parity with TensorFlow.js: ${report.outcome}`,
    conclusion(report),
    facts(report),
    "## Oracles",
    report.oracles.map((oracle) => `- ${describeOracle(oracle)}`).join("\n"),
    ...(report.summary.length > 0 ? ["## Verdicts", alignedTable(verdictRows(report)), heldTo(report)] : []),
    ...list("## Known divergences met", knownDivergences(report), "- "),
    ...list("## Findings", findings(report), "- "),
    ...list("## Not asked", refusals(report), "- "),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function list(heading: string, items: readonly string[], bullet: string): string[] {
  if (items.length === 0) return [];
  // A blank line between heading and list is what Markdown wants.
  const separator = heading.startsWith("#") ? "\n\n" : "\n";
  return [heading + separator + items.map((item) => bullet + item).join("\n")];
}

function facts({ run, algorithms }: ParityReport): string {
  const shard = run.shard === undefined ? "" : `, shard ${run.shard.index}/${run.shard.count}`;
  const only = run.only === undefined ? "" : `, only ${JSON.stringify(run.only)}`;
  const names = algorithms.map(({ name, version }) => `${name} ${version}`).join(", ");
  return (
    `Checked: ${names}. Trials: ${run.trials} (seed ${run.seed}, ${run.cases} generated${shard}${only}). ` +
    `Node ${run.node}, ${run.platform}, ${run.seconds.toFixed(1)} s.`
  );
}

/** One line about an oracle: its version, or why it did not run. */
export function describeOracle(oracle: OracleStatus): string {
  if (!oracle.ran) return `${oracle.name} did not run: ${oracle.reason}`;
  return `${oracle.name} ${oracle.version}, ${oracle.threads === 1 ? "1 thread" : `${oracle.threads} threads`}`;
}

function heldTo({ summary }: ParityReport): string {
  const rows = summary.filter(({ oracle }) => oracle !== REFERENCE);
  const total = (rung: Rung): number => rows.reduce((sum, { rungs }) => sum + rungs[rung], 0);
  return (
    `Held to: the same bits ${total("bit-exact")} times, equality on exact data ${total("exact by data")} times, ` +
    `a bound for each element ${total("per-element bound")} times. Rows "${REFERENCE}" are the float64 truth itself. ` +
    "✗ counts wrong answers, known ones apart; error/bound and ULP are the worst on real data."
  );
}

function knownDivergences({ ledger }: ParityReport): string[] {
  return ledger.map(({ oracle, version, what, issues, met }) => {
    const where = issues.length > 0 ? ` (${issues.join(", ")})` : "";
    return `${oracle} ${version}: ${what}${where}; ${met} comparisons`;
  });
}

function findings({ comparisons, vanished }: ParityReport): string[] {
  const bad = comparisons.filter(({ verdict, expected }) => verdict !== "agree" && expected === undefined);
  const lines = [
    ...bad.map(describeFinding),
    ...vanished.map(({ id, case: name, pass }) => `the ledger expects ${id} in ${pass} of "${name}", which agrees`),
  ];
  const more = lines.length - LISTED_FINDINGS;
  return more > 0 ? [...lines.slice(0, LISTED_FINDINGS), `and ${more} more`] : lines;
}

/** One finding in one line. */
export function describeFinding({ verdict, algorithm, oracle, pass, data, case: name, reason }: Comparison): string {
  return `${verdict}: ${algorithm} against ${oracle}, ${pass} of "${name}" on ${data} data: ${reason}`;
}

function refusals({ refusals }: ParityReport): string[] {
  return [...groupBy(refusals, ({ reason }) => reason)].map(([reason, group]) => {
    const distinct = (values: readonly string[]): string[] => [...new Set(values)];
    const cases = distinct(group.map((refusal) => refusal.case)).length;
    const by = distinct(group.map((refusal) => refusal.by)).join(", ");
    const passes = distinct(group.map((refusal) => refusal.pass)).join(", ");
    return `${reason}: ${by}; ${passes}; ${cases} cases`;
  });
}

function conclusion({ outcome, reasons, comparisons }: ParityReport): string {
  const witnessed = comparisons.filter(({ oracle }) => oracle !== REFERENCE).length;
  const number = `${witnessed} comparisons with oracles, ${comparisons.length - witnessed} with the reference`;
  return `${outcome}: ${outcome === "agree" ? number : reasons.join("; ")}`;
}
