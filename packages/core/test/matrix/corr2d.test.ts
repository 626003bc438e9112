/**
 * corr2d and convolve2d: against SciPy's results, the laws of correlation, the methods against the definition within
 * the bounds they state, and values that are not finite.
 */

import {
  type Boundary,
  type Corr2dMode,
  type Corr2dOptions,
  convolve2d,
  corr2d,
  explain,
  type FloatArray,
  type Matrix,
  type MatrixAlgorithmName,
  separateKernel,
  tensor,
  zeros,
} from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IMAGE, SCIPY_RESULTS } from "./scipy-results.ts";

const MODES: readonly Corr2dMode[] = ["valid", "same", "full"];
const BOUNDARIES: readonly Boundary[] = ["constant", "edge", "reflect", "symmetric", "wrap"];
const ALGORITHMS: readonly MatrixAlgorithmName[] = ["naive", "direct", "fft"];

/** Options that set a fill value where there is one to set. */
const optionsOf = (mode: Corr2dMode, boundary: Boundary, fillValue = 0): Corr2dOptions =>
  boundary === "constant" ? { mode, boundary, fillValue } : { mode, boundary };

const float64 = (shape: readonly [number, number], data: readonly number[]): Matrix<Float64Array> =>
  tensor(shape, Float64Array.from(data));

const counting = ([h, w]: readonly [number, number]): number[] => Array.from({ length: h * w }, (_, i) => i + 1);

const normal = (seed: number, shape: readonly [number, number]): Matrix<Float64Array> => {
  const random = seededRandom(seed);
  return tensor(
    shape,
    Float64Array.from({ length: shape[0] * shape[1] }, () => random.normal()),
  );
};

/** Results on small integers, from which the transform differs by less than its bound, which is less than 10⁻⁹ here. */
const settled = (y: Matrix<FloatArray>): { shape: readonly number[]; data: number[] } => ({
  shape: y.shape,
  data: Array.from(y.data, (value) => (Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) + 0 : value)),
});

const largestDifference = (a: FloatArray, b: FloatArray): number => {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
};

describe("gives what SciPy gives", () => {
  it.each(SCIPY_RESULTS.map((result) => [Object.values(result).slice(0, 5).join(" "), result] as const))(
    "%s",
    (_name, { operation, kernel, mode, boundary, fillValue, y }) => {
      const shape = kernel.split("x").map(Number) as unknown as readonly [number, number];
      const compute = operation === "corr2d" ? corr2d : convolve2d;
      const options = optionsOf(mode, boundary, fillValue);
      for (const algorithm of ALGORITHMS) {
        const small = compute(tensor([4, 5], IMAGE), tensor(shape, counting(shape)), { ...options, algorithm });
        expect(settled(small).data, `${algorithm} float32`).toEqual(y);
        const large = compute(float64([4, 5], IMAGE), float64(shape, counting(shape)), { ...options, algorithm });
        expect(settled(large).data, `${algorithm} float64`).toEqual(y);
      }
    },
  );
});

it.each([
  ["symmetric", [3, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 0]],
  ["reflect", [2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1]],
  ["edge", [0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 3, 3]],
  ["wrap", [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]],
  ["constant", [7, 7, 7, 7, 0, 1, 2, 3, 7, 7, 7, 7]],
] as const)("continues a row by %s, further than it is long", (boundary, expected) => {
  // A kernel of 9 with a single 1 in the middle, fully outside at both ends.
  const kernel = tensor([1, 9], [0, 0, 0, 0, 1, 0, 0, 0, 0]);
  const y = corr2d(tensor([1, 4], [0, 1, 2, 3]), kernel, optionsOf("full", boundary, 7));
  expect(Array.from(y.data)).toEqual(expected);
});

it("continues a single cell", () => {
  const kernel = tensor([3, 3], new Float32Array(9).fill(1));
  for (const boundary of BOUNDARIES) {
    expect(corr2d(tensor([1, 1], [2]), kernel, optionsOf("same", boundary, 2)).data).toEqual(new Float32Array([18]));
  }
});

