/**
 * The median of independent values with its 95 % interval by the bootstrap: values are drawn with replacement, the median is
 * taken anew, and the interval is the middle 95 % of a few thousand such medians. It asks nothing of the values' distribution
 * and so serves what may be negative or lopsided, such as how much longer a first call takes.
 *
 * Source: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", chapter 13 (percentile interval).
 *
 * @module
 */

import { median, quantileSorted, sampleWithReplacement } from "simple-statistics";
import type { Interval } from "./ratio.ts";

const RESAMPLES = 2000;

/**
 * The median and its interval.
 *
 * @param random uniform numbers in [0, 1): the same sequence gives the same interval.
 * @returns undefined of no values.
 */
export function medianInterval(values: readonly number[], random: () => number): Interval | undefined {
  if (values.length === 0) return undefined;
  const drawn = () => median(sampleWithReplacement([...values], values.length, random));
  const medians = Array.from({ length: RESAMPLES }, drawn).sort((a, b) => a - b);
  return { estimate: median([...values]), low: quantileSorted(medians, 0.025), high: quantileSorted(medians, 0.975) };
}
