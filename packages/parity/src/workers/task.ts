/**
 * What one process does of a run: load who is to be asked, ask its share of the trials, and tell what it finds. Everything
 * that goes in or out is plain data, so that it can be another process.
 *
 * @module
 */

import { CASES, SPATIAL_CASES, type SpatialCase } from "@corr2d/testkit";
import { askable, type ConvAdapter } from "../adapter.ts";
import { loadModule } from "../check/module-adapter.ts";
import { type AskedQuestion, compare } from "../compare.ts";
import { corr2dAdapter } from "../corr2d.ts";
import { pairwiseCases } from "../generate/pairwise.ts";
import type { KnownFailure } from "../known-failures.ts";
import { checkLaws, type LawFinding } from "../laws/check.ts";
import { ACCEPTANCES, type Acceptance, type Divergence, LEDGER, type Limitation } from "../ledger.ts";
import { checkRequests, type RequestFinding } from "../negative/check.ts";
import { POSSIBLE } from "../negative/requests.ts";
import { findOracle } from "../oracles/known.ts";
import { LIMITATIONS } from "../oracles/limitations.ts";
import { trialId } from "../record.ts";
import type { OracleStatus } from "../report.ts";
import { recordTrial, setupId, type TrialRecord } from "../results/trial-record.ts";
import { addTally, emptyTally, type Tally, tallyTrial } from "../tally.ts";
import { type Shard, selectTrials, type Trial } from "../trials.ts";

/** What is asked, by names. */
export interface RunTask {
  readonly seed: number;
  readonly cases: number;
  readonly path: string | undefined;
  readonly only: string | undefined;
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
  readonly own: readonly SpatialCase[] | undefined;
  /** When to stop, in milliseconds since 1970. */
  readonly until: number | undefined;
  /** Whether to stop at the first disagreement. */
  readonly failFast: boolean;
  readonly known: readonly KnownFailure[];
  readonly shard: Shard | undefined;
  readonly regressions: string | undefined;
  readonly oracles: readonly string[];
  readonly require: readonly string[];
  readonly algorithms: readonly string[];
  /** Files of modules to be checked in the place of algorithms. */
  readonly modules: readonly string[];
  /** Whether this share asks for laws, impossible requests and limitations, which no trial does. */
  readonly general: boolean;
  /** Whether the records of every trial are wanted. */
  readonly records: boolean;
  /** Ids of trials that have been done. */
  readonly skip: readonly string[];
}

/** Who was loaded. */
export interface Loaded {
  readonly kind: "loaded";
  readonly oracles: readonly OracleStatus[];
  readonly algorithms: readonly { readonly name: string; readonly version: string }[];
}

/** What was found in the trials since the last time. */
export interface Found {
  readonly kind: "found";
  readonly done: number;
  readonly total: number;
  readonly trial: string;
  /** Ids of the trials. */
  readonly trials: readonly string[];
  readonly tally: Tally;
  readonly records: readonly TrialRecord[];
}

/** What was found beside the trials. */
export interface GeneralFindings {
  readonly kind: "general";
  readonly laws: readonly LawFinding[];
  readonly requests: readonly RequestFinding[];
  readonly limitations: readonly (Omit<Limitation, "holds"> & { readonly held: boolean })[];
}

/** Who is about to be asked what; if nothing follows, that is where it ended. */
export interface Asking {
  readonly kind: "asking";
  readonly what: string;
  /** Where it is about a trial. */
  readonly about?: AskedTrial;
}

/** A question of a trial that somebody is being asked, so that it can be told if there is no answer. */
export interface AskedTrial {
  readonly by: string;
  readonly setup: string;
  readonly trial: Omit<Trial, "data">;
  readonly question: AskedQuestion;
}

/** What a share tells, in this order. */
export type TaskMessage = Loaded | Asking | GeneralFindings | Found;

/** What cannot be told by names. */
export interface Given {
  readonly adapters?: readonly ConvAdapter[] | undefined;
  readonly ledger?: readonly Divergence[] | undefined;
  readonly acceptances?: readonly Acceptance[] | undefined;
}

/** Findings are told each time this many trials are done. */
const TRIALS_PER_MESSAGE = 16;
/** How often a process says that it is at work. */
const BEAT_MS = 5_000;
/** Laws are about shapes: every pairwise case, and of the table as many again. */
const LAW_CASES_OF_TABLE = 30;

/**
 * Does a share.
 *
 * @throws RangeError for names there are none of, Error for a module that cannot be loaded.
 */
