/**
 * One case in as many fresh processes as asked for. A variant that takes a process down is named, set aside, and the
 * others are measured without it. One that changes its whole process has processes of its own, between the others'; beside it
 * the subject has a process of its own, too, so that what processes alone make different is known. Slow variants take part in
 * as many processes as their allowance lasts for. Where several threads are asked for, those who were timed on one are timed on
 * these, in processes that have them, between the others.
 *
 * @module
 */

import { runInChild } from "#child";
import type { RoundTimes } from "../statistics/ratio.ts";
import { needsOwnProcess } from "../variants.ts";
import type { JudgedResult, MeasuredVariant, MeasureJob } from "./job.ts";
import { affordableProcesses } from "./slow-peers.ts";

/** What all processes found out about one case. */
export interface MeasuredCase {
  readonly variants: readonly PooledVariant[];
  /** Rounds of the subject's twin, by process. */
  readonly selfRounds: RoundTimes;
  /** The same of a twin that had processes of its own; none where no variant has. */
  readonly selfRoundsApart: RoundTimes;
  /** By number of threads, as asked for. */
  readonly threaded: readonly MeasuredOnThreads[];
}

/** What was found with several threads, of those who were timed on one. */
export interface MeasuredOnThreads {
  readonly threads: number;
  readonly variants: readonly PooledVariant[];
  readonly selfRounds: RoundTimes;
}

/** A variant's findings of all processes. */
export interface PooledVariant extends Omit<MeasuredVariant, "rounds"> {
  readonly rounds: RoundTimes;
}

/** How to go about it. */
export interface CaseOptions {
  readonly processes: number;
  /** Numbers of threads to measure with beside one. */
  readonly threads?: readonly number[];
  readonly silenceLimit: number;
  readonly onStep: (process: number, variant: string | null, doing: string) => void;
}

/** Variants that are measured in one process, and what its runs have found. */
interface Group {
  readonly names: readonly string[];
  readonly threads: number;
  readonly finished: { variants: readonly MeasuredVariant[]; selfRounds: readonly (number | null)[] }[];
}

/** What a job says of a case, whichever process it is for. */
export type CaseJob = Omit<MeasureJob, "process" | "judged" | "threads">;

/** A job of one process, but for what others have judged. */
type ProcessJob = Omit<MeasureJob, "judged">;

/** Measures one case; groups take turns, process by process. */
export async function measureCase(job: CaseJob, options: CaseOptions): Promise<MeasuredCase> {
  const onOne = groupsOf(job, 1);
  const onSeveral = (options.threads ?? []).map((threads) => groupsOf(job, threads));
  const twin: Group = { names: job.subject === null ? [] : [job.subject], threads: 1, finished: [] };
  for (let process = 0; process < options.processes; process++) {
    for (const group of onOne.groups) await measureOnce({ ...job, process, threads: 1 }, group, onOne.failed, options);
    const isJudgedApart = onOne.groups
      .slice(1)
      .some(({ finished }) => finished.at(-1)?.variants[0]?.outcome === "timed");
    if (isJudgedApart) {
      await measureOnce({ ...job, process, threads: 1, subject: null }, twin, new Map(onOne.failed), options);
    }
    const timed = job.variants.filter((name) => pooled(name, onOne).outcome === "timed");
    for (const { groups, failed } of onSeveral) {
      for (const group of groups) {
        const names = group.names.filter((name) => timed.includes(name));
        const subject = job.subject !== null && names.includes(job.subject) ? job.subject : null;
        await measureOnce({ ...job, process, threads: group.threads, subject }, { ...group, names }, failed, options);
      }
    }
  }
  const variants = job.variants.map((name) => pooled(name, onOne));
  const timed = variants.filter(({ outcome }) => outcome === "timed").map(({ variant }) => variant);
  return {
    variants,
    selfRounds: onOne.groups[0].finished.map(({ selfRounds }) => selfRounds),
    selfRoundsApart: twin.finished.flatMap(({ variants }) => variants.map(({ rounds }) => rounds)),
    threaded: onSeveral.map((several) => ({
      threads: several.groups[0].threads,
      variants: timed.map((name) => pooled(name, several)),
      selfRounds: several.groups[0].finished.map(({ selfRounds }) => selfRounds),
    })),
  };
}

