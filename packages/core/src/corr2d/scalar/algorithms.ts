/**
 * The algorithms on matrices in plain JavaScript, as offers. Their sums are float64 and rounded once to the element type.
 *
 * The cost of each is expected from its operations, with constants from what `test/matrix/measure-algorithms.ts` measured on one
 * thread of an AMD EPYC (Zen 4) under V8 13.6 (Node 24.21), 2026-11-23, in ms, for a 512 × 512 image in mode same:
 *
 *     kernel         3     5     7     9    11    15    21    31    47    63
 *     direct      1.79  3.17  5.39  8.30  12.0  21.6  41.5  91.6   216   379
 *     separable   2.98  3.03  3.50  3.71  4.16  4.95  5.93  7.76  11.8  16.6
 *     fft         7.01  7.44  7.78  8.38  7.81  9.26  10.4  12.0  12.3  12.4
 *
 * @module
 */

import { sizeOf } from "../../tensor/shape.ts";
import { dtypeOf, type FloatArray } from "../../tensor/tensor.ts";
import { gamma, type MatrixAlgorithm } from "../problem/algorithm.ts";
import { type PlannedProblem, type Region, restricted } from "../problem/problem.ts";
import { deviationOf } from "../problem/separate-kernel.ts";
import { guarded } from "../problem/transform-guard.ts";
import { directCost, separableCost } from "./costs.ts";
import { correlateDirectly } from "./direct.ts";
import { correlateNaively } from "./naive.ts";
import { planTiles, scalarTransform } from "./overlap-save.ts";
import { correlateSeparably } from "./separable.ts";

/** Bytes of the views that blocks are read into, shared by all runs. */
const DIRECT_BYTES = 2 ** 20;

/** The error of the rounding to the element type, and of n roundings of float64 before it. */
function errorConstant(values: FloatArray, n: number): number {
  return (dtypeOf(values) === "float64" ? 0 : 2 ** -24) + gamma(n, 2 ** -53);
}

const naive: MatrixAlgorithm = {
  name: "naive",
  engine: "scalar",
  offer: (problem) => ({
    // Never the fastest: it is the definition.
    cost: Infinity,
    errorConstant: errorConstant(problem.kernel, sizeOf(problem.kernelShape) + 2),
    prepare: () => ({ scratchBytes: 0, run: (source, y) => correlateNaively({ ...problem, source }, y) }),
  }),
};

const direct: MatrixAlgorithm = {
  name: "direct",
  engine: "scalar",
  offer: (problem) => ({
    cost: directCost(sizeOf(problem.outShape), sizeOf(problem.kernelShape)),
    errorConstant: errorConstant(problem.kernel, sizeOf(problem.kernelShape) + 2),
    prepare: () => ({ scratchBytes: DIRECT_BYTES, run: (source, y) => correlateDirectly({ ...problem, source }, y) }),
  }),
};

const separable: MatrixAlgorithm = {
  name: "separable",
  engine: "scalar",
  offer(problem, factors) {
    if (factors === undefined) return "the kernel is not of rank 1";
    const [kernelHeight, kernelWidth] = problem.kernelShape;
    const tolerance = problem.factors === undefined ? deviationOf(problem.kernel, factors) : 0;
    return {
      cost: separableCost(problem),
      errorConstant: errorConstant(problem.kernel, kernelHeight + kernelWidth + 4) + tolerance,
      prepare: () => ({
        scratchBytes: DIRECT_BYTES + 8 * problem.shape[0] * problem.outShape[1],
        run: (source, y) => correlateSeparably({ ...problem, source }, factors, y),
      }),
    };
  },
};

const fft: MatrixAlgorithm = {
  name: "fft",
  engine: "scalar",
  offer(problem) {
    let sum = 0;
    for (let t = 0; t < problem.kernel.length; t++) sum += Math.abs(problem.kernel[t]);
    if (!(sum < 1e140)) return "a weight is not finite, or too large for a transform";
    const tiles = planTiles(problem);
    const products = sizeOf(problem.kernelShape) + 2;
    // Of float32 values as much as the rounding of the result; of float64 some times what a plain sum may have.
    const allowed = dtypeOf(problem.kernel) === "float64" ? 4 * gamma(products, 2 ** -53) : 2 ** -24;
    return {
      cost: tiles.cost,
      errorConstant: allowed + errorConstant(problem.kernel, products),
      prepare: () => guarded(problem, scalarTransform(problem, tiles), allowed, correlateRegions(problem)),
    };
  },
};

/** Rectangles of an output by plain sums. */
export function correlateRegions(
  problem: PlannedProblem,
): (source: FloatArray, y: FloatArray, regions: readonly Region[]) => void {
  return (source, y, regions) => {
    for (const region of regions) {
      const part = y.slice(0, region.rows * region.columns);
      correlateDirectly({ ...restricted(problem, region), source }, part);
      for (let r = 0; r < region.rows; r++) {
        const row = part.subarray(r * region.columns, (r + 1) * region.columns);
        y.set(row, (region.top + r) * problem.outShape[1] + region.left);
      }
    }
  };
}

/** All of them. */
export const scalarAlgorithms: readonly MatrixAlgorithm[] = [naive, direct, separable, fft];
