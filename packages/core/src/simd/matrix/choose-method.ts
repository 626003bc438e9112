/**
 * Which method computes a correlation of matrices where SIMD may: one pure function of shapes and data that can say why.
 * What SIMD cannot do (float64, kernels beyond its tiles, numbers beyond the range of float32 on their way, a host without
 * it) goes to the scalar methods, and so does what is done before a call into WebAssembly would be.
 *
 * The cost of each is expected from its operations, with constants from what `test/matrix/measure-methods.ts` measured on one
 * thread of an AMD EPYC (Zen 4) under V8 13.6 (Node 24.21), 2026-11-23, in ms, for a 512 × 512 image in mode same:
 *
 *     kernel         3     5     7     9    11    15    21    31    47    63
 *     direct      0.26  0.42  0.67  1.05  1.47  2.57  4.80  10.1  22.7  40.1
 *     separable   0.25  0.28  0.36  0.39  0.48  0.65  0.97  1.59  3.21  9.17
 *     fft         1.02  1.00  1.03  1.21  1.18  1.23  1.24  1.62  1.84  1.91
 *
 * @module
 */

import { describeTime } from "../../expected-time.ts";
import { correlateScalar, directCost } from "../../matrix/choose-method.ts";
import { type Corr2dExplanation, explainScalar } from "../../matrix/explain-corr2d.ts";
import type { Corr2dMethod, PlannedProblem } from "../../matrix/problem.ts";
import { defaultTolerance, factorsOf } from "../../matrix/separable.ts";
import { sizeOf } from "../../shape.ts";
import { describe, dtypeOf, type FloatArray } from "../../tensor.ts";
import { type SimdEngine, sharedEngine } from "../engine.ts";
import { simdFeatures } from "../features.ts";
import { OutOfMemoryError } from "../memory.ts";
import { prepareDirectlySimd, prepareSeparablySimd, supportsDirect } from "./direct.ts";
import { canTransformSimd, planSimdTiles, prepareTransformSimd, simdTransformErrorConstant } from "./overlap-save.ts";
import type { MatrixRun } from "./strips.ts";

/**
 * Nanoseconds for a call, for a cell of the output and for each of its products, and for a cell and a product of both
 * passes of a separable kernel.
 */
const CALL_NS = 8000;
const CELL_NS = 0.62;
const TAP_NS = 0.0415;
const SEPARABLE_CELL_NS = 0.58;
const SEPARABLE_TAP_NS = 0.07;

type SimdMethod = Exclude<Corr2dMethod, "naive">;

/** A problem that has been prepared, for images of its shape. */
export interface PreparedMatrix {
  /** Computes `y` of an image, by what suits it. */
  readonly run: MatrixRun;
  /** What `run` would do. */
  explain(source: FloatArray): Corr2dExplanation;
}

/** One way for SIMD to do it. */
interface Candidate {
  /** In ns. */
  readonly cost: number;
  readonly bound: Corr2dExplanation["bound"];
  /** True, or why not of this image: asked last, since it may look at all of it. */
  readonly check?: (source: FloatArray) => true | string;
  readonly prepare: (engine: SimdEngine) => MatrixRun;
}

/** What is to be done: by a candidate, or by the scalar methods and why. */
type Choice =
  | { readonly name: SimdMethod; readonly candidate: Candidate; readonly refused: readonly string[] }
  | { readonly name?: never; readonly why: string };

/**
 * Prepares a problem for the methods that are expected to be fastest, or the one that is asked for by name.
 *
 * @throws RangeError from `run` and `explain` if `method` is unknown, or a method was asked for by name that cannot do it.
 */
