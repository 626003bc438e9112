/**
 * What other runtimes are tried with (smoke.ts) holds in the one at hand, with the built package and no test runner around it.
 */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { algorithms } from "@corr2d/core/internals";
import { expect, it } from "vitest";

it("every algorithm of the built package stays within its bounds under plain node", { timeout: 60_000 }, () => {
  const smoke = fileURLToPath(new URL("smoke.ts", import.meta.url));
  const [, results, known] = /^(\d+) results of (\d+) algorithms/.exec(
    execFileSync(process.execPath, [smoke]).toString(),
  )!;
  expect(Number(known)).toBe(algorithms.length);
  expect(Number(results)).toBeGreaterThan(100);
});
