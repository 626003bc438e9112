/**
 * Template matching: where does a picture look like a smaller one, whatever its brightness and contrast there? The answer is
 * the normalised cross-correlation. Since Σ (t − t̄) = 0, its numerator is a plain correlation with t − t̄; the denominator
 * comes from the sums of x and x² over windows, which are correlations with ones. Every sum is of its own window's cells alone, so
 * a missing value spoils only the windows that hold it.
 *
 * Sums of squares lose what a window has of contrast where it is far from the brightness that was subtracted from all of them:
 * such windows, and those whose squares leave the range of float64, are scored by the definition, about their own mean.
 *
 * @module
 */

import { checkTensor, dtypeOf, type FloatArray, type Matrix, type Owned, zeroArray } from "../tensor/tensor.ts";
import { corr2d } from "./corr2d.ts";
import { requireElements } from "./problem/problem.ts";

/** The ratio of Σ(x − o)² to Σ(x − x̄)² from which a window has lost six digits of sixteen. */
const MOST_CANCELLED = 1e6;
/** Where squares are far from both ends of the range of float64. */
const [LEAST_SQUARE, MOST_SQUARE] = [2 ** -900, 2 ** 900];

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
 * is NaN.
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
export function matchTemplate<T extends FloatArray = Float32Array>(
  image: Matrix<T>,
  template: Matrix<T>,
): Matrix<Owned<T>> {
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
  const centred = centredWindow(template.data);
  if (centred === undefined || Number.isNaN(centred.energy)) {
    throw new RangeError("matchTemplate: template must hold finite values that are not all the same");
  }
  const t: Matrix<Float64Array> = { shape: template.shape, data: centred.values };

  const [offset, scale] = typicalOf(image.data);
  const x = { shape: image.shape, data: Float64Array.from(image.data, (value) => (value - offset) * scale) };
  const ones = { column: new Float64Array(h).fill(1), row: new Float64Array(w).fill(1) };
  const { shape, data: products } = corr2d(x, t);
  const sums = corr2d(x, ones).data;
  const squares = corr2d({ shape: x.shape, data: x.data.map((value) => value * value) }, ones).data;
  const scores = zeroArray(dtype, sums.length) as Owned<T>;
  const width = image.shape[1];
  for (let i = 0; i < scores.length; i++) {
    const variance = squares[i] - (sums[i] * sums[i]) / (h * w);
    const isPlain = squares[i] <= MOST_CANCELLED * variance && variance >= LEAST_SQUARE && squares[i] <= MOST_SQUARE;
    const score = isPlain
      ? products[i] / Math.sqrt(variance * centred.energy)
      : scoreByDefinition(image.data, width, Math.floor(i / shape[1]) * width + (i % shape[1]), t, centred.energy);
    scores[i] = Math.abs(score) > 1 ? Math.sign(score) : score;
  }
  return { shape, data: scores };
}

/** The score of the window whose first cell is at `first`, about its own mean. */
function scoreByDefinition(
  image: FloatArray,
  width: number,
  first: number,
  { shape: [h, w], data: t }: Matrix<Float64Array>,
  energy: number,
): number {
  const window = new Float64Array(h * w);
  for (let a = 0; a < h; a++) {
    window.set(image.subarray(first + a * width, first + a * width + w), a * w);
  }
  const centred = centredWindow(window);
  if (centred === undefined) return 0;
  let product = 0;
  for (let q = 0; q < t.length; q++) product += t[q] * centred.values[q];
  return product / Math.sqrt(centred.energy * energy);
}

/**
 * Values less their mean, times a power of two that makes the largest difference about 1, and their Σ(v − v̄)², which is NaN where a
 * value is not finite; undefined if all are the same. Differences are taken from the first value: of equal ones they are 0.
 */
function centredWindow(given: FloatArray): { readonly values: Float64Array; readonly energy: number } | undefined {
  let most = 0;
  for (const value of given) most = Math.max(most, Math.abs(value));
  if (!Number.isFinite(most)) return { values: Float64Array.from(given), energy: Number.NaN };
  const first = given[0] * powerBelow(most);
  const values = Float64Array.from(given, (value) => value * powerBelow(most) - first);
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return undefined;
  const scale = powerBelow(largest);
  let sum = 0;
  for (let q = 0; q < values.length; q++) sum += values[q] *= scale;
  const mean = sum / values.length;
  let energy = 0;
  for (let q = 0; q < values.length; q++) energy += (values[q] -= mean) ** 2;
  return { values, energy };
}

/** The power of two whose product with a positive number is about 1, as far as there is one. */
function powerBelow(value: number): number {
  return value === 0 ? 1 : 2 ** Math.max(-1020, Math.min(1020, -Math.floor(Math.log2(value))));
}

/** A brightness and the reciprocal of a contrast that are typical of an image, whatever few cells hold. */
function typicalOf(values: FloatArray): readonly [offset: number, scale: number] {
  const step = Math.max(1, Math.floor(values.length / 1023));
  const sample = values.filter((value, i) => i % step === 0 && Number.isFinite(value)).sort();
  if (sample.length === 0) return [0, 1];
  const offset = sample[sample.length >> 1];
  const differences = sample.map((value) => Math.abs(value - offset)).sort();
  const contrast = differences[Math.floor(0.75 * sample.length)];
  return [offset, contrast > 0 && Number.isFinite(contrast) ? powerBelow(contrast) : 1];
}
