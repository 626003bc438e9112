/**
 * Sums over all windows of a plane. Each is the sum of two runs that lie within it, from the beginning of a block and to its end, in
 * blocks as long as the window: three additions a cell, however large it is, and no term that the window does not hold, so that
 * nothing cancels and what is outside does no harm.
 *
 * Source: as `find-peaks.ts`, with sums for maxima.
 *
 * @module
 */

import type { Shape2 } from "../tensor/shape.ts";

/**
 * The sums over windows of h × w cells of a plane of `height` rows: (height − h + 1) × (width − w + 1). Of its values, or of their
 * squares.
 */
export function windowSums(
  plane: Float64Array,
  [height, width]: Shape2,
  [h, w]: Shape2,
  isSquared: boolean,
): Float64Array {
  const columns = width - w + 1;
  const across = new Float64Array(height * columns);
  const suffixes = new Float64Array(width);
  const line = new Float64Array(width);
  for (let i = 0; i < height; i++) {
    const row = i * width;
    if (isSquared) for (let j = 0; j < width; j++) line[j] = plane[row + j] * plane[row + j];
    else for (let j = 0; j < width; j++) line[j] = plane[row + j];
    let sum = 0;
    for (let j = width - 1, left = width % w; j >= 0; j--, left--) {
      if (left === 0) {
        sum = 0;
        left = w;
      }
      sum += line[j];
      suffixes[j] = sum;
    }
    let prefix = 0;
    // The window from column j on: to the end of its block, and what it has of the next.
    for (let j = 0, done = 0; j < columns; j++, done++) {
      if (done === w) {
        prefix = 0;
        done = 0;
      }
      if (done > 0) prefix += line[j + w - 1];
      across[i * columns + j] = suffixes[j] + prefix;
    }
  }
  return sumsDown(across, height, columns, h);
}

/** The same for columns of h cells. */
function sumsDown(plane: Float64Array, height: number, width: number, h: number): Float64Array {
  const rows = height - h + 1;
  const sums = new Float64Array(rows * width);
  const suffixes = new Float64Array((h + 1) * width);
  const prefix = new Float64Array(width);
  for (let first = 0; first < rows; first += h) {
    // Of the block that begins here, sums to its end; it lies inside, as the window does.
    suffixes.fill(0, h * width);
    for (let a = h - 1; a >= 0; a--) {
      const at = (first + a) * width;
      const to = a * width;
      for (let j = 0; j < width; j++) suffixes[to + j] = suffixes[to + width + j] + plane[at + j];
    }
    prefix.fill(0);
    for (let a = 0; a < h && first + a < rows; a++) {
      if (a > 0) {
        const at = (first + h + a - 1) * width;
        for (let j = 0; j < width; j++) prefix[j] += plane[at + j];
      }
      const [from, to] = [a * width, (first + a) * width];
      for (let j = 0; j < width; j++) sums[to + j] = suffixes[from + j] + prefix[j];
    }
  }
  return sums;
}
