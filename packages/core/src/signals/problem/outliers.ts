/**
 * The few samples of a signal that a transform must not see, because they are not finite or tower above all others, and what they
 * add to the values that see them.
 *
 * @module
 */

import type { PlannedProblem } from "../../corr2d/problem/problem.ts";
import { continuedIndices } from "../../geometry/boundary.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import { type Blocks, blocksOf, type Extremes } from "./survey.ts";

/** How many times as large as the median of the blocks' greatest magnitudes a sample must be to count as an outlier. */
const TOWERING = 256;

/** Blocks that the median is taken of. */
const SAMPLED = 512;

/** Outliers of a signal. */
export interface Outliers {
  /** Where they stand. */
  readonly cells: readonly number[];
  /** The signal's blocks, with them. */
  readonly blocks: Blocks;
  /** Adds Σ k · x over outliers to each value that sees one. */
  addTo(y: FloatArray): void;
}

/** Finds them; none where there are more than `limit`. */
export function outliersOf(
  problem: PlannedProblem,
  source: FloatArray,
  extremes: Extremes,
  block: number,
  limit: number,
): Outliers {
  const blocks = blocksOf(extremes, block);
  const { most } = blocks;
  const step = Math.ceil(most.length / SAMPLED);
  const finite = Float64Array.from({ length: Math.floor(most.length / step) }, (_, i) => most[i * step]!)
    .filter((magnitude) => magnitude > 0 && magnitude < Number.POSITIVE_INFINITY)
    .sort();
  // Of a signal that holds nothing else, nothing towers above the rest.
  const highest = finite.length === 0 ? 0 : TOWERING * finite[finite.length >> 1]!;
  const cells: number[] = [];
  for (let u = 0; u < most.length && cells.length <= limit; u++) {
    if (most[u]! <= highest) continue;
    const end = Math.min(source.length, (u + 1) * block);
    for (let i = u * block; i < end; i++) if (!(Math.abs(source[i]!) <= highest)) cells.push(i);
  }
  if (cells.length === 0 || cells.length > limit) return { cells: [], blocks, addTo: () => undefined };
  return { cells, blocks, addTo: (y) => addOutliers(problem, source, cells, y) };
}

/** A signal without outliers: zeros in their place. */
export function apartFrom(source: FloatArray, { cells }: Outliers): FloatArray {
  if (cells.length === 0) return source;
  const rest = source.slice();
  for (const cell of cells) rest[cell] = 0;
  return rest;
}

function addOutliers(problem: PlannedProblem, source: FloatArray, cells: readonly number[], y: FloatArray): void {
  const { kernel, before, outShape } = problem;
  const [taps, left, length] = [kernel.length, before[1], outShape[1]];
  const sums = new Float64Array(length);
  const places = placesOf(problem, cells);
  for (const [at, cell] of places) {
    const value = source[cell]!;
    // Tap j of value i lies on place i + j − left.
    const first = Math.max(0, at + left - taps + 1);
    const last = Math.min(length - 1, at + left);
    for (let i = first; i <= last; i++) sums[i]! += kernel[at + left - i]! * value;
  }
  for (let i = 0; i < length; i++) if (sums[i] !== 0) y[i]! += sums[i]!;
}

/** Every place, inside or outside, that shows one of the cells. */
function placesOf(
  { shape, boundary, before, outShape, kernelShape }: PlannedProblem,
  cells: readonly number[],
): readonly (readonly [at: number, cell: number])[] {
  const places: (readonly [number, number])[] = cells.map((cell) => [cell, cell]);
  if (boundary === "constant") return places;
  const isOutlier = new Set(cells);
  const size = shape[1];
  const end = outShape[1] + kernelShape[1] - 1 - before[1];
  for (const [from, to] of [
    [-before[1], 0],
    [size, end],
  ] as const) {
    continuedIndices(boundary, from, Math.max(0, to - from), size).forEach((cell, i) => {
      if (isOutlier.has(cell)) places.push([from + i, cell]);
    });
  }
  return places;
}
