/**
 * Whether something became faster: how many times as fast, with an interval, and how often chance alone would show as much.
 *
 * Speeds are compared by their logarithms. Where both versions were timed in the same processes it is Student's t test on the
 * processes' ratios; where they come from different runs, Welch's on both sides' own ratios to a common yardstick. Many layers
 * are compared at once, so probabilities are adjusted as Holm does: that any of them is wrong happens once in a hundred times.
 *
 * Sources: B. L. Welch, "The generalization of 'Student's' problem", Biometrika 34, 1947; S. Holm, "A simple sequentially
 * rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979.
 *
 * @module
 */

// The workspace checks this file too, without the rest of the folder.
/// <reference path="./jstat.d.ts" />
import jstat from "jstat";
import { mean, sampleVariance } from "simple-statistics";
import { FEWEST_PROCESSES, type Interval } from "./ratio.ts";

/** How many times as fast, and how likely as great a difference would be if there were none. */
export interface Shift extends Interval {
  readonly p: number;
}

/** What is taken for significant. At 0.05, which is usual, a gate would fail one change in twenty that changes nothing. */
export const SIGNIFICANCE = 0.01;

/** Of intervals, which stand for themselves. */
const CONFIDENCE = 0.95;

/** The shift that ratios of the same processes show, old time to new time; undefined of fewer than two. */
export function pairedShift(ratios: readonly number[]): Shift | undefined {
  if (ratios.length < FEWEST_PROCESSES) return undefined;
  const logs = ratios.map(Math.log);
  return shiftOf(mean(logs), sampleVariance(logs) / logs.length, logs.length - 1);
}

/** The shift between independent ratios to a yardstick, before and after; undefined of fewer than two on a side. */
export function unpairedShift(before: readonly number[], after: readonly number[]): Shift | undefined {
  if (before.length < FEWEST_PROCESSES || after.length < FEWEST_PROCESSES) return undefined;
  const sides = [before, after].map((ratios) => ratios.map(Math.log));
  const errors = sides.map((logs) => sampleVariance(logs) / logs.length);
  const error = errors[0] + errors[1];
  const parts = errors.map((part, side) => part ** 2 / (sides[side].length - 1));
  // Of no variance at all Welch's formula makes 0 / 0.
  const freedom = error === 0 ? 1 : error ** 2 / (parts[0] + parts[1]);
  return shiftOf(mean(sides[1]) - mean(sides[0]), error, freedom);
}

function shiftOf(shift: number, variance: number, degreesOfFreedom: number): Shift {
  const deviation = Math.sqrt(variance);
  const half = jstat.studentt.inv((1 + CONFIDENCE) / 2, degreesOfFreedom) * deviation;
  const beyond = (t: number): number => 2 * (1 - jstat.studentt.cdf(Math.abs(t), degreesOfFreedom));
  const p = deviation === 0 ? Number(shift === 0) : Math.max(0, beyond(shift / deviation));
  return { estimate: Math.exp(shift), low: Math.exp(shift - half), high: Math.exp(shift + half), p };
}

/** Holm's adjustment: the k-th smallest of n is multiplied by n − k, k from 0, and no smaller than those before it. */
export function adjusted(probabilities: readonly number[]): readonly number[] {
  const order = probabilities.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const result = [...probabilities];
  let least = 0;
  for (const [rank, { p, index }] of order.entries()) {
    least = Math.max(least, Math.min(1, p * (order.length - rank)));
    result[index] = least;
  }
  return result;
}
