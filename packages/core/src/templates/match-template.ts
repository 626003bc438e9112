/**
 * Template matching: where does a picture look like a smaller one? What is asked of the picture alone, sums over windows and transforms,
 * is computed once for all templates that are looked for in it.
 *
 * @module
 */

import { requireElements } from "../corr2d/problem/problem.ts";
import { checkOptionNames, resolveWord } from "../geometry/options.ts";
import type { Shape2 } from "../tensor/shape.ts";
import {
  checkTensor,
  describe,
  dtypeOf,
  type FloatArray,
  type Matrix,
  type Owned,
  type Tensor3,
  zeroArray,
} from "../tensor/tensor.ts";
import { largestOf } from "./centring.ts";
import { Picture } from "./picture.ts";
import { scoreAll, scoreInTiles, TEMPLATE_SCORES, type TemplateCells, type TemplateScore } from "./scores.ts";

/** A grey picture, [H, W], or one of channels, [H, W, C]. */
export type PictureTensor<T extends FloatArray = Float32Array> = Matrix<T> | Tensor3<T>;

/** Options of {@link matchTemplate}. */
export interface MatchOptions<T extends FloatArray = Float32Array> {
  /** What a template and a window are compared by. Default `"ccoeff-normed"`. */
  readonly score?: TemplateScore | undefined;
  /** Weights of the template's cells, 0 where it does not matter: [h, w], for all channels, or the template's shape. */
  readonly mask?: PictureTensor<T> | undefined;
}

/** A picture, prepared for templates, made by {@link planTemplates}. */
export interface TemplatePlan<T extends FloatArray = Float32Array> {
  /** Of the picture. */
  readonly inputShape: readonly number[];
  /** Bytes held beside the picture, as far as they were needed until now. */
  readonly scratchBytes: number;
  /**
   * The scores of a template, as {@link matchTemplate} gives them.
   *
   * @throws as that; Error after the plan was disposed of.
   */
  run(template: PictureTensor<T>, options?: MatchOptions<T>): Matrix<Owned<T>>;
  /** Gives the memory back at once; from then on `run` throws. */
  [Symbol.dispose](): void;
}

/**
 * Compares a template with an image wherever it lies inside: with t the template, x the window under it, and means t̄ and x̄,
 *
 *     "ccoeff-normed"   Σ (t − t̄)·(x − x̄) / √(Σ (t − t̄)² · Σ (x − x̄)²)      −1 ≤ y ≤ 1, the default
 *     "ccoeff"          Σ (t − t̄)·(x − x̄)
 *     "ccorr-normed"    Σ t·x / √(Σ t² · Σ x²)
 *     "ccorr"           Σ t·x
 *     "sqdiff-normed"   Σ (t − x)² / √(Σ t² · Σ x²)                                         at most 1 without a mask; the *lowest* is the best
 *     "sqdiff"          Σ (t − x)²                                                                                   likewise
 *
 * (OpenCV's `TM_CCOEFF_NORMED` and so on, scikit-image's `match_template`). The default is 1 where the window is the template up to
 * brightness and a positive contrast, −1 where it is its negative. Of pictures with channels sums go over all, means are each
 * channel's own. A mask weighs cells: its squares weigh products, itself the means.
 *
 * Sums over windows are float64, whatever the picture's brightness and contrast: a score is right to some 10⁻⁸ before it is rounded. For
 * `"ccoeff-normed"` without a mask in a grey float32 picture of 2¹⁵ cells and more, products go through float32 transforms where
 * those are known to be right to 10⁻⁴ of a score at worst, which comes to 5 · 10⁻⁶; elsewhere they are float64, too. A window of
 * one single value has no contrast; what would divide by 0 is 0 (`"sqdiff-normed"`: 1 unless the template is 0, too). Where a
 * window holds a value that is not finite, its score is NaN.
 *
 * @param image matrix, `[H, W]`, or tensor, `[H, W, C]`.
 * @param template the same with sides h ≤ H and w ≤ W, of the element type and channels of the image; for `"ccoeff-normed"` of more than
 *   one value.
 * @returns scores, `[H − h + 1, W − w + 1]`: the one at (i, j) belongs to the window whose first cell is (i, j).
 * @throws TypeError if an argument is no such tensor, the element types differ or an option is unknown; RangeError if the template
 *   exceeds the image, is not finite or of one value for `"ccoeff-normed"`, or the mask does not fit it or holds no weight.
 *
 * @example
 * ```ts
 * const image = tensor([4, 5], [0, 0, 0, 0, 0, 0, 10, 30, 0, 0, 0, 30, 10, 0, 0, 0, 0, 0, 0, 0]);
 * const template = tensor([2, 2], [1, 2, 2, 1]);
 * const scores = matchTemplate(image, template);
 * scores.shape; // → [3, 4]
 * findPeaks(scores, { threshold: 0.9 }); // → [{ row: 1, column: 1, value: 1 }]
 * matchTemplate(image, template, { score: "sqdiff" }).data[0]; // → 90
 * ```
 * Source: J. P. Lewis, "Fast normalized cross-correlation", Vision Interface (1995).
 */
