/**
 * What a template and a window are compared by, of every window at once from sums over windows, and of one by the definition.
 *
 * With weights v ≥ 0 of the cells of a template (1 without a mask), w = v², means t̄ and x̄ over v, in each channel,
 *
 *     ccorr         Σ w·t·x                                                                   ccorr-normed    / √(Σ w·t² · Σ w·x²)
 *     ccoeff        Σ w·(t − t̄)·(x − x̄)                                ccoeff-normed   / √(Σ w·(t − t̄)² · Σ w·(x − x̄)²)
 *     sqdiff        Σ w·(t − x)²                                                              sqdiff-normed   / √(Σ w·t² · Σ w·x²)
 *
 * Sums about a brightness that is typical of the picture lose what a window has of contrast where it is far from that: such windows
 * are scored by the definition.
 *
 * Source: OpenCV, `matchTemplate`, TemplateMatchModes.
 *
 * @module
 */

import { OutOfMemoryError } from "../simd/engine/memory.ts";
import type { Shape2 } from "../tensor/shape.ts";
import type { FloatArray } from "../tensor/tensor.ts";
import { largestOf, powerBelow } from "./centring.ts";
import type { Picture } from "./picture.ts";

/** What a template and a window are compared by: OpenCV's TM_CCOEFF_NORMED and so on. */
export type TemplateScore = "ccoeff-normed" | "ccoeff" | "ccorr-normed" | "ccorr" | "sqdiff-normed" | "sqdiff";

/** All of them, the default first. */
export const TEMPLATE_SCORES: readonly [TemplateScore, ...TemplateScore[]] = [
  "ccoeff-normed",
  "ccoeff",
  "ccorr-normed",
  "ccorr",
  "sqdiff-normed",
  "sqdiff",
];

/** A template, channel after channel, and the weights v of its cells. */
export interface TemplateCells {
  readonly size: Shape2;
  readonly cells: readonly Float64Array[];
  /** Undefined without a mask. */
  readonly weights: readonly Float64Array[] | undefined;
}

/** The ratio of what is taken from each other to what is left, Σ(x − x̄)² or Σx², from which a window has lost six digits of sixteen. */
const MOST_CANCELLED = 1e6;
/** What of a score may be the error of a sum. */
const MOST_ERROR = 1e-8;
/** Cells of windows that are scored by the definition, at most, before all windows are asked for once more. */
const MOST_ALONE = 4e6;
/** Squares, and products of two of them, that are far from both ends of the range of float64. */
const [LEAST_SQUARE, MOST_SQUARE] = [2 ** -500, 2 ** 500];

/** Writes the scores of all windows, [H − h + 1, W − w + 1]. */
export function scoreAll(picture: Picture, template: TemplateCells, score: TemplateScore, scores: Float64Array): void {
  const columns = picture.shape[1] - template.size[1] + 1;
  const isNormed = score.endsWith("-normed");
  const isCentred = score.startsWith("ccoeff");
  const isDifference = score.startsWith("sqdiff");
  const sums = sumsOf(picture, template, score);
  const { products, error, squareError, energy, base, ground, unit, squares, variances, norms } = sums;
  const [leastSquare, leastNorm] = [Math.max(LEAST_SQUARE, squareError / MOST_ERROR), error / MOST_ERROR];
  const strength = Math.sqrt(energy);
  const least = isInRange(energy) ? leastNorm / strength : Number.POSITIVE_INFINITY;
  // Of a template that is nothing, sums are nothing, too.
  const isNothing = energy === 0 && !isNormed && !isDifference;
  // A squared difference may be larger than its norm: OpenCV says 1 then, but with a mask.
  const isBounded = isNormed && !(isDifference && template.weights !== undefined);
  const [powers, others] = isCentred ? [variances, 0] : [norms, ground];
  for (let i = 0; i < scores.length; i++) {
    let [value, isPlain, size] = [products[i], true, 0];
    if (isNormed || !isDifference) {
      const power = powers[i];
      size = Math.sqrt(power);
      // Written so that NaN fails, too.
      isPlain =
        squares[i] + others <= MOST_CANCELLED * power &&
        power >= leastSquare &&
        squares[i] <= MOST_SQUARE &&
        power <= MOST_SQUARE &&
        (isDifference ? isInRange(energy) : size >= least);
    }
    if (isDifference) {
      // Of a match little is left of what is taken from each other.
      value = base - 2 * value + squares[i];
      isPlain &&= value >= MOST_ERROR * (base + squares[i]) && 2 * error + squareError <= MOST_ERROR * value;
    } else value += base;
    value = isNormed ? value / (size * strength) : value * unit;
    if (!(isPlain || isNothing) || !Number.isFinite(value)) {
      value = scoreOne(picture, template, score, Math.floor(i / columns), i % columns);
    }
    scores[i] = isBounded && Math.abs(value) > 1 ? Math.sign(value) : value;
  }
}

