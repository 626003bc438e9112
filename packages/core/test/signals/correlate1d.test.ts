/** Correlation along one axis against its definition: whole numbers, so that every order of summation gives the same. */

import { explain, filterGradient, inputGradient, plan, tensor } from "@corr2d/core";
import { convolve1d, correlate1d, lags, type SignalAlgorithmName, type SignalOptions } from "@corr2d/core/signals";
import { type Random, seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { defined } from "./definition.ts";

const SIZES = [
  [1, 1],
  [5, 1],
  [5, 2],
  [8, 3],
  [33, 8],
  [7, 7],
  [40, 40],
  [3, 9],
  [4, 9],
  [1, 12],
  [10, 45],
  [300, 65],
  [5000, 130],
] as const;
const COMPUTED: readonly (readonly [SignalAlgorithmName, "scalar" | "simd"])[] = [
  ["naive", "scalar"],
  ["direct", "scalar"],
  ["overlap-save", "scalar"],
  ["direct", "simd"],
  ["fft", "simd"],
  ["overlap-save", "simd"],
];
const GEOMETRIES: readonly SignalOptions[] = [
  { mode: "valid" },
  { mode: "full" },
  { mode: "full", boundary: "wrap" },
  { mode: "full", fillValue: 3 },
  { mode: "same" },
  { mode: "same", centre: "numpy" },
  { mode: "same", centre: "correlate2d" },
  { mode: "same", boundary: "edge" },
  { mode: "same", boundary: "reflect" },
  { mode: "same", boundary: "symmetric" },
];

const integers = (length: number, random: Random): Float32Array =>
  Float32Array.from({ length }, () => random.integer(-5, 5));

describe.each([Float32Array, Float64Array] as const)("%o", (Elements) => {
  const random = seededRandom(1);
  const whole = (length: number): Float32Array => new (Elements as typeof Float32Array)(integers(length, random));
  describe.each(SIZES)("%i samples, %i taps", (samples, taps) => {
    const [x, kernel] = [whole(samples), whole(taps)];
    it.each(GEOMETRIES.filter(({ mode }) => mode !== "valid" || taps <= samples))("%j", (options) => {
      for (const operation of [correlate1d, convolve1d]) {
        const expected = defined(x, kernel, options, operation === convolve1d);
        for (const [algorithm, engine] of COMPUTED) {
          const y = operation(x, kernel, { ...options, algorithm, engine });
          expect(y).toBeInstanceOf(Elements);
          expect([...y], `${operation.name} by ${algorithm} on ${engine}`).toEqual(expected);
        }
        expect([...operation(x, kernel, options)]).toEqual(expected);
      }
    });
  });
});

it("takes rows of a matrix one by one", () => {
  const x = tensor([2, 4], [1, 2, 3, 4, 10, 20, 30, 40]);
  const y = convolve1d(x, new Float32Array([1, 1]), { mode: "full" });
  expect(y).toEqual({ shape: [2, 5], data: new Float32Array([1, 3, 5, 7, 4, 10, 30, 50, 70, 40]) });
  const planned = plan(convolve1d, [2, 4], new Float32Array([1, 1]), { mode: "full" });
  expect(planned.outputShape).toEqual([2, 5]);
  expect(planned.run(x.data)).toEqual(y.data);
});

it("lags belong to where a signal is moved", () => {
  for (const [n, m] of [
    [9, 4],
    [10, 4],
    [9, 5],
    [4, 9],
    [5, 8],
  ] as const) {
    for (const options of GEOMETRIES.filter(({ boundary, fillValue }) => !boundary && !fillValue)) {
      if (options.mode === "valid" && m > n) continue;
      const { mode, ...centre } = options;
      const all = lags(n, m, mode, centre);
      for (const [i, lag] of all.entries()) {
        // x holds a 1 where tap 1 of the kernel comes to lie at this lag, if there is such a sample.
        const at = lag + 1;
        if (at < 0 || at >= n) continue;
        const x = new Float32Array(n);
        x[at] = 1;
        const kernel = new Float32Array(m);
        kernel[1] = 1;
        expect(correlate1d(x, kernel, options).indexOf(1), `${n}, ${m}, ${mode}`).toBe(i);
      }
      expect(all).toHaveLength(correlate1d(new Float32Array(n), new Float32Array(m), options).length);
    }
  }
});

it("gradients are those of the definition", () => {
  const random = seededRandom(2);
  const [x, kernel] = [tensor([3, 20], integers(60, random)), integers(6, random)];
  for (const operation of [correlate1d, convolve1d]) {
    for (const options of GEOMETRIES) {
      const width = operation(x, kernel, options).shape[1];
      const dy = tensor([3, width], integers(3 * width, random));
      const inner = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      const base =
        options.fillValue === undefined
          ? 0
          : inner(dy.data, operation(tensor([3, 20], new Float32Array(60)), kernel, options).data);
      const forward = inner(dy.data, operation(x, kernel, options).data);
      // ⟨dy, f(x, k)⟩ = ⟨dx, x⟩ + what the fill value gives = ⟨dk, k⟩
      expect(inner(inputGradient(operation, dy, kernel, [3, 20], options).data, x.data) + base).toBe(forward);
      const dk = filterGradient(operation, x, dy, [6], options);
      expect(dk.shape).toEqual([6]);
      expect(inner(dk.data, kernel)).toBe(forward);
    }
  }
});

it("says what it takes and why", () => {
  const explained = explain(correlate1d, [1, 48_000], [64]);
  expect(explained).toMatchObject({ algorithm: "direct", engine: "simd", outputShape: [1, 47_937] });
  expect(explained.reason).toMatch(/^expected to be fastest: direct on simd/);
  expect(explain(correlate1d, [1, 8], [3], { algorithm: "naive" }).reason).toBe("asked for by name");
});

it("sums in the precision of the data, within its bound", () => {
  const random = seededRandom(3);
  for (const Elements of [Float32Array, Float64Array] as const) {
    const x = (Elements as typeof Float32Array).from({ length: 2000 }, () => random.uniform(-0.5, 0.5));
    const kernel = (Elements as typeof Float32Array).from({ length: 100 }, () => random.uniform(-0.5, 0.5));
    const exact = defined(x, kernel, {}, false);
    const absolute = defined(x.map(Math.abs), kernel.map(Math.abs), {}, false);
    for (const engine of ["scalar", "simd"] as const) {
      const { constant } = explain(correlate1d, [1, 2000], kernel, { algorithm: "direct", engine }).errorBound;
      correlate1d(x, kernel, { algorithm: "direct", engine }).forEach((value, i) => {
        expect(Math.abs(value - exact[i]!)).toBeLessThanOrEqual((constant + 1e-15) * absolute[i]!);
      });
    }
  }
});

it("an infinite tap makes no NaN of samples that are absent", () => {
  const y = correlate1d(new Float32Array([1, 2]), new Float32Array([1, Infinity]), { mode: "full" });
  expect([...y]).toEqual([Infinity, Infinity, 2]);
});
