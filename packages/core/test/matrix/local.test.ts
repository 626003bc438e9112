/**
 * Local in, local out: whatever computes a cell, its error is at most the stated constant times the Σ|k||x| of its own window.
 * Data that hurt a Fourier transform which is trusted blindly: missing values, masks, black beside white, NaN; and a search
 * over images, kernels and boundaries for a cell that breaks the bound.
 */

import { type Boundary, type Corr2dOptions, corr2d, explain, type FloatArray, type Matrix, tensor } from "@corr2d/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const ENGINES = ["scalar", "simd"] as const;

const matrix = (rows: number, columns: number, f: (i: number, row: number, column: number) => number): Matrix =>
  tensor(
    [rows, columns],
    Float32Array.from({ length: rows * columns }, (_, i) => f(i, Math.floor(i / columns), i % columns)),
  );
const disk = (side: number, weight = 1): Matrix => {
  const r = (side - 1) / 2;
  return matrix(side, side, (_, a, b) => ((a - r) ** 2 + (b - r) ** 2 <= r * r ? weight : 0));
};
const widened = ({ shape, data }: Matrix<FloatArray>): Matrix<Float64Array> => tensor(shape, Float64Array.from(data));
const magnitudes = ({ shape, data }: Matrix<FloatArray>): Matrix<Float64Array> =>
  tensor(shape, Float64Array.from(data, Math.abs));

/** The worst error, in what is allowed for its cell; NaN and infinities have to be where they belong. */
function worstOf(x: Matrix, kernel: Matrix, options: Corr2dOptions): number {
  const { errorBound } = explain(corr2d, x.shape, kernel, options);
  expect(errorBound.kind).toBe("element");
  const { algorithm: _, engine: __, ...geometry } = options;
  const plain = { ...geometry, algorithm: "direct" } as const;
  const exact = corr2d(widened(x), widened(kernel), plain).data;
  const fill = options.fillValue === undefined ? {} : { fillValue: Math.abs(options.fillValue) };
  const sums = corr2d(magnitudes(x), magnitudes(kernel), { ...plain, ...fill }).data;
  let worst = 0;
  corr2d(x, kernel, options).data.forEach((value, i) => {
    const wanted = exact[i]!;
    if (!Number.isFinite(sums[i]!)) {
      if (!Object.is(value, Math.fround(wanted))) worst = Infinity;
      return;
    }
    // Below the normal numbers each product may lose what is half the smallest one.
    const allowed = errorBound.constant * sums[i]! + kernel.data.length * 2 ** -149;
    const error = Math.abs(wanted) > 3.4e38 ? 0 : Math.abs(value - wanted) / allowed;
    if (!(error <= worst)) worst = error;
  });
  return worst;
}

