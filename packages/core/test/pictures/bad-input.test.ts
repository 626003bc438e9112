/** Pictures, kernels and options that cannot be right: a sentence that says how to mend it, and nothing is written. */

import { tensor } from "@corr2d/core";
import {
  box,
  emboss,
  filterPicture,
  gabor,
  gaussian,
  laplacian,
  laplacianOfGaussian,
  motion,
  planFilterPicture,
  sharpen,
  sobel,
  unsharp,
} from "@corr2d/core/pictures";
import { expect, it } from "vitest";

const untyped = (value: unknown): never => value as never;
const data = new Uint8ClampedArray(4 * 3 * 4);
const picture = { width: 4, height: 3, data };
const filterWith = (options: object) => () => filterPicture(picture, box(3), options);

it.each([
  [() => filterPicture(untyped([1, 2]), box()), TypeError, /picture must be \{ width, height, data \} .* got \[1,2\]/],
  [() => filterPicture(untyped({ ...picture, data: [1] }), box()), TypeError, /got data of \[1\]/],
  [
    () => filterPicture({ ...picture, width: 5 }, box()),
    RangeError,
    /5 × 3 pixels needs 1 to 4 elements .* got 48 in all, which is 3\.2 for each/,
  ],
  [
    () => filterPicture({ ...picture, channels: 3 }, box()),
    RangeError,
    /4 × 3 pixels with 3 channels needs 36 elements of data, got 48/,
  ],
  [() => filterPicture({ ...picture, channels: 5 }, box()), RangeError, /channels must be 1 \(grey\), 2 .* got 5/],
  [() => filterPicture({ ...picture, stride: 20 }, box()), RangeError, /channels must be given with stride/],
  [
    () => filterPicture({ ...picture, channels: 4, stride: 15 }, box()),
    RangeError,
    /stride must be an integer of 16 or more, got 15/,
  ],
  [() => filterPicture({ ...picture, width: 0 }, box()), RangeError, /width must be an integer of 1 or more, got 0/],
  [
    () => filterPicture({ ...picture, width: 1e9, height: 1e9 }, box()),
    RangeError,
    /1000000000000000000 pixels, more than the/,
  ],
  [
    () => filterPicture(picture, untyped({ column: [1], row: new Float32Array(1) })),
    TypeError,
    /kernel\.column must be a Float32Array or Float64Array, got/,
  ],
  [
    () => filterPicture(picture, untyped({ column: new Float32Array(1), row: [1] })),
    TypeError,
    /kernel\.row must be a Float32Array or Float64Array, got/,
  ],
  [
    () => filterPicture(picture, untyped([[1]])),
    TypeError,
    /kernel must be a tensor .*; write tensor\(\[1, 1\], \[1\]\)/,
  ],
  [
    () => filterPicture(picture, tensor([1, 2], [1, Number.NaN])),
    RangeError,
    /kernel must hold finite numbers of float32, got NaN/,
  ],
  [
    () => filterPicture(picture, { column: new Float32Array(4e4), row: new Float32Array(4e4) }),
    RangeError,
    /1600000000 weights, more than the 4194304 allowed; make picture and kernel smaller/,
  ],
  [
    filterWith({ region: { x: 2, y: 0, width: 3, height: 1 } }),
    RangeError,
    /region of 3 × 1 pixels from \{ x: 2, y: 0 \} must lie in the picture of 4 × 3/,
  ],
  [
    filterWith({ region: { x: -1, y: 0, width: 3, height: 1 } }),
    RangeError,
    /region\.x must be an integer of 0 or more, got -1/,
  ],
  [filterWith({ anchor: { x: 3, y: 0 } }), RangeError, /anchor \{ x: 3, y: 0 \} must lie in the kernel of 3 × 3 cells/],
  [filterWith({ anchor: [1, 1] }), TypeError, /anchor\.x must be a number, got undefined/],
  [filterWith({ boundary: "replicate" }), RangeError, /boundary must be .* got "replicate"; did you mean "edge"\?/],
  [filterWith({ borderType: "edge" }), TypeError, /unknown option "borderType"; did you mean boundary\?/],
  [filterWith({ fillValue: 3 }), RangeError, /fillValue needs boundary "constant", got "reflect"/],
  [
    filterWith({ scale: Number.POSITIVE_INFINITY }),
    RangeError,
    /scale must be a finite number of type float32, got Inf/,
  ],
  [filterWith({ offset: 1e39 }), RangeError, /offset must be a finite number of type float32, got 1e\+39/],
  [filterWith({ dtype: "int8" }), RangeError, /dtype must be "uint8" or "float32", got "int8"/],
  [
    () => filterPicture(picture, laplacian(), { alpha: "premultiply" }),
    RangeError,
    /needs a kernel whose sum is not 0.*use "keep"/,
  ],
  [
    () => filterPicture({ ...picture, width: 16, channels: 1 }, box(), { alpha: "premultiply" }),
    RangeError,
    /needs 2 or 4 channels/,
  ],
  [() => planFilterPicture(untyped({ width: 4 }), box()), TypeError, /format\.height must be a number, got undefined/],
  [
    () => planFilterPicture(untyped({ width: 4, height: 3, dtype: "int8" }), box(), { dtype: "uint8" }),
    RangeError,
    /format\.dtype must be "uint8" or "float32", got "int8"/,
  ],
  [() => gaussian(Number.NaN), RangeError, /gaussian: sigma must be a number of 0 or more, got NaN/],
  [() => gaussian(-1), RangeError, /sigma must be a number of 0 or more, got -1/],
  [() => gaussian(2, { size: 4 }), RangeError, /gaussian: size must be odd, got 4/],
  [() => gaussian(2, { size: 5, truncate: 3 }), RangeError, /give one of truncate, size and tolerance, not 2/],
  [
    () => gaussian(1e4),
    RangeError,
    /sigma 10000 makes a kernel of more than 2047 cells a side; make the picture smaller first/,
  ],
  [() => sobel(untyped("z")), RangeError, /sobel: axis must be "x" or "y", got "z"/],
  [() => sobel("x", 4), RangeError, /sobel: size must be odd, got 4/],
  [
    () => laplacianOfGaussian(1e-200),
    RangeError,
    /laplacianOfGaussian: weights must be finite .*, got NaN; an argument is/,
  ],
  [() => laplacianOfGaussian(1e-20, { size: 9 }), RangeError, /laplacianOfGaussian: weights must be finite/],
  [() => sharpen(1e38), RangeError, /sharpen: weights must be finite numbers of type float32, got Infinity/],
  [() => unsharp(1, 1e39), RangeError, /unsharp: weights must be finite/],
  [() => emboss(1e39), RangeError, /emboss: weights must be finite/],
  [() => gabor({ sigma: 2, wavelength: 1e-320 }), RangeError, /gabor: weights must be finite/],
  [() => motion(0), RangeError, /motion: length must be a number of 1 or more, got 0/],
] as const)("%# %s", (call, error, text) => {
  expect(call).toThrow(error);
  expect(call).toThrow(text);
  expect(data.every((byte) => byte === 0)).toBe(true);
});

it("a Gaussian by tolerance holds all but that much of the weight", () => {
  // Of 1,000 samples of the normal distribution 2.7 lie beyond 3σ; the cells up to r hold what lies within r + ½.
  expect(gaussian(1, { tolerance: 0.0027 }).row.length).toBe(7);
  expect(gaussian(10, { tolerance: 0.0027 }).row.length).toBe(61);
  expect(gaussian(10, { tolerance: 1e-9 }).row.length).toBeGreaterThan(120);
});
