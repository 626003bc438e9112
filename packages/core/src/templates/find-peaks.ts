/**
 * The peaks of a matrix: cells that nothing near them exceeds.
 *
 * The greatest value within reach of every cell is found along rows, then along columns, in blocks as long as the reach: of two
 * running maxima, from the beginning of a block and to its end, the greater is that of a window which spans both. Three comparisons
 * a cell, however far it reaches.
 *
 * Source: M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels", Pattern
 * Recognition Letters 13 (1992); J. Gil and M. Werman, "Computing 2-D min, median, and max filters", IEEE TPAMI 15 (1993).
 *
 * @module
 */

import { checkOptionNames, requireInteger } from "../geometry/options.ts";
import { checkTensor, describe, type FloatArray, type Matrix } from "../tensor/tensor.ts";

/** A local maximum of a matrix. */
export interface Peak {
  /** Whole, but of refined peaks. */
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/** Options of {@link findPeaks}. */
export interface PeakOptions {
  /** Lower values are no peaks. */
  readonly threshold: number;
  /**
   * A peak is the highest value within this many rows *and* columns of it, and two peaks are at least as many rows or columns
   * apart; one number or `[rows, columns]`. Default 1: higher than all eight neighbours.
   */
  readonly distance?: number | readonly [rows: number, columns: number] | undefined;
  /** Cells within this many rows or columns of the border are no peaks; one number or `[rows, columns]`. Default 0. */
  readonly excludeBorder?: number | readonly [rows: number, columns: number] | undefined;
  /**
   * Whether to look between the cells: row, column and value are those of the top of a parabola through a peak and its two
   * neighbours, along each axis for itself. Default false.
   */
  readonly refine?: boolean | undefined;
  /** At most this number of peaks, the highest. Default all. */
  readonly limit?: number | undefined;
}

/**
 * The peaks of a matrix, the highest first: cells that no cell within `distance` in rows and in columns exceeds (scikit-image's
 * `peak_local_max`, with borders). A slope has none but its end. Of equal values nearer to each other than `distance` the first, row
 * by row, is the peak; in a matrix of one single value there is none. NaN is no peak.
 *
 * @throws TypeError if an argument is of the wrong type or an option is unknown; RangeError if the threshold is NaN, the
 *   distance not positive, the border negative or the limit not a positive integer.
 *
 * @example
 * ```ts
 * const scores = tensor([2, 5], [0, 0.9, 1, 0.2, 0.8, 0, 0.3, 0.1, 0, 0]);
 * findPeaks(scores, { threshold: 0.5, distance: 1 }).map(({ column }) => column); // → [2, 4]
 * findPeaks(scores, { threshold: 0.5, distance: 2 }).map(({ column }) => column); // → [2]
 * findPeaks(scores, { threshold: 0.5, excludeBorder: [0, 1] }).map(({ column }) => column); // → [2]
 * findPeaks(tensor([1, 3], [1, 3, 2]), { threshold: 0.5, refine: true })[0].column.toFixed(3); // → "1.167"
 * ```
 */
export function findPeaks(scores: Matrix<FloatArray>, options: PeakOptions): Peak[] {
  checkOptionNames("findPeaks", options, ["threshold", "distance", "excludeBorder", "refine", "limit"]);
  checkTensor("findPeaks", "scores", scores, 2);
  const {
    threshold,
    distance = 1,
    excludeBorder = 0,
    refine = false,
    limit = Number.POSITIVE_INFINITY,
  } = options ?? {};
  if (typeof threshold !== "number") {
    throw new TypeError(`findPeaks: threshold must be a number, got ${describe(threshold)}`);
  }
  if (Number.isNaN(threshold)) throw new RangeError("findPeaks: threshold must be a number, got NaN");
  const distances = typeof distance === "number" ? ([distance, distance] as const) : distance;
  if (!Array.isArray(distances) || distances.length !== 2 || !distances.every((d) => typeof d === "number" && d > 0)) {
    throw new RangeError(`findPeaks: distance must be a positive number or two of them, got ${describe(distance)}`);
  }
  const borders = typeof excludeBorder === "number" ? ([excludeBorder, excludeBorder] as const) : excludeBorder;
  if (!Array.isArray(borders) || borders.length !== 2 || !borders.every((b) => Number.isInteger(b) && b >= 0)) {
    throw new RangeError(
      `findPeaks: excludeBorder must be an integer of 0 or more or two of them, got ${describe(excludeBorder)}`,
    );
  }
  if (typeof refine !== "boolean") throw new TypeError(`findPeaks: refine must be a boolean, got ${describe(refine)}`);
  if (limit !== Number.POSITIVE_INFINITY) requireInteger("findPeaks", "limit", limit, 1);

  const { shape, data } = scores;
  const [height, width] = shape;
  const [rows, columns] = distances as readonly [number, number];
  const most = greatestWithin(data, height, width, [Math.floor(rows), Math.floor(columns)]);
  const [above, aside] = borders as readonly [number, number];
  const isInside = (i: number): boolean => {
    const [row, column] = [Math.floor(i / width), i % width];
    return row >= above && row < height - above && column >= aside && column < width - aside;
  };
  const candidates: number[] = [];
  let isFlat = data.length > 1;
  for (let i = 0; i < data.length; i++) {
    isFlat &&= data[i] === data[0];
    if (data[i] === most[i] && data[i] >= threshold && isInside(i)) candidates.push(i);
  }
  if (isFlat) return [];
  // Equal values are few but on plateaus: most often the highest are soon known, and only they are put in order.
  for (let taken = 4 * limit; ; taken *= 4) {
    const few = highest(data, candidates, taken);
    const peaks = spaced(data, few, width, [rows, columns], limit);
    if (peaks.length >= limit || few.length === candidates.length) {
      return refine ? peaks.map((peak) => refined(data, shape, peak)) : peaks;
    }
  }
}

/** A peak between the cells. */
function refined(data: FloatArray, [height, width]: readonly [number, number], { row, column, value }: Peak): Peak {
  const at = row * width + column;
  const [down, higher] = topOf(
    row > 0 ? data[at - width] : undefined,
    value,
    row + 1 < height ? data[at + width] : undefined,
  );
  const [right, wider] = topOf(
    column > 0 ? data[at - 1] : undefined,
    value,
    column + 1 < width ? data[at + 1] : undefined,
  );
  return { row: row + down, column: column + right, value: value + higher + wider };
}

/**
 * How far the top of the parabola through three neighbours lies from the middle one, the highest, and how much it is higher; 0 where there
 * is no such parabola.
 */
function topOf(
  before: number | undefined,
  value: number,
  after: number | undefined,
): readonly [offset: number, rise: number] {
  if (before === undefined || after === undefined) return [0, 0];
  const bend = 2 * value - before - after;
  if (!(bend > 0) || bend === Number.POSITIVE_INFINITY) return [0, 0];
  const offset = (after - before) / (2 * bend);
  return [offset, (offset * (after - before)) / 4];
}

/** Of some cells those that are at least as high as the `count` highest. */
function highest(data: FloatArray, cells: readonly number[], count: number): number[] {
  if (count >= cells.length) return [...cells];
  const least = Float64Array.from(cells, (i) => data[i]).sort()[cells.length - count];
  return cells.filter((i) => data[i] >= least);
}

/** Cells, the highest first, without those that are too near to a higher or an earlier one. */
function spaced(
  data: FloatArray,
  cells: number[],
  width: number,
  [rows, columns]: readonly [number, number],
  limit: number,
): Peak[] {
  cells.sort((a, b) => data[b] - data[a] || a - b);
  const peaks: Peak[] = [];
  /** Peaks by the rectangle of the distance that they lie in: only those of the nine around a cell can be too near. */
  const placed = new Map<string, Peak[]>();
  for (const i of cells) {
    if (peaks.length >= limit) break;
    const [row, column] = [Math.floor(i / width), i % width];
    const [a, b] = [Math.floor(row / rows), Math.floor(column / columns)];
    const near = [-1, 0, 1].flatMap((down) =>
      [-1, 0, 1].flatMap((right) => placed.get(`${a + down} ${b + right}`) ?? []),
    );
    if (near.some((peak) => Math.abs(peak.row - row) < rows && Math.abs(peak.column - column) < columns)) continue;
    const peak = { row, column, value: data[i] };
    peaks.push(peak);
    placed.set(`${a} ${b}`, [...(placed.get(`${a} ${b}`) ?? []), peak]);
  }
  return peaks;
}

/** The greatest value within a number of rows and columns of each cell; NaN counts as the lowest. */
function greatestWithin(
  data: FloatArray,
  height: number,
  width: number,
  [rows, columns]: readonly [number, number],
): Float64Array {
  const values = Float64Array.from(data, (value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value));
  for (let i = 0; i < height; i++) greatestAlong(values, i * width, 1, width, columns);
  for (let j = 0; j < width; j++) greatestAlong(values, j, width, height, rows);
  return values;
}

/** The same along a line of `count` cells, `step` apart, in place. */
function greatestAlong(values: Float64Array, first: number, step: number, count: number, reach: number): void {
  const radius = Math.min(reach, count - 1);
  if (radius < 1) return;
  const span = 2 * radius + 1;
  const padded = new Float64Array(count + 2 * radius).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < count; i++) padded[radius + i] = values[first + i * step];
  const forward = padded.slice();
  const backward = padded.slice();
  for (let i = 1; i < padded.length; i++) if (i % span !== 0) forward[i] = Math.max(forward[i], forward[i - 1]);
  for (let i = padded.length - 2; i >= 0; i--) {
    if ((i + 1) % span !== 0) backward[i] = Math.max(backward[i], backward[i + 1]);
  }
  for (let i = 0; i < count; i++) values[first + i * step] = Math.max(backward[i], forward[i + span - 1]);
}
