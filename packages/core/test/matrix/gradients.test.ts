/**
 * Gradients of corr2d and convolve2d: as adjoints of the forward pass, and by finite differences in float64; in every mode, at
 * every boundary, on both engines.
 */

import {
  type Boundary,
  type Corr2dMode,
  type Corr2dOptions,
  convolve2d,
  corr2d,
  explain,
  type FloatArray,
  filterGradient,
  gradients,
  inputGradient,
  type Matrix,
  plan,
  planFilterGradient,
  planInputGradient,
  residentArray,
  tensor,
} from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";

const MODES: readonly Corr2dMode[] = ["valid", "same", "full"];
const BOUNDARIES: readonly Boundary[] = ["constant", "edge", "reflect", "symmetric", "wrap"];
const OPERATIONS = { corr2d, convolve2d };

const normal = (seed: number, shape: readonly [number, number]): Matrix<Float64Array> => {
  const random = seededRandom(seed);
  return tensor(
    shape,
    Float64Array.from({ length: shape[0] * shape[1] }, () => random.normal()),
  );
};
const narrowed = ({ shape, data }: Matrix<FloatArray>): Matrix => tensor(shape, Float32Array.from(data));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, p) => sum + value * b[p], 0);
const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, p) => Math.max(most, Math.abs(value - b[p])), 0);

/** Kernels of odd and even sides, of one row or column, one larger than the image; and outputs of several blocks of rows. */
const SIZES = [
  { image: [9, 8], kernel: [3, 3] },
  { image: [7, 9], kernel: [2, 4] },
  { image: [7, 9], kernel: [1, 4] },
  { image: [9, 8], kernel: [3, 1] },
  { image: [4, 5], kernel: [6, 11] },
  { image: [33, 40], kernel: [5, 7] },
  { image: [70, 9], kernel: [3, 2] },
] as const;

const CASES = SIZES.flatMap(({ image, kernel }) =>
  MODES.filter((mode) => mode !== "valid" || kernel.every((side, axis) => side <= image[axis])).flatMap((mode) =>
    BOUNDARIES.map((boundary) => ({ image, kernel, mode, boundary })),
  ),
);

describe.each(Object.entries(OPERATIONS))("%s", (_name, operation) => {
  it.each(CASES)("$image by $kernel, $mode, $boundary", ({ image, kernel: kernelShape, mode, boundary }) => {
    const [x, kernel] = [normal(1, image), normal(2, kernelShape)];
    const options: Corr2dOptions = { mode, boundary };
    const y = operation(x, kernel, options);
    const dy = normal(3, y.shape);
    const found = gradients(operation, x, kernel, dy, options);
    expect(found.input).toEqual(inputGradient(operation, dy, kernel, image, options));
    expect(found.filter).toEqual(filterGradient(operation, x, dy, kernelShape, options));

    // Linear in either argument, so that both adjoints are the forward pass of another argument.
    const [other, otherKernel] = [normal(4, image), normal(5, kernelShape)];
    expect(dot(found.input.data, other.data)).toBeCloseTo(dot(dy.data, operation(other, kernel, options).data), 9);
    expect(dot(found.filter.data, otherKernel.data)).toBeCloseTo(
      dot(dy.data, operation(x, otherKernel, options).data),
      9,
    );

    for (const p of [0, image[1], x.data.length - 1]) {
      const step = 2 ** -10;
      const moved = (by: number): number =>
        dot(dy.data, operation({ ...x, data: x.data.with(p, x.data[p]! + by) }, kernel, options).data);
      expect(found.input.data[p]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 7);
    }
    for (const p of [0, kernel.data.length - 1]) {
      const step = 2 ** -10;
      const moved = (by: number): number =>
        dot(dy.data, operation(x, { ...kernel, data: kernel.data.with(p, kernel.data[p]! + by) }, options).data);
      expect(found.filter.data[p]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 7);
    }

    for (const engine of ["scalar", "simd"] as const) {
      const on = { ...options, engine };
      const [x32, kernel32, dy32] = [narrowed(x), narrowed(kernel), narrowed(dy)];
      const found32 = gradients(operation, x32, kernel32, dy32, on);
      const exact = gradients(
        operation,
        { ...x, data: Float64Array.from(x32.data) },
        { ...kernel, data: Float64Array.from(kernel32.data) },
        { ...dy, data: Float64Array.from(dy32.data) },
        options,
      );
      expect(largest(found32.input.data, exact.input.data)).toBeLessThan(1e-4);
      expect(largest(found32.filter.data, exact.filter.data)).toBeLessThan(1e-3);
      expect(planInputGradient(operation, image, kernel32, on).run(dy32.data)).toEqual(found32.input.data);
      expect(planFilterGradient(operation, image, kernelShape, on).run(x32.data, dy32.data)).toEqual(
        found32.filter.data,
      );
    }
  });
});

