/**
 * One case in as many fresh processes as asked for. A variant that takes a process down is named, set aside, and the
 * others are measured without it. One that changes its whole process has processes of its own, between the others'.
 *
 * @module
 */

import { needsOwnProcess } from "../variants.ts";
import { runInChild } from "./child.ts";
import type { JudgedResult, MeasuredVariant, MeasureJob } from "./job.ts";

/** What all processes found out about one case. */
export interface MeasuredCase {
  readonly variants: readonly PooledVariant[];
  /** Rounds of the subject's twin, by process. */
  readonly selfRounds: readonly (readonly (number | null)[])[];
}

/** A variant's findings of all processes. */
export interface PooledVariant extends Omit<MeasuredVariant, "rounds"> {
  readonly rounds: readonly (readonly (number | null)[])[];
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

/** Measures one case; groups take turns, process by process. */
export async function measureCase(job: MeasureJob, options: CaseOptions): Promise<MeasuredCase> {
  const failed = new Map<string, MeasuredVariant>();
  const groups = groupsOf(job.variants);
  for (let process = 0; process < options.processes; process++) {
    for (const group of groups) await measureOnce(job, group, failed, options);
  }
  const finished = groups.flatMap((group) => group.finished);
  return {
    variants: job.variants.map((name) => pool(name, failed.get(name), finished)),
    selfRounds: groups
      .filter(({ names }) => job.subject !== null && names.includes(job.subject))
      .flatMap((group) => group.finished.map(({ selfRounds }) => selfRounds)),
  };
}

/** Those who can share a process, and each who cannot. */
function groupsOf(names: readonly string[]): readonly Group[] {
  const shared = names.filter((name) => !needsOwnProcess(name));
  const own = names.filter(needsOwnProcess).map((name) => [name]);
  return [shared, ...own].filter(({ length }) => length > 0).map((group) => ({ names: group, finished: [] }));
}

/** Starts processes until one finishes or nobody is left to be measured. */
async function measureOnce(
  job: MeasureJob,
  { names, finished }: Group,
  failed: Map<string, MeasuredVariant>,
  options: CaseOptions,
): Promise<void> {
  for (;;) {
    const variants = names.filter((name) => !failed.has(name));
    if (variants.length === 0) return;
    const ending = await runInChild(
      { ...job, variants, judged: judgedResults(finished[0]?.variants ?? []) },
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