describe("laws, on integers, where they hold exactly", () => {
  const integers = (size: number) => fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size, maxLength: size });
  const problem = fc
    .record({
      height: fc.integer({ min: 1, max: 20 }),
      width: fc.integer({ min: 1, max: 20 }),
      h: fc.integer({ min: 1, max: 9 }),
      w: fc.integer({ min: 1, max: 9 }),
      mode: fc.constantFrom<Corr2dMode>("same", "full"),
      boundary: fc.constantFrom(...BOUNDARIES),
      algorithm: fc.constantFrom<MatrixAlgorithmName | "auto">("auto", ...ALGORITHMS),
    })
    .chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        x: integers(sizes.height * sizes.width),
        other: integers(sizes.height * sizes.width),
        kernel: integers(sizes.h * sizes.w),
        dy: integers((sizes.height + sizes.h) * (sizes.width + sizes.w)),
      }),
    );
  type Problem = typeof problem extends fc.Arbitrary<infer P> ? P : never;
  const matricesOf = ({ sizes: { height, width, h, w, mode, boundary, algorithm }, x, other, kernel }: Problem) => ({
    x: tensor([height, width], x),
    other: tensor([height, width], other),
    kernel: tensor([h, w], kernel),
    options: { mode, boundary, algorithm },
  });

  it("is linear in the image", () => {
    fc.assert(
      fc.property(problem, (drawn) => {
        const { x, other, kernel, options } = matricesOf(drawn);
        const sum = tensor(
          x.shape,
          x.data.map((value, i) => 2 * value - 3 * other.data[i]),
        );
        const [a, b] = [settled(corr2d(x, kernel, options)).data, settled(corr2d(other, kernel, options)).data];
        expect(settled(corr2d(sum, kernel, options)).data).toEqual(a.map((value, i) => 2 * value - 3 * b[i] + 0));
      }),
    );
  });

  it("moves with the image: on a torus, shifting and correlating change places", () => {
    fc.assert(
      fc.property(problem, fc.nat(19), fc.nat(19), (drawn, down, right) => {
        const { x, kernel, options } = matricesOf(drawn);
        const [height, width] = x.shape;
        const shift = (m: Matrix): Matrix =>
          tensor(
            m.shape,
            m.data.map((_, i) => {
              const row = (((Math.floor(i / width) - down) % height) + height) % height;
              const column = ((((i % width) - right) % width) + width) % width;
              return m.data[row * width + column];
            }),
          );
        const torus = { mode: "same", boundary: "wrap", algorithm: options.algorithm } as const;
        expect(settled(corr2d(shift(x), kernel, torus))).toEqual(settled(shift(corr2d(x, kernel, torus))));
      }),
    );
  });

  it("has convolution as its adjoint: ⟨dy, corr(x)⟩ = ⟨conv(dy), x⟩", () => {
    fc.assert(
      fc.property(problem, (drawn) => {
        const { x, kernel, options } = matricesOf(drawn);
        const { algorithm } = options;
        const y = corr2d(x, kernel, { mode: "full", algorithm });
        const dy = tensor(y.shape, drawn.dy.slice(0, y.data.length));
        const dx = convolve2d(dy, kernel, { mode: "valid", algorithm });
        const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
          Array.from(a).reduce((sum, value, p) => sum + value * b[p], 0);
        expect(dot(dy.data, settled(y).data)).toBe(dot(settled(dx).data, x.data));
      }),
    );
  });

  it("commutes, in mode full, as convolution", () => {
    fc.assert(
      fc.property(problem, (drawn) => {
        const { x, kernel } = matricesOf(drawn);
        expect(convolve2d(x, kernel, { mode: "full" })).toEqual(convolve2d(kernel, x, { mode: "full" }));
      }),
    );
  });

  it("is the same by every algorithm", () => {
    fc.assert(
      fc.property(problem, (drawn) => {
        const { x, kernel, options } = matricesOf(drawn);
        const [naive, ...others] = [...ALGORITHMS, "auto" as const].map((algorithm) =>
          corr2d(x, kernel, { ...options, algorithm }),
        );
        for (const other of others) expect(settled(other)).toEqual(settled(naive));
      }),
    );
  });
});

