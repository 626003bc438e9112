/**
 * What computes signals: plain sums and transforms by SIMD in either precision, and in plain JavaScript what serves matrices, too.
 *
 * The cost of each is expected from its operations, with constants measured on one thread of an AMD EPYC (Zen 4) under V8 13.6
 * (Node 24), by `test/signals/measure-algorithms.ts`.
 *
 * @module
 */

import type { Catalogue } from "../corr2d/choose.ts";
import { gamma, type MatrixAlgorithm } from "../corr2d/problem/algorithm.ts";
import type { PlannedProblem } from "../corr2d/problem/problem.ts";
import { scalarAlgorithms } from "../corr2d/scalar/algorithms.ts";
import { type SimdEngine, sharedEngine } from "../simd/engine/engine.ts";
import { simdFeatures } from "../simd/engine/features.ts";
import { dtypeOf } from "../tensor/tensor.ts";
import { prepareSums } from "./simd/direct.ts";

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
const CALL_NS = 3000;
const OUTPUT_NS = 0.8;
const TAP_NS = { float32: 0.042, float64: 0.084 };

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
  ];
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
function obstacleOf({ kernel, fillValue, boundary }: PlannedProblem): string | undefined {
  const { simd } = simdFeatures();
  if (simd !== true) return simd;
  // Absent samples are zeros to SIMD, which an infinite tap turns into NaN.
  if (boundary === "constant" && fillValue === 0 && !(kernel as Float32Array).every(Number.isFinite)) {
    return "a tap is not finite";
  }
  return undefined;
}