/**
 * Writes the correlation coefficients of all windows, as {@link scoreAll} with `"ccoeff-normed"`, where that is quicker in tiles; false where
 * it is not. What tiles do not know is summed in float64, window by window, or all of it by transforms if that is much.
 */
export function scoreInTiles(picture: Picture, { size, cells, weights }: TemplateCells, scores: Float32Array): boolean {
  if (weights !== undefined) return false;
  const columns = picture.shape[1] - size[1] + 1;
  const [given] = cells;
  const factor = contrastOf(cells, true);
  const mean = given.reduce((sum, t) => sum + (t - given[0]), 0) / given.length + given[0];
  const template = given.map((t) => (t - mean) * factor);
  let unknown: readonly number[] | undefined;
  try {
    unknown = picture.tiles(size)?.score(template, size, scores);
  } catch (error) {
    if (!(error instanceof OutOfMemoryError)) throw error;
  }
  if (unknown === undefined) return false;
  const rest = unknown.filter((i) => {
    const isFlat = picture.isFlat(Math.floor(i / columns), i % columns, size);
    if (isFlat) scores[i] = 0;
    return !isFlat;
  });
  if (rest.length * template.length > MOST_ALONE) return false;
  const energy = template.reduce((sum, t) => sum + t * t, 0);
  for (const i of rest) {
    const first = Math.floor(i / columns) * picture.shape[1] + (i % columns);
    scores[i] = coefficientOf(picture.cells[0], first, picture.shape[1], template, size[1], energy);
  }
  return true;
}

/** The coefficient of a float32 window, whose squares float64 has room for, and a template about its mean. */
function coefficientOf(
  cells: FloatArray,
  first: number,
  pitch: number,
  template: Float64Array,
  width: number,
  energy: number,
): number {
  const skip = pitch - width;
  let sum = 0;
  for (let q = 0, at = first; q < template.length; at += skip) {
    for (const end = q + width; q < end; q++, at++) sum += cells[at] - cells[first];
  }
  const mean = cells[first] + sum / template.length;
  let [product, variance] = [0, 0];
  for (let q = 0, at = first; q < template.length; at += skip) {
    for (const end = q + width; q < end; q++, at++) {
      const x = cells[at] - mean;
      product += template[q] * x;
      variance += x * x;
    }
  }
  return Math.min(1, Math.max(-1, product / Math.sqrt(variance * energy)));
}

function isInRange(square: number): boolean {
  return square >= LEAST_SQUARE && square <= MOST_SQUARE;
}

/** Sums of every window, in units of the picture's contrast and of the template's. */
interface WindowSums {
  /** Σ w·T·x′, with T the template about its mean, about nothing or about the picture's offset, by score. */
  readonly products: Float64Array;
  /** How far they may be off, beside what plain sums would be; and sums of squares. */
  readonly error: number;
  readonly squareError: number;
  /** Σ w·T², or Σ w·t² where the score divides by that. */
  readonly energy: number;
  /** What does not depend on the window. */
  readonly base: number;
  /** Σ w·o′², with o′ the picture's offset in units of its contrast. */
  readonly ground: number;
  /** The product of both units. */
  readonly unit: number;
  /** Σ w·x′²; Σ w·(x′ − x̄′)² and Σ w·x²: empty where nobody asks for them. */
  readonly squares: Float64Array;
  readonly variances: Float64Array;
  readonly norms: Float64Array;
}

