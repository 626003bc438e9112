/**
 * Kernels as values: matrices, and where they are of rank 1 the two vectors that they are the product of, kernel[a, b] =
 * column[a] · row[b]. They are weights of a cross-correlation, as `filterPicture` and `corr2d` take them; x goes to the right and
 * y down, and derivatives are positive where the picture becomes brighter in that direction.
 *
 * @module
 */

import type { SeparableKernel } from "../corr2d/problem/problem.ts";
import { checkOptionNames, requireInteger, resolveWord } from "../geometry/options.ts";
import { describe, type Matrix, tensor } from "../tensor/tensor.ts";

/** The direction of a derivative. */
export type KernelAxis = "x" | "y";

/** How far a Gaussian reaches: at most one of these. */
export interface GaussianOptions {
  /** In standard deviations: radius ⌊truncate · σ + ½⌋, as SciPy has it. Default 4. */
  readonly truncate?: number | undefined;
  /** Cells of a side, an odd number: OpenCV's `ksize`. */
  readonly size?: number | undefined;
  /** The smallest size whose cells hold all but this part of the weight along an axis. */
  readonly tolerance?: number | undefined;
}

const GAUSSIAN_OPTIONS = ["truncate", "size", "tolerance"] as const;

/**
 * A Gaussian: g[i] = e^(−i² / 2σ²) / Σ, −r ≤ i ≤ r, along both axes.
 *
 * It is that of `scipy.ndimage.gaussian_filter` with the same σ and `truncate`, and of OpenCV's `GaussianBlur` with `size` for its
 * `ksize` (which is, if it is not given, 2·⌊3σ + ½⌋ + 1 for bytes, roughly, and 2·⌊4σ + ½⌋ + 1 for floats).
 *
 * @param sigma standard deviation in cells, of both axes or `{ x, y }`; 0 leaves an axis as it is.
 * @throws TypeError if `sigma` or an option is not a number; RangeError if one is out of range or more than one size is given.
 *
 * @example
 * ```ts
 * gaussian(0.5).row; // ≈ [0.000264, 0.106451, 0.786571, 0.106451, 0.000264]
 * gaussian(2).row.length; // → 17
 * gaussian(2, { size: 5 }).column.length; // → 5
 * gaussian({ x: 1, y: 0 }).column; // → [1]
 * ```
 * Source: R. Gonzalez and R. Woods, "Digital Image Processing", 4th edition, section 3.5.
 */
export function gaussian(
  sigma: number | { readonly x: number; readonly y: number },
  options: GaussianOptions = {},
): SeparableKernel<Float32Array<ArrayBuffer>> {
  checkOptionNames("gaussian", options, GAUSSIAN_OPTIONS);
  const { x, y } = (typeof sigma === "object" && sigma !== null ? sigma : { x: sigma, y: sigma }) as {
    readonly x: number;
    readonly y: number;
  };
  const vectorOf = (deviation: number): Float32Array<ArrayBuffer> =>
    Float32Array.from(gaussianValues("gaussian", deviation, options));
  return { column: vectorOf(y), row: vectorOf(x) };
}

/** The values of a Gaussian along an axis, in float64. */
function gaussianValues(operation: string, sigma: number, options: GaussianOptions): number[] {
  requireFinite(operation, "sigma", sigma, 0);
  const radius = radiusOf(operation, sigma, options);
  const values = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    sigma === 0 ? Number(i === radius) : Math.exp(-0.5 * ((i - radius) / sigma) ** 2),
  );
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/** Kernels reach no further: 2²² weights are the most that a picture is filtered with. */
const MOST_RADIUS = 1023;

