/**
 * One case in one process: load the variants, let each agree with the truth, then time those that did, in turn.
 *
 * @module
 */

import type { ConvAdapter } from "@corr2d/parity";
import { seededRandom } from "@corr2d/testkit";
import { shuffle } from "simple-statistics";
import { energyCounter } from "#environment";
import type { Outcome } from "../report/results.ts";
import { dataOf } from "../suites/case-data.ts";
import type { Variant } from "../variant.ts";
import { findVariants } from "../variants.ts";
import { digestOf, type Promised, Truth } from "./agreement.ts";
import { type Entry, enter, type Task } from "./entry.ts";
import { ChangingInput, inputOf, mirrorOf } from "./input.ts";
import type { JudgedResult, MeasuredVariant, MeasureJob, Message } from "./job.ts";
import { timeInRounds } from "./rounds.ts";
import { needsTooLong } from "./slow-peers.ts";

/** Announces what comes next, and resolves when the runner has been told. */
export type Announce = (variant: string | null, doing: string) => Promise<void>;

/** A variant that agreed with the truth and waits for the clock. */
interface Candidate {
  readonly variant: Variant;
  readonly adapter: ConvAdapter;
  readonly entry: Entry;
  readonly judged: JudgedResult;
}

/** Threads of a library look for more work when they have none, and fall asleep after that: so long a pause ends all of it. */
const THREADS_REST_MS = 60;

/** Does one job. */
export async function measure(job: MeasureJob, announce: Announce): Promise<Message> {
  const { convCase } = job.benchCase;
  const variants = await findVariants(job.variants, job.adapterModules);
  const data = await dataOf(job.benchCase, job.seed);
  const task = { convCase, pass: job.pass, data, fresh: job.fresh };
  const truth = new Truth(convCase, job.pass, data);

  const random = seededRandom(job.seed, `${convCase.name}/order/${job.process}`).uniform;

  const measured: MeasuredVariant[] = [];
  const candidates: Candidate[] = [];
  // Who comes first gets other places in memory than who comes last.
  for (const variant of shuffle([...variants], random)) {
    const result = await audition(variant, task, truth, job, announce);
    if ("outcome" in result) measured.push(result);
    else candidates.push(result);
  }
  const { timed, selfRounds } = await timeCandidates(candidates, task, truth, random, job, announce);
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
  if (job.threads > 1 && variant.oneThread !== undefined) {
    return without(variant, undefined, "unsupported", variant.oneThread);
  }
  const predicted = name === job.subject ? undefined : needsTooLong(job.predictedMs[name], job);
  if (predicted !== undefined) {
    return without(variant, undefined, "too slow", `${predicted}, judging by its speed on other layers`);
  }

  await announce(name, "loading");
  let adapter: ConvAdapter;
  try {
    adapter = await variant.source.load({ threads: job.threads });
  } catch (error) {
    return without(variant, undefined, "unavailable", reasonOf(error));
  }
  if (job.threads > 1 && adapter.threads !== job.threads) {
    const own = adapter.threads === 1 ? "one thread" : `${adapter.threads} threads`;
    return without(variant, adapter, "unsupported", `it computes on ${own}, whatever is asked for`);
  }
  const supported = adapter.supports(task.convCase, task.pass);
  if (supported !== true) return without(variant, adapter, "unsupported", supported);

  await announce(name, "agreeing with the truth");
  try {
    const entry = await enter(adapter, task, job);
    const result = await entry.prepared.read();
    const digest = digestOf(result);
    const known = job.judged[name];
    const judged: JudgedResult =
      known?.digest === digest
        ? known
        : {
            agreement: truth.judge(result, promisedBy(variant, adapter, task)),
            digest,
            digestOfExchanged: null,
          };
    const { agreement } = judged;
    const drop = (outcome: Outcome, reason: string): MeasuredVariant => {
      entry.prepared.dispose();
      return { ...without(variant, adapter, outcome, reason), judged, roughMs: entry.roughMs };
    };
    if (!agreement.agrees) {
      const factor = agreement.worstErrorOverBound.toPrecision(3);
      return drop("disagrees", `the worst error is ${factor} times what is allowed (${agreement.criterion})`);
    }
    // Without the subject the others are held against nothing.
    const limits = name === job.subject ? { ...job, slowAllowance: Number.POSITIVE_INFINITY } : job;
    const tooLong = needsTooLong(entry.roughMs, limits);
    if (tooLong !== undefined) return drop("too slow", tooLong);
    return { variant, adapter, entry, judged };
  } catch (error) {
    return without(variant, adapter, "failed", reasonOf(error));
  }
}

