/**
 * A process that does one share of a run, reduces one disagreement of it, or asks an oracle for what is impossible. It is
 * forked by pool.ts, gets its work as its
 * first message and ends when it is done.
 *
 * @module
 */

import { loadModule } from "../check/module-adapter.ts";
import type { Comparison } from "../compare.ts";
import { corr2dAdapter, corr2dNames } from "../corr2d.ts";
import { ACCEPTANCES } from "../ledger.ts";
import { checkRequest, type RequestFinding, survived } from "../negative/check.ts";
import { IMPOSSIBLE_REQUESTS } from "../negative/requests.ts";
import { loadOracle } from "../oracles/known.ts";
import type { TrialRecord } from "../results/trial-record.ts";
import { crashReduction, type Steps, tryToBreak } from "../shrink/crash.ts";
import { type Reduction, reduce } from "../shrink/reduce.ts";
import type { Tally } from "../tally.ts";
import { type RunTask, runTask, type TaskMessage } from "./task.ts";

/** What a process is to do. */
export type Work =
  | { readonly kind: "run"; readonly task: RunTask }
  | { readonly kind: "reduce"; readonly task: RunTask; readonly disagreement: Comparison }
  | { readonly kind: "break"; readonly task: RunTask; readonly disagreement: Comparison; readonly steps: Steps }
  | {
      readonly kind: "tell broken";
      readonly task: RunTask;
      readonly disagreement: Comparison;
      readonly steps: Steps;
      readonly tried: number;
    }
  | { readonly kind: "requests"; readonly oracle: string; readonly first: number };

/** What it tells. The last message is `done` or `failed`. */
export type WorkerMessage =
  | TaskMessage
  | { readonly kind: "reduced"; readonly reduction: Reduction | undefined }
  | { readonly kind: "trying"; readonly step: number }
  | { readonly kind: "crashed"; readonly tally: Tally; readonly record: TrialRecord }
  | { readonly kind: "request"; readonly finding: RequestFinding }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };

/** Ends where there is nobody to tell: whoever gave it its work is gone. */
const tell = (message: WorkerMessage): Promise<void> =>
  new Promise((resolve) => {
    process.send!(message, undefined, {}, (error) => (error === null ? resolve() : process.exit()));
  });
process.once("disconnect", () => process.exit());

process.once("message", async (work: Work) => {
  try {
    if (work.kind === "run") await runTask(work.task, (message) => void tell(message));
    else if (work.kind === "reduce") await tell({ kind: "reduced", reduction: await reduceBy(work) });
    else if (work.kind === "break" || work.kind === "tell broken") await breakBy(work);
    else await askRequests(work);
    await tell({ kind: "done" });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    await tell({ kind: "failed", name, message });
  }
  // A module or a backend may have left something running.
  process.exit();
});

async function breakBy(work: Work & { readonly kind: "break" | "tell broken" }): Promise<void> {
  const { task, disagreement, steps } = work;
  for (const module of task.modules) {
    const adapter = await loadModule(module);
    if (adapter.name !== disagreement.algorithm) continue;
    const options = { ...task, module };
    if (work.kind === "break") {
      await tryToBreak(adapter, disagreement, options, { steps, tell: (step) => tell({ kind: "trying", step }) });
    } else {
      const reduction = await crashReduction(adapter, disagreement, options, { steps, tried: work.tried });
      await tell({ kind: "reduced", reduction });
    }
  }
}

async function reduceBy({ task, disagreement }: Work & { readonly kind: "reduce" }): Promise<Reduction | undefined> {
  const named = corr2dNames().find((name) => `corr2d/${name}` === disagreement.algorithm);
  const candidates = task.modules.length > 0 ? await Promise.all(task.modules.map(loadModule)) : [];
  const place = candidates.findIndex(({ name }) => name === disagreement.algorithm);
  const adapter = candidates[place] ?? (named === undefined ? undefined : corr2dAdapter(named));
  return adapter && reduce(disagreement, adapter, { ...task, module: task.modules[place] });
}

/** Asks request after request, from the `first` on, until one has broken the backend. */
async function askRequests({ oracle, first }: Work & { readonly kind: "requests" }): Promise<void> {
  const adapter = await loadOracle(oracle);
  for (const request of IMPOSSIBLE_REQUESTS.slice(first)) {
    await tell({ kind: "request", finding: await checkRequest(adapter, ACCEPTANCES, request) });
    if (!(await survived(adapter))) return;
  }
}
