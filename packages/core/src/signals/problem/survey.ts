/**
 * What a transform must know of a signal before it is trusted with it: over blocks of samples the least and the greatest magnitude.
 *
 * @module
 */

import type { Extremes } from "../../corr2d/problem/survey.ts";
import type { FloatArray } from "../../tensor/tensor.ts";

export type { Extremes };

/** A signal, by blocks. */
export interface Blocks {
  /** Samples of a block. */
  readonly block: number;
  /** The greatest |x| of each: NaN if it holds one. */
  readonly most: FloatArray;
  /** The least |x| of each and the next; 0 at the end. */
  readonly pairs: Float64Array;
  /** How many blocks before each are not all zero. */
  readonly nonzero: Float64Array;
}

/** Blocks of several of a signal's blocks. */
export function coarser({ block, most, pairs, nonzero }: Blocks, parts: number): Blocks {
  const count = Math.ceil(most.length / parts);
  // The least of blocks, of those and the next: of pairs that begin in them.
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (let u = 0; u < pairs.length; u++) {
    const at = Math.floor(u / parts);
    if (pairs[u]! < least[at]!) least[at] = pairs[u]!;
  }
  for (let u = 0; u < count - 1; u++) if (least[u + 1]! < least[u]!) least[u] = least[u + 1]!;
  least[count - 1] = 0;
  return { block: parts * block, most, pairs: least, nonzero };
}

/** The blocks of a signal whose extremes are known. */
export function blocksOf([least, most]: Extremes, block: number): Blocks {
  const count = least.length;
  const pairs = new Float64Array(count);
  for (let u = 0; u < count - 1; u++) pairs[u] = Math.min(least[u]!, least[u + 1]!);
  const nonzero = new Float64Array(count + 1);
  for (let u = 0; u < count; u++) nonzero[u + 1] = nonzero[u]! + (most[u] === 0 ? 0 : 1);
  return { block, most, pairs, nonzero };
}
