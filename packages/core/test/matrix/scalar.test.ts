/** The subpath without assembler gives what the root gives on its scalar engine, to the bit, and refuses what it refuses. */

import {
  type Boundary,
  type Corr2dMode,
  convolve2d,
  corr2d,
  type FloatArray,
  type Matrix,
  tensor,
  zeros,
} from "@corr2d/core";
import { convolve2d as scalarConvolve2d, corr2d as scalarCorr2d } from "@corr2d/core/scalar";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";

const MODES: readonly Corr2dMode[] = ["valid", "same", "full"];
const BOUNDARIES: readonly Boundary[] = ["constant", "edge", "reflect", "symmetric", "wrap"];
const random = seededRandom(12);
const matrix = (height: number, width: number): Matrix<Float64Array> =>
  tensor(
    [height, width],
    Float64Array.from({ length: height * width }, () => random.normal()),
  );
const narrowed = ({ shape, data }: Matrix<FloatArray>): Matrix => tensor(shape, Float32Array.from(data));

const dense = matrix(3, 4);
const [column, row] = [matrix(1, 7).data, matrix(1, 5).data];
const product = tensor(
  [7, 5],
  Float64Array.from({ length: 35 }, (_, i) => column[Math.floor(i / 5)]! * row[i % 5]!),
);

const OPERATIONS = [
  ["corr2d", corr2d, scalarCorr2d],
  ["convolve2d", convolve2d, scalarConvolve2d],
] as const;

describe.each(OPERATIONS)("%s", (name, ofRoot, ofScalar) => {
  it.each(MODES)("computes what the root does, %s", (mode) => {
    const x = matrix(9, 11);
    for (const boundary of BOUNDARIES) {
      const options = { mode, boundary, ...(boundary === "constant" ? { fillValue: -0.5 } : {}) };
      for (const kernel of [dense, product]) {
        for (const algorithm of ["naive", "direct"] as const) {
          const asked = { ...options, algorithm };
          expect(ofScalar(x, kernel, asked)).toEqual(ofRoot(x, kernel, { ...asked, engine: "scalar" }));
          expect(ofScalar(narrowed(x), narrowed(kernel), asked)).toEqual(
            ofRoot(narrowed(x), narrowed(kernel), { ...asked, engine: "scalar" }),
          );
        }
      }
      const separable = { ...options, algorithm: "separable" } as const;
      for (const kernel of [product, { column, row }]) {
        expect(ofScalar(x, kernel, separable)).toEqual(ofRoot(x, kernel, { ...separable, engine: "scalar" }));
      }
    }
  });

  it("takes two passes where the kernel's factors are given or that is less work, and sums products elsewhere", () => {
    const x = matrix(60, 60);
    const through = (
      kernel: typeof dense | { column: Float64Array; row: Float64Array },
      algorithm: "direct" | "separable",
    ) => ofScalar(x, kernel, { algorithm });
    expect(ofScalar(x, product)).toEqual(through(product, "separable"));
    expect(ofScalar(x, product)).not.toEqual(through(product, "direct"));
    expect(ofScalar(x, dense)).toEqual(through(dense, "direct"));
    const [two, three] = [matrix(1, 2).data, matrix(1, 3).data];
    const small = { column: two, row: three };
    expect(ofScalar(x, small)).toEqual(through(small, "separable"));
    const sum = tensor(
      [2, 3],
      Float64Array.from({ length: 6 }, (_, i) => two[Math.floor(i / 3)]! * three[i % 3]!),
    );
    expect(ofScalar(x, sum)).toEqual(through(sum, "direct"));
  });

  it("refuses what it cannot do", () => {
    const call = ofScalar as (...args: unknown[]) => unknown;
    const x = matrix(4, 4);
    expect(() => call(x, narrowed(dense))).toThrow(
      `${name}: x is float64, but kernel is float32; both must be the same`,
    );
    expect(() => call(x, dense, { algorithm: "separable" })).toThrow(
      `${name}: algorithm "separable" needs a kernel of rank 1; use "auto"`,
    );
    expect(() => call(x, dense, { algorithm: "fft" })).toThrow(
      /algorithm must be "auto", "naive", "direct" or "separable"/,
    );
    expect(() => call(x, dense, { engine: "scalar" })).toThrow(/unknown option "engine"/);
    expect(() => call(zeros([0, 4]), narrowed(dense))).toThrow(`${name}: x [0,4] is empty`);
    expect(() => call(zeros([4]), dense)).toThrow(/x must have rank 2/);
  });
});
