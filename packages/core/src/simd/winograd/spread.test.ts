import { expect, it } from "vitest";
import { areEven } from "./spread.ts";

/** Maxima of four output channels: the largest weight of all, the least of the largest by input channel, those of nine taps. */
const maxima = (byChannel: number, byTap: number): Float32Array => {
  const values = new Float32Array(4 * (2 + 9)).fill(1);
  values[4 + 2] = byChannel;
  values[4 * 5 + 2] = byTap;
  return values;
};

it("weights may differ more between input channels than between taps, and those that are zero do not count", () => {
  expect(areEven(maxima(1, 1))).toBe(true);
  expect(areEven(maxima(1 / 4096, 1 / 256))).toBe(true);
  expect(areEven(maxima(1 / 4097, 1))).toBe(false);
  expect(areEven(maxima(1, 1 / 257))).toBe(false);
  expect(areEven(maxima(0, 0))).toBe(true);
});

it("weights that are not finite, or as large as products may get, are not even", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 127]) {
    const values = maxima(1, 1);
    values[3] = value;
    expect(areEven(values)).toBe(false);
  }
});
