/**
 * Which method computes a correlation: one pure function of shapes and data that can say why.
 *
 * The cost of each is expected from its operations, with constants from what `test/matrix/measure-methods.ts` measured on one
 * thread of an AMD EPYC (Zen 4) under V8 13.6 (Node 24.21), 2026-11-23, in ms, for a 512 × 512 image in mode same:
 *
 *     kernel         3     5     7     9    11    15    21    31    47    63
 *     direct      1.79  3.17  5.39  8.30  12.0  21.6  41.5  91.6   216   379
 *     separable   2.98  3.03  3.50  3.71  4.16  4.95  5.93  7.76  11.8  16.6
 *     fft         7.01  7.44  7.78  8.38  7.81  9.26  10.4  12.0  12.3  12.4
 *
 * @module
 */

import { resolveWord } from "../options.ts";
import { sizeOf } from "../shape.ts";
import type { FloatArray } from "../tensor.ts";
import { correlateDirectly } from "./direct.ts";
import { correlateNaively } from "./naive.ts";
import { canTransform, correlateByTransform, planTiles, type TilePlan } from "./overlap-save.ts";
import type { Corr2dMethod, MatrixProblem, SeparableKernel } from "./problem.ts";
import { correlateSeparably, factorsOf } from "./separable.ts";

/** Nanoseconds for a product of the direct method, and for what it does once for each cell. */
const TAP_NS = 0.35;
const CELL_NS = 3.5;

/** A method, and what it was chosen by. */
export interface MethodChoice {
  readonly method: Corr2dMethod;
  /** The factors of the kernel, if it is of rank 1. */
  readonly factors: SeparableKernel<FloatArray> | undefined;
  readonly tiles: TilePlan;
  /** Expected times, in ns. */
  readonly costs: { readonly direct: number; readonly separable: number; readonly fft: number };
  /** Whether the transform would have been chosen, but for values that it cannot take. */
  readonly notFinite: boolean;
}

/** The methods: each computes `y` of a problem, with what its choice has found out. */
export const methods: {
  readonly [M in Corr2dMethod]: (problem: MatrixProblem, y: FloatArray, choice: MethodChoice) => void;
} = {
  naive: correlateNaively,
  direct: correlateDirectly,
  separable: correlateSeparably,
  fft: correlateByTransform,
};

/** Expected time of the direct method, in ns. */
export function directCost(cells: number, taps: number): number {
  return cells * (CELL_NS + TAP_NS * taps);
}

/**
 * Chooses a method.
 *
 * @param method a name, or `"auto"`, the default, for the one that is expected to be fastest.
 * @throws RangeError if `method` is unknown, or a method was asked for by name that cannot do it.
 */
export function chooseMethod(
  operation: string,
  problem: MatrixProblem,
  method: Corr2dMethod | "auto" | undefined,
): MethodChoice {
  const wanted = resolveWord(operation, "method", ["auto", ...(Object.keys(methods) as Corr2dMethod[])], method);
  const { kernel, kernelShape, outShape } = problem;
  const cells = sizeOf(outShape);
  const tiles = planTiles(problem);
  const costs = {
    direct: directCost(cells, sizeOf(kernelShape)),
    separable: directCost(problem.shape[0] * outShape[1], kernelShape[1]) + directCost(cells, kernelShape[0]),
    fft: tiles.cost,
  };
  const factors = factorsOf(kernel, kernelShape[1]);
  const fastest = factors && costs.separable < costs.direct ? "separable" : "direct";
  const chosen = wanted !== "auto" ? wanted : costs.fft < costs[fastest] ? "fft" : fastest;
  const notFinite = chosen === "fft" && !canTransform(problem);
  if (wanted !== "auto" && (notFinite || (chosen === "separable" && !factors))) {
    const needed = notFinite ? "finite values" : "a kernel of rank 1";
    throw new RangeError(`${operation}: method "${chosen}" needs ${needed}; use "auto"`);
  }
  return { method: notFinite ? fastest : chosen, factors, tiles, costs, notFinite };
}

/** Computes `y` of a problem by the method that is chosen; `corr2d` says so itself, which keeps its bundle below 4 KiB. */
export function correlateScalar(
  operation: string,
  problem: MatrixProblem,
  method: Corr2dMethod | "auto" | undefined,
  y: FloatArray,
): void {
  const choice = chooseMethod(operation, problem, method);
  methods[choice.method](problem, y, choice);
}
