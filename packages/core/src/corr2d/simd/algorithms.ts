/**
 * The algorithms on matrices by SIMD, as offers. They compute float32; what SIMD cannot do (float64, kernels beyond its tiles,
 * weights beyond the range of float32 on their way, a host without it) it says.
 *
 * The cost of each is expected from its operations, with constants from what `test/matrix/measure-algorithms.ts` measured on one
 * thread of an AMD EPYC (Zen 4) under V8 13.6 (Node 24.21), 2026-11-23, in ms, for a 512 × 512 image in mode same:
 *
 *     kernel         3     5     7     9    11    15    21    31    47    63
 *     direct      0.26  0.42  0.67  1.05  1.47  2.57  4.80  10.1  22.7  40.1
 *     separable   0.25  0.28  0.36  0.39  0.48  0.65  0.97  1.59  3.21  9.17
 *     fft         1.02  1.00  1.03  1.21  1.18  1.23  1.24  1.62  1.84  1.91
 *
 * @module
 */

import { type SimdEngine, sharedEngine } from "../../simd/engine/engine.ts";
import { simdFeatures } from "../../simd/engine/features.ts";
import type { Work } from "../../simd/engine/team.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { dtypeOf, type FloatArray } from "../../tensor/tensor.ts";
import { gamma, type MatrixAlgorithm, type Offer } from "../problem/algorithm.ts";
import type { PlannedProblem, Region } from "../problem/problem.ts";
import { balanced, deviationOf } from "../problem/separate-kernel.ts";
import { guarded } from "../problem/transform-guard.ts";
import { correlateRegions } from "../scalar/algorithms.ts";
import { prepareDirectlySimd, prepareSeparablySimd, supportsDirect } from "./direct.ts";
import { finerTransform } from "./finer.ts";
import { canTransformSimd, planSimdTiles, simdTransform } from "./overlap-save.ts";

/**
 * Nanoseconds for a call, for a cell of the output and for each of its products, and for a cell and a product of both
 * passes of a separable kernel.
 */
const CALL_NS = 8000;
const CELL_NS = 0.62;
const TAP_NS = 0.0415;
const SEPARABLE_CELL_NS = 0.58;
const SEPARABLE_TAP_NS = 0.07;

/** How many times the bound of a plain sum a cell that was transformed may be off; what occurs is below one time, mostly. */
const TRANSFORM_FACTOR = 8;

const UNIT = 2 ** -24;

/** The algorithms on an engine; `engineOf` is asked when a problem is prepared. */
export function simdAlgorithms(engineOf: () => SimdEngine): readonly MatrixAlgorithm[] {
  return [
    {
      name: "direct",
      engine: "simd",
      offer(problem) {
        const obstacle = obstacleOf(problem) ?? obstacleOfSize(problem);
        if (obstacle !== undefined) return obstacle;
        const products = sizeOf(problem.kernelShape);
        return {
          cost: CALL_NS + sizeOf(problem.outShape) * (CELL_NS + TAP_NS * products),
          errorConstant: gamma(products + 2, UNIT),
          prepare: () =>
            prepareDirectlySimd(readied(engineOf().engineFor(() => workOf(problem, TAP_NS * products))), problem),
        };
      },
    },
    {
      name: "separable",
      engine: "simd",
      offer(problem, factors) {
        if (factors === undefined) return "the kernel is not of rank 1";
        const obstacle = obstacleOf(problem) ?? obstacleOfSize(problem);
        if (obstacle !== undefined) return obstacle;
        const balancedFactors = balanced(factors);
        if (balancedFactors === undefined) return "sums along rows would leave the range of float32";
        const products = problem.kernelShape[0] + problem.kernelShape[1];
        const tolerance = problem.factors === undefined ? deviationOf(problem.kernel, factors) : 0;
        return {
          cost: CALL_NS + sizeOf(problem.outShape) * (SEPARABLE_CELL_NS + SEPARABLE_TAP_NS * products),
          errorConstant: gamma(products + 4, UNIT) + tolerance,
          prepare: () =>
            prepareSeparablySimd(
              readied(engineOf().engineFor(() => workOf(problem, SEPARABLE_TAP_NS * products))),
              problem,
              balancedFactors,
            ),
        };
      },
    },
    {
      name: "fft",
      engine: "simd",
      offer: (problem) => obstacleOf(problem) ?? offerTransform(engineOf, problem),
    },
  ];
}

/** Those of the engine of this process. */
export const sharedSimdAlgorithms: readonly MatrixAlgorithm[] = /* @__PURE__ */ simdAlgorithms(sharedEngine);

function offerTransform(engineOf: () => SimdEngine, problem: PlannedProblem): Offer | string {
  const { kernel, kernelShape } = problem;
  const tiles = planSimdTiles(problem);
  if (tiles === undefined) return "the kernel exceeds the tiles of SIMD";
  const sum = (kernel as Float32Array).reduce((total, weight) => total + Math.abs(weight), 0);
  if (!canTransformSimd(sum, tiles)) return "on their way weights would leave the range of float32";
  const constant = TRANSFORM_FACTOR * gamma(sizeOf(kernelShape) + 2, UNIT);
  return {
    cost: CALL_NS + tiles.cost,
    errorConstant: constant,
    prepare() {
      // Thousands of short calls, which threads would hand each other: by two it took 1.5 to 1.8 times as long.
      const engine = readied(engineOf());
      let sums: ((source: FloatArray, y: FloatArray, regions: readonly Region[]) => void) | undefined;
      const direct = (source: FloatArray, y: FloatArray, regions: readonly Region[]): void => {
        // Made when first needed: on most images it never is.
        sums ??=
          supportsDirect(kernelShape) === true ? prepareDirectlySimd(engine, problem).run : correlateRegions(problem);
        sums(source, y, regions);
      };
      const finer = finerTransform(engine, problem, CELL_NS + TAP_NS * sizeOf(kernelShape));
      return guarded(problem, simdTransform(engine, problem, sum, tiles), constant, direct, finer);
    },
  };
}

/** What a problem takes whose cells take so many nanoseconds each. */
function workOf({ shape, outShape }: PlannedProblem, cell: number): Work {
  return { time: sizeOf(outShape) * cell, values: sizeOf(shape) + sizeOf(outShape) };
}

/** An engine, once its memory is there; throws if it cannot be had. */
function readied(engine: SimdEngine): SimdEngine {
  void engine.memory.wasm;
  return engine;
}

/** Why SIMD computes none of it, if so. */
function obstacleOf({ kernel, fillValue }: PlannedProblem): string | undefined {
  if (dtypeOf(kernel) !== "float32") return "SIMD computes float32, and this is float64";
  const { simd } = simdFeatures();
  if (simd !== true) return simd;
  // Absent cells are zeros to SIMD, which an infinite weight turns into NaN.
  if (fillValue === 0 && !(kernel as Float32Array).every(Number.isFinite)) return "a weight is not finite";
  return undefined;
}

function obstacleOfSize({ kernelShape }: PlannedProblem): string | undefined {
  const supported = supportsDirect(kernelShape);
  return supported === true ? undefined : supported;
}