function radiusOf(operation: string, sigma: number, { truncate, size, tolerance }: GaussianOptions): number {
  const given = [truncate, size, tolerance].filter((value) => value !== undefined);
  if (given.length > 1)
    throw new RangeError(`${operation}: give one of truncate, size and tolerance, not ${given.length}`);
  let radius: number;
  if (size !== undefined) {
    requireOdd(operation, "size", size);
    radius = (size - 1) / 2;
  } else if (tolerance !== undefined) {
    requireFinite(operation, "tolerance", tolerance, 1e-12);
    radius = 0;
    // The cells up to r hold what lies within r + ½ of the centre.
    while (radius <= MOST_RADIUS && 1 - erf((radius + 0.5) / (Math.SQRT2 * sigma)) > tolerance) radius++;
  } else {
    if (truncate !== undefined) requireFinite(operation, "truncate", truncate, 0);
    radius = Math.floor((truncate ?? 4) * sigma + 0.5);
  }
  if (radius <= MOST_RADIUS) return radius;
  throw new RangeError(
    `${operation}: sigma ${sigma} makes a kernel of more than ${2 * MOST_RADIUS + 1} cells a side; make the picture smaller first`,
  );
}

/** The error function, by its series and, beyond 3, its continued fraction; to 1e-14. */
function erf(x: number): number {
  if (!(x < 6)) return 1;
  if (x < 3) {
    let [term, sum] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (x + fraction);
  return 1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction));
}

/**
 * A box: the mean of `size` × `size` cells, 1 / size² each (OpenCV's `blur`, `scipy.ndimage.uniform_filter`).
 *
 * @throws TypeError, RangeError if `size` is not an integer of 1 or more.
 *
 * @example
 * ```ts
 * box(4).row; // → [0.25, 0.25, 0.25, 0.25]
 * ```
 */
export function box(size = 3): SeparableKernel<Float32Array<ArrayBuffer>> {
  requireSize("box", "size", size);
  const vector = (): Float32Array<ArrayBuffer> => new Float32Array(size).fill(1 / size);
  return { column: vector(), row: vector() };
}

/**
 * The derivative of Sobel: a binomial smoothing across, and along the axis one of a cell less, differentiated. The coefficients of
 * (1 + t)^(n − 1) and of (1 + t)^(n − 2) · (t − 1), as OpenCV's `Sobel` has them; scikit-image divides those of size 3 by 4.
 *
 * @param size odd, 3 or more.
 * @throws TypeError, RangeError if `axis` or `size` is not what it can be.
 *
 * @example
 * ```ts
 * sobel("x").column; // → [1, 2, 1]
 * sobel("x").row; // → [-1, 0, 1]
 * sobel("y", 5).column; // → [-1, -2, 0, 2, 1]
 * ```
 * Source: I. Sobel and G. Feldman, "A 3×3 isotropic gradient operator for image processing" (1968).
 */
export function sobel(axis: KernelAxis, size = 3): SeparableKernel<Float32Array<ArrayBuffer>> {
  requireOdd("sobel", "size", size);
  if (size < 3 || size > 31) throw new RangeError(`sobel: size must be an odd number from 3 to 31, got ${size}`);
  const times = (values: readonly number[], by: readonly [number, number]): number[] =>
    Array.from({ length: values.length + 1 }, (_, i) => by[0] * (values[i] ?? 0) + by[1] * (values[i - 1] ?? 0));
  let binomial = [1];
  while (binomial.length < size - 1) binomial = times(binomial, [1, 1]);
  return derivative("sobel", axis, times(binomial, [1, 1]), times(binomial, [-1, 1]));
}

/**
 * The derivative of Scharr, whose direction is nearly exact: [3, 10, 3] across, [−1, 0, 1] along the axis (OpenCV's `Scharr`;
 * scikit-image divides by 16).
 *
 * @throws RangeError if `axis` is not `"x"` or `"y"`.
 *
 * @example
 * ```ts
 * scharr("y").column; // → [-1, 0, 1]
 * scharr("y").row; // → [3, 10, 3]
 * ```
 * Source: H. Scharr, "Optimale Operatoren in der digitalen Bildverarbeitung" (2000).
 */
export function scharr(axis: KernelAxis): SeparableKernel<Float32Array<ArrayBuffer>> {
  return derivative("scharr", axis, [3, 10, 3], [-1, 0, 1]);
}

/**
 * The derivative of Prewitt: [1, 1, 1] across, [−1, 0, 1] along the axis (`scipy.ndimage.prewitt`; scikit-image divides by 3).
 *
 * @throws RangeError if `axis` is not `"x"` or `"y"`.
 *
 * @example
 * ```ts
 * prewitt("x").column; // → [1, 1, 1]
 * prewitt("x").row; // → [-1, 0, 1]
 * ```
 * Source: J. Prewitt, "Object enhancement and extraction" (1970).
 */
