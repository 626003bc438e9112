/**
 * A second threshold beside the bound, which does not grow with the number of terms. A bound γ_k · Σ|x||w| holds for whatever
 * the roundings are, so it grows with k; errors of rounding, which have either sign, do not. With u = 2⁻²⁴, the terms t₁ … t_k of
 * an element in the order of their sum, S = Σt, Q = Σt² and partial sums that grow as those of random terms do,
 *
 *     E|s_j|² ≈ (j/k)² · S² + (j/k)(1 − j/k) · Q,      σ² = u²/3 · (k · (S²/3 + Q/6) + Q + S²)
 *
 * is the variance of the error of a float32 sum of float32 products, one term after the other; other orders, fused and
 * compensated sums err less. Over the n elements of a result the mean of (error/σ)² is held to
 *
 *     slack² · (1 + 2√(t/n) + 2t/n)       t = 35
 *
 * which a sum of n squares of normal errors exceeds with a probability below e⁻³⁵ = 6·10⁻¹⁶ (B. Laurent and P. Massart, Ann.
 * Statist. 28 (2000), lemma 1). Inputs cut to TF32, bfloat16 or float16 err 2¹²/√k times as much or more, at every size.
 *
 * Source of the model: N. J. Higham and T. Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41
 * (2019).
 *
 * @module
 */

import { type CaseData, type CasePass, reference, type SpatialCase, termsOf } from "@corr2d/testkit";

const UNIT_ROUNDOFF = 2 ** -24;
/** −log of the probability of a false alarm. */
const RARITY = 35;

/** How many times the deviation of the model an implementation may have: of a plain sum, and of one that transforms. */
export const SLACK = { element: 2, normwise: 64 } as const;

/** The variance of each element's error. */
export function errorVariances(
  convCase: SpatialCase,
  pass: CasePass,
  data: CaseData,
  truth: Float64Array,
): Float64Array {
  const terms = termsOf(convCase, pass) + 1;
  const squares = (array: Float32Array): Float64Array => new Float64Array(array).map((value) => value * value);
  const { x, filter, bias, dy } = data;
  const sumsOfSquares = reference(convCase, pass, {
    x: squares(x),
    filter: squares(filter),
    bias: bias && squares(bias),
    // The bias gradient sums dy itself, and its squares are their own.
    dy: squares(dy),
  });
  return sumsOfSquares.map((q, i) => {
    const s = truth[i] * truth[i];
    return (UNIT_ROUNDOFF ** 2 / 3) * (terms * (s / 3 + q / 6) + q + s);
  });
}

/** What is wrong with errors that rounding to float32 does not explain; undefined if it does. */
export function unlikely(
  values: Float32Array,
  truth: Float64Array,
  variances: Float64Array,
  slack: number,
): string | undefined {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (!(variances[i] > 0) || !Number.isFinite(truth[i])) continue;
    sum += (values[i] - truth[i]) ** 2 / variances[i];
    count++;
  }
  const allowed = slack ** 2 * (1 + 2 * Math.sqrt(RARITY / count) + (2 * RARITY) / count);
  if (count === 0 || sum / count <= allowed) return undefined;
  return (
    `errors of ${count} elements are ${Math.sqrt(sum / count).toPrecision(3)} times those of float32 sums, where ` +
    `${Math.sqrt(allowed).toPrecision(3)} is the most that chance explains: it computes in less than float32`
  );
}