describe.each(ENGINES)("a transform on the %s engine", (engine) => {
  const options = { mode: "same", boundary: "edge", algorithm: "fft", engine } as const;

  it.each([1e6, 1e8, 1e12, 1e20, 9.96921e36, -3.4028234663852886e38, NaN, Infinity])(
    "leaves the neighbours of %d right",
    (fill) => {
      const x = matrix(180, 260, (i) => (i === 90 * 260 + 100 ? fill : 250 + 50 * Math.abs(Math.sin(i * i))));
      expect(worstOf(x, disk(15, 1 / 149), options)).toBeLessThanOrEqual(1);
      const many = matrix(180, 260, (i, row) => (row > 60 && (i * 7919) % 11 < 3 ? fill : 250));
      expect(worstOf(many, disk(21, 1 / 349), options)).toBeLessThanOrEqual(1);
    },
  );

  it("counts in whole numbers, and leaves empty places 0", () => {
    for (const density of [0.0001, 0.3, 1]) {
      for (const levels of [1, 7, 255]) {
        const x = matrix(150, 170, (i) => (Math.abs(Math.sin(i * i)) < density ? 1 + ((i * 31) % levels) : 0));
        const y = corr2d(x, disk(31), options).data;
        const exact = corr2d(widened(x), widened(disk(31)), {
          mode: "same",
          boundary: "edge",
          algorithm: "direct",
        }).data;
        expect(y.findIndex((value, i) => !Object.is(value, exact[i]! + 0))).toBe(-1);
      }
    }
  });

  it("counts in whole numbers beside such as no plain sum is exact for, and of large kernels", () => {
    const beside = matrix(128, 200, (i, _row, column) => (column < 90 ? 1 + ((i * 31) % 7) : 2 ** 20 + (i % 5)));
    const bytes = matrix(200, 210, (i, row) => (row < 60 ? i % 3 : (i * 7919) % 256));
    for (const [x, kernel] of [
      [beside, disk(31)],
      [bytes, disk(63)],
      [matrix(128, 140, (i) => (i === 9000 ? 1e6 : 0)), matrix(15, 15, (_, a, b) => ((a * b) % 2 === 0 ? 1 : -1))],
    ] as const) {
      const y = corr2d(x, kernel, options).data;
      const exact = corr2d(widened(x), widened(kernel), { mode: "same", boundary: "edge", algorithm: "direct" }).data;
      const sums = corr2d(magnitudes(x), magnitudes(kernel), {
        mode: "same",
        boundary: "edge",
        algorithm: "direct",
      }).data;
      expect(y.findIndex((value, i) => sums[i]! < 2 ** 24 && value !== exact[i])).toBe(-1);
    }
  });

  it("counts in whole numbers that no transform could tell apart, and beside a missing value", () => {
    const x = matrix(90, 100, (i) => (i * 7919) % 4096);
    x.data[45 * 100 + 50] = -3.4e38;
    const y = corr2d(x, disk(9), options).data;
    const exact = corr2d(widened(x), widened(disk(9)), { mode: "same", boundary: "edge", algorithm: "direct" }).data;
    y.forEach((value, i) => {
      if (Math.abs(exact[i]!) < 2 ** 24) expect(value).toBe(exact[i]);
    });
  });

  it("keeps black beside white: what is not negative stays so", () => {
    const x = matrix(160, 200, (i, _row, column) => (column < 100 ? 0.001 * Math.abs(Math.sin(i * i)) : 255));
    for (const dark of [1, 1e-6, 0]) {
      const image = { ...x, data: x.data.map((value) => (value < 1 ? value * dark : value)) };
      expect(worstOf(image, disk(31, 1 / 709), options)).toBeLessThanOrEqual(1);
      expect(corr2d(image, disk(31, 1 / 709), options).data.every((value) => value >= 0)).toBe(true);
    }
  });

  it("takes a fill value that dwarfs the image, and one that is not finite", () => {
    const x = matrix(120, 130, (i) => 1 + (i % 5));
    for (const fillValue of [1e30, -1e-30, Infinity, NaN]) {
      const filled = { mode: "same", fillValue, algorithm: "fft", engine } as const;
      expect(worstOf(x, disk(17, 0.01), filled)).toBeLessThanOrEqual(1);
    }
  });
});

it("computes what is dark beside what is bright in float64, where kernels are large", () => {
  // Whole numbers, and none: the first are rounded.
  for (const dark of [1, 0.37]) {
    const x = matrix(300, 310, (i, row) => (row < 150 ? dark * (i % 2) : 200 + (i % 50)));
    const kernel = disk(63, dark);
    const { algorithm, reason } = explain(corr2d, x, kernel, { mode: "same", boundary: "edge" });
    expect(algorithm).toBe("fft");
    // Most of the picture is dark, and little of it is left to plain sums.
    const share = reason.match(/; ([\d.]+) % of the cells directly/)?.[1] ?? "0";
    expect(Number(share)).toBeLessThan(10);
    expect(worstOf(x, kernel, { mode: "same", boundary: "edge", algorithm: "fft" })).toBeLessThanOrEqual(1);
  }
});

it("is what auto takes for a photograph, and says what part of it a transform does not do", () => {
  const x = matrix(256, 256, (i) => 1 + Math.abs(Math.sin(i * i)));
  expect(explain(corr2d, x, disk(41), { mode: "same" })).toMatchObject({ algorithm: "fft", engine: "simd" });
  x.data[100 * 256 + 100] = 1e20;
  const { algorithm, reason } = explain(corr2d, x, disk(41), { mode: "same" });
  expect(algorithm).toBe("fft");
  expect(reason).toMatch(/; [\d.]+ % of the cells directly, where a transform is less exact$/);
});

