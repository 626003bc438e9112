import { describe, expect, test } from "vitest";
import type { JsonTestResults } from "vitest/node";
import { countVitest, isSuccess, oneCheck, sum, summaryLine } from "../../scripts/tally.ts";

type Status = "passed" | "failed" | "skipped" | "pending" | "todo";

/** The part of Vitest's report that is read. */
function report(files: Readonly<Record<string, { status?: "passed" | "failed"; message?: string; tests: Status[] }>>) {
  return {
    testResults: Object.entries(files).map(([path, { status = "passed", message = "", tests }]) => ({
      name: `/there/${path}`,
      status,
      message,
      assertionResults: tests.map((test, i) => ({ status: test, fullName: `test ${i}` })),
    })),
  } as unknown as JsonTestResults;
}

const count = (files: Parameters<typeof report>[0], folders: string[] = [], failure?: string) =>
  countVitest({ failure, report: report(files) }, "/there", folders);

describe("a run of vitest", () => {
  test("counts what passed, failed and was skipped", () => {
    const outcome = count({
      "packages/core/a.test.ts": { tests: ["passed", "passed", "skipped"] },
      "packages/core/b.test.ts": { status: "failed", tests: ["failed", "passed", "todo"] },
    });
    expect(outcome).toEqual({ passed: 3, failed: 1, skipped: 2, problems: [] });
  });

  test("without a report is a failure, however the process ended", () => {
    for (const failure of ["exit code 1", undefined]) {
      const outcome = countVitest({ failure, report: undefined }, "/there", []);
      expect(outcome).toMatchObject({ passed: 0, failed: 1 });
    }
  });

  test("fails if a file could not be loaded", () => {
    const outcome = count({ "a.test.ts": { status: "failed", message: "Cannot find module", tests: [] } });
    expect(outcome).toEqual({ passed: 0, failed: 1, skipped: 0, problems: ["a.test.ts: Cannot find module"] });
  });

  test("fails if a test did not finish", () => {
    expect(count({ "a.test.ts": { tests: ["passed", "pending"] } })).toMatchObject({ passed: 1, failed: 1 });
  });

  test("fails if a folder executed nothing, skipped tests being nothing", () => {
    const outcome = count(
      { "packages/core/a.test.ts": { tests: ["passed"] }, "apps/bench/b.test.ts": { tests: ["skipped"] } },
      ["packages/core", "apps/bench"],
    );
    expect(outcome).toEqual({ passed: 1, failed: 1, skipped: 1, problems: ["apps/bench: no test was executed"] });
  });

  test("fails if vitest failed although every test passed (an error outside of tests)", () => {
    expect(count({ "a.test.ts": { tests: ["passed"] } }, [], "exit code 1")).toMatchObject({ passed: 1, failed: 1 });
  });
});

test("a step is one check", () => {
  expect(oneCheck([])).toEqual({ passed: 1, failed: 0, skipped: 0, problems: [] });
  expect(oneCheck(["exit code 2", "and more"])).toMatchObject({ passed: 0, failed: 1 });
});

test("the last line is the sum, and success needs something that passed", () => {
  const total = sum([oneCheck([]), oneCheck(["no"]), { passed: 5, failed: 0, skipped: 2 }]);
  expect(summaryLine(total)).toBe("6 passed, 1 failed, 2 skipped");
  expect(isSuccess(total)).toBe(false);
  expect(isSuccess(sum([]))).toBe(false);
  expect(isSuccess(sum([oneCheck([])]))).toBe(true);
});
