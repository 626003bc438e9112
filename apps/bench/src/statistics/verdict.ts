/**
 * What may be said about a ratio in the light of the noise floor.
 *
 * @module
 */

/** An estimate and its 95 % interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** What may be said about a ratio in the light of the noise floor. */
export type Verdict = "faster" | "slower" | "no detectable difference";

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
  const magnitude = Math.max(ratio.estimate, 1 / ratio.estimate);
  if (magnitude <= floor || (ratio.low <= 1 && ratio.high >= 1)) return "no detectable difference";
  return ratio.estimate > 1 ? "faster" : "slower";
}