it("keeps what rows and columns make of heavy and light factors in the range of float32", () => {
  for (const [heavy, light] of [
    [1e20, 1e17],
    [3e38, 1],
    [3e38, 1e-30],
    [1e38, 1e-38],
    [1e38, 1e30],
  ] as const) {
    for (const [columnWeight, rowWeight] of [
      [heavy, light],
      [light, heavy],
    ] as const) {
      for (const side of [9, 31]) {
        for (const magnitude of [1e-3, 1e-30]) {
          const x = matrix(50, 60, (i) => magnitude * Math.sin(i * i));
          const column = Float32Array.from({ length: side }, (_, a) => columnWeight * (a % 3 === 2 ? 1e-6 : 1));
          const row = new Float32Array(side).fill(rowWeight);
          const factors = { column: Float64Array.from(column), row: Float64Array.from(row) };
          const exact = corr2d(widened(x), factors, { algorithm: "direct" }).data;
          const y = corr2d(x, { column, row }).data;
          const most = Math.max(...exact.map(Math.abs));
          const worst = y.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i]!)), 0);
          // What a sum of float32 has no room for aside.
          if (most < 1e37) expect(worst).toBeLessThan(1e-3 * most);
        }
      }
    }
  }
});

describe("a search finds no cell beyond the bound", () => {
  const magnitude = fc.constantFrom(0, 1e-30, 1e-6, 1e-3, 1, 1, 1, 255, 1e6, 1e20);
  const texture = fc.constantFrom<(i: number) => number>(
    () => 1,
    (i) => Math.sin(i * i),
    (i) => Math.abs(Math.sin(i * i)),
    (i) => (i % 2 === 0 ? 1 : -1),
    (i) => ((i * 7919) % 13 === 0 ? 1 : 0),
    (i) => Math.cos(i / 7),
  );
  const region = fc.record({
    top: fc.double({ min: 0, max: 1, noNaN: true }),
    left: fc.double({ min: 0, max: 1, noNaN: true }),
    height: fc.double({ min: 0, max: 1, noNaN: true }),
    width: fc.double({ min: 0, max: 1, noNaN: true }),
    magnitude,
    texture,
  });
  const kernelShape = fc.constantFrom<(a: number, b: number, h: number, w: number) => number>(
    () => 1,
    (a, b) => Math.sin(3 * a * a + 5 * b * b + a * b),
    (a, b, h, w) => Math.exp(-8 * (((a - h / 2) / h) ** 2 + ((b - w / 2) / w) ** 2) * (1 + (a % 3))),
    (a, b) => (a === 2 && b === 3 ? 1 : 0),
    (a, b) => ((a + b) % 2 === 0 ? 1 : -1),
    (a, b) => (a * b === 0 ? 1 : 1e-4),
  );
  const problem = fc.record({
    height: fc.integer({ min: 20, max: 150 }),
    width: fc.integer({ min: 20, max: 150 }),
    h: fc.integer({ min: 3, max: 33 }),
    w: fc.integer({ min: 4, max: 33 }),
    regions: fc.array(region, { minLength: 1, maxLength: 4 }),
    outlier: fc.option(fc.record({ at: fc.nat(), value: fc.constantFrom(1e3, 1e6, -1e12, 3e37, NaN, -Infinity) })),
    kernelShape,
    boundary: fc.constantFrom<Boundary>("constant", "edge", "reflect", "symmetric", "wrap"),
    mode: fc.constantFrom("same" as const, "full" as const),
    engine: fc.constantFrom(...ENGINES),
  });

  it("of an image of several parts, with or without an outlier", () => {
    fc.assert(
      fc.property(problem, ({ height, width, h, w, regions, outlier, kernelShape: weigh, boundary, mode, engine }) => {
        const x = matrix(height, width, () => 0);
        for (const part of regions) {
          const bottom = Math.min(height, Math.ceil((part.top + part.height) * height));
          const right = Math.min(width, Math.ceil((part.left + part.width) * width));
          for (let i = Math.floor(part.top * height); i < bottom; i++) {
            for (let j = Math.floor(part.left * width); j < right; j++) {
              x.data[i * width + j] = part.magnitude * part.texture(i * width + j);
            }
          }
        }
        if (outlier !== null) x.data[outlier.at % x.data.length] = outlier.value;
        const kernel = matrix(h, w, (_, a, b) => weigh(a, b, h, w));
        expect(worstOf(x, kernel, { mode, boundary, algorithm: "fft", engine })).toBeLessThanOrEqual(1);
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});
