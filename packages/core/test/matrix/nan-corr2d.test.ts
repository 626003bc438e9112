/** Missing values: left out of every algorithm's sums, exactly, and weights made up for. */

import { type Matrix, type NanCorr2dOptions, nanCorr2d, tensor, zeros } from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";

/** The definition in float64, cells outside being missing unless there is a fill value. */
function byDefinition(x: Matrix, kernel: Matrix, { mask, fillValue }: NanCorr2dOptions = {}): number[] {
  const [[height, width], [h, w]] = [x.shape, kernel.shape];
  const total = kernel.data.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: height * width }, (_, n) => {
    let [sum, weights] = [0, 0];
    for (let a = 0; a < h; a++) {
      for (let b = 0; b < w; b++) {
        const [i, j] = [Math.floor(n / width) + a - Math.floor((h - 1) / 2), (n % width) + b - Math.floor((w - 1) / 2)];
        const isInside = i >= 0 && i < height && j >= 0 && j < width;
        const value = isInside ? x.data[i * width + j]! : (fillValue ?? Number.NaN);
        if (Number.isNaN(value) || (isInside && mask?.[i * width + j] === 0)) continue;
        sum += kernel.data[a * w + b]! * value;
        weights += kernel.data[a * w + b]!;
      }
    }
    return weights > 0 ? (total * sum) / weights : Number.NaN;
  });
}

const random = seededRandom(3);
const weightsOf = (h: number, w: number): Matrix =>
  tensor(
    [h, w],
    Array.from({ length: h * w }, () => random.uniform(0, 1)),
  );
const column = Float32Array.from([0.25, 0.5, 0.25]);

const WAYS: readonly (readonly [string, Matrix, NanCorr2dOptions])[] = [
  ["direct on simd", weightsOf(5, 4), { algorithm: "direct", engine: "simd" }],
  ["fft on simd", weightsOf(11, 12), { algorithm: "fft", engine: "simd" }],
  [
    "separable on simd",
    tensor(
      [3, 3],
      Array.from({ length: 9 }, (_, i) => column[Math.floor(i / 3)]! * column[i % 3]!),
    ),
    { algorithm: "separable", engine: "simd" },
  ],
  ["naive", weightsOf(3, 3), { algorithm: "naive" }],
  ["direct on scalar", weightsOf(4, 5), { algorithm: "direct", engine: "scalar" }],
  ["fft on scalar", weightsOf(12, 11), { algorithm: "fft", engine: "scalar" }],
];

describe.each(WAYS)("%s", (_, kernel, way) => {
  const [height, width] = [40, 57];
  const data = Float32Array.from({ length: height * width }, (_, i) => {
    const isHole = Math.hypot(Math.floor(i / width) - 18, (i % width) - 25) < 15;
    return isHole || random.uniform() < 0.2 ? Number.NaN : random.uniform(-3, 9);
  });
  const x = tensor([height, width], data);
  const options = { mode: "same", ...way } as const;

  it("is the weighted mean of the cells that there are, and NaN where there are none", () => {
    for (const extra of [{}, { fillValue: 2 }, { mask: Uint8Array.from(data, (_, i) => (i % 3 === 0 ? 0 : 7)) }]) {
      const truth = byDefinition(x, kernel, extra);
      const { data: y } = nanCorr2d(x, kernel, { ...options, ...extra });
      expect(truth.some(Number.isNaN)).toBe(true);
      y.forEach((value, i) => {
        if (Number.isNaN(truth[i]!)) expect(value).toBeNaN();
        else expect(Math.abs(value - truth[i]!)).toBeLessThan(1e-4 * (1 + Math.abs(truth[i]!) * kernel.data.length));
      });
    }
  });

  it("does not see what stands in cells that a mask leaves out", () => {
    const mask = Uint8Array.from(data, (value) => Number(!Number.isNaN(value)));
    const filled = tensor(
      x.shape,
      data.map((value) => (Number.isNaN(value) ? 1e30 : value)),
    );
    expect(nanCorr2d(filled, kernel, { ...options, mask }).data).toEqual(nanCorr2d(x, kernel, options).data);
  });
});

it("a constant with holes stays that constant", () => {
  const x = tensor(
    [9, 9],
    Array.from({ length: 81 }, (_, i) => (i % 4 === 1 ? Number.NaN : 5)),
  );
  const { data } = nanCorr2d(x, { column, row: column }, { mode: "same" });
  for (const value of data) expect(value).toBeCloseTo(5, 5);
});

it("refuses what cannot make up for anything", () => {
  const x = tensor([2, 2], [1, 2, 3, 4]);
  expect(() => nanCorr2d(x, tensor([1, 2], [1, -1]))).toThrow(
    "nanCorr2d: kernel must hold weights of 0 or more to make up for missing ones, got -1",
  );
  expect(() => nanCorr2d(x, tensor([1, 2], [0, 0]))).toThrow("nanCorr2d: kernel must hold a weight other than 0");
  expect(() => nanCorr2d(x, tensor([1, 2], [1, 1]), { mask: new Uint8Array(3) })).toThrow(
    "nanCorr2d: mask must have 4 elements, one a cell, got 3",
  );
  expect(() => nanCorr2d(zeros([0, 4]), tensor([1, 2], [1, 1]), { mode: "full" })).toThrow(
    "nanCorr2d: x [0,4] is empty",
  );
});