export function matchTemplate<T extends FloatArray = Float32Array>(
  image: PictureTensor<T>,
  template: PictureTensor<T>,
  options: MatchOptions<T> = {},
): Matrix<Owned<T>> {
  const read = readPicture("matchTemplate", "image", image);
  // Before anything is computed of the image.
  const request = readRequest("matchTemplate", read, template, options);
  const picture = new Picture(read.data, read.shape);
  try {
    return match(picture, request, read.dtype);
  } finally {
    picture[Symbol.dispose]();
  }
}

/**
 * Prepares an image for templates that are looked for in it one after the other: its sums and its transform are computed once. The image is copied.
 *
 * @throws as {@link matchTemplate}.
 *
 * @example
 * ```ts
 * const image = tensor([4, 5], [0, 0, 0, 0, 0, 0, 10, 30, 0, 0, 0, 30, 10, 0, 0, 0, 0, 0, 0, 0]);
 * const plan = planTemplates(image);
 * plan.run(tensor([2, 2], [1, 2, 2, 1])).data[5]; // → 1
 * plan.run(tensor([1, 2], [1, -1]), { score: "ccorr" }).data[5]; // → -20
 * ```
 */
export function planTemplates<T extends FloatArray = Float32Array>(image: PictureTensor<T>): TemplatePlan<T> {
  // The caller's array is let go of.
  const { data, ...read } = readPicture("planTemplates", "image", image);
  const picture = new Picture(data.slice(), read.shape);
  let isLiving = true;
  return {
    inputShape: [...image.shape],
    get scratchBytes() {
      return picture.scratchBytes;
    },
    run(template, options = {}) {
      const name = "planTemplates.run";
      if (!isLiving) throw new Error(`${name}: the plan was disposed of`);
      return match(picture, readRequest(name, read, template, options), read.dtype);
    },
    [Symbol.dispose]() {
      isLiving = false;
      picture[Symbol.dispose]();
    },
  };
}

/** A template and a score that were checked. */
interface Request extends TemplateCells {
  readonly score: TemplateScore;
}

function match<T extends FloatArray>(
  picture: Picture,
  { score, ...template }: Request,
  dtype: "float32" | "float64",
): Matrix<Owned<T>> {
  const shape = [picture.shape[0] - template.size[0] + 1, picture.shape[1] - template.size[1] + 1] as const;
  const length = shape[0] * shape[1];
  if (dtype === "float32" && score === "ccoeff-normed") {
    const data = new Float32Array(length);
    if (scoreInTiles(picture, template, data)) return { shape, data: data as Owned<FloatArray> as Owned<T> };
  }
  const scores = new Float64Array(length);
  scoreAll(picture, template, score, scores);
  if (dtype === "float64") return { shape, data: scores as Owned<FloatArray> as Owned<T> };
  const data = zeroArray(dtype, length);
  data.set(scores);
  return { shape, data: data as Owned<FloatArray> as Owned<T> };
}

