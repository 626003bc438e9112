/**
 * An implementation that has been prepared for one case and run once: what a clock can be put around.
 *
 * @module
 */

import type { ConvAdapter, PreparedCase } from "@corr2d/parity";
import type { CaseData, ConvCase } from "@corr2d/testkit";
import type { BenchPass } from "../report/results.ts";
import type { MeasureJob } from "./job.ts";

/** A convolution to compute, with its data. */
export interface Task {
  readonly convCase: ConvCase;
  readonly pass: BenchPass;
  readonly data: CaseData;
  /** Whether the weights are new at every call, so that preparing belongs inside the clock. */
  readonly fresh: boolean;
}

/** One prepared implementation. */
export interface Entry {
  readonly prepared: PreparedCase;
  /** What is timed. */
  readonly run: () => void | Promise<void>;
  readonly isAsync: boolean;
  /** How long one call took, in milliseconds; the second one where the first took long. */
  readonly roughMs: number;
}

/** A first call may take this many times as long as the later ones. */
const WARMING_UP = 5;

/** Prepares, runs, and so finds out how long a call takes and whether it has to be awaited. */
export async function enter(
  adapter: ConvAdapter,
  task: Task,
  { slowestRun, timePerVariant }: Pick<MeasureJob, "slowestRun" | "timePerVariant">,
): Promise<Entry> {
  const prepared = await adapter.prepare(task.convCase, task.pass, task.data);
  const steady = () => prepared.run();
  // Even where fresh weights are timed, the result to be judged is that of `prepared`.
  const first = await callOnce(steady);
  const run = task.fresh ? stateless(adapter, task) : steady;
  const call = task.fresh ? await callOnce(run) : first;
  // A first call may have been slow because code was still being compiled; that explains a factor, not an order.
  const deservesAnother = call.ms > timePerVariant && call.ms < WARMING_UP * slowestRun;
  const { ms } = deservesAnother ? await callOnce(run) : call;
  return { prepared, run, isAsync: call.isAsync, roughMs: ms };
}

async function callOnce(run: () => void | Promise<void>): Promise<{ isAsync: boolean; ms: number }> {
  const start = performance.now();
  const running = run();
  const isAsync = running instanceof Promise;
  await running;
  return { isAsync, ms: performance.now() - start };
}

/**
 * One whole call: as the implementation makes it, or it prepares, runs and disposes, without a promise unless the
 * implementation makes one.
 */
function stateless(adapter: ConvAdapter, { convCase, pass, data }: Task): () => void | Promise<void> {
  const runOnce = (prepared: PreparedCase): void | Promise<void> => {
    const running = prepared.run();
    if (running instanceof Promise) return running.finally(() => prepared.dispose());
    prepared.dispose();
  };
  if (adapter.once !== undefined) return () => adapter.once?.(convCase, pass, data);
  return () => {
    const prepared = adapter.prepare(convCase, pass, data);
    return prepared instanceof Promise ? prepared.then(runOnce) : runOnce(prepared);
  };
}
