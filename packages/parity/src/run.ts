/**
 * A run of the parity check, from names and numbers to a report: share out the trials, compare, reduce what disagrees,
 * conclude.
 *
 * @module
 */

import type { ConvAdapter } from "./adapter.ts";
import { type Comparison, REFERENCE } from "./compare.ts";
import { corr2dAdapter, corr2dNames } from "./corr2d.ts";
import { excuseOf, type KnownFailure } from "./known-failures.ts";
import { type Acceptance, type Divergence, LEDGER } from "./ledger.ts";
import { findOracle, KNOWN_ORACLES } from "./oracles/known.ts";
import { trialId } from "./record.ts";
import { type DeadWorker, makeReport, type OracleStatus, type ParityReport, type ReportParts } from "./report.ts";
import { recordTrial, type TrialRecord } from "./results/trial-record.ts";
import { type Reduction, reduce } from "./shrink/reduce.ts";
import { addTally, emptyTally, tallyTrial } from "./tally.ts";
import type { Shard, TrialOptions } from "./trials.ts";
import { type End, reduceCrash, requestsOf, runWorker } from "./workers/pool.ts";
import {
  type AskedTrial,
  type Asking,
  asksForOneThing,
  type GeneralFindings,
  type Loaded,
  type RunTask,
  runTask,
} from "./workers/task.ts";
import type { WorkerMessage } from "./workers/worker.ts";

/** Problems generated beside the table unless said otherwise. */
export const DEFAULT_CASES = 1000;
/** Seed of the generated cases, unless another is named. */
export const DEFAULT_SEED = 1;

/** A process that says nothing for so long is taken for dead. */
export const DEFAULT_SILENCE_SECONDS = 60;

/** A module that refuses more of the cases within its reach than it answers has not been checked. */
export const DEFAULT_COVERAGE = 0.5;

/** Of more disagreements than this only the first are reduced. */
const MAX_REDUCTIONS = 3;

/** What to check; everything has a default. */
export interface ParityOptions
  extends Pick<TrialOptions, "shard" | "only" | "include" | "exclude" | "own" | "path" | "regressions"> {
  /** Of data and generated problems. */
  readonly seed?: number | undefined;
  /** How many problems to generate beside the table. */
  readonly cases?: number | undefined;
  /** Names of oracles. Default: all. */
  readonly oracles?: readonly string[] | undefined;
  /** Oracles without which the run is void. They are asked whether or not `oracles` names them. */
  readonly require?: readonly string[] | undefined;
  /** Names of core's algorithms. Default: all, and `auto`. */
  readonly algorithms?: readonly string[] | undefined;
  /** Implementations to check instead of core's. They are asked in this process, whatever `jobs` says. */
  readonly adapters?: readonly ConvAdapter[] | undefined;
  /** Files of modules to check instead of core's algorithms (check/module-adapter.ts). */
  readonly modules?: readonly string[] | undefined;
  /** Processes to share the trials among. Default: 0, which is this one alone. */
  readonly jobs?: number | undefined;
  /** Of the cases within a module's reach, the share that it has to answer in each pass. */
  readonly coverage?: number | undefined;
  /** How long to ask trials: what is not begun by then is left out, and the report says so. */
  readonly seconds?: number | undefined;
  /** Whether each process stops after the trials in which it first sees a disagreement. */
  readonly failFast?: boolean | undefined;
  /** How long a process may say nothing. */
  readonly silenceSeconds?: number | undefined;
  /** Failures of what is checked that are known, each until a day. */
  readonly known?: readonly KnownFailure[] | undefined;
  /** What is known to differ. Default: the ledger of this package. */
  readonly ledger?: readonly Divergence[] | undefined;
  readonly acceptances?: readonly Acceptance[] | undefined;
  /** Ids of trials that have been done and are left out. */
  readonly skip?: readonly string[] | undefined;
  /** Whether to ask for laws, impossible requests and limitations as well. Default: in the first shard. */
  readonly general?: boolean | undefined;
  readonly observer?: RunObserver | undefined;
}

