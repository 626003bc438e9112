/**
 * What a benchmark run found, as plain data: the JSON file, the Markdown table and the HTML page are all made of this.
 * Times are milliseconds, speeds GFLOP/s with the definition's 2 · N · outH · outW · kh · kw · (inC / groups) · outC
 * operations whatever the algorithm does, ratios are time of the other variant / time of the subject (above 1 the
 * subject is faster). null stands for "does not apply" or "could not be had".
 *
 * @module
 */

import type { ConvCase } from "@corr2d/testkit";
import type { Interval, RoundTimes, Verdict } from "../statistics/ratio.ts";
import type { PowerLaw } from "../statistics/slope.ts";

/** Raised whenever a reader of older files would misunderstand a newer one. */
export const SCHEMA_VERSION = 2;

/** The passes that can be timed. */
export type BenchPass = "forward" | "inputGradient" | "filterGradient";

/** A whole run. */
export interface BenchReport {
  readonly kind: "corr2d-bench";
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** When the run began, ISO 8601. */
  readonly created: string;
  /** Whether the run came to its end; else it was interrupted, or is still under way. */
  readonly complete: boolean;
  /** What could not be measured, and other things that a reader should know, in sentences. */
  readonly remarks: readonly string[];
  readonly settings: Settings;
  readonly environment: Environment;
  readonly ceilings: readonly Ceiling[];
  readonly variants: readonly VariantFacts[];
  readonly cases: readonly CaseResult[];
  readonly slopes: readonly Slope[];
  /** By class of layer, where a suite asks for it. */
  readonly firstCalls?: readonly FirstCalls[];
}

/** What was asked for. */
export interface Settings {
  readonly suites: readonly string[];
  readonly filter: string | null;
  readonly pass: BenchPass;
  /** Weights packed inside the clock too (stateless calls), or once beforehand (steady). */
  readonly fresh: boolean;
  readonly quick: boolean;
  readonly seed: number;
  /** Time each variant is measured for in one process, in milliseconds. */
  readonly timePerVariant: number;
  /** Rounds A B A B in one process. */
  readonly rounds: number;
  /** Fresh processes per case. */
  readonly processes: number;
  /** A variant one run of which takes longer, in milliseconds, is not timed. */
  readonly slowestRun: number;
  /** The variant that ratios speak about. */
  readonly subject: string | null;
  /** With how many threads everybody who can is timed too, beside the one thread that all are timed with. */
  readonly threads: readonly number[];
}

/** Where it was measured. */
export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  /** null where it cannot be known. */
  readonly memoryBytes: number | null;
  /** What the processor can do, of what matters to arithmetic: `avx2`, `fma`, `avx512f`, `asimd` …; null where it does not say. */
  readonly processorFlags: readonly string[] | null;
  /** What rules the processor's frequency: `performance`, `powersave` …; null where it cannot be known. */
  readonly governor: string | null;
  /**
   * Average number of processes that wanted to run over the last 1, 5 and 15 minutes, when the run began and when it ended; null
   * where it cannot be known.
   */
  readonly loadBefore: LoadAverage | null;
  readonly loadAfter: LoadAverage | null;
  /** Share of the processor's time during the run that other virtual machines took; null where it cannot be known. */
  readonly steal: number | null;
  /** Whether the machine tells how much energy it uses, or why not; reports of before this was asked do not say. */
  readonly energy?: string;
  /** How long the run took. */
  readonly seconds: number;
  readonly os: string;
  /** The browser that a page was measured in, and its version. */
  readonly browser?: string;
  /** null in a browser. */
  readonly node: string | null;
  readonly v8: string | null;
  /** Arguments of the command. */
  readonly command: string;
  readonly commit: string | null;
  /** Whether the files were those of the commit. */
  readonly clean: boolean | null;
  readonly packages: Readonly<Record<string, string>>;
}

/** Over 1, 5 and 15 minutes. */
export type LoadAverage = readonly [one: number, five: number, fifteen: number];

/** A measured peak: what the machine does when nothing but arithmetic is asked of it. */
export interface Ceiling {
  readonly engine: Engine;
  readonly summary: string;
  readonly gflops: number;
}

/** What executes the arithmetic. */
export type Engine = (typeof ENGINES)[number];

/** The values of {@link Engine}. */
export const ENGINES = ["scalar", "simd", "native"] as const;

/** One contender, and what a fair reader wants to know about it. */
export interface VariantFacts {
  readonly name: string;
  readonly summary: string;
  readonly version: string | null;
  /** null where it does not say. */
  readonly engine: Engine | null;
  readonly threads: number | null;
  readonly precision: "float32" | "8 bit";
  /** What it takes for cells outside the image. */
  readonly border: string;
  /** What is inside the clock. */
  readonly clock: string;
  /** Whether it was measured in processes of its own, in turn with the others'. */
  readonly apart: boolean;
  /** Why it could not be loaded; null if it was. */
  readonly unavailable: string | null;
}

