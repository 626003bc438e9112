/**
 * How far the results of Winograd's algorithm on SIMD lie from the truth, u = 2⁻²⁴: for the worst that roundings can do,
 *
 *     |y − ŷ| ≤ γ_N · α² · (max|x| · Σ|w| + |b|)        γ_N = N·u / (1 − N·u)
 *
 *     N  the roundings on the way of a term: as many as its sum has terms (channels, or of filter gradients pixels), and
 *        those of the transforms and of the last rounding
 *     α = max over outputs i and taps b of Σ_ξ |A[ξ, i]| · |G[ξ, b]| · Σ_k |B[k, ξ]|
 *        by how much the transforms of one axis can enlarge what their sums cancel again
 *
 * In filter gradients dy is transformed by A in place of the outputs and the sums by G in place of the filter, so α is the
 * same. Roundings rarely are at their worst all at once: {@link USUAL_ERRORS}. Source: N. J. Higham, "Accuracy and
 * Stability of Numerical Algorithms", 2nd ed., SIAM 2002, §3.1.
 *
 * @module
 */

import type { Pass } from "../../algorithm/algorithm.ts";
import type { ConvGeometry } from "../../geometry/planes.ts";
import type { TileSize } from "./points.ts";

/** α, rounded up. */
export const AMPLIFICATION: Readonly<Record<TileSize, number>> = { 2: 4, 4: 13.2445 };

/**
 * Roundings of a term besides those of its sum. For each axis: of the filter's transform 4 (or 5 of its transpose), of the
 * image's 6, of the output's 5 (or of dy's 6), factors that are no float32 included; and a product, the bias, and the
 * reference's own.
 */
const ROUNDINGS = 2 * (5 + 6 + 6) + 3;

/** The constant of the bound. */
export function errorConstant(tileSize: TileSize, g: ConvGeometry, pass: Pass): number {
  const { batch, outHeight, outWidth, groupInChannels, groupOutChannels } = g;
  const terms = {
    forward: groupInChannels,
    inputGradient: groupOutChannels,
    filterGradient: batch * outHeight * outWidth,
  };
  const roundings = (terms[pass] + ROUNDINGS) * 2 ** -24;
  // So many that γ says nothing any more.
  if (roundings >= 1) return Number.POSITIVE_INFINITY;
  return (roundings / (1 - roundings)) * AMPLIFICATION[tileSize] ** 2;
}

/**
 * What errors stay below where signs vary, as part of the largest Σ|x||w| of a result; tests hold every variant to it. A
 * third above the largest found in the shapes of networks and in 80,000 random ones of few pixels and channels: F(2×2)
 * 2.0·10⁻⁷, F(4×4) 6.7·10⁻⁷, of filter gradients 8.0·10⁻⁷ and 2.8·10⁻⁶. Where all are of one sign it grows with the
 * channels, as that of every sum does: with 1024 F(4×4) errs by 2.6·10⁻⁶, F(2×2) by 1.5·10⁻⁶, direct by 4.4·10⁻⁶.
 */
export const USUAL_ERRORS: Readonly<Record<TileSize, { readonly sums: number; readonly filterGradient: number }>> = {
  2: { sums: 2.5e-7, filterGradient: 1.1e-6 },
  4: { sums: 1e-6, filterGradient: 3.75e-6 },
};
