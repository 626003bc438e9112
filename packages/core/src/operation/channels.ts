/**
 * Values that belong to a channel. Activations are `[outer, channels, inner]`: with channels last `inner` is 1, with
 * channels first it is the number of cells of an image.
 *
 * @module
 */

import { isChannelsFirst, type SpatialRank } from "../tensor/layout.ts";
import { sizeOf } from "../tensor/shape.ts";
import { checkTensor, type FloatArray, type Tensor } from "../tensor/tensor.ts";

/**
 * Checks activations of one to three spatial axes, and finds their channels.
 *
 * @throws TypeError, RangeError naming `operation` and `parameter`.
 */
export function channelsOf(
  operation: string,
  parameter: string,
  value: Tensor<readonly number[], FloatArray>,
  layout: unknown,
): { readonly channels: number; readonly inner: number } {
  checkTensor(operation, parameter, value, value?.shape?.length);
  const { shape } = value;
  const rank = shape.length - 2;
  if (rank < 1 || rank > 3) {
    throw new RangeError(
      `${operation}: ${parameter} must have rank 3, 4 or 5 (batch, one to three spatial axes, channels), got [${shape}]`,
    );
  }
  if (!isChannelsFirst(operation, rank as SpatialRank, layout)) return { channels: shape.at(-1)!, inner: 1 };
  return { channels: shape[1], inner: sizeOf(shape.slice(2)) };
}

/** y[…, c, …] += values[c]. */
export function addPerChannel(y: FloatArray, values: FloatArray, inner: number): void {
  forEachRun(y.length, values.length, inner, (c, start, end) => {
    for (let i = start; i < end; i++) y[i] += values[c];
  });
}

/** Σ of each channel, in float64. */
export function sumPerChannel(y: FloatArray, channels: number, inner: number): Float64Array {
  const sums = new Float64Array(channels);
  forEachRun(y.length, channels, inner, (c, start, end) => {
    for (let i = start; i < end; i++) sums[c] += y[i];
  });
  return sums;
}

/** Calls `visit` for each run of neighbours of one channel, in order. */
export function forEachRun(
  length: number,
  channels: number,
  inner: number,
  visit: (channel: number, start: number, end: number) => void,
): void {
  for (let start = 0; start < length; start += channels * inner) {
    for (let c = 0; c < channels; c++) visit(c, start + c * inner, start + (c + 1) * inner);
  }
}
