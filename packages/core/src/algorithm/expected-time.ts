/**
 * Expected times, as the reasons of choices name them.
 *
 * @module
 */

/** A time in ns as people read it, in ms to two digits: `"0.026 ms"`, `"280 ms"`; that of what cannot be done is infinite. */
export function describeTime(ns: number): string {
  return ns === Infinity ? "impossible" : `${Number((ns / 1e6).toPrecision(2))} ms`;
}