export function prepareMatrix(
  operation: string,
  problem: PlannedProblem,
  method: Corr2dMethod | "auto" = "auto",
  engine?: SimdEngine,
): PreparedMatrix {
  const obstacle = obstacleOf(problem, method);
  const candidates = obstacle === undefined ? candidatesOf(problem) : NOBODY;
  const costs = costsOf(candidates);
  const byCost = (Object.keys(candidates) as SimdMethod[]).sort((a, b) => costs[a] - costs[b]);
  const wanted = method === "auto" ? byCost : [method as SimdMethod];
  const scalarNs = directCost(sizeOf(problem.outShape), sizeOf(problem.kernelShape));
  const runs = new Map<SimdMethod, MatrixRun>();

  const choose = (source: FloatArray): Choice => {
    if (obstacle !== undefined) return { why: obstacle };
    const refused: string[] = [];
    for (const name of wanted) {
      const candidate = candidates[name];
      if (typeof candidate === "string") {
        refused.push(candidate);
        continue;
      }
      if (method === "auto" && scalarNs < candidate.cost) {
        const times = [scalarNs, candidate.cost].map(describeTime);
        return { why: `so little is done (${times[0]}) before SIMD is called (${times[1]})` };
      }
      const verdict = candidate.check?.(source) ?? true;
      if (verdict === true) return { name, candidate, refused };
      refused.push(verdict);
    }
    return { why: refused.join(", ") };
  };

  return {
    run(source, y) {
      const choice = choose(source);
      const runScalar = (): void => correlateScalar(operation, { ...problem, source }, method, y);
      if (choice.name === undefined) {
        runScalar();
        return;
      }
      try {
        let run = runs.get(choice.name);
        if (run === undefined) {
          run = choice.candidate.prepare(engine ?? sharedEngine());
          runs.set(choice.name, run);
        }
        run(source, y);
      } catch (error) {
        if (method !== "auto" || !(error instanceof OutOfMemoryError)) throw error;
        runScalar();
      }
    },
    explain(source) {
      const choice = choose(source);
      if (choice.name === undefined) {
        const explanation = explainScalar({ ...problem, source }, method);
        return { ...explanation, reason: `scalar, since ${choice.why}; ${explanation.reason}` };
      }
      const isFirst = choice.refused.length === 0;
      const times = Object.entries(costs).map(([name, ns]) => `${name} ${describeTime(ns)}`);
      return {
        method: choice.name,
        engine: "simd",
        reason:
          method === "auto"
            ? [...choice.refused, `expected to be fastest${isFirst ? "" : " of the others"}: ${times.join(", ")}`].join(
                "; ",
              )
            : "asked for by name",
        expected: { direct: costs.direct / 1e6, separable: costs.separable / 1e6, fft: costs.fft / 1e6 },
        bound: choice.candidate.bound,
      };
    },
  };
}

/** Why SIMD computes none of it, if so. */
function obstacleOf({ kernel, fillValue }: PlannedProblem, method: Corr2dMethod | "auto"): string | undefined {
  if (method !== "auto" && !Object.keys(NOBODY).includes(method)) return `${describe(method)} has no SIMD form`;
  if (dtypeOf(kernel) !== "float32") return "SIMD computes float32, and this is float64";
  const { simd } = simdFeatures();
  if (simd !== true) return simd;
  // Absent cells are zeros to SIMD, which an infinite weight turns into NaN.
  if (fillValue === 0 && !(kernel as Float32Array).every(Number.isFinite)) return "a weight is not finite";
  return undefined;
}

/** Every method of SIMD, or in words why it cannot. */
type Candidates = Readonly<Record<SimdMethod, Candidate | string>>;

const NOBODY: Candidates = { direct: "", separable: "", fft: "" };

/** What a method costs that cannot do it is infinite. */
function costsOf({ direct, separable, fft }: Candidates): Record<SimdMethod, number> {
  const costOf = (candidate: Candidate | string): number => (typeof candidate === "string" ? Infinity : candidate.cost);
  return { direct: costOf(direct), separable: costOf(separable), fft: costOf(fft) };
}

/** All ways, or why they are none. */
function candidatesOf(problem: PlannedProblem): Candidates {
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
            prepare: (engine) => prepareDirectlySimd(engine, problem),
          }
        : supported,
    separable:
      supported === true && factors !== undefined
        ? {
            cost: CALL_NS + cells * (SEPARABLE_CELL_NS + SEPARABLE_TAP_NS * (kernelHeight + kernelWidth)),
            bound: elementwise(kernelHeight + kernelWidth + 4, defaultTolerance(kernel)),
            prepare: (engine) => prepareSeparablySimd(engine, problem, factors),
          }
        : "the kernel is not of rank 1",
    fft:
      tiles === undefined
        ? "the kernel exceeds the tiles of SIMD"
        : {
            cost: CALL_NS + tiles.cost,
            bound: { kind: "normwise", constant: simdTransformErrorConstant(tiles) },
            check: (source) =>
              canTransformSimd(source, problem, tiles) ||
              "fft would spread values that are not finite or leave float32",
            prepare: (engine) => prepareTransformSimd(engine, problem, tiles),
          },
  };
}

/** γ of so many roundings of float32, and what else there is. */
function elementwise(terms: number, tolerance = 0): Corr2dExplanation["bound"] {
  const u = 2 ** -24;
  return { kind: "element", constant: (terms * u) / (1 - terms * u) + tolerance };
}
