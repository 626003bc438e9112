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

import { median, quantileSorted, sampleWithReplacement, sum } from "simple-statistics";

/** Times in milliseconds, by process and round; null where the variant sat a round out. */
export type RoundTimes = readonly (readonly (number | null)[])[];

/** An estimate and its 95 % interval. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** One thing timed by two variants in turn. */
export interface PairOfTimes {
  readonly numerator: RoundTimes;
  readonly denominator: RoundTimes;
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
  const processes = roundsOfBoth({ numerator, denominator });
  return medianInterval(
    processes.map((rounds) => rounds.map(([time, other]) => time / other)),
    random,
  );
}

/**
 * How many times as long one variant takes for several things, done once each, as another: Σ median(numerator) /
 * Σ median(denominator), with its interval. What takes long counts for more, so that no tiny layer rules the figure.
 *
 * @param random uniform numbers in [0, 1): the same sequence gives the same interval.
 * @returns undefined of nothing, and where there is no round in which both took part.
 */
export function totalRatio(pairs: readonly PairOfTimes[], random: () => number): Interval | undefined {
  const timed = pairs.map(roundsOfBoth);
  if (timed.length === 0 || timed.some((processes) => processes.length === 0)) return undefined;
  const ratio = (draw: (processes: readonly (readonly PairOfRound[])[]) => readonly PairOfRound[]): number => {
    const rounds = timed.map(draw);
    const total = (side: 0 | 1): number => sum(rounds.map((drawn) => median(drawn.map((pair) => pair[side]))));
    return total(0) / total(1);
  };
  return {
    median: ratio((processes) => processes.flat()),
    ...middleOf(() => ratio((processes) => drawRounds(processes, random))),
  };
}

/** The median of all values and its interval by bootstrap, values being drawn process by process; undefined of none. */
export function medianInterval(processes: readonly (readonly number[])[], random: () => number): Interval | undefined {
  if (processes.length === 0) return undefined;
  return { median: median(processes.flat()), ...middleOf(() => median(drawRounds(processes, random))) };
}

/** Processes drawn with replacement, and rounds within each. */
function drawRounds<T>(processes: readonly (readonly T[])[], random: () => number): T[] {
  const drawn = sampleWithReplacement([...processes], processes.length, random);
  return drawn.flatMap((rounds) => sampleWithReplacement([...rounds], rounds.length, random));
}

/** The middle 95 % of what `estimate` gives, drawn anew each time. */
function middleOf(estimate: () => number): Omit<Interval, "median"> {
  const estimates = Array.from({ length: RESAMPLES }, estimate).sort((a, b) => a - b);
  return { low: quantileSorted(estimates, 0.025), high: quantileSorted(estimates, 0.975) };
}

/** Both times of a round. */
type PairOfRound = readonly [numerator: number, denominator: number];

/** The rounds in which both took part, of the processes that have any. */
function roundsOfBoth({ numerator, denominator }: PairOfTimes): PairOfRound[][] {
  return numerator
    .map((rounds, process) =>
      rounds.flatMap((time, round): PairOfRound[] => {
        const other = denominator[process]?.[round] ?? null;
        return time === null || other === null ? [] : [[time, other]];
      }),
    )
    .filter((rounds) => rounds.length > 0);
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