/** Told how far a run has come. */
export interface RunObserver {
  /** Told of each oracle whether it can be had. */
  readonly onOracle?: ((status: OracleStatus) => void) | undefined;
  /** Told of each trial that is done. */
  readonly onTrial?: ((done: number, total: number, caseName: string) => void) | undefined;
  /** Told who is asked, before anything is. */
  readonly onLoaded?: ((loaded: Loaded) => void) | undefined;
  /** Told the records of every trial, as they come. */
  readonly onRecords?: ((records: readonly TrialRecord[]) => void) | undefined;
  /** Told what was found beside the trials. */
  readonly onGeneral?: ((found: GeneralFindings) => void) | undefined;
}

/**
 * Runs the check.
 *
 * An oracle that cannot be had is named in the report with the reason, and the run goes on without it, unless it is
 * required: then nothing is compared and the outcome is `could not run`. The same outcome has a run of which a process
 * died.
 *
 * @throws RangeError for the name of an oracle or algorithm there is none of, or a path at which no problem lies.
 * @example
 * ```ts
 * const report = await runParity({ oracles: ["tfjs-cpu"], algorithms: ["tiled"], only: "stride 2", seed: 7, cases: 20 });
 * report.outcome; // → "agree"
 * ```
 */
export async function runParity(options: ParityOptions = {}): Promise<ParityReport> {
  const { require = [], modules = [], jobs = 0, ledger = LEDGER, adapters, observer = {} } = options;
  const oracles = options.oracles ?? KNOWN_ORACLES.map(({ name }) => name);
  for (const name of [...oracles, ...require]) findOracle(name);
  const algorithms = modules.length > 0 ? [] : (options.algorithms ?? corr2dNames());
  for (const name of algorithms) corr2dAdapter(name);
  const task: RunTask = {
    seed: options.seed ?? DEFAULT_SEED,
    cases: options.cases ?? DEFAULT_CASES,
    path: options.path,
    only: options.only,
    include: options.include,
    exclude: options.exclude,
    own: options.own,
    until: options.seconds === undefined ? undefined : Date.now() + 1000 * options.seconds,
    failFast: options.failFast ?? false,
    known: options.known ?? [],
    shard: options.shard,
    regressions: options.regressions,
    oracles,
    require,
    algorithms,
    modules,
    // One shard of a run is enough to ask what no trial does.
    general: options.general ?? (options.shard?.index ?? 1) === 1,
    records: observer.onRecords !== undefined,
    skip: options.skip ?? [],
  };
  const started = new Date();
  const silenceMs = 1000 * (options.silenceSeconds ?? DEFAULT_SILENCE_SECONDS);

  const collected = new Collection(Math.max(1, jobs), observer, task.until !== undefined || task.failFast);
  const deadWorkers: DeadWorker[] = [];
  if (adapters !== undefined || jobs === 0) {
    const { ledger: known, acceptances } = options;
    await runTask(task, (message) => collected.take(0, message), { adapters, ledger: known, acceptances });
  } else {
    const shares = Array.from({ length: jobs }, (_, share) => shareOf(task, share, jobs));
    const ends = await Promise.all(
      shares.map((share, i) => runShare(share, (message) => collected.take(i, message), silenceMs)),
    );
    for (const [worker, end] of ends.entries()) {
      if (end.kind === "failed") throw asError(end);
      if (end.kind === "died") deadWorkers.push({ worker: worker + 1, reason: end.reason });
    }
  }
  const { tally, loaded, general } = collected;
  const willing = (loaded?.oracles ?? []).filter(
    ({ ran }) => ran && task.general && !asksForOneThing(task) && tally.trials > 0,
  );
  const ofOracles = (await Promise.all(willing.map(({ name }) => requestsOf(name, silenceMs)))).flat();
  const requests = [...(general?.requests ?? []), ...ofOracles];
  if (general !== undefined && general.laws.length > 0) observer.onGeneral?.({ ...general, requests });
  const { reductions, unreduced } = await reduceSome(tally.disagreements, task, adapters, jobs, silenceMs);
  const { seed, cases, path, shard, only } = task;
  return makeReport({
    run: {
      seed,
      cases,
      trials: tally.trials,
      path,
      shard,
      only,
      ...(modules.length > 0 && { modules }),
      ...(options.include !== undefined && { include: options.include }),
      ...(options.exclude !== undefined && { exclude: options.exclude }),
      ...(collected.left > 0 && { left: collected.left }),
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      started: started.toISOString(),
      seconds: (Date.now() - started.getTime()) / 1000,
    },
    oracles: loaded?.oracles ?? [],
    required: require,
    algorithms: loaded?.algorithms ?? [],
    tally,
    ...(modules.length > 0 && { leastCoverage: options.coverage ?? DEFAULT_COVERAGE }),
    ...(general && { laws: general.laws, limitations: general.limitations }),
    requests,
    ledger,
    known: task.known,
    deadWorkers,
    reductions,
    unreduced,
  });
}

