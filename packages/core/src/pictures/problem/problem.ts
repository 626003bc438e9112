/**
 * A picture's format, a kernel and options in, one {@link PictureProblem} out: every error of shape and option is thrown here.
 * What is computed, for each pixel (x, y) of the region and each channel c:
 *
 *     s[y, x, c] = Σ_{a, b} k[a, b] · p[y + a − top, x + b − left, c]              p continued over its edge
 *     z = scale · s + offset,  or its magnitude,  and of bytes the nearest one: ties to even, 0 below, 255 above, 0 for NaN
 *
 * with alpha kept, or a channel like others, or a weight of the colours (premultiplied): with K = Σ k
 *
 *     α = Σ k · p_alpha / K            s[c] = Σ k · p_alpha · p[c] / α             0 where α ≤ 0
 *
 * @module
 */

import { checkMask } from "../../corr2d/problem/mask.ts";
import { backwards, type SeparableKernel } from "../../corr2d/problem/problem.ts";
import { balanced, factorsOf } from "../../corr2d/problem/separate-kernel.ts";
import { BOUNDARIES, type Boundary } from "../../geometry/boundary.ts";
import { checkOptionNames, requireInteger, resolveWord } from "../../geometry/options.ts";
import type { Shape2 } from "../../tensor/shape.ts";
import { checkTensor, describe, dtypeOf, type FloatArray, type Matrix } from "../../tensor/tensor.ts";
import { checkDType, type PictureData, type PictureDType, type PictureFormat } from "./picture.ts";

/** A kernel: a matrix, or the two vectors that one of rank 1 is the product of. Its weights are rounded to float32. */
export type PictureKernel = Matrix<FloatArray> | SeparableKernel<FloatArray>;

/** A place in a kernel or a picture: x to the right, y down, from 0. */
export interface PictureAnchor {
  readonly x: number;
  readonly y: number;
}

/** A rectangle of a picture, in pixels. */
export interface PictureRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What becomes of alpha, the second of two channels or the fourth of four. */
export type AlphaRule =
  /** It stays as it is, and does not touch the colours. */
  | "keep"
  /** It is filtered like any channel. */
  | "filter"
  /** It is filtered, and weighs the colours: those of transparent pixels do not bleed into others. */
  | "premultiply";

/** Options of `filterPicture`. */
export interface FilterPictureOptions {
  /** How the picture goes on outside its edge. Default `"reflect"`, as in OpenCV. */
  readonly boundary?: Boundary | undefined;
  /** The value of every channel outside for boundary `"constant"`. Default 0. */
  readonly fillValue?: number | undefined;
  /** The cell of the kernel that lies over the pixel that is computed. Default (⌊w / 2⌋, ⌊h / 2⌋), as in OpenCV and SciPy. */
  readonly anchor?: PictureAnchor | undefined;
  /** Turns the kernel by half a turn first: a convolution. Default false: a cross-correlation. */
  readonly flip?: boolean | undefined;
  /** Default `"keep"`. */
  readonly alpha?: AlphaRule | undefined;
  /** Sums are multiplied by it. Default 1. */
  readonly scale?: number | undefined;
  /** Is added after that. Default 0; 128 shows negative and positive results of a derivative. */
  readonly offset?: number | undefined;
  /** Takes the magnitude after that, for derivatives. Default false. */
  readonly absolute?: boolean | undefined;
  /** What channels of the result are: `"uint8"` rounds and clamps to 0 … 255, `"float32"` does not. Default: as the picture's. */
  readonly dtype?: PictureDType | undefined;
  /** The part of the picture that is computed and returned; what lies around it is seen all the same. Default: all. */
  readonly region?: PictureRegion | undefined;
  /**
   * `"skip"` leaves channels that are NaN, and pixels that `mask` leaves out, out of the sums, and the other weights, which must be 0 or
   * more, make up for them: `nanCorr2d` for each channel. Default: `"skip"` with a mask, else `"count"`.
   */
  readonly missing?: "count" | "skip" | undefined;
  /** Which pixels there are: an element for each, row by row without `stride`, 0 where one is missing. */
  readonly mask?: Uint8Array | Uint8ClampedArray | Float32Array | undefined;
  /** What computes. Default `"auto"`: SIMD where there is one. */
  readonly engine?: "auto" | "scalar" | "simd" | undefined;
}

