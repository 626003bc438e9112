/**
 * Loaded before a test file: when its tests have run, notes which functions of which files of ours were called.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";
import { hashOf } from "./hash.ts";

const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: false, detailed: false });

afterAll(() => {
  session.post("Profiler.takePreciseCoverage", (error, coverage) => {
    if (error) throw error;
    const called: Record<string, string[]> = {};
    for (const { url, functions } of coverage.result) {
      if (!url.startsWith("file:") || url.includes("/node_modules/")) continue;
      const names = functions.filter(({ ranges }) => ranges[0]!.count > 0).map(({ functionName }) => functionName);
      called[fileURLToPath(url)] = [...new Set(names)];
    }
    writeFileSync(join(process.env.CORR2D_REACH!, hashOf(expect.getState().testPath!)), JSON.stringify(called));
  });
  session.disconnect();
});
