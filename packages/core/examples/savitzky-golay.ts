/**
 * Smooths a noisy measurement without flattening its peaks, and takes its derivative: a polynomial is fitted to every window, which is a
 * convolution. `npm run example savitzky-golay.ts`.
 *
 * The taps are the first rows of (AᵀA)⁻¹Aᵀ for A[i, d] = (i − m)ᵈ, i = 0 … 2m.
 *
 * Source: A. Savitzky and M. Golay, "Smoothing and differentiation of data by simplified least squares procedures", Analytical Chemistry
 * 36 (1964).
 *
 * @module
 */

import { correlate1d } from "@corr2d/core/signals";
import { seededRandom } from "@corr2d/testkit";
import { writePlot } from "./plot.ts";

/** The taps that give the value (`derivative` 0) or a derivative of the fitted polynomial in the middle of 2 · reach + 1 samples. */
export function savitzkyGolay(reach: number, degree: number, derivative = 0): Float64Array {
  const size = degree + 1;
  // Normal equations for the coefficient that is asked for: AᵀA · c = e, taps = A · c · derivative!
  const rows = Array.from({ length: size }, (_, a) =>
    Array.from({ length: size + 1 }, (_, b) => {
      if (b === size) return a === derivative ? 1 : 0;
      let sum = 0;
      for (let i = -reach; i <= reach; i++) sum += i ** (a + b);
      return sum;
    }),
  );
  for (let p = 0; p < size; p++) {
    for (let r = 0; r < size; r++) {
      if (r === p) continue;
      const factor = rows[r][p] / rows[p][p];
      for (let c = p; c <= size; c++) rows[r][c] -= factor * rows[p][c];
    }
  }
  const factorial = Array.from({ length: derivative }, (_, d) => d + 1).reduce((product, d) => product * d, 1);
  return Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    rows.reduce((sum, row, a) => sum + (factorial * row[size] * (i - reach) ** a) / row[a], 0),
  );
}

/** A measurement: what is there, what is seen of it, and what smoothing makes of that. */
export interface Measurement {
  readonly truth: Float64Array;
  readonly measured: Float64Array;
  readonly smooth: Float64Array;
  readonly slope: Float64Array;
}

/** Peaks under noise, smoothed, and their slope. */
export function smoothMeasurement(): Measurement {
  const random = seededRandom(3, "Savitzky-Golay");
  const truth = Float64Array.from({ length: 800 }, (_, t) =>
    [200, 420, 470].reduce((sum, centre, k) => sum + (1 + k) * Math.exp(-(((t - centre) / 14) ** 2)), 0),
  );
  const measured = truth.map((value) => value + 0.15 * random.normal());
  const options = { mode: "same", boundary: "reflect" } as const;
  const smooth = correlate1d(measured, savitzkyGolay(12, 3), options);
  const slope = correlate1d(measured, savitzkyGolay(12, 3, 1), options);
  return { truth, measured, smooth, slope };
}

if (import.meta.main) {
  const { truth, measured, smooth, slope } = smoothMeasurement();
  const deviation = (values: Float64Array): string =>
    Math.sqrt(values.reduce((sum, value, t) => sum + (value - truth[t]) ** 2, 0) / truth.length).toFixed(3);
  console.log(`off by ${deviation(measured)} before, ${deviation(smooth)} after`);
  await writePlot("savitzky-golay.svg", [
    {
      lines: [
        { name: "measured", values: measured, colour: "#bbb" },
        { name: "smooth", values: smooth, colour: "#e06c1a" },
      ],
    },
    { lines: [{ name: "slope", values: slope, colour: "#222" }] },
  ]);
}