/** A picture that was checked. */
interface ReadPicture {
  readonly data: FloatArray;
  readonly dtype: "float32" | "float64";
  readonly shape: readonly [height: number, width: number, channels: number];
}

function readPicture(name: string, parameter: string, given: PictureTensor<FloatArray>): ReadPicture {
  const rank = Object(given).shape?.length === 3 ? 3 : 2;
  checkTensor(name, parameter, given, rank);
  const { shape, data } = given;
  requireElements(name, parameter, shape, data);
  return { data, dtype: dtypeOf(data), shape: [shape[0], shape[1], shape[2] ?? 1] };
}

function readRequest(
  name: string,
  image: Omit<ReadPicture, "data">,
  given: PictureTensor<FloatArray>,
  options: MatchOptions<FloatArray>,
): Request {
  checkOptionNames(name, options, ["score", "mask"]);
  const score = resolveWord<TemplateScore>(name, "score", TEMPLATE_SCORES, options.score);
  const template = readPicture(name, "template", given);
  const [h, w, channels] = template.shape;
  if (template.dtype !== image.dtype) {
    throw new TypeError(`${name}: image is ${image.dtype}, but template is ${template.dtype}; both must be the same`);
  }
  if (channels !== image.shape[2]) {
    throw new RangeError(`${name}: image has ${image.shape[2]} channels, but template has ${channels}`);
  }
  if (h > image.shape[0] || w > image.shape[1]) {
    throw new RangeError(
      `${name}: template [${template.shape.slice(0, 2)}] exceeds image [${image.shape.slice(0, 2)}]`,
    );
  }
  const cells = planesOf(template);
  const weights = options.mask === undefined ? undefined : readMask(name, options.mask, template);
  const areFinite = Number.isFinite(Math.max(...cells.map(largestOf)));
  if (score === "ccoeff-normed" && (!areFinite || cells.every((plane, c) => isOfOneValue(plane, weights?.[c])))) {
    throw new RangeError(`${name}: template must hold finite values that are not all the same`);
  }
  if (!areFinite) throw new RangeError(`${name}: template must hold finite values`);
  return { score, size: [h, w] as Shape2, cells, weights };
}

function readMask(name: string, given: PictureTensor<FloatArray>, template: ReadPicture): readonly Float64Array[] {
  const mask = readPicture(name, "mask", given);
  const [h, w, channels] = mask.shape;
  if (mask.dtype !== template.dtype) {
    throw new TypeError(`${name}: template is ${template.dtype}, but mask is ${mask.dtype}; both must be the same`);
  }
  if (h !== template.shape[0] || w !== template.shape[1] || (channels !== 1 && channels !== template.shape[2])) {
    throw new RangeError(`${name}: mask [${given.shape}] must have the sides of the template [${template.shape}]`);
  }
  const found = mask.data.find((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (found !== undefined)
    throw new RangeError(`${name}: mask must hold finite weights of 0 or more, got ${describe(found)}`);
  if (largestOf(mask.data) === 0) throw new RangeError(`${name}: mask holds no weight above 0`);
  const planes = planesOf(mask);
  return Array.from({ length: template.shape[2] }, (_, c) => planes[channels === 1 ? 0 : c]);
}

/** Channel after channel. */
function planesOf({ data, shape: [height, width, channels] }: ReadPicture): readonly Float64Array[] {
  return Array.from({ length: channels }, (_, c) =>
    Float64Array.from({ length: height * width }, (_, i) => data[i * channels + c]),
  );
}

/** Whether all cells that weigh something have one value. */
function isOfOneValue(plane: Float64Array, weights: Float64Array | undefined): boolean {
  const seen = weights === undefined ? plane : plane.filter((_, q) => weights[q] !== 0);
  return seen.every((value) => value === seen[0]);
}
