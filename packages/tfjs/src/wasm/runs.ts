/**
 * Copies of runs of values, which parts and concatenations of tensors are made of.
 *
 * @module
 */

import type { HeapValues } from "./backend.ts";

/** Up to here a loop is sooner done than a view is made. */
const SHORT_RUN = 48;

/** Copies `length` values from `from[start]` on to `to[at]`. */
export function copyRun(from: HeapValues, start: number, to: HeapValues, at: number, length: number): void {
  if (length > SHORT_RUN) to.set(from.subarray(start, start + length), at);
  else for (let i = 0; i < length; i++) to[at + i] = from[start + i]!;
}
