/**
 * What computes signals: plain sums and transforms by SIMD in either precision, and in plain JavaScript what serves matrices, too.
 *
 * The cost of each is expected from its operations; its constants are estimates for one thread of an AMD EPYC (Zen 4) under V8 13.6
 * (Node 24).
 *
 * @module
 */

import type { Catalogue } from "../corr2d/choose.ts";
import { gamma, type MatrixAlgorithm, type Offer } from "../corr2d/problem/algorithm.ts";
import type { PlannedProblem } from "../corr2d/problem/problem.ts";
import { scalarAlgorithms } from "../corr2d/scalar/algorithms.ts";
import { type SimdEngine, sharedEngine } from "../simd/engine/engine.ts";
import { simdFeatures } from "../simd/engine/features.ts";
import { dtypeOf } from "../tensor/tensor.ts";
import { guarded } from "./problem/guard.ts";
import { normsOf } from "./problem/norms.ts";
import { prepareSums } from "./simd/direct.ts";
import { extremesOn } from "./simd/extremes.ts";
import { type Pieces, pieceCost, planPieces, planWhole } from "./simd/pieces.ts";
import { canTransform, prepareTransform } from "./simd/transform.ts";

/** The names of algorithms on signals. */
export type SignalAlgorithmName =
  /** The definition. */
  | "naive"
  /** The definition, several values at once. */
  | "direct"
  /** One real Fourier transform of the whole signal. */
  | "fft"
  /** Real Fourier transforms of pieces of the signal. */
  | "overlap-save";

/** Nanoseconds for a call, for an output and for each of its products, of plain sums by SIMD. */
const CALL_NS = 700;
const OUTPUT_NS = 0.3;
const TAP_NS = { float32: 0.05, float64: 0.1 };
/** Of a transform's call; and for what is judged of an output, and done over, beside it: of few taps, half of that for each {@link GUARD_TAPS}. */
const TRANSFORM_CALL_NS = 8000;
const GUARD_NS = { float32: 21, float64: 26 };
const GUARD_TAPS = 170;

/** How many times the bound of a plain sum a value that was transformed may be off; what occurs is far below one time, mostly. */
const TRANSFORM_FACTOR = 8;

/** The SIMD algorithms on an engine; `engineOf` is asked when a problem is prepared. */
export function simdSignalAlgorithms(engineOf: () => SimdEngine): readonly MatrixAlgorithm<SignalAlgorithmName>[] {
  return [
    {
      name: "direct",
      engine: "simd",
      offer(problem) {
        const obstacle = obstacleOf(problem);
        if (obstacle !== undefined) return obstacle;
        const { length: taps } = problem.kernel;
        const dtype = dtypeOf(problem.kernel);
        return {
          cost: CALL_NS + problem.outShape[1] * (OUTPUT_NS + TAP_NS[dtype] * taps),
          errorConstant: gamma(taps + 2, dtype === "float64" ? 2 ** -53 : 2 ** -24),
          prepare: () => prepareSums(readied(engineOf), problem),
        };
      },
    },
    {
      name: "fft",
      engine: "simd",
      offer: (problem) =>
        obstacleOf(problem) ?? offerTransform(engineOf, problem, planWhole(problem, dtypeOf(problem.kernel))),
    },
    {
      name: "overlap-save",
      engine: "simd",
      offer: (problem) =>
        obstacleOf(problem) ?? offerTransform(engineOf, problem, planPieces(problem, dtypeOf(problem.kernel))),
    },
  ];
}

function offerTransform(
  engineOf: () => SimdEngine,
  problem: PlannedProblem,
  pieces: Pieces | undefined,
): Offer | string {
  const { kernel } = problem;
  if (pieces === undefined) return "kernel and signal exceed the longest transform";
  if (!Number.isFinite(problem.fillValue)) return "fillValue is not finite";
  const dtype = dtypeOf(kernel);
  const norms = normsOf(problem);
  if (!canTransform(norms.sum, pieces, dtype)) return `on their way taps would leave the range of ${dtype}`;
  const constant = TRANSFORM_FACTOR * gamma(kernel.length + 2, dtype === "float64" ? 2 ** -53 : 2 ** -24);
  return {
    cost: TRANSFORM_CALL_NS + pieces.cost + problem.outShape[1] * GUARD_NS[dtype] * 2 ** (-kernel.length / GUARD_TAPS),
    errorConstant: constant,
    prepare() {
      const engine = readied(engineOf);
      const transform = prepareTransform(engine, problem, norms, dtype, pieces);
      return guarded(problem, transform, constant, {
        finer: dtype === "float64" ? undefined : () => prepareTransform(engine, problem, norms, "float64", pieces),
        finerProducts: pieceCost(pieces.size, "float64") / TAP_NS[dtype],
        direct: () => prepareSums(engine, problem).run,
        findExtremes: (source, block) => extremesOn(engine, source, block),
      });
    },
  };
}

/** Those of plain JavaScript: what a matrix of one row is computed by, whose transform goes piece by piece. */
const scalar: readonly MatrixAlgorithm<SignalAlgorithmName>[] = /* @__PURE__ */ (() =>
  scalarAlgorithms.flatMap((algorithm): MatrixAlgorithm<SignalAlgorithmName>[] => {
    const { name } = algorithm;
    if (name === "separable") return [];
    return [{ ...algorithm, name: name === "fft" ? "overlap-save" : name }];
  }))();

/** All of them. */
export const SIGNAL_CATALOGUE: Catalogue<SignalAlgorithmName> = /* @__PURE__ */ (() => ({
  names: ["naive", "direct", "fft", "overlap-save"],
  algorithms: [...simdSignalAlgorithms(sharedEngine), ...scalar],
}))();

/** The engine, once its memory is there; throws if it cannot be had. */
function readied(engineOf: () => SimdEngine): SimdEngine {
  const engine = engineOf();
  void engine.memory.wasm;
  return engine;
}

/** Why SIMD computes none of it, if so. */
function obstacleOf(problem: PlannedProblem): string | undefined {
  const { simd } = simdFeatures();
  if (simd !== true) return simd;
  // Absent samples are zeros to SIMD, which an infinite tap turns into NaN.
  return Number.isFinite(normsOf(problem).sum) ? undefined : "a tap is not finite, or all are too large together";
}
