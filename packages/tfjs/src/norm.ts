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

/** A norm as a factor and a summand for each channel. */
function affine({ mean, variance, offset, scale, epsilon }: NormValues): {
  factors: Float64Array;
  summands: Float64Array;
} {
  const given = (variance ?? scale ?? offset)!;
  const factors = Float64Array.from(given, (_, c) => {
    return (scale?.[c] ?? 1) / (variance ? Math.sqrt(variance[c]! + epsilon) : 1);
  });
  return { factors, summands: factors.map((factor, c) => (offset?.[c] ?? 0) - factor * (mean?.[c] ?? 0)) };
}

/**
 * Filter and bias with a norm folded in; the last axis of the filter is that of the channels.
 *
 * @returns `undefined` if float32 does not hold the product, so that it would not be finite where the norm of the convolution is.
 */
export function foldNorm(
  filter: Float32Array,
  bias: Float32Array | undefined,
  norm: NormValues,
): { readonly filter: Float32Array; readonly bias: Float32Array } | undefined {
  const { factors, summands } = affine(norm);
  const channels = factors.length;
  const folded = new Float32Array(filter.length);
  // Times 0, a sum of what is finite is 0, and of anything else NaN.
  let sum = 0;
  for (let at = 0; at < filter.length; at += channels) {
    for (let c = 0; c < channels; c++) {
      folded[at + c] = filter[at + c]! * factors[c]!;
      sum += folded[at + c]! * 0;
    }
  }
  const foldedBias = Float32Array.from(summands, (summand, c) => summand + factors[c]! * (bias?.[c] ?? 0));
  return sum === 0 && foldedBias.every(Number.isFinite) ? { filter: folded, bias: foldedBias } : undefined;
}

/** Applies a norm to values whose last axis is that of the channels, in place. */
export function applyNorm(values: Float32Array, norm: NormValues): void {
  const { factors, summands } = affine(norm);
  const channels = factors.length;
  for (let at = 0; at < values.length; at += channels) {
    for (let c = 0; c < channels; c++) values[at + c] = values[at + c]! * factors[c]! + summands[c]!;
  }
}
