/** `corr2d` and `convolve2d` of `@corr2d/core/simd`: the same results, and what goes to the scalar methods instead. */

import { type Corr2dMethod, type Corr2dOptions, corr2d as corr2dScalar, type Matrix, tensor } from "@corr2d/core";
import { convolve2d, corr2d, explainCorr2d } from "@corr2d/core/simd";
import { describe, expect, it } from "vitest";
import { IMAGE, SCIPY_RESULTS } from "./scipy-results.ts";

const pattern = (shape: readonly [number, number], f: (i: number) => number): Matrix =>
  tensor(
    shape,
    Array.from({ length: shape[0] * shape[1] }, (_, i) => f(i)),
  );
const dense = (k: number): Matrix => pattern([k, k], (i) => Math.cos(3 * i * i));
const picture = pattern([200, 200], (i) => Math.sin(i * i));

describe("gives what SciPy gives", () => {
  it.each(SCIPY_RESULTS.map((result) => [Object.values(result).slice(0, 5).join(" "), result] as const))(
    "%s",
    (_name, { operation, kernel, mode, boundary, fillValue, y }) => {
      const [h, w] = kernel.split("x").map(Number) as [number, number];
      const compute = operation === "corr2d" ? corr2d : convolve2d;
      const options: Corr2dOptions = boundary === "constant" ? { mode, boundary, fillValue } : { mode, boundary };
      const counting = pattern([h, w], (i) => i + 1);
      for (const method of ["naive", "direct", "auto"] as const) {
        const result = compute(tensor([4, 5], IMAGE), counting, { ...options, method });
        expect(
          Array.from(result.data, (value) => value + 0),
          method,
        ).toEqual(y);
      }
      const transformed = compute(tensor([4, 5], IMAGE), counting, { ...options, method: "fft" }).data;
      // Integers of a few thousand, from which a transform in float32 is less than a tenth away.
      expect(Array.from(transformed, (value) => Math.round(value) + 0)).toEqual(y);
    },
  );
});

it("leaves what it is given as it was", () => {
  const [x, kernel] = [picture.data.slice(), dense(21).data.slice()];
  const given = { x: tensor([200, 200], x), kernel: tensor([21, 21], kernel) };
  for (const method of ["direct", "fft"] as const) corr2d(given.x, given.kernel, { method });
  expect(given.x.data).toEqual(picture.data);
  expect(given.kernel.data).toEqual(dense(21).data);
});

it("returns arrays that own their buffers", () => {
  for (const method of ["direct", "fft"] as const) {
    const { data } = corr2d(picture, dense(5), { method });
    expect(data.byteLength).toBe(data.buffer.byteLength);
  }
});

describe("goes to the scalar methods, and says so,", () => {
  const wide = (rows: number, columns: number): Matrix => pattern([rows, columns], (i) => Math.cos(i * i));
  const infinite = pattern([3, 3], (i) => (i === 4 ? Infinity : 1));
  const large = pattern([200, 200], (i) => 1e37 * Math.sin(i * i));
  const cases: readonly [string, Matrix, Matrix, Corr2dMethod | "auto", RegExp][] = [
    ["where little is done", wide(3, 3), dense(2), "auto", /so little is done/],
    ["for infinite weights", picture, infinite, "auto", /not finite/],
    ["by name for the definition", picture, dense(3), "naive", /has no SIMD form/],
    ["for kernels larger than tiles", wide(400, 400), wide(300, 300), "auto", /exceed/],
    ["for numbers that leave float32 on their way", large, dense(15), "fft", /leave float32/],
    ["for tall kernels, directly", picture, wide(70, 2), "direct", /70 rows/],
  ];
  it.each(cases)("%s", (_name, x, kernel, method, reason) => {
    const options = { mode: "same", method } as const;
    const explanation = explainCorr2d(x, kernel, options);
    expect(explanation.engine).toBe("scalar");
    expect(explanation.reason).toMatch(/^scalar, since/);
    expect(explanation.reason).toMatch(reason);
    expect(corr2d(x, kernel, options)).toEqual(corr2dScalar(x, kernel, options));
  });

  it("for float64", () => {
    const x = { shape: [40, 40] as const, data: Float64Array.from(picture.data.subarray(0, 1600)) };
    expect(explainCorr2d(x, x, { mode: "same" })).toMatchObject({
      engine: "scalar",
      reason: expect.stringMatching(/float64/),
    });
    expect(corr2d(x, x, { mode: "same" })).toEqual(corr2dScalar(x, x, { mode: "same" }));
  });
});

it("keeps NaN and infinity where they are: auto does not transform them", () => {
  const x = pattern([200, 200], (i) => (i === 100 * 200 + 100 ? NaN : 1));
  expect(explainCorr2d(x, dense(21)).method).not.toBe("fft");
  const y = corr2d(x, dense(21)).data;
  expect(y.filter(Number.isNaN).length).toBe(21 * 21);
  expect(() => corr2d(x, dense(21), { method: "fft" })).toThrow(/corr2d: method "fft" needs finite values/);
});

it("transforms a blank picture as any other", () => {
  const blank = pattern([200, 200], () => 0);
  expect(explainCorr2d(blank, dense(41))).toMatchObject({ engine: "simd", method: "fft" });
  expect(corr2d(blank, dense(41)).data.every((value) => value === 0)).toBe(true);
  const noise = explainCorr2d(
    pattern([200, 200], () => Number.NaN),
    dense(41),
  );
  expect(noise.reason).toMatch(/^fft would spread .+; expected to be fastest of the others: direct /);
});

it("throws what the scalar functions throw", () => {
  expect(() => corr2d(dense(2), dense(3))).toThrow(new RangeError("corr2d: kernel height 3 exceeds input height 2"));
  expect(() => convolve2d(picture, dense(3), { method: "separable" })).toThrow(
    'convolve2d: method "separable" needs a kernel of rank 1; use "auto"',
  );
  expect(() => corr2d(picture, dense(3), { method: "magic" as "fft" })).toThrow(RangeError);
});

it("explains: engine, method, reason, times and bound", () => {
  const explanation = explainCorr2d(picture, dense(31), { mode: "same" });
  expect(explanation).toMatchObject({ engine: "simd", method: "fft", bound: { kind: "normwise" } });
  expect(explanation.reason).toMatch(/^expected to be fastest: direct .+ ms, separable impossible, fft .+ ms$/);
  expect(explanation.expected.separable).toBe(Infinity);
  expect(explainCorr2d(picture, dense(3), { method: "direct" }).reason).toBe("asked for by name");
});
