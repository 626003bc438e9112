/**
 * Batch norm behind a convolution: with statistics and parameters of each channel c,
 *
 *     y = s[c] · (z − mean[c]) + offset[c],    s[c] = scale[c] / √(variance[c] + ε)
 *
 * or without statistics, as a product and a sum per channel are,
 *
 *     y = scale[c] · z + offset[c]
 *
 * and z = conv(x, w) + bias this is the convolution with filter s·w and bias s·(bias − mean) + offset.
 *
 * @module
 */

/** Parameters of a batch norm, one value for each channel. */
export interface NormValues {
  readonly mean: Float32Array | undefined;
  /** With a mean there is a variance. */
  readonly variance: Float32Array | undefined;
  /** Default 0. */
  readonly offset: Float32Array | undefined;
  /** Default 1. */
  readonly scale: Float32Array | undefined;
  readonly epsilon: number;
}

/** A norm as a factor and a summand for each channel. By loops: this runs once for each layer, before the host has compiled it. */
function affine({ mean, variance, offset, scale, epsilon }: NormValues): {
  readonly factors: Float64Array;
  readonly summands: Float64Array;
} {
  const channels = (variance ?? scale ?? offset)!.length;
  const [factors, summands] = [new Float64Array(channels), new Float64Array(channels)];
  for (let c = 0; c < channels; c++) {
    const factor = (scale ? scale[c]! : 1) / (variance ? Math.sqrt(variance[c]! + epsilon) : 1);
    factors[c] = factor;
    summands[c] = (offset ? offset[c]! : 0) - factor * (mean ? mean[c]! : 0);
  }
  return { factors, summands };
}

/**
 * Filter and bias with a norm folded in; the last axis of the filter is that of the channels.
 *
 * @param folded where the filter is written, of its length.
 * @returns the bias; `undefined` if float32 does not hold the product, so that it would not be finite where the norm of the
 *   convolution is.
 */
export function foldNorm(
  filter: Float32Array,
  bias: Float32Array | undefined,
  norm: NormValues,
  folded: Float32Array,
): Float32Array | undefined {
  const { factors, summands } = affine(norm);
  const channels = factors.length;
  const foldedBias = new Float32Array(channels);
  // In float64 a sum of what float32 holds is finite, unless something in it is not.
  let sum = 0.5;
  for (let c = 0; c < channels; c++) {
    foldedBias[c] = summands[c]! + (bias ? factors[c]! * bias[c]! : 0);
    sum += foldedBias[c]!;
  }
  for (let at = 0; at < filter.length; at += channels) sum += scaleRow(filter, at, channels, factors, folded);
  return Number.isFinite(sum) ? foldedBias : undefined;
}

/** Multiplies a value of each channel, and gives the sum of the products. */
function scaleRow(values: Float32Array, at: number, channels: number, factors: Float64Array, to: Float32Array): number {
  let sum = 0.5; // a float from the start, so that the code compiled for it stays good
  for (let c = 0; c < channels; c++, at++) {
    to[at] = values[at]! * factors[c]!;
    sum += to[at]!;
  }
  return sum;
}

/** Applies a norm to values whose last axis is that of the channels, in place. */
export function applyNorm(values: Float32Array, norm: NormValues): void {
  const { factors, summands } = affine(norm);
  const channels = factors.length;
  for (let at = 0; at < values.length; at += channels) {
    for (let c = 0; c < channels; c++) values[at + c] = values[at + c]! * factors[c]! + summands[c]!;
  }
}
