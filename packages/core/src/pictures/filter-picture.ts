/**
 * Pictures filtered as they come: bytes or floats, one to four channels side by side, in and out.
 *
 * @module
 */

import { gamma } from "../corr2d/problem/algorithm.ts";
import { type SimdEngine, sharedEngine } from "../simd/engine/engine.ts";
import { simdFeatures } from "../simd/engine/features.ts";
import { OutOfMemoryError } from "../simd/engine/memory.ts";
import { requireApart } from "../tensor/tensor.ts";
import { type PictureFacts, preparePlanes } from "./planes.ts";
import {
  checkFormat,
  checkPicture,
  makeData,
  type Picture,
  type PictureData,
  type PictureDType,
} from "./problem/picture.ts";
import {
  type FilterPictureOptions,
  type PictureKernel,
  type PictureProblem,
  type PreparedPicture,
  resolvePictureProblem,
} from "./problem/problem.ts";
import { planBands } from "./simd/bands.ts";
import { prepareBands } from "./simd/run.ts";

/** The data of a result: floats, or bytes of the kind that the picture has. */
export type ResultData<T extends PictureData, O extends FilterPictureOptions = FilterPictureOptions> = O extends {
  readonly dtype: "float32";
}
  ? Float32Array<ArrayBuffer>
  : O extends { readonly dtype: PictureDType }
    ? T extends Float32Array
      ? Uint8ClampedArray<ArrayBuffer>
      : BytesLike<T>
    : T extends Float32Array
      ? Float32Array<ArrayBuffer>
      : BytesLike<T>;

/** Bytes in an array of the kind of `T`. */
export type BytesLike<T> = T extends Uint8ClampedArray ? Uint8ClampedArray<ArrayBuffer> : Uint8Array<ArrayBuffer>;

/** A picture that was made: dense, with its channels named. */
export interface FilteredPicture<T extends PictureData = PictureData> extends Picture<T> {
  readonly channels: 1 | 2 | 3 | 4;
}

/** What pictures a plan is for: a picture like them, or its numbers. */
export interface PlannedFormat {
  readonly width: number;
  readonly height: number;
  /** Default 4, as a canvas has. */
  readonly channels?: number | undefined;
  /** Default `"uint8"`. */
  readonly dtype?: PictureDType | undefined;
}

/** A filter that was prepared, for any number of pictures of one format. */
export interface PicturePlan extends PictureFacts {
  /** Of the result. */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Bytes of scratch memory beyond picture and result. */
  readonly scratchBytes: number;
  /**
   * Filters a picture: into `to`, whose memory must be apart from the picture's, and then nothing is allocated; or into a new one.
   *
   * @throws TypeError, RangeError if a picture is not of the plan's format; Error if the plan was disposed of.
   */
  run<R extends Picture>(picture: Picture, to: R): R;
  /** Filters a picture into a new one. */
  run(picture: Picture): FilteredPicture;
  /** Lets go of what the plan holds; from then on `run` throws. It need not be called. */
  [Symbol.dispose](): void;
}

/**
 * Filters a picture: every pixel becomes a weighted sum of its neighbours, channel by channel. It is a cross-correlation (the
 * kernel is *not* turned; `flip: true` makes it a convolution), as OpenCV's `filter2D` and `scipy.ndimage.correlate`:
 *
 *     z[y, x, c] = scale · Σ_{a, b} kernel[a, b] · picture[y + a − anchor.y, x + b − anchor.x, c] + offset
 *
 * Of bytes the result is the nearest byte, ties to even, 0 below and 255 above (`Uint8ClampedArray`'s rule), with `dtype:
 * "float32"` z itself. Alpha, the last of two or four channels, stays as it is unless `alpha` says otherwise. Outside its edge the
 * picture goes on as `boundary` says.
 *
 * Kernels of rank 1 go by rows and columns where that is faster. Sums are float32 on SIMD: |z − ẑ| ≤ γ · scale · Σ |k||p| with
 * γ = n · 2⁻²⁴ and n = h·w + 2, or h + w + 4 by rows and columns, and two roundings more for scale and offset; without SIMD they
 * are float64. Filtered in parts, as `region` gives them, a picture has the same bits as filtered whole (but for kernels of more
 * than 512 weights that are not of rank 1, which go through a Fourier transform).
 *
 * @param picture `{ width, height, data }`: an `ImageData`, sharp's `{ data, ...info }` of `raw()`, or floats.
 * @param kernel matrix, or `{ column, row }`; `gaussian`, `sobel`, … make some.
 * @returns a new picture, of the size of the region, with data of the picture's kind.
 * @throws TypeError if an argument has not the right type, an option is unknown or the picture's data are neither bytes nor float32;
 *   RangeError if the data do not fit the sizes, the region or the anchor lies outside, or a value is not allowed.
 *
 * @example
 * ```ts
 * const picture = { width: 3, height: 1, data: new Uint8ClampedArray([10, 20, 60]) }; // three grey pixels
 * const blur = tensor([1, 3], [0.25, 0.5, 0.25]);
 * filterPicture(picture, blur).data; // → [15, 28, 40]
 * filterPicture(picture, tensor([1, 3], [-1, 0, 1])).data; // → [0, 50, 0]
 * filterPicture(picture, tensor([1, 3], [1, 0, -1]), { absolute: true }).data; // → [0, 50, 0]
 * filterPicture(picture, blur, { boundary: "edge", dtype: "float32" }).data; // → [12.5, 27.5, 50]
 * ```
 * Source: R. Gonzalez and R. Woods, "Digital Image Processing", 4th edition, section 3.4.
 */
