/**
 * How far a result may lie from the exact one, in numbers: what plans and explanations state.
 *
 * @module
 */

import type { ConvGeometry } from "../geometry/planes.ts";
import type { DType } from "../tensor/tensor.ts";
import type { ConvAlgorithm, Pass } from "./algorithm.ts";

/**
 * How far a result ŷ of finite values may lie from the exact y:
 *
 *     element          |y − ŷ| ≤ constant · (Σ|x||w| + |b|)             for each element, over the products that it sums
 *     normwise         |y − ŷ| ≤ constant · (max|x| · Σ|w| + |b|)       Σ over the weights of an output channel
 *
 * For gradients dy takes the place of x, and for that of the filter the place of w.
 */
export interface ErrorBoundFact {
  readonly kind: "element" | "normwise";
  readonly constant: number;
}

/** The bound of an algorithm for a pass over the planes of a geometry. */
export function boundOf({ errorBound }: ConvAlgorithm, g: ConvGeometry, pass: Pass): ErrorBoundFact {
  if (errorBound.kind === "normwise") return { kind: "normwise", constant: errorBound.constant(g, pass) };
  return { kind: "element", constant: gamma(productsOf(g, pass) + 2, g.dtype) };
}

/** The bound when each element is rounded `roundings` times more, as sums of it are. */
export function withRoundings({ kind, constant }: ErrorBoundFact, roundings: number, dtype: DType): ErrorBoundFact {
  return { kind, constant: (1 + constant) * (1 + gamma(roundings, dtype)) - 1 };
}

/** The bound of sums of up to `terms` elements, for what each of them sums. */
export function gathered(bound: ErrorBoundFact, terms: number, dtype: DType): ErrorBoundFact {
  const { kind, constant } = withRoundings(bound, terms, dtype);
  return { kind, constant: kind === "element" ? constant : constant * terms };
}

/** How many copies there are of a cell, at most. */
export function mostCopies(cells: Int32Array): number {
  const counts = new Map<number, number>();
  for (const cell of cells) if (cell >= 0) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return Math.max(1, ...new Set(counts.values()));
}

/** How many products an element sums, at most. */
function productsOf(g: ConvGeometry, pass: Pass): number {
  if (pass === "filterGradient") return g.batch * g.outHeight * g.outWidth;
  return g.kernelHeight * g.kernelWidth * (pass === "forward" ? g.groupInChannels : g.groupOutChannels);
}

/** γ_k = k·u / (1 − k·u), what k roundings to a relative u add up to at most. */
function gamma(k: number, dtype: DType): number {
  const u = dtype === "float64" ? 2 ** -53 : 2 ** -24;
  return (k * u) / (1 - k * u);
}
