/**
 * What is known of taps, computed once for a problem.
 *
 * @module
 */

import type { PlannedProblem } from "../../corr2d/problem/problem.ts";

/** Σ|k|, which is not finite if a tap is not, ‖k‖₂ and max|k|. */
export interface Norms {
  readonly sum: number;
  readonly euclidean: number;
  readonly most: number;
}

const known = /* @__PURE__ */ new WeakMap<PlannedProblem, Norms>();

/** The norms of a problem's taps. */
export function normsOf(problem: PlannedProblem): Norms {
  let norms = known.get(problem);
  if (norms === undefined) {
    const { kernel } = problem;
    let [sum, squares, most] = [0, 0, 0];
    for (let j = 0; j < kernel.length; j++) {
      const weight = Math.abs(kernel[j]!);
      sum += weight;
      squares += weight * weight;
      if (weight > most) most = weight;
    }
    norms = { sum, euclidean: Math.sqrt(squares), most };
    known.set(problem, norms);
  }
  return norms;
}