export function filterPicture<T extends PictureData, O extends FilterPictureOptions = FilterPictureOptions>(
  picture: Picture<T>,
  kernel: PictureKernel,
  options?: O & FilterPictureOptions,
): FilteredPicture<ResultData<T, O>> {
  const format = checkPicture("filterPicture", "picture", picture);
  const problem = resolvePictureProblem("filterPicture", format, kernel, options ?? {});
  const { run } = preparePicture("filterPicture", problem);
  const result = emptyResult(problem, picture.data);
  run(picture.data, format.stride, result.data, result.width * result.channels);
  return result as FilteredPicture<ResultData<T, O>>;
}

/**
 * Prepares {@link filterPicture} for many pictures of one format, as those of a video: what depends on the kernel is made once, and
 * running into a picture of one's own allocates nothing.
 *
 * @param format a picture like those to come, or `{ width, height, channels, dtype }`.
 * @throws as {@link filterPicture}.
 *
 * @example
 * ```ts
 * const blur = planFilterPicture({ width: 640, height: 480 }, gaussian(2)); // RGBA bytes, as a canvas gives
 * const [frame, blurred] = [0, 1].map(() => ({ width: 640, height: 480, data: new Uint8ClampedArray(640 * 480 * 4).fill(200) }));
 * blur.run(frame!, blurred!); // again and again
 * blurred!.data.every((byte) => byte === 200); // → true
 * ```
 */
export function planFilterPicture(
  format: PlannedFormat | Picture,
  kernel: PictureKernel,
  options?: FilterPictureOptions,
): PicturePlan {
  const name = "planFilterPicture";
  const problem = resolvePictureProblem(name, checkFormat(name, "format", format), kernel, options ?? {});
  return planOf(name, problem, preparePicture(name, problem));
}

/** A plan of what was prepared; `name` made it. */
export function planOf(
  name: string,
  problem: PictureProblem,
  { run, forget, ...facts }: PictureFacts & PreparedPicture,
): PicturePlan {
  const { width, height } = problem.region;
  const { channels } = problem.format;
  let isLiving = true;
  return {
    ...facts,
    width,
    height,
    channels,
    run(picture: Picture, to?: Picture): never {
      if (!isLiving) throw new Error(`${name}.run: the plan was disposed of`);
      const given = checkPicture(`${name}.run`, "picture", picture);
      requireFormat(`${name}.run`, "picture", given, problem.format);
      const result = to ?? emptyResult(problem, picture.data);
      const made = checkPicture(`${name}.run`, "to", result);
      requireFormat(`${name}.run`, "to", made, { width, height, channels, dtype: problem.dtype });
      requireApart(`${name}.run`, "picture", picture.data, "to", result.data);
      run(picture.data, given.stride, result.data, made.stride);
      return result as never;
    },
    [Symbol.dispose]() {
      isLiving = false;
      forget();
    },
  };
}

/** A result to be written. */
export function emptyResult(
  { region: { width, height }, format: { channels }, dtype }: PictureProblem,
  like: PictureData,
): FilteredPicture {
  return { width, height, channels: channels as 1 | 2 | 3 | 4, data: makeData(dtype, width * height * channels, like) };
}

/** Throws unless a picture is as a plan was made for. */
function requireFormat(
  operation: string,
  parameter: string,
  given: PictureProblem["format"],
  format: PictureProblem["format"],
): void {
  const text = ({ width, height, channels, dtype }: PictureProblem["format"]): string =>
    `${width} × ${height} pixels of ${channels} ${dtype}`;
  for (const name of ["width", "height", "channels", "dtype"] as const) {
    if (given[name] === format[name]) continue;
    throw new RangeError(`${operation}: ${parameter} must be of ${text(format)}, as planned; got ${text(given)}`);
  }
}

/** Prepares by bands on SIMD; or by planes, where that is not to be had. */
export function preparePicture(
  operation: string,
  problem: PictureProblem,
  engineOf: () => SimdEngine = sharedEngine,
  byPlanes: (engine: PictureProblem["engine"]) => PictureFacts & PreparedPicture = (engine) =>
    preparePlanes(operation, problem, engine),
): PictureFacts & PreparedPicture {
  if (problem.engine === "scalar" || simdFeatures().simd !== true || problem.missing !== undefined) {
    return byPlanes(problem.engine);
  }
  try {
    const engine = engineOf();
    const bands = planBands(problem, engine.fma);
    if (typeof bands === "string") return byPlanes(problem.engine);
    const [height, width] = problem.kernel.shape;
    const products = bands.separable ? height + width + 2 : height * width;
    return {
      algorithm: bands.separable ? "separable" : "direct",
      engine: "simd",
      reason: bands.separable ? "the kernel is of rank 1: rows, then columns" : "each sum as it is written",
      errorBound: { kind: "element", constant: gamma(products + 2, 2 ** -24) },
      ...prepareBands(engine, problem, bands),
    };
  } catch (error) {
    if (problem.engine === "simd" || !(error instanceof OutOfMemoryError)) throw error;
    return byPlanes("scalar");
  }
}