describe("on real data, each algorithm stays within the bound it states", () => {
  // Sizes that make several blocks and tiles, with rows and columns left over.
  const sizes = [
    [
      [97, 83],
      [5, 7],
    ],
    [
      [120, 1100],
      [12, 3],
    ],
    [
      [90, 70],
      [64, 65],
    ],
    [
      [30, 20],
      [60, 70],
    ],
    [
      [160, 150],
      [1, 130],
    ],
  ] as const;
  for (const [xShape, kernelShape] of sizes) {
    for (const mode of MODES) {
      if (mode === "valid" && kernelShape[0] > xShape[0]) continue;
      const boundaries = { valid: ["constant"], same: BOUNDARIES, full: ["constant", "reflect"] } as const;
      for (const boundary of boundaries[mode]) {
        it(`[${xShape}] with [${kernelShape}], ${mode}, ${boundary}`, () => {
          const options = optionsOf(mode, boundary, 0.75);
          const [x, kernel] = [normal(1, xShape), normal(2, kernelShape)];
          const magnitudes = (m: Matrix<Float64Array>): Matrix<Float64Array> => tensor(m.shape, m.data.map(Math.abs));
          const exact = corr2d(x, kernel, { ...options, algorithm: "naive" });
          const absolute = corr2d(magnitudes(x), magnitudes(kernel), { ...options, algorithm: "direct" });
          for (const algorithm of ["direct", "fft", "auto"] as const) {
            const { errorBound } = explain(corr2d, x, kernel, { ...options, algorithm });
            const y = corr2d(x, kernel, { ...options, algorithm });
            expect(y.shape).toEqual(exact.shape);
            let worst = 0;
            y.data.forEach((value, i) => {
              const allowed = errorBound.constant * absolute.data[i];
              worst = Math.max(worst, Math.abs(value - exact.data[i]) / allowed);
            });
            // The reference has roundings of its own, as many as the direct method.
            expect(worst, algorithm).toBeLessThan(2);
          }
        });
      }
    }
  }
});

describe("separable kernels", () => {
  const [column, row] = [new Float32Array([1, -2, 4, 0.5]), new Float32Array([3, 0, -1])];
  const kernel = tensor(
    [4, 3],
    Float32Array.from({ length: 12 }, (_, i) => column[Math.floor(i / 3)] * row[i % 3]),
  );
  const x = tensor(
    [9, 8],
    Float32Array.from({ length: 72 }, (_, i) => ((i * 7) % 11) - 5),
  );

  it.each(MODES.flatMap((mode) => BOUNDARIES.map((boundary) => [mode, boundary] as const)))(
    "given or found, give what the matrix gives: %s, %s",
    (mode, boundary) => {
      const options = optionsOf(mode, boundary, 2);
      const exact = corr2d(x, kernel, { ...options, algorithm: "naive" });
      expect(corr2d(x, kernel, { ...options, algorithm: "separable" })).toEqual(exact);
      expect(corr2d(x, { column, row }, options)).toEqual(exact);
      const convolved = convolve2d(x, kernel, { ...options, algorithm: "naive" });
      expect(convolve2d(x, kernel, { ...options, algorithm: "separable" })).toEqual(convolved);
      expect(convolve2d(x, { column, row }, options)).toEqual(convolved);
    },
  );

  it.each([
    ["float32", (values: readonly number[]): FloatArray => Float32Array.from(values)],
    ["float64", (values: readonly number[]): FloatArray => Float64Array.from(values)],
  ] as const)("are found in every Gaussian of %s, whatever its width and size", (_name, rounded) => {
    for (let sigma = 0.3; sigma <= 10; sigma *= 1.17) {
      for (const side of [2, 3, 5, 11, 21, 31, 63, 127]) {
        const along = (i: number): number => (i - (side - 1) / 2) ** 2 / (2 * sigma * sigma);
        const at = (i: number): [number, number] => [Math.floor(i / side), i % side];
        for (const weigh of [
          ([a, b]: [number, number]) => Math.exp(-along(a) - along(b)) / (2 * Math.PI * sigma * sigma),
          ([a, b]: [number, number]) => Math.exp(-along(a)) * Math.exp(-along(b)),
        ]) {
          const data = rounded(Array.from({ length: side * side }, (_, i) => weigh(at(i))));
          const found = separateKernel<FloatArray>({ shape: [side, side], data });
          expect(found, `${sigma} ${side}`).toBeDefined();
        }
      }
    }
  });

  it("are found where they are, within the tolerance, and only there", () => {
    const gaussian = (sigma: number, size: number): number[] =>
      Array.from({ length: size }, (_, i) => Math.exp(-((i - (size - 1) / 2) ** 2) / (2 * sigma * sigma)));
    const g = gaussian(1.7, 9);
    const blur = tensor(
      [9, 9],
      Float32Array.from({ length: 81 }, (_, i) => g[Math.floor(i / 9)] * g[i % 9]),
    );
    const found = separateKernel(blur)!;
    blur.data.forEach((weight, i) => {
      expect(Math.abs(found.column[Math.floor(i / 9)] * found.row[i % 9] - weight)).toBeLessThanOrEqual(
        2 ** -22 * weight,
      );
    });
    // One weight a little off: no longer of rank 1, but to those who tolerate it.
    const spoilt = tensor(
      [9, 9],
      blur.data.map((weight, i) => (i === 12 ? weight * 1.00001 : weight)),
    );
    expect(separateKernel(spoilt)).toBeUndefined();
    expect(separateKernel(spoilt, { tolerance: 1e-4 })).toBeDefined();
    expect(separateKernel(tensor([2, 2], [1, 0, 0, 1]))).toBeUndefined();
    expect(separateKernel(zeros([2, 2]))).toBeUndefined();
    expect(separateKernel(tensor([2, 2], [1, Number.NaN, 1, 1]))).toBeUndefined();
  });
});

