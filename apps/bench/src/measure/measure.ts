/**
 * One case in one process: load the variants, let each agree with the truth, then time those that did, in turn.
 *
 * @module
 */

import type { ConvAdapter } from "@corr2d/parity";
import { seededRandom } from "@corr2d/testkit";
import type { Outcome } from "../report/results.ts";
import { dataOf } from "../suites/case-data.ts";
import { findVariants, type Variant } from "../variants.ts";
import { digestOf, type Promised, Truth } from "./agreement.ts";
import { type Entry, enter, type Task } from "./entry.ts";
import type { JudgedResult, MeasuredVariant, MeasureJob, Message } from "./job.ts";
import { timeInRounds } from "./rounds.ts";

/** Announces what comes next, and resolves when the runner has been told. */
export type Announce = (variant: string | null, doing: string) => Promise<void>;

/** A variant that agreed with the truth and waits for the clock. */
interface Candidate {
  readonly variant: Variant;
  readonly adapter: ConvAdapter;
  readonly entry: Entry;
  readonly judged: JudgedResult;
}

/** Does one job. */
export async function measure(job: MeasureJob, announce: Announce): Promise<Message> {
  const { convCase } = job.benchCase;
  const variants = await findVariants(job.variants, job.adapterModules);
  const data = await dataOf(job.benchCase, job.seed);
  const task = { convCase, pass: job.pass, data, fresh: job.fresh };
  const truth = new Truth(convCase, job.pass, data);

  const measured: MeasuredVariant[] = [];
  const candidates: Candidate[] = [];
  for (const variant of variants) {
    const result = await audition(variant, task, truth, job, announce);
    if ("outcome" in result) measured.push(result);
    else candidates.push(result);
  }
  const { timed, selfRounds } = await timeCandidates(candidates, task, job, announce);
  return { kind: "measured", variants: [...measured, ...timed], selfRounds };
}

/** Loads a variant and holds its first result against the truth. */
async function audition(
  variant: Variant,
  task: Task,
  truth: Truth,
  job: MeasureJob,
  announce: Announce,
): Promise<Candidate | MeasuredVariant> {
  const { name } = variant.source;
  const conceivable = variant.supports?.(task.convCase, task.pass) ?? true;
  if (conceivable !== true) return without(variant, undefined, "unsupported", conceivable);

  await announce(name, "loading");
  let adapter: ConvAdapter;
  try {
    adapter = await variant.source.load();
  } catch (error) {
    return without(variant, undefined, "unavailable", reasonOf(error));
  }
  const supported = adapter.supports(task.convCase, task.pass);
  if (supported !== true) return without(variant, adapter, "unsupported", supported);

  await announce(name, "agreeing with the truth");
  try {
    const entry = await enter(adapter, task, job.slowestRun);
    const result = await entry.prepared.read();
    const digest = digestOf(result);
    const known = job.judged[name];
    const agreement =
      known?.digest === digest ? known.agreement : truth.judge(result, promisedBy(variant, adapter, task));
    const judged = { agreement, digest };
    const drop = (outcome: Outcome, reason: string): MeasuredVariant => {
      entry.prepared.dispose();
      return { ...without(variant, adapter, outcome, reason), judged };
    };
    if (!agreement.agrees) {
      const factor = agreement.worstErrorOverBound.toPrecision(3);
      return drop("disagrees", `the worst error is ${factor} times what is allowed (${agreement.criterion})`);
    }
    if (entry.roughMs > job.slowestRun) {
      const run = `${(entry.roughMs / 1000).toFixed(1)} s`;
      return drop("too slow", `one run takes ${run}, more than the limit of ${job.slowestRun / 1000} s`);
    }
    return { variant, adapter, entry, judged };
  } catch (error) {
    return without(variant, adapter, "failed", reasonOf(error));
  }
}

/** Times the candidates in turn, the subject twice. */
async function timeCandidates(
  candidates: readonly Candidate[],
  task: Task,
  job: MeasureJob,
  announce: Announce,
): Promise<{ timed: MeasuredVariant[]; selfRounds: readonly (number | null)[] }> {
  if (candidates.length === 0) return { timed: [], selfRounds: [] };
  const entries = candidates.map(({ variant, entry }) => ({ name: variant.source.name, ...entry }));
  const subject = candidates.find(({ variant }) => variant.source.name === job.subject);
  if (subject !== undefined) {
    // With memory of its own: where arrays happen to lie is part of the noise.
    const twin = await enter(subject.adapter, task, job.slowestRun);
    entries.push({ name: subject.variant.source.name, ...twin });
  }
  const random = seededRandom(job.seed, `${task.convCase.name}/order`).uniform;
  const schedule = { rounds: job.rounds, timePerContender: job.timePerVariant, random };
  const results = await timeInRounds(entries, schedule, ({ name }, round) =>
    announce(name, round < 0 ? "warming up" : `round ${round + 1} of ${job.rounds}`),
  );

  const timed: MeasuredVariant[] = [];
  for (const [index, { variant, adapter, entry, judged }] of candidates.entries()) {
    const { medians, runs } = results[index];
    // A result that changes while nothing else does was not computed from its inputs.
    const repeatable = digestOf(await entry.prepared.read()) === judged.digest;
    const found = repeatable
      ? { ...without(variant, adapter, "timed", null), rounds: medians, runs }
      : without(variant, adapter, "disagrees", "the result after the last round differs from the one that was judged");
    timed.push({ ...found, judged, scratchBytes: entry.prepared.scratchBytes ?? null });
  }
  for (const { prepared } of entries) prepared.dispose();
  return { timed, selfRounds: subject === undefined ? [] : results[candidates.length].medians };
}

/** What a variant promises about this case: as its facts say, or as the implementation itself says where that is less. */
export function promisedBy(
  { promised }: Pick<Variant, "promised">,
  adapter: ConvAdapter,
  { convCase, pass }: Pick<Task, "convCase" | "pass">,
): Promised {
  if (promised.precision !== "float32") return promised;
  return { ...promised, normwise: adapter.promises?.(convCase, pass).normwise };
}

/** What is known of a variant before, or without, timing it. */
function without(
  variant: Variant,
  adapter: ConvAdapter | undefined,
  outcome: Outcome,
  reason: string | null,
): MeasuredVariant {
  return {
    variant: variant.source.name,
    version: adapter?.version ?? null,
    threads: adapter?.threads ?? null,
    outcome,
    reason,
    judged: null,
    scratchBytes: null,
    rounds: [],
    runs: 0,
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
