import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { applyNorm, foldNorm, type NormValues } from "./norm.ts";

const CHANNELS = 3;
const TAPS = 4;
const random = seededRandom(1, "norm");
const normal = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());

/** What a filter with its bias gives of the taps under it. */
function convolved(filter: Float32Array, bias: Float32Array | undefined, taps: Float32Array): Float32Array {
  return Float32Array.from({ length: CHANNELS }, (_, c) =>
    taps.reduce((sum, tap, t) => sum + tap * filter[t * CHANNELS + c]!, bias?.[c] ?? 0),
  );
}

const all: NormValues = {
  mean: normal(CHANNELS),
  variance: normal(CHANNELS).map((value) => 0.5 + value * value),
  offset: normal(CHANNELS),
  scale: normal(CHANNELS),
  epsilon: 0.25,
};

describe.each<[string, Partial<NormValues>]>([
  ["all", {}],
  ["no scale", { scale: undefined }],
  ["no offset", { offset: undefined }],
  ["statistics alone", { scale: undefined, offset: undefined }],
  ["a product", { mean: undefined, variance: undefined, offset: undefined }],
  ["a sum", { mean: undefined, variance: undefined, scale: undefined }],
])("a norm of %s", (_, missing) => {
  const norm = { ...all, ...missing };

  it.each([undefined, normal(CHANNELS)])("folded into a filter gives what it gives behind it, with bias %o", (bias) => {
    const [filter, taps] = [normal(TAPS * CHANNELS), normal(TAPS)];
    const folded = new Float32Array(filter.length).fill(Number.NaN);
    const foldedBias = foldNorm(filter, bias, norm, folded);
    const y = convolved(filter, bias, taps);
    applyNorm(y, norm);
    for (const [c, value] of convolved(folded, foldedBias, taps).entries()) expect(value).toBeCloseTo(y[c]!, 5);
  });

  it("is that of its formula, channel by channel", () => {
    const y = normal(2 * CHANNELS);
    const normed = y.slice();
    applyNorm(normed, norm);
    normed.forEach((value, i) => {
      const c = i % CHANNELS;
      const { mean, variance, offset, scale, epsilon } = norm;
      const deviation = variance === undefined ? 1 : Math.sqrt(variance[c]! + epsilon);
      const expected = ((scale?.[c] ?? 1) * (y[i]! - (mean?.[c] ?? 0))) / deviation + (offset?.[c] ?? 0);
      expect(value).toBeCloseTo(expected, 5);
    });
  });
});

it("is folded into every filter whose products float32 holds, and into no other", () => {
  const fold = (filter: Float32Array, offset: number): boolean => {
    const norm = {
      ...all,
      scale: new Float32Array(CHANNELS).fill(1e30),
      offset: new Float32Array(CHANNELS).fill(offset),
    };
    return foldNorm(filter, undefined, norm, new Float32Array(filter.length)) !== undefined;
  };
  const filter = new Float32Array(TAPS * CHANNELS).fill(1e5);
  expect(fold(filter, 0)).toBe(true);
  for (const place of filter.keys()) expect(fold(filter.with(place, 1e20), 0)).toBe(false);
  expect(fold(filter, Number.POSITIVE_INFINITY)).toBe(false);
});
