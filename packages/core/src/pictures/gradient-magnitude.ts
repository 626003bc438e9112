/**
 * How steep a picture is at each pixel, whatever the direction.
 *
 * @module
 */

import { checkOptionNames, resolveWord } from "../geometry/options.ts";
import { emptyResult, type FilteredPicture, preparePicture, type ResultData } from "./filter-picture.ts";
import { prewitt, scharr, sobel } from "./kernels.ts";
import { checkPicture, type Picture, type PictureData } from "./problem/picture.ts";
import { FILTER_PICTURE_OPTION_NAMES, type FilterPictureOptions, resolvePictureProblem } from "./problem/problem.ts";

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
  const notHere = ["anchor", "flip", "offset", "absolute", "missing", "mask"];
  const names = FILTER_PICTURE_OPTION_NAMES.filter((option) => !notHere.includes(option));
  checkOptionNames(name, options, [...names, "operator"]);
  const { operator, alpha, dtype, ...rest }: GradientMagnitudeOptions = options ?? {};
  const derivative = OPERATORS[resolveWord(name, "operator", ["sobel", "scharr", "prewitt"], operator)];
  resolveWord(name, "alpha", ["keep", "filter"], alpha);
  const format = checkPicture(name, "picture", picture);
  const across = resolvePictureProblem(name, format, derivative("x"), { ...rest, alpha, dtype });
  const sums = (["x", "y"] as const).map((axis) => {
    const problem = resolvePictureProblem(name, format, derivative(axis), { ...rest, alpha, dtype: "float32" });
    const { data, width, channels } = emptyResult(problem, picture.data);
    preparePicture(name, problem).run(picture.data, format.stride, data, width * channels);
    return data;
  });
  const [gx, gy] = sums as [PictureData, PictureData];
  const result = emptyResult(across, picture.data);
  const { data, channels } = result;
  // Whatever kind of bytes the result holds, they are rounded and clamped.
  const to = data instanceof Float32Array ? data : new Uint8ClampedArray(data.buffer);
  for (let i = 0; i < data.length; i++) {
    const isKept = across.alpha === "keep" && i % channels === channels - 1;
    to[i] = isKept ? gx[i]! : Math.sqrt(gx[i]! * gx[i]! + gy[i]! * gy[i]!);
  }
  return result as FilteredPicture<ResultData<T, O>>;
}
