/**
 * How long the road from a call to the loop that computes is, by V8's precise coverage: functions with a name that run, and
 * the files that they stand in.
 */

import { Session } from "node:inspector/promises";
import { conv2d, plan, zeros } from "@corr2d/core";
import { expect, it } from "vitest";

/** Functions of core that run during `run`, as `file: name`. */
async function functionsOf(session: Session, run: () => void): Promise<readonly string[]> {
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await session.post("Profiler.takePreciseCoverage");
  run();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  await session.post("Profiler.stopPreciseCoverage");
  return result
    .filter(({ url }) => url.includes("/core/src/"))
    .flatMap(({ url, functions }) =>
      functions
        .filter(({ functionName, ranges }) => functionName !== "" && ranges[0].count > 0)
        .map(({ functionName }) => `${url.split("/core/src/")[1]}: ${functionName}`),
    );
}

const filesOf = (functions: readonly string[]): number => new Set(functions.map((name) => name.split(": ")[0])).size;

it("is no longer than it was: a call whose engine is there, and a planned run", async () => {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  const [x, filter] = [zeros([1, 16, 16, 8]), zeros([3, 3, 8, 8])];
  conv2d(zeros([1, 17, 17, 8]), filter); // makes the engine, and its code for kernels of this kind
  const once = await functionsOf(session, () => conv2d(x, filter));
  expect(once).toContain("operation/call.ts: call");
  expect(once.length).toBeLessThanOrEqual(169);
  expect(filesOf(once)).toBeLessThanOrEqual(40);
  const planned = plan(conv2d, x.shape, filter);
  const y = new Float32Array(14 * 14 * 8);
  planned.run(x.data, y);
  const run = await functionsOf(session, () => planned.run(x.data, y));
  expect(run).toContain("operation/planned.ts: run");
  expect(run.length).toBeLessThanOrEqual(27);
  session.disconnect();
});
