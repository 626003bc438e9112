/**
 * The section of the parity run: what was compared with whom, and the verdicts.
 *
 * @module
 */

import { type ParityReport, REFERENCE, type SummaryRow } from "@corr2d/parity";
import { cell, column, numbers, type Section } from "../document.ts";
import { threeDigits } from "../number-format.ts";

/** How often core was held against TensorFlow.js, and how often it came out as it should. */
export function countComparisons({ summary }: ParityReport): { readonly all: number; readonly asTheyShould: number } {
  const rows = summary.filter(({ oracle }) => oracle !== REFERENCE);
  const sum = (count: (row: SummaryRow) => number) => rows.reduce((total, row) => total + count(row), 0);
  return { all: sum(({ compared }) => compared), asTheyShould: sum(({ agree, expected }) => agree + expected) };
}

/** Who agreed with whom. */
export function paritySection(report: ParityReport): Section {
  const { oracles, outcome, reasons, run, summary, ledger } = report;
  const missing = oracles.flatMap((oracle) => (oracle.ran ? [] : [`${oracle.name} did not run: ${oracle.reason}.`]));
  const bad = (count: number) => cell(String(count), count === 0 ? "muted" : "bad");
  return {
    id: "parity",
    heading: "Does it compute what TensorFlow.js computes?",
    blocks: [
      { kind: "text", text: verdictText(report) },
      {
        kind: "table",
        table: {
          caption: "Comparisons, by oracle and pass",
          columns: [
            column("oracle"),
            column("pass"),
            numbers("comparisons"),
            numbers("agree"),
            numbers("ours wrong"),
            numbers("oracle wrong, known"),
            numbers("oracle wrong, new"),
            numbers("our worst error / bound"),
            numbers("the oracle's"),
          ],
          rows: mergeAlgorithms(summary).map((row) => ({
            cells: [
              cell(row.oracle),
              cell(row.pass),
              cell(String(row.compared)),
              cell(String(row.agree), row.agree + row.expected === row.compared ? "good" : "plain"),
              bad(row.oursWrong),
              cell(String(row.expected), row.expected === 0 ? "muted" : "plain"),
              bad(row.tfjsWrong),
              cell(threeDigits(row.worstRatio)),
              cell(threeDigits(row.oracleWorstRatio)),
            ],
          })),
          notes: [
            ...(outcome === "agree" ? [] : reasons),
            rungsText(summary),
            ...missing,
            ...ledger.map(({ oracle, what, issues, met }) => {
              const known = issues.map((url) => `tfjs issue ${url.split("/").at(-1)}`).join(", ") || "not reported yet";
              return `Known to be wrong, met ${met} times: ${oracle}, ${what} (${known}).`;
            }),
            `Seed ${run.seed}, ${run.trials} problems, ${run.seconds.toFixed(0)} s.`,
          ],
          folded: false,
        },
      },
    ],
  };
}

function verdictText(report: ParityReport): string {
  const { outcome, oracles, algorithms, run } = report;
  const ran = oracles.flatMap((oracle) => (oracle.ran ? [`${oracle.name} ${oracle.version}`] : []));
  const answer = { agree: "Yes.", disagree: "No.", "could not run": "It could not be asked." }[outcome];
  return (
    `${answer} ${algorithms.map(({ name }) => name).join(", ")} were held against ${ran.join(", ") || "nobody"} on ` +
    `${run.trials} problems, forward and gradients, ${countComparisons(report).all.toLocaleString("en")} comparisons in all. ` +
    "The truth is a float64 reference that shares no code with either; every element must lie within the bound that is " +
    "proven for it, and where data are small integers it must be equal."
  );
}

/** What a row of the table shows. */
type Row = Pick<
  SummaryRow,
  "oracle" | "pass" | "compared" | "agree" | "oursWrong" | "tfjsWrong" | "expected" | "worstRatio" | "oracleWorstRatio"
>;

/** One row per oracle and pass: sums of counts, the worst of errors. */
function mergeAlgorithms(summary: readonly SummaryRow[]): readonly Row[] {
  const merged = new Map<string, Row>();
  for (const row of summary) {
    const key = `${row.oracle} ${row.pass}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? row : add(known, row));
  }
  return [...merged.values()];
}

function add(a: Row, b: Row): Row {
  return {
    oracle: a.oracle,
    pass: a.pass,
    compared: a.compared + b.compared,
    agree: a.agree + b.agree,
    oursWrong: a.oursWrong + b.oursWrong,
    tfjsWrong: a.tfjsWrong + b.tfjsWrong,
    expected: a.expected + b.expected,
    worstRatio: Math.max(a.worstRatio, b.worstRatio),
    oracleWorstRatio: Math.max(a.oracleWorstRatio, b.oracleWorstRatio),
  };
}

/** How strict the comparisons were. */
function rungsText(summary: readonly SummaryRow[]): string {
  const rungs = Object.keys(summary[0]?.rungs ?? {}) as (keyof SummaryRow["rungs"])[];
  const held = rungs.map((rung) => {
    const count = summary.reduce((sum, row) => sum + row.rungs[rung], 0);
    return `${rung} ${count.toLocaleString("en")} times`;
  });
  return `Each was held to the strongest rung that applies: ${held.join(", ")}.`;
}