function sumsOf(picture: Picture, { size, cells, weights }: TemplateCells, score: TemplateScore): WindowSums {
  const [height, width] = picture.shape;
  const length = (height - size[0] + 1) * (width - size[1] + 1);
  const family = score.replace("-normed", "");
  const empty = (asked: boolean): Float64Array => new Float64Array(asked ? length : 0);
  const products = empty(true);
  const known = weights === undefined ? picture.sums(size) : undefined;
  const isKnown = known !== undefined && family === "ccoeff";
  const squares = isKnown ? known.whole : empty(true);
  const variances = isKnown ? known.variances : empty(family === "ccoeff");
  const norms = empty(family !== "ccoeff" && score !== "sqdiff");
  // What is taken from each other is in one unit; else a template has its own.
  const factor = family === "sqdiff" ? picture.scale : contrastOf(cells, family === "ccoeff");
  let [error, squareError, energy, base, ground] = [0, 0, 0, 0, 0];
  const deviations = family === "ccoeff" ? centred(cells, weights) : cells;
  for (const [c, given] of cells.entries()) {
    const offset = picture.offsets[c];
    const v = weights?.[c] ?? new Float64Array(given.length).fill(1);
    const w = v.map((each) => each * each);
    const [total, weight] = [v, w].map((each) => each.reduce((sum, one) => sum + one));
    const about = family === "sqdiff" ? offset : 0;
    const t = deviations[c].map((value) => (value - about) * factor);
    const weighted = t.map((value, q) => w[q] * value);
    const excess = weighted.reduce((sum, one) => sum + one);
    error += picture.correlate("values", c, weighted, size, products);
    for (let q = 0; q < t.length; q++) energy += w[q] * (family === "sqdiff" ? given[q] * factor : t[q]) ** 2;
    const about0 = offset * picture.scale;
    ground += about0 * about0 * weight;
    if (family === "ccorr") base += about0 * excess;
    if (family === "sqdiff") for (let q = 0; q < t.length; q++) base += t[q] * weighted[q];

    const isMasked = weights !== undefined;
    if (family === "ccoeff" && !isMasked) continue;
    const summed = (kind: "values" | "squares", by: Float64Array): Float64Array => {
      if (known !== undefined) return known[kind][c];
      const sums = empty(true);
      const off = picture.correlate(kind, c, by, size, sums);
      // What sums of values add, times twice a mean or the offset, is at most twice as much, and so is the square of a mean.
      if (kind === "squares") squareError += 5 * off;
      else if (by === v) error += off * Math.abs(excess / (total || 1));
      return sums;
    };
    const sums = family === "ccoeff" ? summed("values", v) : undefined;
    // Without a mask nothing is left of a template about its mean.
    if (sums !== undefined && isMasked && total !== 0) {
      for (let i = 0; i < length; i++) products[i] -= (sums[i] / total) * excess;
    }
    const [first, second] = [summed("values", w), summed("squares", w)];
    for (let i = 0; i < length; i++) squares[i] += second[i];
    if (sums !== undefined) {
      const share = total === 0 ? 0 : 1 / total;
      for (let i = 0; i < length; i++) {
        const average = share * sums[i];
        variances[i] += second[i] - average * (2 * first[i] - average * weight);
      }
    } else if (norms.length > 0) {
      for (let i = 0; i < length; i++) norms[i] += second[i] + about0 * (2 * first[i] + about0 * weight);
    }
  }
  return {
    products,
    error,
    squareError,
    energy,
    base,
    ground,
    unit: 1 / factor / picture.scale,
    squares,
    variances,
    norms,
  };
}