export function prewitt(axis: KernelAxis): SeparableKernel<Float32Array<ArrayBuffer>> {
  return derivative("prewitt", axis, [1, 1, 1], [-1, 0, 1]);
}

function derivative(
  operation: string,
  axis: KernelAxis,
  across: readonly number[],
  along: readonly number[],
): SeparableKernel<Float32Array<ArrayBuffer>> {
  const [smooth, difference] = [Float32Array.from(across), Float32Array.from(along)];
  return resolveWord(operation, "axis", ["x", "y"], requireGiven(operation, "axis", axis)) === "x"
    ? { column: smooth, row: difference }
    : { column: difference, row: smooth };
}

/**
 * The Laplacian ∂²/∂x² + ∂²/∂y² by differences, of 4 neighbours or of 8.
 *
 * @throws RangeError if `neighbours` is neither.
 *
 * @example
 * ```ts
 * laplacian().data; // → [0, 1, 0, 1, -4, 1, 0, 1, 0]
 * laplacian(8).data; // → [1, 1, 1, 1, -8, 1, 1, 1, 1]
 * ```
 * Source: R. Gonzalez and R. Woods, "Digital Image Processing", 4th edition, section 3.6.
 */
export function laplacian(neighbours: 4 | 8 = 4): Matrix<Float32Array<ArrayBuffer>> {
  if (neighbours !== 4 && neighbours !== 8) {
    throw new RangeError(`laplacian: neighbours must be 4 or 8, got ${describe(neighbours)}`);
  }
  return matrixOf("laplacian", 3, (x, y) =>
    x === 0 && y === 0 ? -neighbours : x === 0 || y === 0 || neighbours === 8 ? 1 : 0,
  );
}

/**
 * The Laplacian of a Gaussian: k[y, x] = g″[y] · g[x] + g[y] · g″[x], with g″[i] = (i² / σ⁴ − 1 / σ²) · g[i] and g of {@link gaussian}
 * (`scipy.ndimage.gaussian_laplace`).
 *
 * @throws as {@link gaussian}; RangeError if `sigma` is 0.
 *
 * @example
 * ```ts
 * const { shape, data } = laplacianOfGaussian(1);
 * shape; // → [9, 9]
 * data[40]; // ≈ -0.3183
 * ```
 * Source: D. Marr and E. Hildreth, "Theory of edge detection" (1980).
 */
export function laplacianOfGaussian(sigma: number, options: GaussianOptions = {}): Matrix<Float32Array<ArrayBuffer>> {
  const name = "laplacianOfGaussian";
  checkOptionNames(name, options, GAUSSIAN_OPTIONS);
  const g = gaussianValues(name, sigma, options);
  if (sigma === 0) throw new RangeError(`${name}: sigma must be greater than 0, got 0`);
  const radius = (g.length - 1) / 2;
  const second = g.map((value, i) => value * ((i - radius) ** 2 / sigma ** 4 - 1 / sigma ** 2));
  return matrixOf(
    name,
    g.length,
    (x, y) => second[y + radius]! * g[x + radius]! + g[y + radius]! * second[x + radius]!,
  );
}

/**
 * Sharpening by the Laplacian of 4 neighbours: δ − amount · ∇².
 *
 * @throws TypeError, RangeError if `amount` is not a finite number.
 *
 * @example
 * ```ts
 * sharpen().data; // → [0, -1, 0, -1, 5, -1, 0, -1, 0]
 * sharpen(0.5).data; // → [0, -0.5, 0, -0.5, 3, -0.5, 0, -0.5, 0]
 * ```
 */
export function sharpen(amount = 1): Matrix<Float32Array<ArrayBuffer>> {
  requireFinite("sharpen", "amount", amount);
  return matrixOf("sharpen", 3, (x, y) => (x === 0 && y === 0 ? 1 + 4 * amount : x === 0 || y === 0 ? 0 - amount : 0));
}

