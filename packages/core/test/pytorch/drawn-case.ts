/**
 * What is written down of a convolution that was drawn at random and computed by PyTorch.
 *
 * @module
 */

/** Σ v[i] and Σ v[i] · (1 + i mod 97). */
export type Sums = readonly [sum: number, placed: number];

/** A module of PyTorch and, unless it was refused, what it computes. */
export interface DrawnCase {
  readonly kind: string;
  readonly inputShape: readonly number[];
  readonly weightShape: readonly number[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly outputShape?: readonly number[];
  readonly y?: Sums;
  readonly dx?: Sums;
  readonly dw?: Sums;
  readonly db?: Sums;
}
