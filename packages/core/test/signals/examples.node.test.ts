/** The examples on signals do what they claim. */

import { expect, it } from "vitest";
import { measureDelay } from "../../examples/delay.ts";
import { findEchoes } from "../../examples/matched-filter.ts";
import { drawn } from "../../examples/plot.ts";
import { savitzkyGolay, smoothMeasurement } from "../../examples/savitzky-golay.ts";

it("delay: the lag of two recordings", () => {
  const { lag, correlation, first } = measureDelay();
  expect(lag).toBe(137);
  const svg = drawn([{ lines: [{ name: "correlation", values: correlation, colour: "#222" }], first, marks: [lag] }]);
  expect(svg).toMatch(/^<svg .*<polyline .*>137<\/text><\/g><\/svg>\n$/);
});

it("matched filter: finds echoes in louder noise", () => {
  const { found } = findEchoes();
  expect(found).toHaveLength(4);
  [1500, 3100, 3350, 6000].forEach((end, i) => {
    expect(Math.abs(found[i]! - end)).toBeLessThanOrEqual(2);
  });
});

it("Savitzky-Golay: the taps of the paper, and less noise", () => {
  // Table I of the paper: 5 points, quadratic; and the slope of a straight line.
  expect([...savitzkyGolay(2, 2)].map((tap) => Math.round(35 * tap * 1e9) / 1e9)).toEqual([-3, 12, 17, 12, -3]);
  expect([...savitzkyGolay(2, 1, 1)].map((tap) => Math.round(10 * tap * 1e9) / 1e9)).toEqual([-2, -1, 0, 1, 2]);
  const { truth, measured, smooth, slope } = smoothMeasurement();
  const off = (values: Float64Array): number => values.reduce((sum, value, t) => sum + (value - truth[t]!) ** 2, 0);
  expect(off(smooth)).toBeLessThan(off(measured) / 5);
  expect(slope[195]! > 0 && slope[205]! < 0).toBe(true);
});