export async function runTask(task: RunTask, tell: (message: TaskMessage) => void, given: Given = {}): Promise<void> {
  const { ledger = LEDGER, acceptances = ACCEPTANCES } = given;
  const algorithms = given.adapters ?? [
    ...task.algorithms.map(corr2dAdapter),
    ...(await Promise.all(task.modules.map(loadModule))),
  ];
  const { oracles, statuses } = await loadOracles(task);
  const about = algorithms.map(({ name, version }) => ({ name, version }));
  tell({ kind: "loaded", oracles: statuses, algorithms: about });
  const isVoid = oracles.length === 0 || statuses.some(({ name, ran }) => !ran && task.require.includes(name));
  if (isVoid) return;

  if (task.general) tell(await generalFindings(task, algorithms, oracles, acceptances, tell));
  const skip = new Set(task.skip);
  const trials = (await selectTrials(task)).filter((trial) => skip.size === 0 || !skip.has(trialId(trial)));
  let tally = emptyTally();
  let records: TrialRecord[] = [];
  let ids: string[] = [];
  let hasFailed = false;
  const setup = setupId({ algorithms, oracles });
  // An untrusted module may end or hang the process: whoever watches must know where.
  const isUntrusted = task.modules.length > 0;
  // Core always comes to an end: on a machine with much to do it is slow, not silent.
  const beat = isUntrusted ? undefined : setInterval(() => tell({ kind: "asking", what: "core" }), BEAT_MS);
  await compare({
    algorithms,
    oracles,
    trials,
    ledger,
    known: task.known,
    isOver: () => (task.until !== undefined && Date.now() > task.until) || (task.failFast && hasFailed),
    onAsk: isUntrusted ? (by, trial, question) => tell(askingAbout(by, setup, trial, question)) : undefined,
    onTrial(done, total, trial, found) {
      const { convCase } = trial;
      const own = tallyTrial(found, trial);
      hasFailed ||= own.disagreements.length > 0;
      addTally(tally, own);
      ids.push(trialId(trial));
      if (task.records) records.push(recordTrial(trial, found, setup));
      // A block may be the last one: after each of its trials that is a multiple, all is told.
      if (done % TRIALS_PER_MESSAGE !== 0 && done !== total) return;
      tell({ kind: "found", done, total, trial: convCase.name, trials: ids, tally, records });
      tally = emptyTally();
      [records, ids] = [[], []];
    },
  });
  clearInterval(beat);
  for (const adapter of algorithms) await adapter.dispose?.();
}

function askingAbout(by: string, setup: string, { data: _, ...trial }: Trial, question: AskedQuestion): Asking {
  const { pass, kind } = question;
  const what = `${by} about ${pass} of "${trial.convCase.name}" on ${kind} data`;
  return { kind: "asking", what, about: { by, setup, trial, question } };
}

/** Whether a run is about certain cases, so that nothing else is wanted. */
export function asksForOneThing({
  only,
  path,
  include,
  own,
}: Pick<RunTask, "only" | "path"> & Partial<Pick<RunTask, "include" | "own">>): boolean {
  return only !== undefined || path !== undefined || include !== undefined || own !== undefined;
}

async function loadOracles({ oracles, require }: RunTask): Promise<{
  readonly oracles: readonly ConvAdapter[];
  readonly statuses: readonly OracleStatus[];
}> {
  const loaded: ConvAdapter[] = [];
  const statuses: OracleStatus[] = [];
  for (const { name, load } of [...new Set([...oracles, ...require])].map(findOracle)) {
    try {
      const oracle = await load();
      loaded.push(oracle);
      statuses.push({ name, ran: true, version: oracle.version, threads: oracle.threads });
    } catch (error) {
      statuses.push({ name, ran: false, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { oracles: loaded, statuses };
}

async function generalFindings(
  { seed, ...asked }: RunTask,
  algorithms: readonly ConvAdapter[],
  oracles: readonly ConvAdapter[],
  acceptances: readonly Acceptance[],
  tell: (message: TaskMessage) => void,
): Promise<GeneralFindings> {
  if (asksForOneThing(asked)) return { kind: "general", laws: [], requests: [], limitations: [] };
  const laws: LawFinding[] = [];
  const requests: RequestFinding[] = [];
  const cases = [...CASES.slice(0, LAW_CASES_OF_TABLE), ...SPATIAL_CASES, ...pairwiseCases()];
  for (const adapter of algorithms) {
    tell({ kind: "asking", what: `${adapter.name} about the laws` });
    laws.push(...(await checkLaws(adapter, { cases, seed })));
  }
  // Oracles are asked in processes of their own (workers/requests.ts): TensorFlow.js does not always survive it.
  for (const adapter of algorithms) {
    // The requests are for convolutions, which not everybody has.
    const asked = askable(adapter, POSSIBLE, "forward");
    if (asked !== true && asked.beyondReach) continue;
    tell({ kind: "asking", what: `${adapter.name} for what is impossible` });
    requests.push(...(await checkRequests(adapter, acceptances)));
  }
  const limitations: (Omit<Limitation, "holds"> & { held: boolean })[] = [];
  for (const { holds, ...about } of LIMITATIONS) {
    if (oracles.some(({ name }) => name === about.oracle)) limitations.push({ ...about, held: await holds() });
  }
  return { kind: "general", laws, requests, limitations };
}