/**
 * Unsharp masking: the picture and `amount` times what a Gaussian takes from it, (1 + amount) · δ − amount · g.
 *
 * @throws as {@link gaussian}; TypeError, RangeError if `amount` is not a finite number.
 *
 * @example
 * ```ts
 * const { shape, data } = unsharp(1, 0.5);
 * shape; // → [9, 9]
 * data.reduce((sum, weight) => sum + weight); // ≈ 1.00000
 * ```
 */
export function unsharp(sigma: number, amount = 1, options: GaussianOptions = {}): Matrix<Float32Array<ArrayBuffer>> {
  checkOptionNames("unsharp", options, GAUSSIAN_OPTIONS);
  const g = gaussianValues("unsharp", sigma, options);
  requireFinite("unsharp", "amount", amount);
  const radius = (g.length - 1) / 2;
  return matrixOf(
    "unsharp",
    g.length,
    (x, y) => (x === 0 && y === 0 ? 1 + amount : 0) - amount * g[y + radius]! * g[x + radius]!,
  );
}

/**
 * Relief lit from the upper left: the picture and `strength` times its derivative along the diagonal.
 *
 * @throws TypeError, RangeError if `strength` is not a finite number.
 *
 * @example
 * ```ts
 * emboss().data; // → [-2, -1, 0, -1, 1, 1, 0, 1, 2]
 * ```
 */
export function emboss(strength = 1): Matrix<Float32Array<ArrayBuffer>> {
  requireFinite("emboss", "strength", strength);
  return matrixOf("emboss", 3, (x, y) => (x === 0 && y === 0 ? 1 : 0) + strength * (x + y));
}

/**
 * The blur of a motion: the mean along a line through the centre. A cell weighs 1 − d, d its distance from the line of `length` − 1,
 * if that is less than 1 (MATLAB's `fspecial("motion")`).
 *
 * @param length of the line, in cells, 1 or more.
 * @param angle in degrees, counter-clockwise from the right. Default 0.
 * @throws TypeError, RangeError if one is not a number that it can be.
 *
 * @example
 * ```ts
 * motion(3).data; // ≈ [0.3333, 0.3333, 0.3333]
 * motion(3, 90).shape; // → [3, 1]
 * ```
 */
export function motion(length: number, angle = 0): Matrix<Float32Array<ArrayBuffer>> {
  requireFinite("motion", "length", length, 1);
  requireFinite("motion", "angle", angle);
  if (length > MOST_RADIUS) throw new RangeError(`motion: length must be at most ${MOST_RADIUS} cells, got ${length}`);
  const half = (length - 1) / 2;
  const turn = ((angle % 360) * Math.PI) / 180;
  // What rounding leaves of a right angle must not make a row of zeros.
  const snapped = (value: number): number => (Math.abs(value) < 1e-12 ? 0 : value);
  const [dx, dy] = [snapped(Math.cos(turn)), snapped(-Math.sin(turn))];
  const weightAt = (x: number, y: number): number => {
    const along = Math.max(-half, Math.min(half, x * dx + y * dy));
    return Math.max(0, 1 - Math.hypot(x - along * dx, y - along * dy));
  };
  // What is nearer than 1 to the ends of the line.
  const [columns, rows] = [Math.ceil(half * Math.abs(dx)), Math.ceil(half * Math.abs(dy))];
  const weights = weightsOf(2 * columns + 1, 2 * rows + 1, weightAt);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return tensor(
    [2 * rows + 1, 2 * columns + 1],
    Float32Array.from(weights, (weight) => weight / sum),
  );
}

/** Numbers of a Gabor filter. */
export interface GaborOptions {
  /** Standard deviation of the Gaussian across the waves, in cells. */
  readonly sigma: number;
  /** Length of a wave, in cells. */
  readonly wavelength: number;
  /** Direction in which the waves go, in radians: 0 to the right, π/2 down. Default 0. */
  readonly theta?: number | undefined;
  /** Phase, in radians: 0 answers to lines, π/2 to edges. Default 0. */
  readonly phase?: number | undefined;
  /** How much shorter the Gaussian is along the waves' crests. Default 1: round. */
  readonly aspect?: number | undefined;
  /** Cells of a side, an odd number. Default 2 · ⌈3σ / min(1, aspect)⌉ + 1. */
  readonly size?: number | undefined;
}

