/**
 * How time grows with size: the exponent p of t ∝ workᵖ, by least squares on log t against log work. Work that is done
 * at one speed has p = 1; p below 1 says that a fixed cost per call is still shrinking in proportion, p above 1 that
 * large problems fall out of a cache.
 *
 * @module
 */

import { linearRegression, linearRegressionLine, rSquared } from "simple-statistics";

/** One measurement: how much work was done, in how much time. Any units, both positive. */
export interface WorkTime {
  readonly work: number;
  readonly time: number;
}

/** A fitted power law. */
export interface PowerLaw {
  readonly exponent: number;
  /** Share of the variance that the law explains: 1 is a perfect fit. */
  readonly rSquared: number;
}

/**
 * Fits t = c · workᵖ.
 *
 * @returns undefined for fewer than three different amounts of work: two points fit every law.
 */
export function fitPowerLaw(points: readonly WorkTime[]): PowerLaw | undefined {
  if (new Set(points.map(({ work }) => work)).size < 3) return undefined;
  const logs = points.map(({ work, time }) => [Math.log(work), Math.log(time)]);
  const line = linearRegression(logs);
  return { exponent: line.m, rSquared: rSquared(logs, linearRegressionLine(line)) };
}
