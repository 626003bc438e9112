/**
 * How far the results of Winograd's algorithm on SIMD lie from the truth, u = 2⁻²⁴: for the worst that roundings can do,
 *
 *     |y − ŷ| ≤ γ_N · α · α' · (max|x| · Σ|w| + |b|)        γ_N = N·u / (1 − N·u)
 *
 *     N  the roundings on the way of a term: as many as its sum has terms (channels of strands, or of filter gradients pixels), and
 *        those of the transforms and of the last rounding
 *     α  = max over outputs i and taps b of Σ_ξ |A[ξ, i]| · |G[ξ, b]| · Σ_k |B[k, ξ]|
 *        by how much one transform can enlarge what its sums cancel again; α' that of the other
 *
 * In filter gradients dy is transformed by A in place of the outputs and the sums by G in place of the filter, so α is the
 * same. Roundings rarely are at their worst all at once: {@link usualErrors}. Source: N. J. Higham, "Accuracy and
 * Stability of Numerical Algorithms", 2nd ed., SIAM 2002, §3.1.
 *
 * @module
 */

import type { Pass } from "../../algorithm/algorithm.ts";
import type { ConvGeometry } from "../../geometry/planes.ts";
import { type AxisForm, type Form, formOf, isTransformed, pairsOf, pointCount, type TileSize } from "./points.ts";

/** α, rounded up: it is the same for all forms of one number of points. */
export const AMPLIFICATION: Readonly<Record<number, number>> = { 1: 1, 4: 4, 6: 13.2445, 8: 39.5556 };

/**
 * Roundings of a term besides those of its sum, of a transform with k pairs of points: of the filter's transform k + 2 (or
 * k + 3 of its transpose), of the image's k + 4, of the output's k + 3 (or of dy's k + 4), factors that are no float32
 * included.
 */
function axisRoundings(axis: AxisForm): number {
  return isTransformed(axis) ? 3 * pairsOf(axis).length + 11 : 0;
}

/** A product, the bias, and the reference's own. */
const OTHER_ROUNDINGS = 3;

/** The constant of the bound. */
export function errorConstant(tileSize: TileSize, g: ConvGeometry, pass: Pass): number {
  const { batch, outHeight, outWidth, groupInChannels, groupOutChannels } = g;
  const form = formOf(g.kernelHeight, g.kernelWidth, tileSize, g.strideHeight === 2 ? 2 : 1);
  if (typeof form === "string") return Number.POSITIVE_INFINITY;
  const { outer, inner } = form;
  const terms = {
    forward: form.strands.length * groupInChannels,
    inputGradient: groupOutChannels,
    filterGradient: batch * outHeight * outWidth,
  };
  const roundings = (terms[pass] + axisRoundings(outer) + axisRoundings(inner) + OTHER_ROUNDINGS) * 2 ** -24;
  // So many that γ says nothing any more.
  if (roundings >= 1) return Number.POSITIVE_INFINITY;
  return (roundings / (1 - roundings)) * AMPLIFICATION[outer.points]! * AMPLIFICATION[inner.points]!;
}

/**
 * What errors stay below where signs vary, as part of the largest Σ|x||w| of a result; tests hold every variant to it. A
 * third above the largest found in the shapes of networks and in 80,000 random ones of few pixels and channels: F(2×2, 3×3)
 * 2.0·10⁻⁷, F(4×4, 3×3) 6.7·10⁻⁷, of filter gradients 8.0·10⁻⁷ and 2.8·10⁻⁶; in thousands of others all other forms stay
 * below 10⁻⁶, too, and their filter gradients below 2.1·10⁻⁶. Where all are of one sign it grows with the channels, as that of every sum does: with 1024 F(4×4, 3×3)
 * errs by 2.6·10⁻⁶, F(2×2, 3×3) by 1.5·10⁻⁶, direct by 4.4·10⁻⁶.
 */
export function usualErrors(form: Form): { readonly sums: number; readonly filterGradient: number } {
  return pointCount(form) === 16 ? { sums: 2.5e-7, filterGradient: 1.1e-6 } : { sums: 1e-6, filterGradient: 3.75e-6 };
}
