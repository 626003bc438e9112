/**
 * A report for a terminal and, under headings, as Markdown.
 *
 * @module
 */

import { CASE_PASSES } from "@corr2d/testkit";
import { type Comparison, REFERENCE } from "../compare.ts";
import { groupBy } from "../group-by.ts";
import type { Divergence } from "../ledger.ts";
import type { OracleStatus, ParityReport } from "../report.ts";
import type { Reduction } from "../shrink/reduce.ts";
import type { SupportCount } from "../support.ts";
import { bySimplicity, type Worst } from "../tally.ts";
import type { Rung } from "../verdict.ts";
import { escapeMarkdown, fenced, printableLines, printableStrings } from "./escape.ts";
import { alignedTable, verdictRows } from "./table.ts";

/** More findings than this are counted, not listed; the JSON has them all. */
const LISTED_FINDINGS = 20;
const LISTED_CASES = 10;

/** The report for a terminal. */
export function renderText(given: ParityReport): string {
  const report = printableReport(given);
  const paragraphs = [
    // What a reader came for stands first, and again where a terminal ends.
    conclusion(report),
    ...report.reductions.map((reduction) => `${describeReduction(reduction)}\n\n${indented(reduction.program)}`),
    ...list("Findings, the simplest first:", findings(report), "  "),
    describeFacts(report),
    ...list("Answered:", coverage(report), "  "),
    ...supportTables(report),
    ...list("Known failures:", knownFailures(report), "  "),
    ["Oracles:", ...report.oracles.map((oracle) => `  ${describeOracle(oracle)}`)].join("\n"),
    ...(report.summary.length > 0 ? [alignedTable(verdictRows(report)), describeHeldTo(report)] : []),
    ...list("Nearest to its bound came, of each algorithm:", worst(report.worstOfAlgorithms), "  "),
    ...list("Nearest to their bound came these cases:", worst(report.worstOfCases.slice(0, LISTED_CASES)), "  "),
    ...list("Laws and impossible requests:", lawsAndRequests(report), "  "),
    ...list("Known divergences met (the ledger expects them):", knownDivergences(report), "  "),
    verdictLine(report),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

/** The report as Markdown, such as for the summary of a CI job. */
export function renderMarkdown(given: ParityReport): string {
  const report = printableReport(given);
  const listed = (heading: string, items: readonly string[]): string[] =>
    list(heading, items.map(escapeMarkdown), "- ");
  const table = (): string => alignedTable(verdictRows(report).map((row) => row.map(escapeMarkdown)));
  const paragraphs = [
    `# Parity with TensorFlow.js: ${escapeMarkdown(report.outcome)}`,
    escapeMarkdown(conclusion(report)),
    ...report.reductions.map(
      (reduction) => `${escapeMarkdown(describeReduction(reduction))}\n\n${fenced("js", reduction.program)}`,
    ),
    ...listed("## Findings, the simplest first", findings(report)),
    escapeMarkdown(describeFacts(report)),
    ...listed("## Answered", coverage(report)),
    ...supportTables(report),
    ...listed("## Known failures", knownFailures(report)),
    ...listed("## Oracles", report.oracles.map(describeOracle)),
    ...(report.summary.length > 0 ? ["## Verdicts", table(), describeHeldTo(report)] : []),
    ...listed("## Nearest to their bound", worst(report.worstOfAlgorithms)),
    ...listed("## Cases nearest to their bound", worst(report.worstOfCases.slice(0, LISTED_CASES))),
    ...listed("## Laws and impossible requests", lawsAndRequests(report)),
    ...listed("## Not asked", describeRefusals(report)),
    ...listed("## Known divergences met", knownDivergences(report)),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

/** The report with every string in one printable line, but for programs, which keep theirs. */
export function printableReport(report: ParityReport): ParityReport {
  const programs = report.reductions.map(({ program }) => printableLines(program));
  const printed = printableStrings(report);
  return { ...printed, reductions: printed.reductions.map((reduction, i) => ({ ...reduction, program: programs[i] })) };
}

function list(heading: string, items: readonly string[], bullet: string): string[] {
  if (items.length === 0) return [];
  // A blank line between heading and list is what Markdown wants.
  const separator = heading.startsWith("#") ? "\n\n" : "\n";
  return [heading + separator + items.map((item) => bullet + item).join("\n")];
}

/** What was checked, and where, in one paragraph. */
export function describeFacts({ run, algorithms }: ParityReport): string {
  const shard = run.shard === undefined ? "" : `, shard ${run.shard.index}/${run.shard.count}`;
  const only = run.only === undefined ? "" : `, only ${JSON.stringify(run.only)}`;
  const patterns = (word: string, texts: readonly string[] | undefined): string =>
    texts === undefined ? "" : `, ${word} ${texts.map((text) => JSON.stringify(text)).join(" ")}`;
  const chosen = patterns("include", run.include) + patterns("exclude", run.exclude);
  const left = run.left === undefined ? "" : ` ${run.left} more were left out, the run being over before them.`;
  const path = run.path === undefined ? "" : `, path ${run.path}`;
  const names = algorithms.map(({ name, version }) => `${name} ${version}`).join(", ");
  return (
    `Checked: ${names}. Trials: ${run.trials} (seed ${run.seed}, ${run.cases} generated${path}${shard}${only}${chosen}).${left} ` +
    `${run.parts === undefined ? "" : `Put together from ${run.parts.runs} runs, seeds ${run.parts.seeds.join(", ")}. `}` +
    `Node ${run.node}, ${run.platform}, ${run.seconds.toFixed(1)} s.`
  );
}

/** One line about an oracle: its version, or why it did not run. */
export function describeOracle(oracle: OracleStatus): string {
  if (!oracle.ran) return `${oracle.name} did not run: ${oracle.reason}`;
  return `${oracle.name} ${oracle.version}, ${oracle.threads === 1 ? "1 thread" : `${oracle.threads} threads`}`;
}

/** How often each rung was stood on, and how to read the table. */
export function describeHeldTo({ summary }: ParityReport): string {
  const rows = summary.filter(({ oracle }) => oracle !== REFERENCE);
  const total = (rung: Rung): number => rows.reduce((sum, { rungs }) => sum + rungs[rung], 0);
  return (
    `Held to: the same bits ${total("bit-exact")} times, equality on exact data ${total("exact by data")} times, ` +
    `a bound for each element ${total("per-element bound")} times, the algorithm's normwise bound ${total("normwise bound")} times. Rows "${REFERENCE}" are the float64 truth itself. ` +
    "✗ counts wrong answers, known ones apart; error/bound and ULP are the worst where there is a bound."
  );
}

function worst(entries: readonly Worst[]): string[] {
  return entries.map(({ algorithm, pass, case: name, data, rung, ratio, ulp }) => {
    const ulps = Number.isFinite(ulp) ? `${ulp} ULP` : "not finite";
    return `${algorithm}, ${pass} of "${name}" on ${data} data: ${ratio.toFixed(3)} of the ${rung}, at most ${ulps}`;
  });
}

/** One line for each law, and for each implementation that was asked what is impossible. */
export function lawsAndRequests({ laws, requests }: ParityReport): string[] {
  const ofLaws = [...groupBy(laws, ({ law }) => law)].map(([law, findings]) => {
    const checked = findings.reduce((sum, finding) => sum + finding.checked, 0);
    return checked === 0 ? `${law}: could not be asked` : `${law}: checked ${checked} times, ${broken(findings)}`;
  });
  const ofRequests = [...groupBy(requests, ({ by }) => by)].map(([by, findings]) => {
    const refused = findings.filter((finding) => finding.refused).length;
    const known = findings.filter(({ refused, expected }) => !refused && expected !== undefined).length;
    return `${by} refuses ${refused} of ${findings.length} impossible requests${known > 0 ? `, and answers ${known} as the ledger expects` : ""}`;
  });
  return [...ofLaws, ...ofRequests];
}

function broken(findings: readonly { readonly by: string; readonly reason?: string }[]): string {
  const by = findings.filter(({ reason }) => reason !== undefined).map((finding) => finding.by);
  return by.length === 0 ? "holds" : `broken by ${by.join(", ")}`;
}

function describeReduction({ convCase, algorithm, pass, reason, fixture, replay, isFlaky }: Reduction): string {
  if (isFlaky) return `It cannot be had again for ${algorithm}: ${pass} of ${convCase}, ${reason}. Again: ${replay}.`;
  const kept = fixture === undefined ? "" : ` Kept in ${fixture}.`;
  return `The smallest that still fails for ${algorithm}: ${pass} of ${convCase}, ${reason}. Again: ${replay}.${kept}`;
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "    ");
}

function knownDivergences({ ledger, limitations }: ParityReport): string[] {
  const sentence = ({
    oracle,
    version,
    what,
    issues,
  }: Pick<Divergence, "oracle" | "version" | "what" | "issues">): string =>
    `${oracle} ${version}: ${what}${issues.length > 0 ? ` (${issues.join(", ")})` : ""}`;
  return [
    ...ledger.map((entry) => `${sentence(entry)}; ${entry.met} comparisons`),
    ...limitations.map((limitation) => `${sentence(limitation)}; still so`),
  ];
}

/** How much each was asked, and how much of it it answered. */
function coverage({ coverage: all }: ParityReport): string[] {
  return [...groupBy(all, ({ by }) => by)].map(([by, passes]) => {
    const counts = passes.map(({ pass, answered, refused, beyondReach, normwise }) => {
      const others = [
        ...(refused > 0 ? [`${refused} refused`] : []),
        ...(beyondReach > 0 ? [`${beyondReach} beyond its reach`] : []),
        ...(normwise > 0 ? [`${normwise} answers held to its normwise promise`] : []),
      ];
      return `${pass} of ${answered} cases${others.length > 0 ? ` (${others.join(", ")})` : ""}`;
    });
    return `${by}: ${counts.join("; ")}`;
  });
}

/** What each module has of every feature, pass by pass; of core's algorithms the JSON says it. */
function supportTables({ run, support }: ParityReport): string[] {
  if (run.modules === undefined) return [];
  return [...groupBy(support, ({ by }) => by)].map(([by, counts]) => {
    const rows = [...groupBy(counts, ({ feature }) => feature)].map(([feature, ofPasses]) => [
      feature,
      ...CASE_PASSES.map((pass) => supportCell(ofPasses.find((count) => count.pass === pass))),
    ]);
    return `Features of ${by}, by cases (✓ answered, – refused, ✗ of which wrong):\n\n${alignedTable([["feature", ...CASE_PASSES], ...rows], 1 + CASE_PASSES.length)}`;
  });
}

function supportCell(count: SupportCount | undefined): string {
  if (count === undefined) return "";
  const { answered, wrong, refused } = count;
  return [
    ...(answered > 0 ? [`✓ ${answered}`] : []),
    ...(refused > 0 ? [`– ${refused}`] : []),
    ...(wrong > 0 ? [`✗ ${wrong}`] : []),
  ].join(" ");
}

/** One line for each entry, those that nothing fits and those whose day has passed among them. */
function knownFailures({ known }: ParityReport): string[] {
  return known.map((entry) => {
    const { reason, until, met } = entry;
    const about = `${entry.pass ?? "every pass"} of ${JSON.stringify(entry.case)}: ${reason}`;
    if (entry.isExpired) return `${about}; known until ${until}, which has passed: what fits it fails again`;
    if (met === 0) return `${about}; nothing in this run fits it: strike it out if the run was a whole one`;
    return `${about}; ${met} comparisons, until ${until}`;
  });
}

/** Each failure once, however many oracles saw it, the simplest first: what stands in few elements is soonest understood. */
export function distinctFindings(disagreements: readonly Comparison[]): readonly Comparison[] {
  const culprit = ({ verdict, algorithm, oracle }: Comparison): string =>
    verdict === "tfjs is wrong" ? oracle : algorithm;
  const groups = groupBy(disagreements, (found) => JSON.stringify([found.question, found.verdict, culprit(found)]));
  // The truth is the first to be asked, so its comparison says it best.
  return [...groups.values()]
    .map((group) => group.find(({ oracle }) => oracle === REFERENCE) ?? group[0])
    .sort(bySimplicity);
}

function findings({ disagreements, reasons }: ParityReport): string[] {
  const lines = [
    ...distinctFindings(disagreements).map(describeFinding),
    ...reasons.filter((reason) => !/^(ours|an oracle) is wrong in /.test(reason)),
  ];
  const more = lines.length - LISTED_FINDINGS;
  return more > 0 ? [...lines.slice(0, LISTED_FINDINGS), `and ${more} more`] : lines;
}

/** One finding in one line. */
export function describeFinding(finding: Comparison): string {
  const { verdict, algorithm, oracle, pass, data, case: name, reason, path } = finding;
  const at = path === undefined ? "" : ` (path ${path})`;
  return `${verdict}: ${algorithm} against ${oracle}, ${pass} of "${name}"${at} on ${data} data: ${reason}`;
}

/** What was not asked, by reason. */
export function describeRefusals({ refusals }: ParityReport): string[] {
  return [...groupBy(refusals, ({ reason }) => reason)].map(([reason, group]) => {
    const distinct = (values: readonly string[]): string => [...new Set(values)].join(", ");
    const cases = Math.max(...group.map((refusal) => refusal.cases));
    return `${reason}: ${distinct(group.map(({ by }) => by))}; ${distinct(group.map(({ pass }) => pass))}; ${cases} cases`;
  });
}

function conclusion({ outcome, reasons, compared }: ParityReport): string {
  const number = `${compared.withOracles} comparisons with oracles, ${compared.withReference} with the reference`;
  return `${outcome}: ${outcome === "agree" ? number : reasons.join("; ")}`;
}

/** The verdict for whoever sees the end of a log; its grounds stand at the beginning. */
function verdictLine(report: ParityReport): string {
  const [first] = report.reasons;
  if (report.outcome === "agree" || first === undefined) return conclusion(report);
  const more = report.reasons.length > 1 ? `; and ${report.reasons.length - 1} more reasons, above` : "";
  return `${report.outcome}: ${first}${more}`;
}
