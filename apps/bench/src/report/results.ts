/**
 * What a benchmark run found, as plain data: the JSON file, the Markdown table and the HTML page are all made of this.
 * Times are milliseconds, speeds GFLOP/s with the definition's 2 · N · outH · outW · kh · kw · (inC / groups) · outC
 * operations whatever the algorithm does, ratios are time of the other variant / time of the subject (above 1 the
 * subject is faster). null stands for "does not apply" or "could not be had".
 *
 * @module
 */

import type { ConvCase } from "@corr2d/testkit";
import type { Interval, Verdict } from "../statistics/ratio.ts";
import type { PowerLaw } from "../statistics/slope.ts";

/** Raised whenever a reader of older files would misunderstand a newer one. */
export const SCHEMA_VERSION = 1;

/** The passes that can be timed. */
export type BenchPass = "forward" | "inputGradient" | "filterGradient";

/** A whole run. */
export interface BenchReport {
  readonly kind: "corr2d-bench";
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** When the run began, ISO 8601. */
  readonly created: string;
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
}

/** Where it was measured. */
export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Average number of processes that wanted to run over the last 1, 5 and 15 minutes, when the run began. */
  readonly loadAverage: readonly [number, number, number];
  readonly os: string;
  readonly node: string;
  readonly v8: string;
  /** Git commit, with `+` after it where files differ from it. */
  readonly commit: string | null;
  readonly packages: Readonly<Record<string, string>>;
}

/** A measured peak: what the machine does when nothing but arithmetic is asked of it. */
export interface Ceiling {
  readonly engine: Engine;
  readonly summary: string;
  readonly gflops: number;
}

/** What executes the arithmetic. */
export type Engine = "scalar" | "simd" | "native";

/** One contender, and what a fair reader wants to know about it. */
export interface VariantFacts {
  readonly name: string;
  readonly summary: string;
  readonly version: string | null;
  readonly engine: Engine;
  readonly threads: number | null;
  readonly precision: "float32" | "8 bit";
  /** What it takes for cells outside the image. */
  readonly border: string;
  /** What is inside the clock. */
  readonly clock: string;
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
  /** The subject timed as if it were two variants: its ratio to itself, and the factor below which nothing is seen. */
  readonly selfRatio: Interval | null;
  readonly noiseFloor: number | null;
  readonly results: readonly VariantResult[];
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
  readonly rounds: readonly (readonly (number | null)[])[];
  readonly gflops: number;
  /** Speed / measured ceiling of the same engine. */
  readonly ceilingShare: number | null;
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
