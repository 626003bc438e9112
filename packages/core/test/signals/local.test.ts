/** Local in, local out: what a transform must not do to signals, by every algorithm, against the definition in float64. */

import { explain } from "@corr2d/core";
import { convolve1d, correlate1d, type SignalOptions, stream } from "@corr2d/core/signals";
import { type Random, seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { defined } from "./definition.ts";

type Elements = typeof Float32Array;
const ALGORITHMS = ["fft", "overlap-save", "auto"] as const;

const noise = (length: number, random: Random): number[] => Array.from({ length }, () => random.normal());

/** Signals that a transform spoils if it is let alone. */
const SIGNALS: Readonly<Record<string, (n: number, random: Random) => number[]>> = {
  noise,
  "one sample of 1e20": (n, random) => noise(n, random).with(n >> 1, 1e20),
  "fill values of -3.4e38, many": (n, random) => noise(n, random).map((x) => (random.uniform() < 0.02 ? -3.4e38 : x)),
  "fill values of 1e6, most of it": (n, random) => noise(n, random).map((x) => (random.uniform() < 0.9 ? 1e6 : x)),
  "a NaN and infinities": (n, random) =>
    noise(n, random)
      .with(7, Number.NaN)
      .with(n >> 1, Number.POSITIVE_INFINITY)
      .with((n >> 1) + 3, Number.NEGATIVE_INFINITY),
  "NaN in every third sample": (n, random) => noise(n, random).map((x, i) => (i % 3 === 0 ? Number.NaN : x)),
  "loud, silent, quiet": (n, random) =>
    noise(n, random).map((x, i) => (i < n / 3 ? 1e4 * x : i < n / 2 ? 0 : 1e-4 * x)),
  "decades, falling": (n, random) => noise(n, random).map((x, i) => x * 10 ** (-30 * (i / n))),
  "not negative, dark": (n, random) => noise(n, random).map((x, i) => (i % 200 < 100 ? 0 : Math.abs(x))),
  "tiny numbers": (n, random) => noise(n, random).map((x) => x * 1e-37),
  "huge numbers": (n, random) => noise(n, random).map((x) => x * 1e34),
};
const KERNELS: Readonly<Record<string, (m: number, random: Random) => number[]>> = {
  noise,
  "a decaying response": (m, random) => noise(m, random).map((k, j) => k * Math.exp((-20 * j) / m)),
  "an average": (m) => Array.from({ length: m }, () => 1 / m),
};

describe.each([Float32Array, Float64Array])("%o", (Chosen) => {
  const Elements = Chosen as Elements;
  describe.each(Object.keys(SIGNALS))("%s", (signal) => {
    it.each(Object.keys(KERNELS))("by %s", (kind) => {
      const random = seededRandom(5, `${signal} ${kind}`);
      for (const [n, m, options] of [
        [3000, 200, { mode: "full" }],
        [1500, 1500, { mode: "full" }],
        [2500, 301, { mode: "same", boundary: "reflect" }],
      ] as const satisfies readonly (readonly [number, number, SignalOptions])[]) {
        const x = Elements.from(SIGNALS[signal]!(n, random));
        const kernel = Elements.from(KERNELS[kind]!(m, random));
        const exact = defined(x, kernel, options, false);
        const windows = defined(x.map(Math.abs), kernel.map(Math.abs), options, false);
        for (const algorithm of ALGORITHMS) {
          const { errorBound } = explain(correlate1d, [1, n], kernel, { ...options, algorithm });
          correlate1d(x, kernel, { ...options, algorithm }).forEach((value, i) => {
            const what = `${algorithm}, ${n} by ${m}, value ${i} of window ${windows[i]}`;
            if (!Number.isFinite(exact[i])) expect(value, what).toBe(exact[i]);
            // Below the normal numbers digits are lost by any means.
            else if (!(Math.abs(value - exact[i]!) <= errorBound.constant * windows[i]! + 1e-42)) {
              // What overflows in float32 sums may overflow here.
              if (Elements === Float32Array && windows[i]! > 3.4e38 && !Number.isFinite(value)) return;
              expect(value, what).toBe(exact[i]);
            }
          });
        }
      }
    });
  });
});

it("sums that overflow leave others right", () => {
  const random = seededRandom(8);
  const x = Float32Array.from(noise(3000, random)).fill(1e30, 1500, 1501);
  const kernel = Float32Array.from(noise(200, random)).fill(1e30, 50, 51);
  const exact = defined(x, kernel, {}, true);
  const windows = defined(x.map(Math.abs), kernel.map(Math.abs), {}, true);
  for (const [engine, algorithm] of [
    ["simd", "auto"],
    ["scalar", "overlap-save"],
  ] as const) {
    const y = convolve1d(x, kernel, { engine, algorithm });
    for (const [i, window] of windows.entries()) {
      if (window > 3.4e38) continue;
      if (!(Math.abs(y[i]! - exact[i]!) <= 1e-4 * window)) expect(y[i], `${engine}, value ${i}`).toBe(exact[i]);
    }
  }
});

it("whole numbers come out whole beside such as no plain sum is exact for", () => {
  const x = Float32Array.from({ length: 3000 }, (_, i) => (i < 1400 ? i % 9 : 2 ** 22 + (i % 3)));
  const kernel = Float32Array.from({ length: 400 }, (_, j) => Number(j % 20 === 0));
  const options = { mode: "full" } as const;
  const exact = defined(x, kernel, options, false);
  for (const algorithm of ALGORITHMS) {
    const y = correlate1d(x, kernel, { ...options, algorithm });
    expect(y.findIndex((value, i) => exact[i]! < 2 ** 24 && value !== exact[i])).toBe(-1);
  }
});

it("whole numbers come out whole, and empty places stay 0", () => {
  const random = seededRandom(6);
  const mask = Float32Array.from({ length: 40_000 }, (_, i) => (i > 20_000 && random.uniform() < 0.3 ? 1 : 0));
  const ones = new Float32Array(5000).fill(1);
  for (const algorithm of ALGORITHMS) {
    const y = correlate1d(mask, ones, { algorithm });
    let count = mask.subarray(0, 5000).reduce((sum, x) => sum + x, 0);
    y.forEach((value, i) => {
      if (value !== count || Object.is(value, -0)) expect(value, `${algorithm}, ${i}`).toBe(count);
      count += (mask[i + 5000] ?? 0) - mask[i]!;
    });
  }
  // What float32 transforms do not count exactly, those of float64 do.
  const bytes = Float32Array.from({ length: 30_000 }, () => random.integer(0, 255));
  const y = convolve1d(bytes, bytes.slice(0, 250), { algorithm: "fft" });
  const exact = convolve1d(Float64Array.from(bytes), Float64Array.from(bytes.subarray(0, 250)), {
    algorithm: "direct",
  });
  y.forEach((value, i) => {
    if (value !== exact[i]) expect(value, `value ${i}`).toBe(exact[i]);
  });
});

it("streams through transforms as in one go", () => {
  const random = seededRandom(7);
  const x = Float32Array.from(noise(60_000, random)).fill(Number.NaN, 30_000, 30_001);
  const kernel = Float32Array.from(noise(2000, random));
  const whole = convolve1d(x, kernel, { mode: "full", algorithm: "direct" });
  const windows = convolve1d(x.map(Math.abs), kernel.map(Math.abs), { mode: "full" });
  for (const [rows, length] of [
    [1, 4096],
    [2, 777],
    [1, 31],
  ] as const) {
    using filter = stream(convolve1d, kernel, { rows });
    expect(["fft", "overlap-save"]).toContain(filter.algorithm);
    let at = 0;
    while (at < x.length) {
      const block = x.subarray(at, at + length);
      const y = filter.push(Float32Array.from({ length: rows * block.length }, (_, i) => block[i % block.length]!));
      y.forEach((value, i) => {
        const t = at + (i % block.length);
        if (Number.isNaN(whole[t]!)) expect(value).toBeNaN();
        else if (!(Math.abs(value - whole[t]!) <= 2 * filter.errorBound.constant * windows[t]!))
          expect(value).toBe(whole[t]);
      });
      at += length;
    }
  }
});
