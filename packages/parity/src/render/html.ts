/**
 * A report as one HTML page that opens from disk: style, script and data are inside, nothing is fetched. The matrix of
 * cases is drawn by the page's script (src/page); everything else is there without it.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { groupBy } from "../group-by.ts";
import type { Divergence } from "../ledger.ts";
import type { ParityReport } from "../report.ts";
import type { TrialRecord } from "../results/trial-record.ts";
import { escapeHtml, escapeScriptData, printableStrings, webAddress } from "./escape.ts";
import { type PageData, pageDataOf } from "./page-data.ts";
import { policyOf } from "./policy.ts";
import { verdictRows } from "./table.ts";
import {
  describeFacts,
  describeFinding,
  describeHeldTo,
  describeOracle,
  describeRefusals,
  lawsAndRequests,
  printableReport,
} from "./text.ts";

/** Built by `npm run build:page` from `src/page`; `src` and `dist` lie beside each other. */
const PAGE_SCRIPT = new URL("../../dist/page/page.js", import.meta.url);
const PAGE_STYLE = new URL("../../dist/page/page.css", import.meta.url);

/** More findings than this are counted, not listed. */
const LISTED_FINDINGS = 40;

/** Columns of the verdict table that hold words. */
const WORD_COLUMNS = 3;

const LEADS: Readonly<Record<ParityReport["outcome"], string>> = {
  agree: "Everything agrees, or differs as the ledger of known divergences expects.",
  disagree: "Something disagrees.",
  "could not run": "The check could not run to its end.",
};

/** The report as a page; `trials` are the points of its matrix, of `total` questions if they are not all. */
export function renderHtml(given: ParityReport, trials: readonly TrialRecord[], total?: number): string {
  const report = printableReport(given);
  const data = printableStrings(pageDataOf(report, trials, total));
  const script = readFileSync(PAGE_SCRIPT, "utf8");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${policyOf(script)}
<title>Parity with TensorFlow.js: ${escapeHtml(report.outcome)}</title>
<style>
${readFileSync(PAGE_STYLE, "utf8")}</style>
</head>
<body>
<header>
<p class="outcome ${report.outcome === "agree" ? "good" : "bad"}">${escapeHtml(report.outcome)}</p>
<h1>Parity with TensorFlow.js</h1>
<p class="lead">${escapeHtml(LEADS[report.outcome])}</p>
${report.reasons.length > 0 ? listOf(report.reasons) : ""}
${keyFigures(report)}
<p class="byline">${escapeHtml(describeFacts(report))}</p>
</header>
<main>
${data.questions.length > 0 ? matrix(data) : ""}
${section("verdicts", "Verdicts", verdictTable(report) + paragraph(describeHeldTo(report)))}
${findings(report)}
${ledger(report)}
${lines("laws", "Laws and impossible requests", lawsAndRequests(report))}
${lines("oracles", "Oracles", report.oracles.map(describeOracle))}
${folded("refusals", "Not asked", describeRefusals(report))}
</main>
${data.questions.length > 0 ? scripts(data, script) : ""}
</body>
</html>
`;
}

function keyFigures({ run, compared, worstOfAlgorithms, disagreements, ledger: met }: ParityReport): string {
  const known = met.reduce((sum, entry) => sum + entry.met, 0);
  const [worst] = worstOfAlgorithms;
  const figures = [
    [count(compared.withOracles), "comparisons with oracles"],
    [count(compared.withReference), "comparisons with the float64 truth"],
    [count(run.trials), "trials"],
    [worst === undefined ? "–" : worst.ratio.toFixed(3), "largest error/bound; 1 is what is proven possible"],
    [count(disagreements.length), "disagreements"],
    [count(known), "known divergences met"],
  ];
  const items = figures.map(
    ([value, label]) => `<div><dd>${escapeHtml(value)}</dd><dt>${escapeHtml(label)}</dt></div>`,
  );
  return `<dl class="figures">${items.join("")}</dl>`;
}

function matrix({ oracles, kinds, questions, total }: PageData): string {
  const option = (value: string, label: string): string =>
    `<option value="${escapeHtml(value)}">${escapeHtml(label)}</option>`;
  const shown =
    questions.length < total
      ? ` Of ${count(total)} questions these are the ${count(questions.length)} that disagree or came nearest to their bound.`
      : "";
  return section(
    "matrix",
    "Every case a point",
    `<p class="note">One block for each algorithm and pass; in a column of blocks a case stands at the same place. The colour
is how near its worst element came to its bound, on a scale of powers of ten.${escapeHtml(shown)}</p>
<form class="filters" id="filters">
<label>Against <select name="oracle">${oracles.map((name) => option(name, name)).join("")}</select></label>
<label>Values <select name="kind">${option("", "all")}${kinds.map((kind) => option(kind, kind)).join("")}</select></label>
<label>Verdict <select name="verdict">${option("", "all")}${option("wrong", "disagree or known ✗")}</select></label>
<label>Order <select name="order">${option("", "as asked")}${option("ratio", "by error/bound")}</select></label>
<label class="search">Case <input name="text" type="search" placeholder="stride, 3×3, pairwise 7 …" autocomplete="off"></label>
</form>
<p class="legend" id="legend" aria-hidden="true"></p>
<div class="canvas" id="chart" role="img" aria-label="Matrix of cases by algorithm and pass, coloured by error over bound. The verdicts stand in the table below."></div>
<p class="note" id="count" role="status"></p>
<section class="detail" id="detail" aria-live="polite"><p class="note">Choose a point to see who answered what.</p></section>`,
  );
}

function verdictTable(report: ParityReport): string {
  const [header, ...rows] = verdictRows(report);
  if (rows.length === 0) return paragraph("Nothing was compared.");
  const isNumber = (column: number): boolean => column >= WORD_COLUMNS;
  const cell = (tag: string, text: string, column: number): string =>
    `<${tag} class="${isNumber(column) ? "number" : "word"}">${escapeHtml(text)}</${tag}>`;
  const head = header.map((text, column) => cell("th", text, column)).join("");
  const body = rows.map((row) => `<tr>${row.map((text, column) => cell("td", text, column)).join("")}</tr>`).join("\n");
  return `<div class="scroll" tabindex="0" role="region" aria-label="Verdicts"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
}

