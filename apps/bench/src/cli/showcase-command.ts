/**
 * The main job: the edges of a photograph, the parity check against every TensorFlow.js backend, a quick benchmark, and
 * one report about it all.
 *
 * @module
 */

import { stdout } from "node:process";
import { type ParityReport, runParity } from "@corr2d/parity";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import { BenchRun, THOROUGHNESS } from "../measure/bench-run.ts";
import { makeFolder } from "../report/output-folder.ts";
import { countComparisons } from "../report/sections/parity.ts";
import { writeReport } from "../report/write.ts";
import { type EdgeShowcase, showEdges } from "../showcase/edge-showcase.ts";
import { benchTasks, commandLine, exitCodeOf, resultTables } from "./bench-command.ts";
import { runTasks } from "./tasks.ts";

/** Generated cases beside parity's table: enough to meet every combination, few enough for a showcase. */
const PARITY_CASES = 60;

/** Enough for an interval, few enough for a showcase. */
const SHOWCASE_PROCESSES = 4;

/** Does it all; resolves to the exit code. */
export async function runShowcase({ out, seed }: { readonly out: string; readonly seed: number }): Promise<number> {
  await makeFolder(out);
  const run = await BenchRun.plan({
    ...THOROUGHNESS.quick,
    processes: SHOWCASE_PROCESSES,
    suites: ["quick", "images", "scaling"],
    ours: ["naive", "im2col", "tiled", "auto", "function"],
    pass: "forward",
    fresh: false,
    quick: true,
    seed,
    command: commandLine(["showcase"]),
  });
  const found: { showcase?: EdgeShowcase; parity?: ParityReport; page?: string } = {};
  const { ended } = await runTasks([
    {
      title: "edges of a photograph, and of the photograph shifted",
      run: async () => {
        found.showcase = await showEdges(PHOTOGRAPHS.camera);
        const { compared, different } = found.showcase.finding;
        return different === 0
          ? `the response shifts along, equal in all ${compared} cells`
          : `${different} of ${compared} cells differ`;
      },
    },
    {
      title: "parity with TensorFlow.js",
      run: async (say) => {
        found.parity = await runParity({
          seed,
          cases: PARITY_CASES,
          observer: { onTrial: (done, total, name) => say(`${done} of ${total}: ${name}`) },
        });
        const { outcome, oracles } = found.parity;
        const missing = oracles.flatMap((oracle) =>
          oracle.ran ? [] : [`; ${oracle.name} did not run: ${oracle.reason}`],
        );
        return `${outcome}, ${countComparisons(found.parity).all} comparisons${missing.join("")}`;
      },
    },
    ...benchTasks(run),
    {
      title: "report",
      run: async () => (found.page = await writeReport(out, { bench: run.report(true), ...found })),
    },
  ]);
  if (ended !== undefined) throw ended;
  const { parity, showcase, page } = found;
  stdout.write(`\n${resultTables(run.report(), ["quick"])}\n\nThe report is ${page}\n`);
  const agrees = parity?.outcome === "agree" && showcase?.finding.different === 0;
  return agrees ? exitCodeOf(run.report()) : 1;
}
