/**
 * Which method computes a correlation of matrices where SIMD may: one pure function of shapes and data that can say why.
 * What SIMD cannot do (float64, kernels beyond its tiles, numbers beyond the range of float32 on their way, a host without
 * it) goes to the scalar methods, and so does what is done before a call into WebAssembly would be.
 *
 * The cost of each is expected from its operations, with constants from what `test/matrix/measure-methods.ts` measured on one
 * thread of an AMD EPYC (Zen 4) under V8 13.6 (Node 24.21), 2026-11-23, in ms, for a 512 × 512 image in mode same:
 *
 *     kernel         3     5     7     9    11    15    21    31    47    63
 *     direct      0.35  0.53  0.84  1.22  1.65  3.00  5.94  10.9  26.7  44.4
 *     separable   0.34  0.40  0.49  0.50  0.63  0.79  1.13  1.80  3.45  9.97
 *     fft         1.10  1.06  1.21  1.48  1.32  1.30  1.31  1.73  2.06  2.11
 *
 * @module
 */

import { chooseMethod, directCost, methods } from "../../matrix/choose-method.ts";
import { type Corr2dExplanation, explainScalar } from "../../matrix/explain-corr2d.ts";
import type { Corr2dMethod, MatrixProblem } from "../../matrix/problem.ts";
import { defaultTolerance, factorsOf } from "../../matrix/separable.ts";
import { sizeOf } from "../../shape.ts";
import { describe, dtypeOf, type FloatArray } from "../../tensor.ts";
import { type SimdEngine, sharedEngine } from "../engine.ts";
import { simdFeatures } from "../features.ts";
import { correlateDirectlySimd, correlateSeparablySimd, supportsDirect } from "./direct.ts";
import {
  canTransformSimd,
  correlateByTransformSimd,
  planSimdTiles,
  simdTransformErrorConstant,
} from "./overlap-save.ts";

/**
 * Nanoseconds for a call, for a cell of the output and for each of its products, and for a cell and a product of both
 * passes of a separable kernel.
 */
const CALL_NS = 8000;
const CELL_NS = 0.95;
const TAP_NS = 0.0445;
const SEPARABLE_CELL_NS = 0.75;
const SEPARABLE_TAP_NS = 0.085;

type SimdMethod = Exclude<Corr2dMethod, "naive">;

/** A method, what is known of it, and the computation itself. */
export interface MatrixChoice {
  run(y: FloatArray): void;
  explain(): Corr2dExplanation;
}

/** One way for SIMD to do it. */
interface Candidate {
  /** In ns. */
  readonly cost: number;
  readonly bound: Corr2dExplanation["bound"];
  /** True, or why not after all: asked last, since it may look at all the data. */
  readonly check?: () => true | string;
  readonly run: (engine: SimdEngine, y: FloatArray) => void;
}

/**
 * Chooses engine and method.
 *
 * @throws RangeError if `method` is unknown, or a method was asked for by name that cannot do it.
 */
export function chooseMatrixMethod(
  operation: string,
  problem: MatrixProblem,
  method: Corr2dMethod | "auto" = "auto",
  engine?: SimdEngine,
): MatrixChoice {
  const scalar = (why: string): MatrixChoice => ({
    run(y) {
      const choice = chooseMethod(operation, problem, method);
      methods[choice.method](problem, y, choice);
    },
    explain() {
      const explanation = explainScalar(problem, method);
      return { ...explanation, reason: `scalar, since ${why}; ${explanation.reason}` };
    },
  });
  const obstacle = obstacleOf(problem, method);
  if (obstacle !== undefined) return scalar(obstacle);

  const candidates = candidatesOf(problem);
  const costs = costsOf(candidates);
  const times = Object.entries(costs).map(([name, ns]) => `${name} ${describeTime(ns)}`);
  const byCost = (Object.keys(candidates) as SimdMethod[]).sort((a, b) => costs[a] - costs[b]);
  const wanted = method === "auto" ? byCost : [method as SimdMethod];
  const refused: string[] = [];
  for (const name of wanted) {
    const candidate = candidates[name];
    if (typeof candidate === "string") {
      refused.push(candidate);
      continue;
    }
    const scalarNs = directCost(sizeOf(problem.outShape), sizeOf(problem.kernelShape));
    if (method === "auto" && scalarNs < candidate.cost) {
      return scalar(
        `so little is done (${describeTime(scalarNs)}) before SIMD is called (${describeTime(candidate.cost)})`,
      );
    }
    const verdict = candidate.check?.() ?? true;
    if (verdict !== true) {
      refused.push(verdict);
      continue;
    }
    return {
      run: (y) => candidate.run(engine ?? sharedEngine(), y),
      explain: () => ({
        method: name,
        engine: "simd",
        reason:
          method === "auto"
            ? [`expected to be fastest: ${times.join(", ")}`, ...refused].join("; ")
            : "asked for by name",
        expected: { direct: costs.direct / 1e6, separable: costs.separable / 1e6, fft: costs.fft / 1e6 },
        bound: candidate.bound,
      }),
    };
  }
  return scalar(refused.join(", "));
}