function findings({ disagreements, reductions }: ParityReport): string {
  if (disagreements.length === 0) return "";
  // What went wrong in the same way is told once, with how often; the matrix has every one of them.
  const groups = [...groupBy(disagreements, (d) => JSON.stringify([d.verdict, d.oracle, d.pass, d.case]))];
  const more = groups.length - LISTED_FINDINGS;
  const items = groups.slice(0, LISTED_FINDINGS).map(([, group]) => {
    return describeFinding(group[0]) + (group.length > 1 ? ` (and ${count(group.length - 1)} like it)` : "");
  });
  const programs = reductions.map(
    ({ convCase, algorithm, pass, replay, program }) =>
      `<h3>${escapeHtml(`The smallest that still fails for ${algorithm}: ${pass} of ${convCase}`)}</h3>
<p class="note">Again: <code>${escapeHtml(replay)}</code></p>
<pre tabindex="0">${escapeHtml(program)}</pre>`,
  );
  return section(
    "findings",
    "Findings",
    listOf(more > 0 ? [...items, `and ${count(more)} cases more`] : items) + programs.join("\n"),
  );
}

function ledger({ ledger: met, limitations, vanished }: ParityReport): string {
  type Entry = Pick<Divergence, "id" | "oracle" | "version" | "what" | "why" | "issues">;
  const row = ({ id, oracle, version, what, why, issues }: Entry, seen: string): string => {
    const links = issues.map((issue) => {
      const address = webAddress(issue);
      if (address === undefined) return escapeHtml(issue);
      return `<a href="${escapeHtml(address)}">${escapeHtml(issue.split("/").at(-1) ?? issue)}</a>`;
    });
    return `<tr><td><code>${escapeHtml(id)}</code></td><td>${escapeHtml(`${oracle} ${version}`)}</td>
<td>${escapeHtml(what)}<small>${escapeHtml(why)}</small></td><td>${links.join(", ") || "–"}</td><td class="number">${escapeHtml(seen)}</td></tr>`;
  };
  const rows = [
    ...met.map((entry) => row(entry, count(entry.met))),
    ...limitations.map((limitation) => row(limitation, "still so")),
  ];
  if (rows.length === 0 && vanished.length === 0) return "";
  const gone = vanished.map(({ id, case: name, pass }) => `${id} was expected in ${pass} of "${name}", which agrees`);
  return section(
    "ledger",
    "Known divergences met",
    `<div class="scroll" tabindex="0" role="region" aria-label="Known divergences"><table>
<thead><tr><th>entry</th><th>oracle</th><th>what differs, and why</th><th>issues</th><th class="number">seen</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table></div>${gone.length > 0 ? listOf(gone) : ""}`,
  );
}

function scripts(data: PageData, script: string): string {
  return `<script type="application/json" id="data">${escapeScriptData(JSON.stringify(data))}</script>
<script>${script}</script>`;
}

function lines(id: string, heading: string, items: readonly string[]): string {
  return items.length === 0 ? "" : section(id, heading, listOf(items));
}

/** Lines that are seldom looked for. */
function folded(id: string, heading: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  return section(id, heading, `<details><summary>${count(items.length)} reasons</summary>${listOf(items)}</details>`);
}

function section(id: string, heading: string, content: string): string {
  return `<section id="${id}">\n<h2>${escapeHtml(heading)}</h2>\n${content}\n</section>`;
}

function paragraph(text: string): string {
  return `<p class="note">${escapeHtml(text)}</p>`;
}

function listOf(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("\n")}</ul>`;
}

function count(number: number): string {
  return number.toLocaleString("en");
}
