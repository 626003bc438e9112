/**
 * A report as JUnit XML, which every CI system shows: a suite for each pair of oracle and algorithm, in it a test for
 * each case and pass. The suite `oracles` has a test for each oracle: skipped with the reason if it did not run, failed
 * if the run is void without it.
 *
 * @module
 */

import junitReportBuilder, { type Builder } from "junit-report-builder";
import { groupBy } from "../group-by.ts";
import type { ParityReport } from "../report.ts";
import { describeFinding, describeOracle } from "./text.ts";

// The package's types describe its ES module, but Node loads the CommonJS one, which is the builder itself.
const builder = junitReportBuilder as unknown as Builder;

/** The report as JUnit XML. */
export function renderJunit(report: ParityReport): string {
  const junit = builder.newBuilder().name("corr2d-parity");
  const oracles = junit.testSuite().name("oracles").timestamp(report.run.started).time(report.run.seconds);
  for (const oracle of report.oracles) {
    const test = oracles.testCase().className("oracles").name(oracle.name).standardOutput(describeOracle(oracle));
    if (!oracle.ran && report.outcome === "could not run") test.failure(oracle.reason);
    else if (!oracle.ran) test.skipped();
  }
  const run = oracles.testCase().className("oracles").name("outcome");
  if (report.outcome !== "agree") run.failure(report.reasons.join("; "));

  for (const [name, comparisons] of groupBy(report.comparisons, (c) => `${c.algorithm} against ${c.oracle}`)) {
    const suite = junit.testSuite().name(name).timestamp(report.run.started);
    for (const [question, answers] of groupBy(comparisons, (c) => `${c.pass} of ${c.case}`)) {
      const test = suite.testCase().className(name).name(question);
      const wrong = answers.filter(({ verdict, expected }) => verdict !== "agree" && expected === undefined);
      const expected = answers.filter((answer) => answer.expected !== undefined);
      if (wrong.length > 0) test.failure(wrong.map(describeFinding).join("\n"), wrong[0].verdict);
      else if (expected.length > 0) test.standardOutput(expected.map(describeFinding).join("\n"));
    }
  }
  return junit.build();
}