/** The names of {@link FilterPictureOptions}. */
export const FILTER_PICTURE_OPTION_NAMES: readonly (keyof FilterPictureOptions)[] = [
  "boundary",
  "fillValue",
  "anchor",
  "flip",
  "alpha",
  "scale",
  "offset",
  "absolute",
  "dtype",
  "region",
  "missing",
  "mask",
  "engine",
];

/** A kernel in float32, turned already if it is to be. */
export interface KernelOfPicture {
  readonly shape: Shape2;
  /** Row-major; of vectors, their products. */
  values(): Float32Array;
  /** Of a kernel of rank 1, {@link balanced}. */
  readonly factors: SeparableKernel | undefined;
  /** Whether it was given as these. */
  readonly isGivenAsFactors: boolean;
  /** Whether their products have lost no digits. */
  readonly isExact: boolean;
  readonly sum: number;
}

/** All that there is to compute, in plain numbers; valid by construction. */
export interface PictureProblem {
  readonly format: PictureFormat;
  readonly kernel: KernelOfPicture;
  /** Another of the same shape: the sums are then √(s² + s₂²), of both. */
  readonly other?: KernelOfPicture;
  readonly before: readonly [top: number, left: number];
  readonly region: PictureRegion;
  readonly boundary: Boundary;
  readonly fillValue: number;
  /** `"filter"` for pictures without alpha. */
  readonly alpha: AlphaRule;
  readonly scale: number;
  readonly offset: number;
  readonly absolute: boolean;
  readonly dtype: PictureDType;
  /** Set where missing values are left out: the pixels that there are, and whether those outside count as such. */
  readonly missing: { readonly mask: Uint8Array | undefined; readonly fillIsPresent: boolean } | undefined;
  readonly engine: "auto" | "scalar" | "simd";
}

/** A problem that was prepared, for pictures of its format. */
export interface PreparedPicture {
  /** Bytes held beyond picture, result and kernel while it runs. */
  readonly scratchBytes: number;
  /** Filters `from` into `to`; strides are in elements. */
  run(from: PictureData, fromStride: number, to: PictureData, toStride: number): void;
  /** Lets go of the pictures of the last run. */
  forget(): void;
}

const MOST_FLOAT32 = 3.4028234663852886e38;
/** Kernels of more elements are refused: what they are applied to should be made smaller first. */
const MOST_WEIGHTS = 2 ** 22;

/** Resolves a picture's format, a kernel and options. */
export function resolvePictureProblem(
  operation: string,
  format: PictureFormat,
  kernel: unknown,
  options: FilterPictureOptions,
): PictureProblem {
  checkOptionNames(operation, options, FILTER_PICTURE_OPTION_NAMES);
  const flip = flag(operation, "flip", options.flip);
  const read = readPictureKernel(operation, kernel, flip);
  const boundary = resolveWord(operation, "boundary", WORDS, options.boundary);
  if (options.fillValue !== undefined && boundary !== "constant") {
    throw new RangeError(`${operation}: fillValue needs boundary "constant", got "${boundary}"`);
  }
  const alpha = resolveWord(operation, "alpha", ["keep", "filter", "premultiply"], options.alpha);
  const hasAlpha = format.channels % 2 === 0;
  if (options.alpha === "premultiply" && !hasAlpha) {
    const { channels } = format;
    throw new RangeError(
      `${operation}: alpha "premultiply" needs 2 or 4 channels, of which the last is alpha, got ${channels}`,
    );
  }
  const weight = Math.abs(read.sum);
  if (hasAlpha && alpha === "premultiply" && !(weight > 1e-6 && weight < 2 ** 126)) {
    const what = weight > 1 ? `less than 2^126, got ${read.sum}` : "not 0";
    throw new RangeError(
      `${operation}: alpha "premultiply" needs a kernel whose sum is ${what}, since that sum is the weight of alpha; use "keep"`,
    );
  }
  const dtype = options.dtype ?? format.dtype;
  checkDType(operation, "dtype", dtype);
  return {
    format,
    kernel: read,
    before: resolveAnchor(operation, read.shape, options.anchor, flip),
    region: resolveRegion(operation, format, options.region),
    boundary,
    fillValue: numberOf(operation, "fillValue", options.fillValue, 0),
    alpha: hasAlpha ? alpha : "filter",
    scale: numberOf(operation, "scale", options.scale, 1),
    offset: numberOf(operation, "offset", options.offset, 0),
    absolute: flag(operation, "absolute", options.absolute),
    dtype,
    missing: resolveMissing(operation, format, options),
    engine: resolveWord(operation, "engine", ["auto", "scalar", "simd"], options.engine),
  };
}