/** Why SIMD computes none of it, if so. */
function obstacleOf(problem: MatrixProblem, method: Corr2dMethod | "auto"): string | undefined {
  const { source, kernel, fillValue } = problem;
  if (method !== "auto" && !Object.keys(COSTLESS).includes(method)) return `${describe(method)} has no SIMD form`;
  if (dtypeOf(source) !== "float32") return "SIMD computes float32, and this is float64";
  const { simd } = simdFeatures();
  if (simd !== true) return simd;
  // Absent cells are zeros to SIMD, which an infinite weight turns into NaN.
  if (fillValue === 0 && !(kernel as Float32Array).every(Number.isFinite)) return "a weight is not finite";
  return undefined;
}

/** What a method costs that cannot do it. */
const COSTLESS: Readonly<Record<SimdMethod, number>> = { direct: Infinity, separable: Infinity, fft: Infinity };

function costsOf(candidates: Readonly<Record<SimdMethod, Candidate | string>>): Record<SimdMethod, number> {
  const costs = { ...COSTLESS };
  for (const [name, candidate] of Object.entries(candidates)) {
    if (typeof candidate !== "string") costs[name as SimdMethod] = candidate.cost;
  }
  return costs;
}

/** All ways, or why they are none. */
function candidatesOf(problem: MatrixProblem): Record<SimdMethod, Candidate | string> {
  const { kernel, kernelShape, outShape } = problem;
  const [kernelHeight, kernelWidth] = kernelShape;
  const cells = sizeOf(outShape);
  const supported = supportsDirect(kernelShape);
  const factors = factorsOf(kernel, kernelWidth);
  const tiles = planSimdTiles(problem);
  return {
    direct:
      supported === true
        ? {
            cost: CALL_NS + cells * (CELL_NS + TAP_NS * sizeOf(kernelShape)),
            bound: elementwise(sizeOf(kernelShape) + 2),
            run: (engine, y) => correlateDirectlySimd(engine, problem, y),
          }
        : supported,
    separable:
      supported === true && factors !== undefined
        ? {
            cost: CALL_NS + cells * (SEPARABLE_CELL_NS + SEPARABLE_TAP_NS * (kernelHeight + kernelWidth)),
            bound: elementwise(kernelHeight + kernelWidth + 4, defaultTolerance(kernel)),
            run: (engine, y) => correlateSeparablySimd(engine, problem, factors, y),
          }
        : "the kernel is not of rank 1",
    fft:
      tiles === undefined
        ? "the kernel exceeds the tiles of SIMD"
        : {
            cost: CALL_NS + tiles.cost,
            bound: { kind: "normwise", constant: simdTransformErrorConstant(tiles) },
            check: () =>
              canTransformSimd(problem, tiles) || "fft would spread values that are not finite or leave float32",
            run: (engine, y) => correlateByTransformSimd(engine, problem, tiles, y),
          },
  };
}

/** γ of so many roundings of float32, and what else there is. */
function elementwise(terms: number, tolerance = 0): Corr2dExplanation["bound"] {
  const u = 2 ** -24;
  return { kind: "elementwise", constant: (terms * u) / (1 - terms * u) + tolerance };
}

function describeTime(ns: number): string {
  return ns === Infinity ? "impossible" : `${(ns / 1e6).toPrecision(2)} ms`;
}
