/**
 * A report as JUnit XML, which every CI system shows: a suite for each pair of oracle and algorithm, in it a test for
 * each pass and one more for each comparison that disagrees; a suite of laws and one of requests for each implementation.
 * The suite `oracles` has a test for each oracle: skipped with the reason if it did not run, failed if the run is void
 * without it.
 *
 * @module
 */

import junitReportBuilder, { type Builder } from "junit-report-builder";
import { groupBy } from "../group-by.ts";
import { lacking, type ParityReport } from "../report.ts";
import { describeFinding, describeOracle, printableReport } from "./text.ts";

// The package's types describe its ES module, but Node loads the CommonJS one, which is the builder itself.
const builder = junitReportBuilder as unknown as Builder;

/** The report as JUnit XML. */
export function renderJunit(given: ParityReport): string {
  const report = withoutCdataEnd(printableReport(given));
  const junit = builder.newBuilder().name("corr2d-parity");
  const oracles = junit.testSuite().name("oracles").timestamp(report.run.started).time(report.run.seconds);
  for (const oracle of report.oracles) {
    const test = oracles.testCase().className("oracles").name(oracle.name).standardOutput(describeOracle(oracle));
    if (!oracle.ran && report.reasons.includes(lacking(oracle))) test.failure(oracle.reason);
    else if (!oracle.ran) test.skipped();
  }
  const run = oracles.testCase().className("oracles").name("outcome");
  if (report.outcome !== "agree") run.failure(report.reasons.join("; "));

  const disagreements = groupBy(report.disagreements, suiteOf);
  for (const [name, rows] of groupBy(report.summary, suiteOf)) {
    const suite = junit.testSuite().name(name).timestamp(report.run.started);
    for (const { pass, compared, agree, expected } of rows) {
      const counts = `${compared} comparisons, ${agree} agree, ${expected} differ as the ledger expects`;
      suite.testCase().className(name).name(pass).standardOutput(counts);
    }
    for (const wrong of disagreements.get(name) ?? []) {
      const test = suite.testCase().className(name).name(`${wrong.pass} of ${wrong.case} on ${wrong.data} data`);
      test.failure(describeFinding(wrong), wrong.verdict);
    }
  }
  const laws = report.laws.map((law) => ({ ...law, name: law.law, about: `${law.checked} cases` }));
  const requests = report.requests.map((request) => ({ ...request, name: request.request, about: request.what }));
  for (const [kind, findings] of [
    ["laws", laws],
    ["impossible requests", requests],
  ] as const) {
    for (const [name, group] of groupBy<(typeof laws)[number] | (typeof requests)[number]>(
      findings,
      ({ by }) => `${kind}: ${by}`,
    )) {
      const suite = junit.testSuite().name(name).timestamp(report.run.started);
      for (const finding of group) {
        const test = suite.testCase().className(name).name(finding.name).standardOutput(finding.about);
        if (finding.reason !== undefined) test.failure(finding.reason);
      }
    }
  }
  return junit.build();
}

/** The builder writes messages as CDATA sections, which these three characters would end. */
function withoutCdataEnd<V>(value: V): V {
  if (typeof value === "string") return value.replaceAll("]]>", "]] >") as V;
  if (Array.isArray(value)) return value.map(withoutCdataEnd) as V;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutCdataEnd(part)])) as V;
}

function suiteOf({ algorithm, oracle }: { readonly algorithm: string; readonly oracle: string }): string {
  return `${algorithm} against ${oracle}`;
}