/** What is left out, if anything is. */
function resolveMissing(
  operation: string,
  { width, height }: PictureFormat,
  options: FilterPictureOptions,
): PictureProblem["missing"] {
  const mask = checkMask(operation, options.mask, width * height);
  const words = mask === undefined ? (["count", "skip"] as const) : (["skip", "count"] as const);
  const missing = resolveWord<"count" | "skip">(operation, "missing", words, options.missing);
  if (missing === "count") {
    if (mask === undefined) return undefined;
    throw new RangeError(`${operation}: mask needs missing "skip", got "count"`);
  }
  if (options.alpha === "premultiply") {
    throw new RangeError(`${operation}: missing "skip" cannot go with alpha "premultiply"; give alpha as the mask`);
  }
  // Copied: a plan keeps it.
  return {
    mask: mask && Uint8Array.from(mask, (value) => Number(value !== 0)),
    fillIsPresent: options.fillValue !== undefined,
  };
}

/** The words of core, the default of pictures first. */
const WORDS: readonly [Boundary, ...Boundary[]] = /* @__PURE__ */ (() => [
  "reflect",
  ...BOUNDARIES.filter((word) => word !== "reflect"),
])();

/** Checks a kernel in either form, and turns it. */
function readPictureKernel(operation: string, given: unknown, flip: boolean): KernelOfPicture {
  const { column, row } = Object(given) as Partial<SeparableKernel<FloatArray>>;
  if (column === undefined && row === undefined) {
    checkTensor(operation, "kernel", given, 2);
    const { shape, data } = given as Matrix<FloatArray>;
    checkWeights(operation, "kernel", shape, data);
    const values = flip ? backwards(data) : data;
    const factors = factorsOf(values, shape[1]);
    const rounded = Float32Array.from(values);
    return {
      shape: [shape[0], shape[1]],
      values: () => rounded,
      factors: factors && balanced(factors),
      isGivenAsFactors: false,
      isExact: true,
      sum: sumOf(data),
    };
  }
  for (const [parameter, vector] of [
    ["kernel.column", column],
    ["kernel.row", row],
  ] as const) {
    if (dtypeOf(vector) === undefined) {
      throw new TypeError(`${operation}: ${parameter} must be a Float32Array or Float64Array, got ${describe(vector)}`);
    }
    checkWeights(operation, parameter, [vector!.length], vector!);
  }
  const [c, r] = [column!, row!];
  const shape: Shape2 = [c.length, r.length];
  requireFewWeights(operation, shape);
  const factors = inFloat32(flip ? { column: backwards(c), row: backwards(r) } : { column: c, row: r });
  const [smallest, largest] = extremeProducts(factors);
  if (largest > MOST_FLOAT32) {
    throw new RangeError(
      `${operation}: products of kernel.column and kernel.row must be finite numbers of float32, got ${largest}`,
    );
  }
  return {
    shape,
    factors: balanced(factors),
    isGivenAsFactors: true,
    isExact: smallest >= 2 ** -126,
    values: () => Float32Array.from({ length: c.length * r.length }, (_, i) => productAt(factors, i)),
    sum: sumOf(c) * sumOf(r),
  };
}

function productAt({ column, row }: SeparableKernel, i: number): number {
  return column[Math.floor(i / row.length)]! * row[i % row.length]!;
}

