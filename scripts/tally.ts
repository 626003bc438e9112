/**
 * Counts what was checked, so that nothing which did not run can pass: a runner that died, a file that could not be
 * loaded, a test that never finished and a folder whose tests were not executed are failures.
 *
 * @module
 */

import { relative, sep } from "node:path";
import type { JsonTestResults } from "vitest/node";

/** How many checks passed, failed, were skipped. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A tally and, in words, what failed that no test says of itself. */
export interface Outcome extends Tally {
  readonly problems: readonly string[];
}

/** Sum of tallies. */
export function sum(tallies: readonly Tally[]): Tally {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const tally of tallies) {
    passed += tally.passed;
    failed += tally.failed;
    skipped += tally.skipped;
  }
  return { passed, failed, skipped };
}

/** The line a run ends with. */
export function summaryLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Whether a run is a success: something ran and nothing failed. */
export function isSuccess({ passed, failed }: Tally): boolean {
  return passed > 0 && failed === 0;
}

/** A step that is one check: passed without problems, failed with them. */
export function oneCheck(problems: readonly string[]): Outcome {
  const failed = problems.length > 0;
  return { passed: failed ? 0 : 1, failed: failed ? 1 : 0, skipped: 0, problems };
}

/** What Vitest left: how its process ended, and its JSON report if it wrote one. */
export interface VitestRun {
  /** Why the process did not end with code 0; `undefined` if it did. */
  readonly failure: string | undefined;
  readonly report: JsonTestResults | undefined;
}

/**
 * Counts a run of Vitest.
 *
 * @param root folder of the workspace; paths in the result are relative to it.
 * @param folders each must have executed at least one test.
 */
export function countVitest({ failure, report }: VitestRun, root: string, folders: readonly string[]): Outcome {
  if (report === undefined) return oneCheck([`vitest wrote no report: ${failure ?? "it ended as if all were well"}`]);
  let [passed, failed, skipped] = [0, 0, 0];
  const problems: string[] = [];
  const executed = new Set<string>();
  for (const file of report.testResults) {
    const path = relative(root, file.name).replaceAll(sep, "/");
    let failedHere = 0;
    for (const { status, fullName } of file.assertionResults) {
      if (status === "passed") passed++;
      else if (status === "failed") failedHere++;
      else if (status === "pending") {
        failedHere++;
        problems.push(`${path}: "${fullName}" did not finish`);
      } else skipped++;
      if (status === "passed" || status === "failed") executed.add(path);
    }
    if (file.status === "failed" && failedHere === 0) {
      failedHere++;
      problems.push(`${path}: ${file.message || "failed outside of its tests"}`);
    }
    failed += failedHere;
  }
  for (const folder of folders) {
    if ([...executed].some((path) => path.startsWith(`${folder}/`))) continue;
    failed++;
    problems.push(`${folder}: no test was executed`);
  }
  if (failure !== undefined && failed === 0) {
    failed++;
    problems.push(`no test failed, yet vitest did: ${failure}`);
  }
  return { passed, failed, skipped, problems };
}