describe("values that are not finite", () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

  it("stay with the cells that see them, whatever auto would like", () => {
    const x = normal(3, [200, 220]);
    const kernel = normal(4, [31, 31]);
    expect(explain(corr2d, x, kernel, { mode: "same" }).algorithm).toBe("fft");
    x.data[60 * 220 + 70] = nan;
    expect(explain(corr2d, x, kernel, { mode: "same" }).reason).toMatch(/% of the cells directly/);
    const y = corr2d(x, kernel, { mode: "same" });
    y.data.forEach((value, i) => {
      const sees = Math.abs(Math.floor(i / 220) - 60) <= 15 && Math.abs((i % 220) - 70) <= 15;
      expect(Number.isNaN(value)).toBe(sees);
    });
  });

  it("make infinities, not NaN, where only one is seen", () => {
    const x = tensor([3, 3], [0, 0, 0, 0, infinity, 0, 0, 0, 0]);
    // Nine taps: the direct method computes the last as two halves.
    const ones = tensor([3, 3], new Float32Array(9).fill(1));
    for (const algorithm of ["naive", "direct", "separable", "auto"] as const) {
      expect(corr2d(x, ones, { mode: "same", algorithm }).data).toEqual(new Float32Array(9).fill(infinity));
    }
  });

  it("in the kernel are not multiplied by the absent cells outside", () => {
    const x = tensor([2, 2], [1, 1, 1, 1]);
    const kernel = tensor([3, 3], [infinity, 1, 1, 1, 1, 1, 1, 1, 1]);
    for (const algorithm of ["naive", "direct", "auto"] as const) {
      expect(Array.from(corr2d(x, kernel, { mode: "same", algorithm }).data)).toEqual([4, 4, 4, infinity]);
      // A fill value that is given does take part.
      expect(Array.from(corr2d(x, kernel, { mode: "same", algorithm, fillValue: 1 }).data)).toEqual(
        new Array(4).fill(infinity),
      );
    }
    expect(
      corr2d(x, { column: new Float32Array([infinity, 1, 1]), row: new Float32Array([1, 1, 1]) }, { mode: "same" })
        .data,
    ).toEqual(new Float32Array([4, 4, infinity, infinity]));
  });

  it("are found before a transform overflows", () => {
    const x = tensor([64, 64], new Float64Array(4096).fill(1e300));
    const kernel = tensor(
      [33, 33],
      Float64Array.from({ length: 1089 }, (_, i) => Math.sin(i)),
    );
    expect(corr2d(x, kernel, { mode: "same", algorithm: "fft" }).data.every(Number.isFinite)).toBe(true);
  });
});

