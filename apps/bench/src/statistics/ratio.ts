/**
 * How many times slower one variant is than another, with the uncertainty of the answer.
 *
 * Within a process two variants are timed in turn, A B A B, so that whatever else the machine was doing met both; the ratio of
 * a process is the median of tₐ / t_b over its rounds. Rounds of one process share one compilation and one layout of memory,
 * so they say little about the next process: what varies from process to process is taken from the processes themselves. The
 * estimate is the geometric mean of the processes' ratios r₁ … rₙ, and its 95 % interval is Student's for the mean of log rᵢ:
 *
 *     exp(m ± t(0.975, n − 1) · s / √n),   m and s the mean and the standard deviation of log rᵢ
 *
 * Where two variants cannot share a process, the ratio of a pair of neighbouring processes is that of their medians.
 *
 * Source: Student, "The probable error of a mean", Biometrika 6, 1908; the t distribution is jStat's.
 *
 * @module
 */

// The workspace checks this file too, without the rest of the folder.
/// <reference path="./jstat.d.ts" />
import jstat from "jstat";
import { mean, median, sampleStandardDeviation, sum } from "simple-statistics";
import type { Interval } from "./verdict.ts";

export { type Interval, judgeRatio, noiseFloor, type Verdict } from "./verdict.ts";

/** Times in milliseconds, by process and round; null where the variant sat a round out. */
export type RoundTimes = readonly (readonly (number | null)[])[];

/** One thing timed by two variants. */
export interface PairOfTimes {
  readonly numerator: RoundTimes;
  readonly denominator: RoundTimes;
  /** Whether they were timed in processes of their own, in turn, rather than in the rounds of one. */
  readonly apart?: boolean;
}

/** Fewer processes than this say nothing about how processes differ. */
export const FEWEST_PROCESSES = 2;

const CONFIDENCE = 0.95;

/**
 * The ratio of `numerator` to `denominator`.
 *
 * @returns undefined where fewer than two processes have times of both.
 */
export function ratioOf(pair: PairOfTimes): Interval | undefined {
  return meanOfRatios(ratiosByProcess(pair));
}

/** The ratio of each process that has times of both. */
export function ratiosByProcess(pair: PairOfTimes): readonly number[] {
  return processesOf(pair).map(([times, others]) =>
    pair.apart === true ? median(times) / median(others) : median(times.map((time, round) => time / others[round])),
  );
}

/**
 * How many times as long one variant takes for several things, done once each, as another: Σ median(numerator) /
 * Σ median(denominator), with its interval. What takes long counts for more, so that no tiny layer rules the figure. The n-th
 * processes of all things make up one replicate.
 *
 * @returns undefined of nothing, and where fewer than two processes have times of both.
 */
export function totalRatio(pairs: readonly PairOfTimes[]): Interval | undefined {
  if (pairs.length === 0) return undefined;
  const things = pairs.map(processesOf);
  const replicates = Math.min(...things.map(({ length }) => length));
  const total = (process: number, side: 0 | 1): number => sum(things.map((found) => median(found[process][side])));
  return meanOfRatios(Array.from({ length: replicates }, (_, process) => total(process, 0) / total(process, 1)));
}

/** The geometric mean of independent ratios and its interval; undefined of fewer than two. */
export function meanOfRatios(ratios: readonly number[]): Interval | undefined {
  if (ratios.length < FEWEST_PROCESSES) return undefined;
  const logs = ratios.map(Math.log);
  const middle = mean(logs);
  const half =
    (jstat.studentt.inv((1 + CONFIDENCE) / 2, logs.length - 1) * sampleStandardDeviation(logs)) /
    Math.sqrt(logs.length);
  return { estimate: Math.exp(middle), low: Math.exp(middle - half), high: Math.exp(middle + half) };
}

/** Both variants' times, by process: of the rounds in which both took part or, where they were apart, all of both. */
function processesOf({ numerator, denominator, apart = false }: PairOfTimes): [times: number[], others: number[]][] {
  return numerator.flatMap((rounds, process): [number[], number[]][] => {
    const others = denominator[process] ?? [];
    const present = (times: RoundTimes[number], partners: RoundTimes[number]): number[] =>
      times.filter((time, round): time is number => time !== null && (apart || (partners[round] ?? null) !== null));
    const both: [number[], number[]] = [present(rounds, others), present(others, rounds)];
    return both[0].length === 0 || both[1].length === 0 ? [] : [both];
  });
}
