/**
 * How much later does one microphone hear what another does? Two recordings of one noise, the second delayed, fainter and with a noise
 * of its own: their full cross-correlation peaks at the lag. `npm run example delay.ts`.
 *
 * @module
 */

import { correlate1d, lags } from "@corr2d/core/signals";
import { seededRandom } from "@corr2d/testkit";
import { writePlot } from "./plot.ts";

const SAMPLES = 4000;
const DELAY = 137;

/** What two microphones record, how they fit, and the lag at which they do best. */
export interface Delay {
  readonly near: Float32Array;
  readonly far: Float32Array;
  readonly correlation: Float32Array;
  /** The lag of the first value of the correlation. */
  readonly first: number;
  readonly lag: number;
}

/** Records and correlates. */
export function measureDelay(): Delay {
  const random = seededRandom(1, "delay");
  const sound = Float32Array.from({ length: SAMPLES + DELAY }, () => random.normal());
  const near = sound.slice(DELAY);
  const far = Float32Array.from({ length: SAMPLES }, (_, t) => 0.4 * sound[t] + 0.8 * random.normal());
  const correlation = correlate1d(far, near, { mode: "full" });
  const all = lags(far.length, near.length, "full");
  const best = correlation.reduce((top, value, i) => (value > correlation[top] ? i : top), 0);
  return { near, far, correlation, first: all[0], lag: all[best] };
}

if (import.meta.main) {
  const { near, far, correlation, first, lag } = measureDelay();
  console.log(`the second microphone hears it ${lag} samples later`);
  await writePlot("delay.svg", [
    { lines: [{ name: "near", values: near.subarray(0, 600), colour: "#1a6fe0" }] },
    { lines: [{ name: "far", values: far.subarray(0, 600), colour: "#e06c1a" }] },
    { lines: [{ name: "correlation by lag", values: correlation, colour: "#222" }], first, marks: [lag] },
  ]);
}