it("have plans with the facts of others, which take resident arrays and refuse to run once disposed of", () => {
  const kernel = narrowed(normal(9, [9, 9]));
  const [x, dy] = [narrowed(normal(10, [200, 210])), narrowed(normal(11, [200, 210]))];
  const options = { mode: "same", boundary: "reflect" } as const;
  const backward = planInputGradient(corr2d, x.shape, kernel, options);
  const ofKernel = planFilterGradient(corr2d, x.shape, [9, 9], options);
  expect(backward).toMatchObject({ engine: "simd", inputShape: [200, 210], errorBound: { kind: "element" } });
  expect(ofKernel).toMatchObject({ algorithm: "direct", engine: "simd", filterShape: [9, 9] });
  expect(planFilterGradient(corr2d, x.shape, [9, 9], { ...options, dtype: "float64" }).engine).toBe("scalar");
  expect(explain(corr2d, x, kernel, { ...options, pass: "inputGradient" }).algorithm).toBe(backward.algorithm);
  using xs = residentArray(x.data.length);
  using dys = residentArray(x.data.length);
  xs.write(x.data);
  dys.write(dy.data);
  expect(backward.run(dys)).toEqual(backward.run(dy.data));
  expect(ofKernel.run(xs, dys)).toEqual(ofKernel.run(x.data, dy.data));
  for (const made of [backward, ofKernel]) made[Symbol.dispose]();
  expect(() => backward.run(dy.data)).toThrow("planInputGradient(corr2d).run: the plan was disposed of");
  expect(() => ofKernel.run(x.data, dy.data)).toThrow("planFilterGradient(corr2d).run: the plan was disposed of");
});

it("keep what is absent absent: an infinite dy makes no NaN of the cells outside", () => {
  const x = tensor([150, 150], new Float32Array(22500).fill(1));
  const dy = tensor([150, 150], new Float32Array(22500));
  dy.data[0] = Number.POSITIVE_INFINITY;
  const found = filterGradient(corr2d, x, dy, [3, 3], { mode: "same" });
  expect([...found.data]).toEqual([0, 0, 0, 0, Infinity, Infinity, 0, Infinity, Infinity]);
});

it("refuse an algorithm that has none, and a dy of another shape", () => {
  const [x, kernel] = [normal(1, [5, 5]), normal(2, [3, 3])];
  expect(() => filterGradient(corr2d, x, normal(3, [3, 3]), [3, 3], { algorithm: "fft" })).toThrow(
    'filterGradient(corr2d): algorithm "fft" computes no gradient of a kernel; use "auto"',
  );
  expect(() => gradients(corr2d, x, kernel, normal(3, [4, 4]))).toThrow(/^gradients\(corr2d\): dy has shape \[4,4\]/);
});

it("of a kernel given as vectors are those of the matrix", () => {
  const x = normal(1, [12, 13]);
  const [column, row] = [new Float64Array([1, 2, 1]), new Float64Array([1, 0, -1])];
  const dense = tensor(
    [3, 3],
    Float64Array.from({ length: 9 }, (_, i) => column[Math.floor(i / 3)]! * row[i % 3]!),
  );
  const dy = normal(2, plan(corr2d, x.shape, dense).outputShape);
  expect(gradients(corr2d, x, { column, row }, dy)).toEqual(gradients(corr2d, x, dense, dy));
});
