/**
 * Values about their mean, and typical values of a picture, whatever a few cells hold.
 *
 * @module
 */

import type { FloatArray } from "../tensor/tensor.ts";

/** The power of two whose product with a positive number is about 1, as far as there is one. */
export function powerBelow(value: number): number {
  return value === 0 ? 1 : 2 ** Math.max(-1020, Math.min(1020, -Math.floor(Math.log2(value))));
}

/** The largest |v|: NaN or infinite if one is. */
export function largestOf(values: FloatArray): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]);
    // NaN stays, since nothing is more.
    if (!(magnitude <= largest)) largest = Number.isNaN(largest) ? largest : magnitude;
  }
  return largest;
}

/** A brightness and the reciprocal of a contrast that are typical of values. */
export function typicalOf(values: FloatArray): readonly [offset: number, scale: number] {
  const step = Math.max(1, Math.floor(values.length / 1023));
  const sample = Float64Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[i * step])
    .filter(Number.isFinite)
    .sort();
  if (sample.length === 0) return [0, 1];
  const offset = sample[sample.length >> 1];
  const differences = sample.map((value) => Math.abs(value - offset)).sort();
  const contrast = differences[Math.floor(0.75 * sample.length)];
  return [offset, contrast > 0 && Number.isFinite(contrast) ? powerBelow(contrast) : 1];
}