/** A power of two by which cells, or their differences, become about 1. */
function contrastOf(cells: readonly Float64Array[], isCentred: boolean): number {
  const planes = isCentred ? cells.map((plane) => plane.map((value) => value - plane[0])) : cells;
  return powerBelow(Math.max(...planes.map(largestOf)));
}

/** The score of the window whose first cell this is; NaN if it holds a value that is not finite. */
function scoreOne(
  picture: Picture,
  { size, cells, weights }: TemplateCells,
  score: TemplateScore,
  row: number,
  column: number,
): number {
  const [h, w] = size;
  const width = picture.shape[1];
  const family = score.replace("-normed", "");
  if (family !== "sqdiff" && picture.isFlat(row, column, size)) {
    // Nothing is left of it about its mean, and of black there is nothing.
    const values = picture.cells.map((plane) => plane[row * width + column]);
    if (values.every((value) => value === 0 || (family === "ccoeff" && Number.isFinite(value)))) return 0;
  }
  const windows = picture.cells.map((plane) => {
    const window = new Float64Array(h * w);
    for (let a = 0; a < h; a++) {
      const first = (row + a) * width + column;
      window.set(plane.subarray(first, first + w), a * w);
    }
    return window;
  });
  const sizes = [windows, cells].map((planes) => Math.max(...planes.map(largestOf)));
  if (!sizes.every(Number.isFinite)) return Number.NaN;
  // Each about one.
  let [scaleX, scaleT] = sizes.map(powerBelow);
  const scaled = (planes: readonly Float64Array[], scale: number): readonly Float64Array[] =>
    planes.map((plane) => plane.map((value) => value * scale));
  let [x, t] = [scaled(windows, scaleX), scaled(cells, scaleT)];
  if (family === "ccoeff") {
    const [centredX, centredT] = [x, t].map((planes) => centred(planes, weights));
    const [most, mostT] = [centredX, centredT].map((planes) => Math.max(...planes.map(largestOf)));
    if (most === 0 || mostT === 0) return 0;
    // Small differences may have squares that are none.
    const [finer, finerT] = [powerBelow(most), powerBelow(mostT)];
    [x, t] = [scaled(centredX, finer), scaled(centredT, finerT)];
    [scaleX, scaleT] = [scaleX * finer, scaleT * finerT];
  }
  // What is taken from each other is in one unit.
  const unit = Math.min(scaleX, scaleT);
  const [shareX, shareT] = [unit / scaleX, unit / scaleT];
  let [product, squareX, squareT, difference] = [0, 0, 0, 0];
  for (const [c, plane] of x.entries()) {
    for (let q = 0; q < plane.length; q++) {
      const weight = (weights?.[c][q] ?? 1) ** 2;
      product += weight * t[c][q] * plane[q];
      squareX += weight * plane[q] * plane[q];
      squareT += weight * t[c][q] * t[c][q];
      difference += weight * (t[c][q] * shareT - plane[q] * shareX) ** 2;
    }
  }
  const isDifference = family === "sqdiff";
  if (family === score) return isDifference ? difference / unit / unit : product / scaleX / scaleT;
  const norm = Math.sqrt(squareX * squareT);
  if (norm === 0) return isDifference && difference > 0 ? 1 : 0;
  return isDifference ? difference / norm / shareX / shareT : product / norm;
}

/** Planes about their own means. Differences are taken from the first value: of equal ones they are 0. */
function centred(
  planes: readonly Float64Array[],
  weights: readonly Float64Array[] | undefined,
): readonly Float64Array[] {
  return planes.map((plane, c) => {
    let [sum, total] = [0, 0];
    for (let q = 0; q < plane.length; q++) {
      const weight = weights?.[c][q] ?? 1;
      total += weight;
      sum += weight * (plane[q] - plane[0]);
    }
    const mean = total === 0 ? 0 : sum / total;
    return plane.map((value) => value - plane[0] - mean);
  });
}
