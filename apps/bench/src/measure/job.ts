/**
 * What the runner and its worker processes say to each other. One worker does one job and ends.
 *
 * @module
 */

import type { Agreement, BenchPass, Ceiling, Outcome } from "../report/results.ts";
import type { BenchCase } from "../suites/suite.ts";

/** What a worker is asked to do. */
export type Job = MeasureJob | FirstCallJob | CeilingJob;

/** Measure the peak of plain arithmetic. */
export interface CeilingJob {
  readonly kind: "ceilings";
}

/** Time the first calls of layers, by one variant, in the process as it was started. */
export interface FirstCallJob {
  readonly kind: "first calls";
  /** In this order. */
  readonly cases: readonly BenchCase[];
  readonly pass: BenchPass;
  readonly variant: string;
  readonly adapterModules: readonly string[];
  readonly seed: number;
}

/** Time one convolution by several variants in turn. */
export interface MeasureJob {
  readonly kind: "measure";
  readonly benchCase: BenchCase;
  readonly pass: BenchPass;
  readonly fresh: boolean;
  /** How many threads each variant is to compute with; one, unless there are to be several. */
  readonly threads: number;
  readonly variants: readonly string[];
  /** The variant that is timed twice, as a noise floor. */
  readonly subject: string | null;
  /** Modules that bring further variants. */
  readonly adapterModules: readonly string[];
  readonly seed: number;
  /** Which of the processes of this case this is, from 0: each draws orders of its own. */
  readonly process: number;
  readonly timePerVariant: number;
  readonly rounds: number;
  readonly slowestRun: number;
  /** What the calls of a slow variant may take over all processes of this case, in milliseconds. */
  readonly slowAllowance: number;
  /** How long a run takes, in milliseconds, of those whose speed is known from other cases. */
  readonly predictedMs: Readonly<Record<string, number>>;
  /** Results that an earlier process has judged. The same bits need not be judged again. */
  readonly judged: Readonly<Record<string, JudgedResult>>;
}

/** A verdict, and the result it belongs to. */
export interface JudgedResult {
  readonly agreement: Agreement;
  /** Digest of the result's bits. */
  readonly digest: string;
  /** The same of the result after the input was exchanged; null until that was done. */
  readonly digestOfExchanged: string | null;
}

/** What a worker says. */
export type Message =
  /** About to do something; if nothing follows, this is what it died of. */
  | { readonly kind: "step"; readonly variant: string | null; readonly doing: string }
  | {
      readonly kind: "measured";
      readonly variants: readonly MeasuredVariant[];
      readonly selfRounds: readonly (number | null)[];
    }
  /** By how many milliseconds the first call of each case took longer than a later one. */
  | { readonly kind: "first calls"; readonly aboveSteadyMs: readonly number[] }
  | { readonly kind: "ceilings"; readonly ceilings: readonly Ceiling[] }
  /** The job as a whole cannot be done. */
  | { readonly kind: "refused"; readonly reason: string };

/** What a worker found out about one variant. */
export interface MeasuredVariant {
  readonly variant: string;
  readonly version: string | null;
  readonly threads: number | null;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly judged: JudgedResult | null;
  readonly scratchBytes: number | null;
  /** Median time of each round in milliseconds; null where it sat the round out. Empty unless timed. */
  readonly rounds: readonly (number | null)[];
  /** Calls that were timed. */
  readonly runs: number;
  /** Energy of a call; null where nobody tells it. */
  readonly joulesPerRun: number | null;
  /** How long its first calls took, in milliseconds; null if it was not run. */
  readonly roughMs: number | null;
}
