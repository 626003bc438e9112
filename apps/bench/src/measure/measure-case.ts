/**
 * One case in as many fresh processes as asked for. A variant that takes a process down is named, set aside, and the
 * others are measured without it.
 *
 * @module
 */

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

/** Measures one case. */
export async function measureCase(job: MeasureJob, options: CaseOptions): Promise<MeasuredCase> {
  const failed = new Map<string, MeasuredVariant>();
  const finished: { variants: readonly MeasuredVariant[]; selfRounds: readonly (number | null)[] }[] = [];
  while (finished.length < options.processes) {
    const variants = job.variants.filter((name) => !failed.has(name));
    if (variants.length === 0) break;
    const ending = await runInChild(
      { ...job, variants, judged: judgedResults(finished[0]?.variants ?? []) },
      {
        silenceLimit: options.silenceLimit,
        onStep: (variant, doing) => options.onStep(finished.length, variant, doing),
      },
    );
    if (ending.kind === "answered" && ending.answer.kind === "measured") {
      finished.push(ending.answer);
    } else if (ending.kind === "failed") {
      // Where nobody in particular was at work, nobody can be measured.
      for (const name of ending.variant === null ? variants : [ending.variant]) {
        failed.set(name, failure(name, ending.reason));
      }
    }
  }
  return {
    variants: job.variants.map((name) => pool(name, failed.get(name), finished)),
    selfRounds: finished.map(({ selfRounds }) => selfRounds),
  };
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
