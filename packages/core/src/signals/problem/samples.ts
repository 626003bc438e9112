/**
 * Signals without ends: reading samples that reach outside.
 *
 * @module
 */

import type { ContinuedShape } from "../../corr2d/problem/boundary.ts";
import { continuedIndices } from "../../geometry/boundary.ts";
import type { FloatArray } from "../../tensor/tensor.ts";

/** Copies samples `first` … `first + count − 1` of a row, which may lie outside, to `target[at]` and on. */
export function readSamples(
  source: FloatArray,
  { boundary, fillValue }: ContinuedShape,
  first: number,
  count: number,
  target: FloatArray,
  at: number,
): void {
  const size = source.length;
  const from = Math.min(count, Math.max(0, -first));
  const to = Math.max(from, Math.min(count, size - first));
  target.set(source.subarray(first + from, first + to), at + from);
  for (const [start, end] of [
    [0, from],
    [to, count],
  ] as const) {
    if (start === end) continue;
    if (boundary === "constant") {
      target.fill(fillValue, at + start, at + end);
      continue;
    }
    const inside = continuedIndices(boundary, first + start, end - start, size);
    for (let j = 0; j < inside.length; j++) target[at + start + j] = source[inside[j]!]!;
  }
}