/**
 * A Gabor filter: waves under a Gaussian, as OpenCV's `getGaborKernel` (whose `lambd`, `psi` and `gamma` are wavelength, phase and
 * aspect),
 *
 *     k[y, x] = e^(−(u² + aspect² · v²) / 2σ²) · cos(2π · u / wavelength − phase)      u = x · cos θ + y · sin θ,  v = y · cos θ − x · sin θ
 *
 * @throws TypeError, RangeError if an option is missing or not a number that it can be.
 *
 * @example
 * ```ts
 * gabor({ sigma: 1, wavelength: 4, size: 3 }).data; // ≈ [0, 0.6065, 0, 0, 1, 0, 0, 0.6065, 0]
 * ```
 * Source: D. Gabor, "Theory of communication" (1946); J. Daugman (1985) in two dimensions.
 */
export function gabor(options: GaborOptions): Matrix<Float32Array<ArrayBuffer>> {
  checkOptionNames("gabor", options, ["sigma", "wavelength", "theta", "phase", "aspect", "size"]);
  const { sigma, wavelength, theta = 0, phase = 0, aspect = 1 } = Object(options) as GaborOptions;
  requireFinite("gabor", "sigma", sigma, Number.MIN_VALUE);
  requireFinite("gabor", "wavelength", wavelength, Number.MIN_VALUE);
  requireFinite("gabor", "theta", theta);
  requireFinite("gabor", "phase", phase);
  requireFinite("gabor", "aspect", aspect, Number.MIN_VALUE);
  const size = options.size ?? 2 * Math.ceil((3 * sigma) / Math.min(1, aspect)) + 1;
  requireOdd("gabor", "size", size);
  const [cos, sin] = [Math.cos(theta), Math.sin(theta)];
  return matrixOf("gabor", size, (x, y) => {
    const [u, v] = [x * cos + y * sin, y * cos - x * sin];
    const envelope = Math.exp(-(u * u + aspect * aspect * v * v) / (2 * sigma * sigma));
    return envelope * Math.cos((2 * Math.PI * u) / wavelength - phase);
  });
}

/** A square matrix of what its cells are, by their distance from the centre. */
function matrixOf(
  operation: string,
  size: number,
  weightAt: (x: number, y: number) => number,
): Matrix<Float32Array<ArrayBuffer>> {
  const weights = Float32Array.from(weightsOf(size, size, weightAt));
  const found = weights.find((weight) => !Number.isFinite(weight));
  if (found === undefined) return tensor([size, size], weights);
  throw new RangeError(
    `${operation}: weights must be finite numbers of type float32, got ${found}; an argument is too large, or too near 0`,
  );
}

function weightsOf(width: number, height: number, weightAt: (x: number, y: number) => number): number[] {
  return Array.from({ length: width * height }, (_, i) =>
    weightAt((i % width) - (width - 1) / 2, Math.floor(i / width) - (height - 1) / 2),
  );
}

function requireFinite(operation: string, parameter: string, value: unknown, least = Number.NEGATIVE_INFINITY): void {
  if (typeof value !== "number") {
    throw new TypeError(`${operation}: ${parameter} must be a number, got ${describe(value)}`);
  }
  if (Number.isFinite(value) && value >= least) return;
  const allowed =
    least === Number.MIN_VALUE ? "greater than 0" : Number.isFinite(least) ? `of ${least} or more` : "that is finite";
  throw new RangeError(`${operation}: ${parameter} must be a number ${allowed}, got ${value}`);
}

function requireGiven<T>(operation: string, parameter: string, value: T): T {
  if (value !== undefined) return value;
  throw new TypeError(`${operation}: ${parameter} is missing`);
}

function requireSize(operation: string, parameter: string, value: unknown): void {
  requireInteger(operation, parameter, value, 1);
  const most = 2 * MOST_RADIUS + 1;
  if ((value as number) > most) {
    throw new RangeError(
      `${operation}: ${parameter} must be at most ${most}, got ${value}; make the picture smaller first`,
    );
  }
}

function requireOdd(operation: string, parameter: string, value: unknown): void {
  requireSize(operation, parameter, value);
  if ((value as number) % 2 === 0) throw new RangeError(`${operation}: ${parameter} must be odd, got ${value}`);
}