/** Everybody on so many threads: those who share processes first, then each that has its own; and who failed at that. */
interface Crowd {
  readonly groups: readonly Group[];
  readonly failed: Map<string, MeasuredVariant>;
}

function groupsOf({ variants }: CaseJob, threads: number): Crowd {
  const group = (names: readonly string[]): Group => ({ names, threads, finished: [] });
  const shared = group(variants.filter((name) => !needsOwnProcess(name)));
  return { groups: [shared, ...variants.filter(needsOwnProcess).map((name) => group([name]))], failed: new Map() };
}

function pooled(name: string, { groups, failed }: Crowd): PooledVariant {
  return pool(
    name,
    failed.get(name),
    groups.flatMap(({ finished }) => finished),
  );
}

/** Starts processes until one finishes or nobody is left to be measured. */
async function measureOnce(
  job: ProcessJob,
  { names, finished }: Group,
  failed: Map<string, MeasuredVariant>,
  options: CaseOptions,
): Promise<void> {
  for (;;) {
    const first = finished[0]?.variants ?? [];
    const variants = names.filter((name) => !failed.has(name) && canAfford(first, name, job));
    if (variants.length === 0) return;
    const ending = await runInChild(
      { ...job, variants, judged: judgedResults(first) },
      {
        silenceLimit: options.silenceLimit,
        onStep: (variant, doing) => options.onStep(finished.length, variant, doing),
      },
    );
    if (ending.kind === "answered" && ending.answer.kind === "measured") {
      finished.push(ending.answer);
      return;
    }
    if (ending.kind === "failed") {
      // Where nobody in particular was at work, nobody can be measured.
      for (const name of ending.variant === null ? variants : [ending.variant]) {
        failed.set(name, failure(name, ending.reason));
      }
    }
  }
}

/** Whether a variant takes part in this process: after the first of them it is known how long it takes. */
function canAfford(first: readonly MeasuredVariant[], name: string, job: ProcessJob): boolean {
  const known = first.find(({ variant }) => variant === name);
  if (known === undefined) return true;
  if (name === job.subject) return known.outcome === "timed";
  return known.outcome === "timed" && job.process < affordableProcesses(known.roughMs, job);
}

function judgedResults(variants: readonly MeasuredVariant[]): Record<string, JudgedResult> {
  return Object.fromEntries(variants.flatMap(({ variant, judged }) => (judged === null ? [] : [[variant, judged]])));
}

function failure(variant: string, reason: string): MeasuredVariant {
  return {
    variant,
    version: null,
    threads: null,
    outcome: "failed",
    reason,
    judged: null,
    scratchBytes: null,
    rounds: [],
    runs: 0,
    joulesPerRun: null,
    roughMs: null,
  };
}

/** One variant over all processes: what went wrong in one of them counts for all. */
function pool(
  name: string,
  failed: MeasuredVariant | undefined,
  finished: readonly { readonly variants: readonly MeasuredVariant[] }[],
): PooledVariant {
  const found = finished.flatMap(({ variants }) => variants.filter(({ variant }) => variant === name));
  const decisive = failed ?? found.find(({ outcome }) => outcome !== "timed");
  if (decisive !== undefined) return { ...decisive, rounds: [], runs: 0 };
  const runs = found.reduce((total, one) => total + one.runs, 0);
  const told = found.every(({ joulesPerRun }) => joulesPerRun !== null);
  const joules = found.reduce((total, one) => total + (one.joulesPerRun ?? 0) * one.runs, 0);
  return {
    ...found[0],
    rounds: found.map(({ rounds }) => rounds),
    runs,
    joulesPerRun: told && runs > 0 ? joules / runs : null,
  };
}
