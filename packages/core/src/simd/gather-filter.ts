/**
 * A tap of a filter as a matrix at the beginning of memory: [source channel][target channel],
 *
 *     matrix[s][t] = filter[from + s · d_source + t · d_target]
 *
 * Forward its rows lie side by side in the filter. For the input gradient, where the channels change places, it is
 * transposed in strips as narrow as a cache line, so that each line of the filter is fetched once.
 *
 * @module
 */

import type { Correlation } from "../algorithms/correlation.ts";
import type { FloatArray } from "../tensor.ts";

/** Target channels transposed together, each from a line of its own: few enough for a first-level cache. */
const STRIP = 32;

/** Copies `count` source channels to `floats[to …]`. */
export function gatherFilter(
  c: Correlation,
  filter: FloatArray,
  from: number,
  count: number,
  floats: Float32Array,
  to: number,
): void {
  const { sourceChannel, targetChannel } = c.filter;
  const targets = c.groupTargetChannels;
  if (targetChannel === 1 && sourceChannel === targets) {
    floats.set(filter.subarray(from, from + count * targets), to);
    return;
  }
  for (let first = 0; first < targets; first += STRIP) {
    const end = Math.min(targets, first + STRIP);
    for (let channel = 0; channel < count; channel++) {
      const row = from + channel * sourceChannel;
      const target = to + channel * targets;
      for (let n = first; n < end; n++) floats[target + n] = filter[row + n * targetChannel]!;
    }
  }
}
