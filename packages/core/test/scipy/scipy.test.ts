/**
 * What scipy.signal computes (cases.ts holds its results), by every algorithm: each mode, each boundary, even kernels, and
 * kernels larger than the image, once and several times. In mode "valid" SciPy lets image and kernel change places where the
 * kernel is larger; here that is an error, as everywhere in this package. SciPy's own tests of scipy.signal and scipy.ndimage run
 * against this package where there is Python: own_suite.py.
 */

import { type Boundary, convolve2d, corr2d, tensor, zeros } from "@corr2d/core";
import { expect, it } from "vitest";
import { fill } from "../other-orders.ts";
import { CASES } from "./cases.ts";

const BOUNDARIES: Record<string, Boundary> = { fill: "constant", wrap: "wrap", symm: "symmetric" };

it.each(CASES.map((scipyCase) => [scipyCase.slice(0, 6).join(" "), scipyCase] as const))(
  "%s",
  (_name, [operation, shape, kernelShape, mode, boundary, fillValue, y]) => {
    const compute = operation === "correlate2d" ? corr2d : convolve2d;
    const [x, kernel] = [tensor(shape, fill(shape, 0)), tensor(kernelShape, fill(kernelShape, 1))];
    for (const algorithm of ["auto", "naive", "direct", "fft"] as const) {
      const options = { mode, algorithm, boundary: BOUNDARIES[boundary], ...(boundary === "fill" && { fillValue }) };
      const { data } = compute(x, kernel, options);
      // What the transform gives is nearer to the integer than 10⁻⁵ before it is rounded to float32.
      const settled = Array.from(data, (value) => (algorithm === "fft" ? Math.round(value) : value) + 0);
      expect(settled, algorithm).toEqual(y.map((value) => value + 0));
    }
  },
);

it("refuses a kernel that is larger in mode valid", () => {
  expect(() => corr2d(zeros([2, 3]), zeros([4, 3]))).toThrow(/^corr2d: kernel height 4 exceeds input height 2$/);
});
