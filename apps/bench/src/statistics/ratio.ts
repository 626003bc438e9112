/**
 * How many times slower one variant is than another, with the uncertainty of the answer.
 *
 * Two variants are timed in turn, A B A B, so that a round holds one time of each and whatever else the machine was
 * doing met both. The ratio of a round is r = tₐ / t_b; the estimate is the median of r over all rounds, and its 95 %
 * interval comes from the bootstrap: rounds are drawn with replacement (processes first, then rounds within each,
 * because rounds of one process share one just-in-time compilation), the median is taken anew, and the interval is the
 * middle 95 % of a few thousand such medians.
 *
 * Source: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", chapters 8.3 and 13 (percentile interval).
 *
 * @module
 */

import { median, quantileSorted, sampleWithReplacement } from "simple-statistics";

/** Times in milliseconds, by process and round; null where the variant sat a round out. */
export type RoundTimes = readonly (readonly (number | null)[])[];

/** An estimate and its 95 % interval. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What may be said about a ratio in the light of the noise floor. */
export type Verdict = "faster" | "slower" | "no detectable difference";

const RESAMPLES = 2000;

/**
 * The ratio of `numerator` to `denominator` over the rounds in which both took part.
 *
 * @param random uniform numbers in [0, 1): the same sequence gives the same interval.
 * @returns undefined if there is no round in which both took part.
 */
export function pairedRatio(
  numerator: RoundTimes,
  denominator: RoundTimes,
  random: () => number,
): Interval | undefined {
  const processes = numerator
    .map((rounds, process) => ratiosOfRounds(rounds, denominator[process] ?? []))
    .filter((ratios) => ratios.length > 0);
  return medianInterval(processes, random);
}

/** The median of all values and its interval by bootstrap, values being drawn process by process; undefined of none. */
export function medianInterval(processes: readonly (readonly number[])[], random: () => number): Interval | undefined {
  if (processes.length === 0) return undefined;
  const medians = Array.from({ length: RESAMPLES }, () => {
    const drawn = sampleWithReplacement([...processes], processes.length, random);
    return median(drawn.flatMap((values) => sampleWithReplacement([...values], values.length, random)));
  }).sort((a, b) => a - b);
  return {
    median: median(processes.flat()),
    low: quantileSorted(medians, 0.025),
    high: quantileSorted(medians, 0.975),
  };
}

function ratiosOfRounds(numerator: readonly (number | null)[], denominator: readonly (number | null)[]): number[] {
  return numerator.flatMap((time, round) => {
    const other = denominator[round] ?? null;
    return time === null || other === null ? [] : [time / other];
  });
}

/**
 * The noise floor: how far the ratio of a variant to *itself*, timed as if it were two, strays from 1. Given as a factor
 * of 1 or more: 1.03 means that differences of up to 3 % are seen where there are none.
 */
export function noiseFloor(selfRatio: Interval): number {
  return Math.max(selfRatio.high, 1 / selfRatio.low, 1);
}

/**
 * Judges the ratio other / subject. A difference counts only if its interval leaves out 1 and it exceeds the noise floor.
 *
 * @returns whether the *subject* is the faster or the slower one.
 */
export function judgeRatio(ratio: Interval, floor: number): Verdict {
  const magnitude = Math.max(ratio.median, 1 / ratio.median);
  if (magnitude <= floor || (ratio.low <= 1 && ratio.high >= 1)) return "no detectable difference";
  return ratio.median > 1 ? "faster" : "slower";
}
