/**
 * How steep a picture is at each pixel, whatever the direction.
 *
 * @module
 */

import { checkOptionNames, resolveWord } from "../geometry/options.ts";
import { sharedEngine } from "../simd/engine/engine.ts";
import {
  emptyResult,
  type FilteredPicture,
  type PicturePlan,
  type PlannedFormat,
  planOf,
  preparePicture,
  type ResultData,
} from "./filter-picture.ts";
import { prewitt, scharr, sobel } from "./kernels.ts";
import { type PictureFacts, preparePlanes } from "./planes.ts";
import { checkFormat, checkPicture, type Picture, type PictureData, type PictureFormat } from "./problem/picture.ts";
import {
  FILTER_PICTURE_OPTION_NAMES,
  type FilterPictureOptions,
  type PictureProblem,
  type PreparedPicture,
  resolvePictureProblem,
} from "./problem/problem.ts";

/** Options of {@link gradientMagnitude}. */
export interface GradientMagnitudeOptions
  extends Pick<FilterPictureOptions, "boundary" | "fillValue" | "scale" | "dtype" | "region" | "engine"> {
  /** Default `"keep"`. */
  readonly alpha?: "keep" | "filter" | undefined;
  /** The derivatives. Default `"sobel"`. */
  readonly operator?: "sobel" | "scharr" | "prewitt" | undefined;
}

const OPERATORS = { sobel, scharr, prewitt };

/**
 * The magnitude of the gradient, channel by channel: with the derivatives gx and gy of an operator,
 *
 *     z[y, x, c] = scale · √(gx[y, x, c]² + gy[y, x, c]²)
 *
 * and of bytes the nearest one, as in {@link filterPicture}. scikit-image's `filters.sobel` is that with scale 1 / (4 · √2), `scharr`
 * 1 / (16 · √2), `prewitt` 1 / (3 · √2), and boundary `"symmetric"`; `scipy.ndimage`'s gradients are as here.
 *
 * @returns a new picture, of the size of the region, with data of the picture's kind.
 * @throws as {@link filterPicture}.
 *
 * @example
 * ```ts
 * const picture = { width: 3, height: 2, data: new Uint8ClampedArray([0, 0, 40, 0, 0, 40]) };
 * gradientMagnitude(picture, { scale: 0.25 }).data; // → [0, 40, 0, 0, 40, 0]
 * ```
 */
export function gradientMagnitude<T extends PictureData, O extends GradientMagnitudeOptions = GradientMagnitudeOptions>(
  picture: Picture<T>,
  options?: O & GradientMagnitudeOptions,
): FilteredPicture<ResultData<T, O>> {
  const name = "gradientMagnitude";
  const format = checkPicture(name, "picture", picture);
  const problem = resolveMagnitude(name, format, options ?? {});
  const result = emptyResult(problem, picture.data);
  prepareMagnitude(name, problem).run(picture.data, format.stride, result.data, result.width * result.channels);
  return result as FilteredPicture<ResultData<T, O>>;
}

/**
 * Prepares {@link gradientMagnitude} for many pictures of one format, as {@link planFilterPicture} does for kernels: running into a picture of
 * one's own allocates nothing.
 *
 * @param format a picture like those to come, or `{ width, height, channels, dtype }`.
 * @throws as {@link filterPicture}.
 *
 * @example
 * ```ts
 * const edges = planGradientMagnitude({ width: 3, height: 2, channels: 1 }, { scale: 0.25 });
 * const frame = { width: 3, height: 2, data: new Uint8ClampedArray([0, 0, 40, 0, 0, 40]) };
 * edges.run(frame).data; // → [0, 40, 0, 0, 40, 0]
 * ```
 */
export function planGradientMagnitude(
  format: PlannedFormat | Picture,
  options?: GradientMagnitudeOptions,
): PicturePlan {
  const name = "planGradientMagnitude";
  const problem = resolveMagnitude(name, checkFormat(name, "format", format), options ?? {});
  return planOf(name, problem, prepareMagnitude(name, problem));
}

/** A problem of two kernels. */
type MagnitudeProblem = PictureProblem & Required<Pick<PictureProblem, "other">>;

function resolveMagnitude(name: string, format: PictureFormat, options: GradientMagnitudeOptions): MagnitudeProblem {
  const notHere = ["anchor", "flip", "offset", "absolute", "missing", "mask"];
  const names = FILTER_PICTURE_OPTION_NAMES.filter((option) => !notHere.includes(option));
  checkOptionNames(name, options, [...names, "operator"]);
  const { operator, alpha, ...rest } = options;
  const derivative = OPERATORS[resolveWord(name, "operator", ["sobel", "scharr", "prewitt"], operator)];
  resolveWord(name, "alpha", ["keep", "filter"], alpha);
  const problemOf = (axis: "x" | "y"): PictureProblem =>
    resolvePictureProblem(name, format, derivative(axis), { ...rest, alpha });
  return { ...problemOf("x"), other: problemOf("y").kernel };
}

/** On SIMD both sums of a band are there at once; elsewhere they are floats of the whole region. */
function prepareMagnitude(name: string, problem: MagnitudeProblem): PictureFacts & PreparedPicture {
  return preparePicture(name, problem, sharedEngine, (engine) => {
    const { other, ...first } = { ...problem, scale: 1, dtype: "float32" as const };
    const planes = [first, { ...first, kernel: other }].map((each) => preparePlanes(name, each, engine));
    const { scratchBytes, run: _run, forget: _forget, ...facts } = planes[0]!;
    const {
      region: { width, height },
      format: { channels },
      alpha,
      dtype,
      scale,
    } = problem;
    const row = width * channels;
    const [gx, gy] = planes.map(() => new Float32Array(row * height)) as [Float32Array, Float32Array];
    // Numbers written to it become the nearest byte, whatever kind of bytes the result holds.
    const byte = new Uint8ClampedArray(1);
    return {
      ...facts,
      scratchBytes: 2 * scratchBytes + gx.byteLength + gy.byteLength,
      run(from, fromStride, to, toStride) {
        for (const [k, sums] of [gx, gy].entries()) planes[k]!.run(from, fromStride, sums, row);
        for (let i = 0; i < gx.length; i++) {
          const isKept = alpha === "keep" && i % channels === channels - 1;
          let value = isKept ? gx[i]! : scale * Math.fround(Math.sqrt(gx[i]! * gx[i]! + gy[i]! * gy[i]!));
          if (dtype === "uint8") {
            byte[0] = value;
            value = byte[0]!;
          }
          to[Math.floor(i / row) * toStride + (i % row)] = value;
        }
      },
      forget: () => undefined,
    };
  });
}