/** A module that breaks its process so often is not asked any more. */
const MAX_RESTARTS = 8;

/**
 * Runs a share in a process. A module that ends, hangs or kills it has given an answer, which is wrong; another process goes on
 * with the other trials.
 */
async function runShare(task: RunTask, take: (message: WorkerMessage) => void, silenceMs: number): Promise<End> {
  let share = task;
  for (let restarts = 0; ; restarts++) {
    const done: string[] = [];
    let asking: Asking | undefined;
    let general = share.general;
    const end = await runWorker(
      { kind: "run", task: share },
      (message) => {
        if (message.kind === "asking") asking = message;
        if (message.kind === "general") general = false;
        if (message.kind === "found") done.push(...message.trials);
        take(message);
      },
      silenceMs,
    );
    if (end.kind !== "died" || asking?.about === undefined) return end;
    take(crashOf(asking.about, end.reason, task.known));
    if (restarts === MAX_RESTARTS) return { kind: "done" };
    share = { ...share, general, skip: [...share.skip, ...done, trialId(asking.about.trial)] };
  }
}

/** The trial in which a process was broken, as one whose answer is wrong. */
function crashOf(
  { by, setup, trial, question }: AskedTrial,
  how: string,
  known: readonly KnownFailure[],
): WorkerMessage {
  const { convCase, seed, path } = trial;
  const { id, kind, pass, elements } = question;
  const failure = { case: convCase.name, pass, values: kind, reason: `${CRASHED} ${how}` };
  const comparison: Comparison = {
    question: id,
    case: convCase.name,
    data: kind,
    seed,
    ...(path !== undefined && { path }),
    pass,
    algorithm: by,
    oracle: REFERENCE,
    elements,
    rung: "exact by data",
    verdict: "ours is wrong",
    ...excuseOf(known, failure, new Date()),
  };
  const found = { comparisons: [comparison], refusals: [], vanished: [] };
  return { kind: "crashed", tally: tallyTrial(found, trial), record: recordTrial(trial, found, setup) };
}

const CRASHED = "it broke the process that asked it:";

/** What all shares have told, put together as it comes. */
class Collection {
  readonly tally: ReturnType<typeof emptyTally> = emptyTally();
  loaded: Loaded | undefined;
  general: GeneralFindings | undefined;
  private readonly observer: RunObserver;
  private readonly done: number[];
  private readonly totals: number[];
  private readonly isStopped: boolean;

  /** @param isStopped whether a share may end before its trials do. */
  constructor(shares: number, observer: RunObserver, isStopped: boolean) {
    this.isStopped = isStopped;
    this.observer = observer;
    this.done = Array.from({ length: shares }, () => 0);
    this.totals = [...this.done];
  }