/** Times the candidates in turn, the subject twice. */
async function timeCandidates(
  candidates: readonly Candidate[],
  task: Task,
  truth: Truth,
  random: () => number,
  job: MeasureJob,
  announce: Announce,
): Promise<{ timed: MeasuredVariant[]; selfRounds: readonly (number | null)[] }> {
  if (candidates.length === 0) return { timed: [], selfRounds: [] };
  const entries = candidates.map(({ variant, entry }) => ({ name: variant.source.name, ...entry }));
  const subject = candidates.find(({ variant }) => variant.source.name === job.subject);
  if (subject !== undefined) {
    // With memory of its own: where arrays happen to lie is part of the noise.
    const twin = await enter(subject.adapter, task, job);
    entries.push({ name: subject.variant.source.name, ...twin });
  }
  const mirror = mirrorOf(job.benchCase, job.pass);
  const input = new ChangingInput(inputOf(job.pass, task.data), mirror, random);
  const rest = job.threads > 1 ? THREADS_REST_MS : 0;
  const joules = energyCounter();
  const schedule = {
    rounds: job.rounds,
    timePerContender: job.timePerVariant,
    rest,
    random,
    ...(joules !== undefined && { joules }),
  };
  const results = await timeInRounds(
    entries.map((entry) => ({ ...entry, beforeEach: () => input.changeOne(entry.prepared) })),
    schedule,
    ({ name }, round) => announce(name, round < 0 ? "warming up" : `round ${round + 1} of ${job.rounds}`),
  );
  const exchanged = new Lazy(() => truth.exchanged(mirror));

  const timed: MeasuredVariant[] = [];
  for (const [index, candidate] of candidates.entries()) {
    const { variant, adapter, entry } = candidate;
    const { medians, runs, joulesPerRun } = results[index];
    await announce(variant.source.name, "agreeing with the truth once more");
    const { fault, judged } = await judgeAgain(candidate, task, input, () => exchanged.value, job);
    const found =
      fault === undefined
        ? { ...without(variant, adapter, "timed", null), rounds: medians, runs, joulesPerRun }
        : without(variant, adapter, "disagrees", fault);
    timed.push({ ...found, judged, scratchBytes: entry.prepared.scratchBytes ?? null, roughMs: entry.roughMs });
  }
  for (const { name, prepared } of entries) {
    try {
      prepared.dispose();
    } catch (error) {
      const index = timed.findIndex(({ variant }) => variant === name);
      const reason = `it cannot be disposed of: ${reasonOf(error)}`;
      timed[index] = without(candidates[index].variant, candidates[index].adapter, "failed", reason);
    }
  }
  return { timed, selfRounds: subject === undefined ? [] : results[candidates.length].medians };
}

/**
 * Asks after the last round whether results still follow the input: the first input must give the first result, the exchanged
 * one the truth about it, and half of it exchanged another result still. Slow variants are asked the second question only.
 */
async function judgeAgain(
  { variant, adapter, entry: { prepared, roughMs }, judged }: Candidate,
  task: Task,
  input: ChangingInput,
  truthOfExchanged: () => Truth,
  job: MeasureJob,
): Promise<{ readonly fault?: string; readonly judged: JudgedResult }> {
  const compute = async (): Promise<Float32Array> => {
    await prepared.run();
    return prepared.read();
  };
  input.exchange(prepared);
  const result = await compute();
  const digestOfExchanged = digestOf(result);
  const again = { ...judged, digestOfExchanged };
  if (job.judged[variant.source.name]?.digestOfExchanged !== digestOfExchanged) {
    const { agrees, worstErrorOverBound, criterion } = truthOfExchanged().judge(
      result,
      promisedBy(variant, adapter, task),
    );
    if (!agrees) {
      const factor = worstErrorOverBound.toPrecision(3);
      const fault = `its result does not follow the input: after that was exchanged the worst error is ${factor} times what is allowed (${criterion})`;
      return { fault, judged };
    }
  }
  if (roughMs > job.timePerVariant) return { judged: again };
  input.restore(prepared);
  if (digestOf(await compute()) !== judged.digest) {
    return { fault: "the result after the last round differs from the one that was judged", judged };
  }
  input.exchangeHalf(prepared);
  if ([judged.digest, digestOfExchanged].includes(digestOf(await compute()))) {
    return {
      fault: "its result does not follow the input: half of that was exchanged, and it stayed the same",
      judged,
    };
  }
  return { judged: again };
}

/** A value that is made when it is first asked for. */
class Lazy<T> {
  readonly #make: () => T;
  #made: { readonly value: T } | undefined;

  constructor(make: () => T) {
    this.#make = make;
  }

  get value(): T {
    this.#made ??= { value: this.#make() };
    return this.#made.value;
  }
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
    joulesPerRun: null,
    roughMs: null,
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