describe("refuses", () => {
  const x = zeros([5, 6]);
  const kernel = tensor([3, 3], [0, 1, 0, 1, -4, 1, 0, 1, 0]);
  const untyped = (value: unknown): never => value as never;
  it.each([
    [
      "an unknown boundary",
      { boundary: untyped("mirror") },
      RangeError,
      /^corr2d: boundary must be "constant", "edge", .* or "wrap", got "mirror"; did you mean "reflect"\?$/,
    ],
    [
      "an unknown algorithm",
      { algorithm: untyped("fast") },
      RangeError,
      /^corr2d: algorithm must be "auto", "naive", .*, got "fast"$/,
    ],
    [
      "a fill value that is none",
      { fillValue: untyped("0") },
      TypeError,
      /^corr2d: fillValue must be a number, got "0"$/,
    ],
    [
      "a fill value that nobody reads",
      { boundary: "reflect", fillValue: 1 },
      RangeError,
      /^corr2d: fillValue needs boundary "constant", got "reflect"$/,
    ],
    [
      "an option it does not know",
      untyped({ border: "reflect" }),
      TypeError,
      /^corr2d: unknown option "border"; did you mean boundary\?/,
    ],
    [
      "to separate what is not separable",
      { algorithm: "separable" },
      RangeError,
      /^corr2d: algorithm "separable" cannot do it: the kernel is not of rank 1; use "auto"$/,
    ],
  ] as const)("%s", (_name, options, error, text) => {
    const call = (): unknown => corr2d(x, kernel, options as Corr2dOptions);
    expect(call).toThrow(error);
    expect(call).toThrow(text);
  });

  it("to transform with weights that are not finite, and where precision keeps transforms out", () => {
    const infinite = tensor([1, 1], [Number.POSITIVE_INFINITY]);
    expect(() => convolve2d(x, infinite, { algorithm: "fft" })).toThrow(
      /^convolve2d: algorithm "fft" cannot do it: a weight is not finite; .*; use "auto"$/,
    );
    expect(() => corr2d(x, kernel, { algorithm: "fft", precision: "strict" })).toThrow(
      'corr2d: algorithm "fft" cannot do it: precision "strict" keeps transforms out; use "auto"',
    );
  });

  it("an output that is absurd, before memory is taken", () => {
    const long = tensor([1, 2 ** 16], new Float32Array(2 ** 16));
    const tall = tensor([2 ** 16, 1], new Float32Array(2 ** 16));
    expect(() => corr2d(long, tall, { mode: "full" })).toThrow(
      /^corr2d: output \[65536,65536\] has 4294967296 elements/,
    );
  });

  it("vectors that are none, or of another type", () => {
    const row = new Float32Array([1, 2]);
    expect(() => corr2d(x, untyped({ row }))).toThrow(/^corr2d: kernel\.column must be a Float32Array, got undefined$/);
    expect(() => corr2d(x, untyped({ row, column: new Float64Array(2) }))).toThrow(
      /^corr2d: kernel\.row must be a Float64Array, got Float32Array$/,
    );
    expect(() => corr2d(x, { row, column: new Float32Array(0) })).toThrow(/kernel\.column \[0\] is empty$/);
    expect(() => separateKernel(kernel, { tolerance: -1 })).toThrow(/tolerance must be a number of 0 or more, got -1$/);
  });
});