/** The least and the greatest magnitude of products that are not 0. */
function extremeProducts({ column, row }: SeparableKernel): readonly [least: number, most: number] {
  let [least, most] = [1, 1];
  for (const vector of [column, row]) {
    const magnitudes = vector.map(Math.abs).filter((weight) => weight > 0);
    least *= magnitudes.reduce((a, b) => Math.min(a, b), Infinity);
    most *= magnitudes.reduce((a, b) => Math.max(a, b), 0);
  }
  return [least, most];
}

function inFloat32({ column, row }: SeparableKernel<FloatArray>): SeparableKernel {
  return { column: Float32Array.from(column), row: Float32Array.from(row) };
}

function sumOf(values: FloatArray): number {
  return (values as Float64Array).reduce((sum, value) => sum + value, 0);
}

function checkWeights(operation: string, parameter: string, shape: readonly number[], values: FloatArray): void {
  if (values.length === 0) throw new RangeError(`${operation}: ${parameter} [${shape}] is empty`);
  requireFewWeights(operation, shape);
  for (const value of values) {
    if (Math.abs(value) <= MOST_FLOAT32) continue;
    throw new RangeError(`${operation}: ${parameter} must hold finite numbers of float32, got ${value}`);
  }
}

function requireFewWeights(operation: string, shape: readonly number[]): void {
  const size = shape.reduce((product, side) => product * side, 1);
  if (size <= MOST_WEIGHTS) return;
  throw new RangeError(
    `${operation}: kernel [${shape}] has ${size} weights, more than the ${MOST_WEIGHTS} allowed; make picture and kernel smaller`,
  );
}

function flag(operation: string, parameter: string, value: unknown): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? false;
  throw new TypeError(`${operation}: ${parameter} must be true or false, got ${describe(value)}`);
}

function numberOf(operation: string, parameter: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value === "number") {
    // Pixels outside are what those inside may be.
    if (parameter === "fillValue") return Math.fround(value);
    if (Math.abs(value) <= MOST_FLOAT32) return value;
    throw new RangeError(`${operation}: ${parameter} must be a finite number of type float32, got ${value}`);
  }
  throw new TypeError(`${operation}: ${parameter} must be a number, got ${describe(value)}`);
}

/** How far the kernel reaches above and to the left; an anchor goes with the kernel when that is turned. */
function resolveAnchor(
  operation: string,
  [height, width]: Shape2,
  given: unknown,
  flip: boolean,
): readonly [top: number, left: number] {
  const anchor = given === undefined ? { x: Math.floor(width / 2), y: Math.floor(height / 2) } : given;
  const { x, y } = pointOf(operation, "anchor", anchor);
  if (x >= width || y >= height) {
    throw new RangeError(
      `${operation}: anchor { x: ${x}, y: ${y} } must lie in the kernel of ${width} × ${height} cells, counted from 0`,
    );
  }
  return flip ? [height - 1 - y, width - 1 - x] : [y, x];
}

function resolveRegion(operation: string, { width, height }: PictureFormat, given: unknown): PictureRegion {
  if (given === undefined) return { x: 0, y: 0, width, height };
  const { x, y } = pointOf(operation, "region", given);
  const region = given as PictureRegion;
  requireInteger(operation, "region.width", region.width, 1);
  requireInteger(operation, "region.height", region.height, 1);
  if (x + region.width > width || y + region.height > height) {
    throw new RangeError(
      `${operation}: region of ${region.width} × ${region.height} pixels from { x: ${x}, y: ${y} } must lie in the picture of ${width} × ${height}`,
    );
  }
  return { x, y, width: region.width, height: region.height };
}

function pointOf(operation: string, parameter: string, given: unknown): PictureAnchor {
  if (Object(given) !== given) {
    const form = parameter === "region" ? "{ x, y, width, height }" : "{ x, y }";
    throw new TypeError(`${operation}: ${parameter} must be ${form}, got ${describe(given)}`);
  }
  const { x, y } = given as PictureAnchor;
  requireInteger(operation, `${parameter}.x`, x, 0);
  requireInteger(operation, `${parameter}.y`, y, 0);
  return { x, y };
}
