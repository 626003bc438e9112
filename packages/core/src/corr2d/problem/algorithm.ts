/**
 * The contract of every way to correlate matrices. An algorithm looks at a problem and makes an offer: what it would cost, how
 * far its result may be from the exact one, and how it is prepared; or it says why it has none.
 *
 * @module
 */

import type { FloatArray } from "../../tensor/tensor.ts";
import type { PlannedProblem, SeparableKernel } from "./problem.ts";

/** The names of algorithms on matrices; an engine need not have all. */
export type MatrixAlgorithmName =
  /** The definition. */
  | "naive"
  /** The definition, several cells at once. */
  | "direct"
  /** Rows, then columns; for kernels of rank 1. */
  | "separable"
  /** Overlap-save by fast Fourier transform, and directly where a transform would not be exact enough. */
  | "fft";

/** All of them, the definition first. */
export const MATRIX_ALGORITHM_NAMES: readonly MatrixAlgorithmName[] = ["naive", "direct", "separable", "fft"];

/** A problem that was prepared, for images of its shape. */
export interface PreparedMatrix {
  /** Bytes held beyond image, result and kernel while it runs. */
  readonly scratchBytes: number;
  run(source: FloatArray, y: FloatArray): void;
  /** What it would do with an image besides what its name says, if that is so. */
  note?(source: FloatArray): string | undefined;
  /** Gives memory outside the JavaScript heap back at once, if it holds any. */
  [Symbol.dispose]?(): void;
}

/** What an algorithm offers for a problem. */
export interface Offer {
  /** Expected time, in ns. */
  readonly cost: number;
  /** |y − ŷ| ≤ errorConstant · Σ |k||x|, over the window of each cell, for finite values. */
  readonly errorConstant: number;
  prepare(): PreparedMatrix;
}

/** A way to correlate matrices, or what takes the form of them. */
export interface MatrixAlgorithm<Name extends string = MatrixAlgorithmName> {
  readonly name: Name;
  readonly engine: "scalar" | "simd";
  /** An offer, or why there is none; `factors` are those of a kernel of rank 1. */
  offer(problem: PlannedProblem, factors: SeparableKernel<FloatArray> | undefined): Offer | string;
}

/** γ_n = n·u/(1 − n·u): what n roundings to a relative u come to at most. */
export function gamma(n: number, u: number): number {
  return (n * u) / (1 - n * u);
}