it("changes nothing of the caller's, and returns memory of its own", () => {
  const x = tensor(
    [20, 20],
    Float32Array.from({ length: 400 }, (_, i) => i % 7),
  );
  const kernel = tensor(
    [3, 5],
    Float32Array.from({ length: 15 }, (_, i) => i % 4),
  );
  const [xBefore, kernelBefore] = [x.data.slice(), kernel.data.slice()];
  for (const algorithm of ALGORITHMS) {
    const y = convolve2d(x, kernel, { mode: "same", algorithm });
    expect(y.data.byteLength).toBe(y.data.buffer.byteLength);
    expect(convolve2d(x, kernel, { mode: "same", algorithm })).toEqual(y);
  }
  expect([x.data, kernel.data]).toEqual([xBefore, kernelBefore]);
});

describe("explain", () => {
  const x = normal(5, [128, 128]);

  it("says what runs, why, and how far it may be off", () => {
    const small = explain(corr2d, x, normal(6, [3, 3]), { mode: "same" });
    expect(small).toMatchObject({ algorithm: "direct", engine: "scalar", errorBound: { kind: "element" } });
    expect(small.reason).toMatch(
      /^expected to be fastest: direct on scalar .* ms, .*; SIMD .*float64; the kernel is not of rank 1$/,
    );
    const large = explain(corr2d, x, normal(6, [63, 63]), { mode: "same" });
    expect(large).toMatchObject({
      algorithm: "fft",
      engine: "scalar",
      inputShape: [128, 128],
      outputShape: [128, 128],
    });
    const slow = explain(corr2d, normal(5, [512, 512]), normal(6, [63, 63]));
    expect(slow.reason).toMatch(/direct on scalar \d\d\d ms/);
    const box = tensor([9, 9], new Float64Array(81).fill(1));
    expect(explain(corr2d, x, box)).toMatchObject({ algorithm: "separable", errorBound: { kind: "element" } });
    expect(explain(corr2d, x, box, { algorithm: "naive" })).toMatchObject({
      algorithm: "naive",
      reason: "asked for by name",
    });
    expect(explain(corr2d, x, box, { precision: "strict" }).precision).toBe("strict");
  });

  it("tells of shapes alone, and of gradients", () => {
    const picture = explain(corr2d, [512, 512], [3, 3]);
    expect(picture).toMatchObject({ algorithm: "direct", engine: "simd", outputShape: [510, 510] });
    expect(explain(corr2d, [512, 512], [41, 41]).algorithm).toBe("fft");
    expect(explain(corr2d, [512, 512], [41, 41], { precision: "strict" }).algorithm).toBe("direct");
    expect(explain(corr2d, [512, 512], [3, 3], { pass: "inputGradient" }).algorithm).toBe("direct");
    expect(explain(convolve2d, [512, 512], [3, 3], { pass: "filterGradient" }).reason).toMatch(
      /^a sum over the whole output/,
    );
  });

  it("describes the result of corr2d: algorithms differ, and by less than the sum of their bounds", () => {
    const kernel = normal(7, [21, 21]);
    const direct = corr2d(x, kernel, { mode: "same", algorithm: "direct" }).data;
    const transformed = corr2d(x, kernel, { mode: "same", algorithm: "fft" }).data;
    expect(largestDifference(direct, transformed)).toBeLessThan(1e-12);
    expect(largestDifference(direct, transformed)).toBeGreaterThan(0);
  });
});

it("an infinite weight meets no absent cell, and kernels may be as large as they like, by every plain sum", () => {
  const values = (length: number): number[] => Array.from({ length }, (_, i) => ((i * 7) % 11) - 5);
  const spoilt = tensor([3, 3], [1, 2, 1, 2, Infinity, 2, 1, 2, -1]);
  const image = tensor([6, 7], values(42));
  // More rows than scratch has room for columns of.
  const [tall, high] = [tensor([3000, 90], values(270_000)), tensor([3000, 91], values(273_000))];
  for (const operation of [corr2d, convolve2d]) {
    for (const mode of ["valid", "same", "full"] as const) {
      const of = (algorithm: "naive" | "direct") => operation(image, spoilt, { mode, algorithm, engine: "scalar" });
      expect(of("direct")).toEqual(of("naive"));
    }
    const of = (algorithm: "naive" | "direct") => operation(high, tall, { algorithm, engine: "scalar" });
    expect(of("direct")).toEqual(of("naive"));
  }
});
