/**
 * The constants of stated error bounds, by hand: γ of the roundings that a result undergoes.
 */

import { conv2d, conv3d, convTranspose2d, corr2d, depthwiseConv2d, type Explanation, explain } from "@corr2d/core";
import { correlate1d } from "@corr2d/core/signals";
import { expect, it } from "vitest";

const PASSES = ["forward", "inputGradient", "filterGradient"] as const;
const UNITS = { float32: 2 ** -24, float64: 2 ** -53 } as const;
type DType = keyof typeof UNITS;

/** γ_k = k·u / (1 − k·u). */
const gamma = (k: number, dtype: DType): number => (k * UNITS[dtype]) / (1 - k * UNITS[dtype]);
/** One bound after the other. */
const after = (...bounds: readonly number[]): number => bounds.reduce((all, bound) => all * (1 + bound), 1) - 1;

const array = (dtype: DType, ...shape: number[]) => ({
  shape,
  data: new { float32: Float32Array, float64: Float64Array }[dtype](shape.reduce((a, b) => a * b, 1)).fill(1),
});
const constants = (explained: (pass: (typeof PASSES)[number]) => Explanation): number[] =>
  PASSES.map((pass) => explained(pass).errorBound.constant);
function expectClose(stated: readonly number[], derived: readonly number[]): void {
  for (const [i, constant] of stated.entries()) expect(constant / derived[i]!).toBeCloseTo(1, 4);
}

const naive = { algorithm: "naive", engine: "scalar" } as const;

it.each(["float32", "float64"] as const)("of planes in %s count the products of an element", (dtype) => {
  const of = (products: readonly number[]) => products.map((k) => gamma(k + 2, dtype));
  const x = array(dtype, 2, 7, 6, 4) as never;
  const grouped = { ...naive, groups: 2 };
  expectClose(
    constants((pass) => explain(conv2d, x, array(dtype, 3, 2, 2, 10) as never, { ...grouped, pass })),
    of([3 * 2 * 2, 3 * 2 * 5, 2 * 5 * 5]),
  );
  expectClose(
    constants((pass) => explain(depthwiseConv2d, x, array(dtype, 3, 2, 4, 3) as never, { ...naive, pass })),
    of([3 * 2, 3 * 2 * 3, 2 * 5 * 5]),
  );
  expectClose(
    constants((pass) => explain(convTranspose2d, x, array(dtype, 3, 2, 10, 4) as never, { ...naive, pass })),
    of([3 * 2 * 4, 3 * 2 * 10, 2 * 7 * 6]),
  );
});

it.each(["float32", "float64"] as const)("of volumes in %s count the planes that are added", (dtype) => {
  const x = array(dtype, 2, 5, 7, 6, 4) as never;
  const filter = array(dtype, 3, 3, 2, 4, 10) as never;
  // float32 planes are added in float64 and rounded once; float64 ones as often as there are planes.
  const planes = dtype === "float32" ? 2 : 1 + Math.max(3, 2 * 3);
  expectClose(
    constants((pass) => explain(conv3d, x, filter, { ...naive, pass })),
    [3 * 2 * 4, 3 * 2 * 10, 5 * 5].map((products) => after(gamma(products + 2, dtype), gamma(planes, dtype))),
  );
});

it.each(["float32", "float64"] as const)(
  "of gradients in %s count the copies that a border holds of a cell",
  (dtype) => {
    const edge = { ...naive, padding: 2, paddingMode: "edge", pass: "inputGradient" } as const;
    const image = explain(conv2d, array(dtype, 1, 7, 6, 4) as never, array(dtype, 5, 5, 4, 10) as never, edge);
    // A corner is there nine times.
    expectClose([image.errorBound.constant], [after(gamma(5 * 5 * 10 + 2, dtype), gamma(9, dtype))]);

    const matrix = explain(corr2d, array(dtype, 20, 30) as never, array(dtype, 5, 5) as never, {
      ...{ ...naive, mode: "same", boundary: "edge", pass: "inputGradient" },
    });
    const sums = (dtype === "float64" ? 0 : UNITS[dtype]) + gamma(5 * 5 + 2, "float64");
    expectClose([matrix.errorBound.constant], [after(sums, gamma(9, dtype))]);
  },
);

it("of plain sums of matrices and signals count the products, in the precision in which they are added", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const rounding = dtype === "float64" ? 0 : UNITS.float32;
    for (const algorithm of ["naive", "direct"] as const) {
      const options = { algorithm, engine: "scalar" } as const;
      const matrix = explain(corr2d, array(dtype, 20, 30) as never, array(dtype, 5, 3) as never, options);
      expectClose([matrix.errorBound.constant], [rounding + gamma(15 + 2, "float64")]);
    }
    const transformed = explain(corr2d, array(dtype, 64, 64) as never, array(dtype, 9, 9) as never, {
      ...{ algorithm: "fft", engine: "scalar" },
    });
    // A transform may add the rounding of a float32 result, or four times what sums of float64 have.
    const sums = gamma(81 + 2, "float64");
    expectClose([transformed.errorBound.constant], [dtype === "float64" ? 5 * sums : 2 * rounding + sums]);
    const options = { algorithm: "direct", engine: "simd" } as const;
    const taps = array(dtype, 9).data as never;
    const signal = (pass: (typeof PASSES)[number]) =>
      explain(correlate1d, array(dtype, 3, 50) as never, taps, { ...options, pass }).errorBound.constant;
    expectClose([signal("forward"), signal("inputGradient")], [gamma(9 + 2, dtype), gamma(9 + 2, dtype)]);
    // The gradient of a tap sums the outputs of a row, then the rows.
    expectClose([signal("filterGradient")], [gamma(42 + 2, dtype) + gamma(3, dtype)]);
  }
});