  /** Trials that were not begun when the time was up, or after the first disagreement. */
  get left(): number {
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    return this.isStopped ? sum(this.totals) - sum(this.done) : 0;
  }

  take(share: number, message: WorkerMessage): void {
    const { onLoaded, onOracle, onTrial, onRecords } = this.observer;
    if (message.kind === "loaded") {
      // All shares load the same; one is enough to tell.
      if (this.loaded !== undefined) return;
      this.loaded = message;
      for (const status of message.oracles) onOracle?.(status);
      onLoaded?.(message);
    } else if (message.kind === "general") {
      if (message.laws.length > 0 || this.general === undefined) this.general = message;
    } else if (message.kind === "crashed") {
      addTally(this.tally, message.tally);
      onRecords?.([message.record]);
    } else if (message.kind === "found") {
      addTally(this.tally, message.tally);
      if (message.records.length > 0) onRecords?.(message.records);
      [this.done[share], this.totals[share]] = [message.done, message.total];
      const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
      onTrial?.(sum(this.done), sum(this.totals), message.trial);
    }
  }
}

/** The share of one process of several: trials are dealt out in turn, first among shards, then among processes. */
function shareOf(task: RunTask, share: number, jobs: number): RunTask {
  const { index, count }: Shard = task.shard ?? { index: 1, count: 1 };
  const shard = { index: index + count * share, count: count * jobs };
  return { ...task, shard, general: task.general && share === 0 };
}

async function reduceSome(
  disagreements: readonly Comparison[],
  task: RunTask,
  adapters: readonly ConvAdapter[] | undefined,
  jobs: number,
  silenceMs: number,
): Promise<Required<Pick<ReportParts, "reductions" | "unreduced">>> {
  const byTruth = disagreements.filter(({ verdict, oracle }) => verdict === "ours is wrong" && oracle === REFERENCE);
  // One of each kind: what fails one pass of an algorithm in many ways is most often one mistake.
  const kinds = new Map(
    byTruth.map((found) => [`${found.algorithm} ${found.pass}`, found]).reverse() as [string, Comparison][],
  );
  const reductions: Reduction[] = [];
  const unreduced: string[] = [];
  for (const disagreement of [...kinds.values()].slice(0, MAX_REDUCTIONS)) {
    if (disagreement.reason?.startsWith(CRASHED)) {
      const reduction = await reduceCrash(task, disagreement, silenceMs);
      if (reduction !== undefined) reductions.push(reduction);
    } else if (jobs > 0 && adapters === undefined) {
      const collect = (message: WorkerMessage): void => {
        if (message.kind === "reduced" && message.reduction !== undefined) reductions.push(message.reduction);
      };
      const end = await runWorker({ kind: "reduce", task, disagreement }, collect, silenceMs);
      if (end.kind !== "done") unreduced.push(unreducedBecause(disagreement, end));
    } else {
      const adapter = (adapters ?? task.algorithms.map(corr2dAdapter)).find(
        ({ name }) => name === disagreement.algorithm,
      );
      const reduction = adapter && (await reduce(disagreement, adapter, task));
      if (reduction !== undefined) reductions.push(reduction);
    }
  }
  return { reductions, unreduced };
}

/** Why the failure of a case stays as large as it was found. */
function unreducedBecause({ algorithm, pass, case: name }: Comparison, end: Exclude<End, { kind: "done" }>): string {
  const reason = end.kind === "failed" ? end.message : end.reason;
  return `${algorithm}: the failure of ${pass} in "${name}" could not be made smaller: ${reason}`;
}

function asError({ name, message }: { readonly name: string; readonly message: string }): Error {
  const types: Readonly<Record<string, new (message: string) => Error>> = { RangeError, TypeError };
  return new (types[name] ?? Error)(message);
}