/** One convolution, by every variant. */
export interface CaseResult {
  readonly suite: string;
  readonly convCase: ConvCase;
  /** Where the case itself says so; else as the settings say. */
  readonly pass?: BenchPass;
  readonly fresh?: boolean;
  readonly flops: number;
  /** The subject timed as if it were another variant, in the same processes; null where it was not timed. */
  readonly twin: Twin | null;
  /** The same in processes of its own: what variants that are measured apart are held against. */
  readonly twinApart: Twin | null;
  readonly results: readonly VariantResult[];
  /** By number of threads, in the order of the settings. */
  readonly threaded: readonly ThreadedResults[];
}

/** One convolution by everybody who can compute it on so many threads. */
export interface ThreadedResults {
  readonly threads: number;
  /** The subject's second self with as many threads. */
  readonly twin: Twin | null;
  /** Ratios are to the subject with as many threads; ceilings are those of as many cores. */
  readonly results: readonly ThreadedResult[];
}

/** One convolution by one variant on several threads. */
export interface ThreadedResult extends VariantResult {
  /** Its time on one thread / its time on these, processes of both being timed in turn; null where it was not timed. */
  readonly speedup: Interval | null;
}

/** The subject's second self. */
export interface Twin {
  /** The median of each round, by process. */
  readonly rounds: RoundTimes;
  /** Its ratio to the subject, and the factor below which nothing is seen; null where there were too few processes. */
  readonly ratio: Interval | null;
  readonly noiseFloor: number | null;
}

/** One convolution by one variant. */
export interface VariantResult {
  readonly variant: string;
  readonly outcome: Outcome;
  /** Why there is no time; null if there is one. */
  readonly reason: string | null;
  /** How far the result lay from the truth, judged before the clock was started. */
  readonly agreement: Agreement | null;
  readonly timing: Timing | null;
  /** Ratio to the subject; null for the subject itself. */
  readonly ratio: Ratio | null;
  readonly scratchBytes: number | null;
}

/**
 * - `timed`: it agreed and was timed.
 * - `unsupported`: it does not offer this case or pass.
 * - `unavailable`: it could not be loaded.
 * - `too slow`: it agreed, but a run takes longer than the run was told to wait.
 * - `disagrees`: its result is wrong, so its time means nothing.
 * - `failed`: it threw, hung, or took its process down.
 */
export type Outcome = (typeof OUTCOMES)[number];

/** The values of {@link Outcome}. */
export const OUTCOMES = ["timed", "unsupported", "unavailable", "too slow", "disagrees", "failed"] as const;

/** The verdict on a result, element by element. */
export interface Agreement {
  readonly agrees: boolean;
  /** The worst of |error| / bound over all elements: at most 1 where it agrees. */
  readonly worstErrorOverBound: number;
  /** How it was judged. */
  readonly criterion: string;
}

/** What the clock said. */
export interface Timing {
  readonly medianMs: number;
  /** Quartiles over rounds. */
  readonly lowerQuartileMs: number;
  readonly upperQuartileMs: number;
  /** Calls that were timed. */
  readonly runs: number;
  /** The median of each round, by process; null where it sat the round out. */
  readonly rounds: RoundTimes;
  /** By the operations of the definition: where an algorithm needs fewer this is what a direct one would have to do. */
  readonly gflops: number;
  /** Speed / measured ceiling of the same engine; above 1 where an algorithm needs fewer operations than the definition. */
  readonly ceilingShare: number | null;
  /** Energy of a call in joules, of all processor packages, whatever else ran; only where the machine tells. */
  readonly joulesPerRun?: number;
}

/** Time of this variant / time of the subject. */
export interface Ratio extends Interval {
  /** What it says of the subject. */
  readonly verdict: Verdict;
}

/** How a variant's time grows with the work over a suite whose cases differ in size only. */
export interface Slope extends PowerLaw {
  readonly suite: string;
  readonly variant: string;
  readonly points: number;
}

/**
 * How much longer the subject's first calls of a layer (preparing it and running it once) take than later runs, in
 * milliseconds, over the layers of a class.
 */
export interface FirstCalls {
  readonly layerClass: string;
  /** Fresh processes; layers took turns. */
  readonly processes: number;
  /** Of the first layer of a process. */
  readonly first: Interval;
  /** Of the next, another layer of the class; null where there is none. */
  readonly further: Interval | null;
}
