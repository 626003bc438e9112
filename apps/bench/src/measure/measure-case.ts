/**
 * One case in as many fresh processes as asked for. A variant that takes a process down is named, set aside, and the
 * others are measured without it. One that changes its whole process has processes of its own, between the others'; beside it
 * the subject has a process of its own, too, so that what processes alone make different is known. Slow variants take part in
 * as many processes as their allowance lasts for.
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
}

/** A variant's findings of all processes. */
export interface PooledVariant extends Omit<MeasuredVariant, "rounds"> {
  readonly rounds: RoundTimes;
}

/** How to go about it. */
export interface CaseOptions {
  readonly processes: number;
  readonly silenceLimit: number;
  readonly onStep: (process: number, variant: string | null, doing: string) => void;
}

/** Variants that are measured in one process, and what its runs have found. */
interface Group {
  readonly names: readonly string[];
  readonly finished: { variants: readonly MeasuredVariant[]; selfRounds: readonly (number | null)[] }[];
}

/** What a job says of a case, whichever process it is for. */
export type CaseJob = Omit<MeasureJob, "process" | "judged">;

/** Measures one case; groups take turns, process by process. */
export async function measureCase(job: CaseJob, options: CaseOptions): Promise<MeasuredCase> {
  const failed = new Map<string, MeasuredVariant>();
  const shared: Group = { names: job.variants.filter((name) => !needsOwnProcess(name)), finished: [] };
  const own = job.variants.filter(needsOwnProcess).map((name): Group => ({ names: [name], finished: [] }));
  const twin: Group = { names: job.subject === null ? [] : [job.subject], finished: [] };
  for (let process = 0; process < options.processes; process++) {
    for (const group of [shared, ...own]) await measureOnce({ ...job, process }, group, failed, options);
    const isJudgedApart = own.some(({ finished }) => finished.at(-1)?.variants[0]?.outcome === "timed");
    if (isJudgedApart) await measureOnce({ ...job, process, subject: null }, twin, new Map(failed), options);
  }
  const finished = [shared, ...own].flatMap((group) => group.finished);
  const variants = job.variants.map((name) => pool(name, failed.get(name), finished));
  return {
    variants,
    selfRounds: shared.finished.map(({ selfRounds }) => selfRounds),
    selfRoundsApart: twin.finished.flatMap(({ variants }) => variants.map(({ rounds }) => rounds)),
  };
}

/** Starts processes until one finishes or nobody is left to be measured. */
async function measureOnce(
  job: Omit<MeasureJob, "judged">,
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
function canAfford(first: readonly MeasuredVariant[], name: string, job: Omit<MeasureJob, "judged">): boolean {
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
  return {
    ...found[0],
    rounds: found.map(({ rounds }) => rounds),
    runs: found.reduce((total, { runs }) => total + runs, 0),
  };
}
