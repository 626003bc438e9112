/**
 * Template matching: where does a picture look like a smaller one, whatever its brightness and contrast there? The answer is
 * the normalised cross-correlation. Since Σ (t − t̄) = 0, its numerator is a plain correlation with t − t̄; the denominator
 * comes from the sums of x and x² over windows, which are correlations with ones.
 *
 * @module
 */

import { checkOptionNames, requireInteger } from "../options.ts";
import { checkTensor, describe, dtypeOf, type FloatArray, type Matrix, zeros } from "../tensor.ts";
import { corr2d } from "./corr2d.ts";
import { requireElements } from "./problem.ts";

/**
 * The normalised cross-correlation of an image with a template, wherever the template lies inside the image: the correlation
 * coefficient of the template t and the window x under it,
 *
 *              Σ (t[a, b] − t̄) · (x[i + a, j + b] − x̄ᵢⱼ)
 *     y[i, j] = ───────────────────────────────────────────────      −1 ≤ y ≤ 1
 *              √( Σ (t[a, b] − t̄)² · Σ (x[i + a, j + b] − x̄ᵢⱼ)² )
 *
 * with t̄ the mean of the template and x̄ᵢⱼ that of the window: 1 where the window is the template up to brightness and a
 * positive contrast, −1 where it is its negative (OpenCV's `TM_CCOEFF_NORMED`, scikit-image's `match_template`).
 *
 * A window of one single value has no contrast; its score is 0. Where a window holds a value that is not finite, its score
 * is NaN. Windows whose variance is so small that rounding could have made it are of one value.
 *
 * @param image matrix, `[H, W]`.
 * @param template matrix, `[h, w]`, of the element type of the image, of more than one value.
 * @returns scores, `[H − h + 1, W − w + 1]`: the one at (i, j) belongs to the window whose first cell is (i, j).
 * @throws TypeError if an argument is not a matrix or the element types differ; RangeError if the template exceeds the
 *   image, is all of one value or not finite.
 *
 * @example
 * ```ts
 * const image = tensor([4, 5], [0, 0, 0, 0, 0, 0, 10, 30, 0, 0, 0, 30, 10, 0, 0, 0, 0, 0, 0, 0]);
 * const template = tensor([2, 2], [1, 2, 2, 1]);
 * const scores = matchTemplate(image, template);
 * scores.shape; // → [3, 4]
 * findPeaks(scores, { threshold: 0.9 }); // → [{ row: 1, column: 1, value: 1 }]
 * ```
 * Source: J. P. Lewis, "Fast normalized cross-correlation", Vision Interface (1995).
 */
export function matchTemplate<T extends FloatArray = Float32Array>(image: Matrix<T>, template: Matrix<T>): Matrix<T> {
  for (const [name, matrix] of Object.entries({ image, template })) {
    checkTensor("matchTemplate", name, matrix, 2);
    requireElements("matchTemplate", name, matrix.shape, matrix.data);
  }
  const dtype = dtypeOf(image.data);
  if (dtypeOf(template.data) !== dtype) {
    throw new TypeError(
      `matchTemplate: image is ${dtype}, but template is ${dtypeOf(template.data)}; both must be the same`,
    );
  }
  const [h, w] = template.shape;
  if (h > image.shape[0] || w > image.shape[1]) {
    throw new RangeError(`matchTemplate: template [${template.shape}] exceeds image [${image.shape}]`);
  }
  const centred = centre(template);
  const templateEnergy = energy(centred.data);
  if (!(templateEnergy > 0)) {
    throw new RangeError("matchTemplate: template must hold finite values that are not all the same");
  }
  // Scores do not depend on a common offset, but rounding does: squares of values around zero are smaller.
  const x = centre(image);
  const products = corr2d(x, centred);
  const ones = { column: new Float64Array(h).fill(1), row: new Float64Array(w).fill(1) };
  const sums = corr2d(x, ones).data;
  const squares = corr2d({ shape: x.shape, data: x.data.map((value) => value * value) }, ones).data;
  const scores = zeros(dtypeOf(image.data), sums.length) as T;
  const cells = h * w;
  for (let i = 0; i < scores.length; i++) {
    const variance = squares[i] - (sums[i] * sums[i]) / cells;
    const rounding = 4 * (h + w + 4) * 2 ** -53 * squares[i];
    const score = variance <= rounding ? 0 : products.data[i] / Math.sqrt(variance * templateEnergy);
    scores[i] = Math.abs(score) > 1 ? Math.sign(score) : score;
  }
  return { shape: products.shape, data: scores };
}

