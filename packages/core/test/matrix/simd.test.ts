/** What `corr2d` and `convolve2d` do on SIMD, and what goes to the scalar engine instead. */

import { convolve2d, corr2d, explain, type Matrix, type MatrixAlgorithmName, tensor } from "@corr2d/core";
import { describe, expect, it } from "vitest";

const pattern = (shape: readonly [number, number], f: (i: number) => number): Matrix =>
  tensor(
    shape,
    Array.from({ length: shape[0] * shape[1] }, (_, i) => f(i)),
  );
const dense = (k: number): Matrix => pattern([k, k], (i) => Math.cos(3 * i * i));
const picture = pattern([200, 200], (i) => Math.sin(i * i));

it("leaves what it is given as it was", () => {
  const [x, kernel] = [picture.data.slice(), dense(21).data.slice()];
  const given = { x: tensor([200, 200], x), kernel: tensor([21, 21], kernel) };
  for (const algorithm of ["direct", "fft"] as const) corr2d(given.x, given.kernel, { algorithm, engine: "simd" });
  expect(given.x.data).toEqual(picture.data);
  expect(given.kernel.data).toEqual(dense(21).data);
});

it("returns arrays that own their buffers", () => {
  for (const algorithm of ["direct", "fft"] as const) {
    const { data } = corr2d(picture, dense(5), { algorithm, engine: "simd" });
    expect(data.byteLength).toBe(data.buffer.byteLength);
  }
});

describe("goes to the scalar engine, and says why,", () => {
  const wide = (rows: number, columns: number): Matrix => pattern([rows, columns], (i) => Math.cos(i * i));
  const infinite = pattern([3, 3], (i) => (i === 4 ? Infinity : 1));
  const cases: readonly [string, Matrix, Matrix, MatrixAlgorithmName | "auto", RegExp][] = [
    ["where little is done", wide(3, 3), dense(2), "auto", /direct on scalar .* ms, direct on simd/],
    ["for infinite weights", picture, infinite, "auto", /a weight is not finite/],
    ["by name for the definition", picture, dense(3), "naive", /asked for by name/],
    ["for kernels larger than tiles", wide(400, 400), wide(300, 300), "auto", /exceed/],
    ["for tall kernels, directly", picture, wide(70, 2), "direct", /asked for by name/],
  ];
  it.each(cases)("%s", (_name, x, kernel, algorithm, reason) => {
    const options = { mode: "same", algorithm } as const;
    const explanation = explain(corr2d, x, kernel, options);
    expect(explanation.engine).toBe("scalar");
    expect(explanation.reason).toMatch(reason);
    expect(corr2d(x, kernel, options)).toEqual(corr2d(x, kernel, { ...options, engine: "scalar" }));
  });

  it("for float64", () => {
    const x = { shape: [40, 40] as const, data: Float64Array.from(picture.data.subarray(0, 1600)) };
    expect(explain(corr2d, x, x, { mode: "same" })).toMatchObject({
      engine: "scalar",
      reason: expect.stringMatching(/float64/),
    });
  });
});

it("throws where SIMD is asked for by name and cannot do it", () => {
  const x = { shape: [4, 4] as const, data: new Float64Array(16) };
  expect(() => corr2d(x, x, { engine: "simd" })).toThrow(
    'corr2d: engine "simd" cannot do it: SIMD computes float32, and this is float64; the kernel is not of rank 1; use "auto"',
  );
  expect(() => corr2d(picture, dense(3), { algorithm: "naive", engine: "simd" })).toThrow(
    'corr2d: algorithm "naive" on engine "simd" cannot do it: there is no such algorithm; use "auto"',
  );
  expect(() => convolve2d(picture, dense(3), { algorithm: "separable" })).toThrow(
    'convolve2d: algorithm "separable" cannot do it: the kernel is not of rank 1; use "auto"',
  );
  expect(() => corr2d(picture, dense(3), { algorithm: "magic" as "fft" })).toThrow(RangeError);
  expect(() => corr2d(picture, dense(3), { method: "fft" } as never)).toThrow(/did you mean algorithm\?/);
});

it("keeps NaN where it is, in a picture that is transformed", () => {
  const x = pattern([200, 200], (i) => (i === 100 * 200 + 100 ? NaN : 1));
  for (const engine of ["scalar", "simd"] as const) {
    const explanation = explain(corr2d, x, dense(21), { algorithm: "fft", engine });
    expect(explanation).toMatchObject({ algorithm: "fft", engine });
    expect(explanation.reason).toMatch(/% of the cells directly/);
    const y = corr2d(x, dense(21), { algorithm: "fft", engine }).data;
    expect(y.filter(Number.isNaN).length).toBe(21 * 21);
  }
});

it("transforms a blank picture as any other", () => {
  const blank = pattern([200, 200], () => 0);
  expect(explain(corr2d, blank, dense(41))).toMatchObject({ engine: "simd", algorithm: "fft" });
  expect(corr2d(blank, dense(41)).data.every((value) => value === 0)).toBe(true);
});

it("explains: engine, algorithm, reason, times and bound", () => {
  const explanation = explain(corr2d, picture, dense(31), { mode: "same" });
  expect(explanation).toMatchObject({ engine: "simd", algorithm: "fft", errorBound: { kind: "element" } });
  expect(explanation.reason).toMatch(/^expected to be fastest: fft on simd .+ ms, direct on simd .+ ms, /);
  expect(explain(corr2d, picture, dense(3), { algorithm: "direct" }).reason).toBe("asked for by name");
});
