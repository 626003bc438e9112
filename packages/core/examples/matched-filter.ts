/**
 * Finds a known pulse in noise that hides it, while the signal still arrives: the filter that is the pulse itself has the best ratio of
 * signal to noise of all linear ones. `npm run example matched-filter.ts`.
 *
 * Source: G. Turin, "An introduction to matched filters", IRE Transactions on Information Theory 6 (1960).
 *
 * @module
 */

import { findPeaks, tensor } from "@corr2d/core";
import { correlate1d, stream } from "@corr2d/core/signals";
import { seededRandom } from "@corr2d/testkit";
import { writePlot } from "./plot.ts";

const TAPS = 400;
const BLOCK = 256;
/** Where echoes end. */
const ECHOES = [1500, 3100, 3350, 6000];

/** A chirp, whose frequency rises. */
const pulse: Float32Array = Float32Array.from({ length: TAPS }, (_, j) => Math.sin(0.1 * j + 0.0012 * j * j));

/** A signal, what the filter makes of it, and where echoes were found to end. */
export interface Echoes {
  readonly signal: Float32Array;
  readonly filtered: Float32Array;
  readonly found: readonly number[];
}

/** Echoes in noise, block by block through the filter. */
export function findEchoes(): Echoes {
  const random = seededRandom(2, "matched filter");
  const signal = Float32Array.from({ length: 8000 }, () => 1.5 * random.normal());
  for (const end of ECHOES) for (let j = 0; j < TAPS; j++) signal[end - TAPS + 1 + j] += pulse[j];
  using filter = stream(correlate1d, pulse, { blockLength: BLOCK });
  const filtered = new Float32Array(signal.length);
  for (let t = 0; t < signal.length; t += BLOCK) {
    filter.push(signal.subarray(t, t + BLOCK), filtered.subarray(t, Math.min(signal.length, t + BLOCK)));
  }
  const peaks = findPeaks(tensor([1, filtered.length], filtered), { threshold: 100, distance: 100 });
  return { signal, filtered, found: peaks.map(({ column }) => column).sort((a, b) => a - b) };
}

if (import.meta.main) {
  const { signal, filtered, found } = findEchoes();
  console.log(`echoes end at ${found.join(", ")}; they were put at ${ECHOES.join(", ")}`);
  await writePlot("matched-filter.svg", [
    { lines: [{ name: "signal", values: signal, colour: "#1a6fe0" }] },
    { lines: [{ name: "filtered", values: filtered, colour: "#222" }], marks: found },
  ]);
}