/** In float64, less the mean of what is finite. */
function centre({ shape, data }: Matrix<FloatArray>): Matrix<Float64Array> {
  let sum = 0;
  let count = 0;
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return { shape, data: Float64Array.from(data, (value) => value - sum / count) };
}

function energy(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

/** A local maximum of a matrix. */
export interface Peak {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/** Options of {@link findPeaks}. */
export interface PeakOptions {
  /** Lower values are no peaks. */
  readonly threshold: number;
  /** Two peaks are at least so many rows or so many columns apart; one number or `[rows, columns]`. Default 1. */
  readonly distance?: number | readonly [rows: number, columns: number] | undefined;
  /** The highest so many. Default all. */
  readonly limit?: number | undefined;
}

/**
 * The peaks of a matrix, the highest first, by non-maximum suppression: the highest value is a peak, everything nearer
 * to it than `distance` in rows *and* in columns is not, and so on with the highest of what is left. Of equal values the
 * first, row by row, wins. NaN is no peak.
 *
 * @throws TypeError if an argument is of the wrong type or an option is unknown; RangeError if the threshold is NaN, the
 *   distance not positive or the limit not a positive integer.
 *
 * @example
 * ```ts
 * const scores = tensor([2, 5], [0, 0.9, 1, 0.2, 0.8, 0, 0.3, 0.1, 0, 0]);
 * findPeaks(scores, { threshold: 0.5, distance: 2 }).map(({ column }) => column); // → [2, 4]
 * ```
 * Source: A. Neubeck and L. Van Gool, "Efficient non-maximum suppression", ICPR 2006, section 1 (the greedy definition).
 */
export function findPeaks(scores: Matrix<FloatArray>, options: PeakOptions): Peak[] {
  checkOptionNames("findPeaks", options, ["threshold", "distance", "limit"]);
  checkTensor("findPeaks", "scores", scores, 2);
  const { threshold, distance = 1, limit = Number.POSITIVE_INFINITY } = options ?? {};
  if (typeof threshold !== "number") {
    throw new TypeError(`findPeaks: threshold must be a number, got ${describe(threshold)}`);
  }
  if (Number.isNaN(threshold)) throw new RangeError("findPeaks: threshold must be a number, got NaN");
  const distances = typeof distance === "number" ? ([distance, distance] as const) : distance;
  if (!Array.isArray(distances) || distances.length !== 2 || !distances.every((d) => typeof d === "number" && d > 0)) {
    throw new RangeError(`findPeaks: distance must be a positive number or two of them, got ${describe(distance)}`);
  }
  if (limit !== Number.POSITIVE_INFINITY) requireInteger("findPeaks", "limit", limit, 1);

  const { shape, data } = scores;
  const [height, width] = shape;
  const [rows, columns] = distances.map((d) => Math.ceil(d) - 1);
  const candidates = Array.from(data.keys()).filter((i) => data[i] >= threshold);
  candidates.sort((a, b) => data[b] - data[a] || a - b);
  const suppressed = new Uint8Array(data.length);
  const peaks: Peak[] = [];
  for (const candidate of candidates) {
    if (peaks.length >= limit) break;
    if (suppressed[candidate] === 1) continue;
    const row = Math.floor(candidate / width);
    const column = candidate % width;
    peaks.push({ row, column, value: data[candidate] });
    for (let r = Math.max(0, row - rows); r <= Math.min(height - 1, row + rows); r++) {
      suppressed.fill(1, r * width + Math.max(0, column - columns), r * width + Math.min(width, column + columns + 1));
    }
  }
  return peaks;
}
