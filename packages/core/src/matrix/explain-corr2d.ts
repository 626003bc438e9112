/**
 * Why a correlation is computed the way it is, in words.
 *
 * @module
 */

import { describeTime } from "../expected-time.ts";
import type { Shape2 } from "../shape.ts";
import { dtypeOf, type FloatArray, type Matrix } from "../tensor.ts";
import { chooseMethod, type MethodChoice } from "./choose-method.ts";
import { transformErrorConstant } from "./overlap-save.ts";
import { type Corr2dMethod, type Corr2dOptions, type MatrixProblem, resolveProblem } from "./problem.ts";
import { defaultTolerance } from "./separable.ts";

/** What `corr2d` does with some arguments. */
export interface Corr2dExplanation {
  readonly method: Corr2dMethod;
  /** What runs it; `"simd"` only from `@corr2d/core/simd`. */
  readonly engine: "scalar" | "simd";
  readonly reason: string;
  /**
   * Expected times in ms on the machine where the cost model was measured; their ratio is what counts. `separable` is
   * infinite for a kernel that is not of rank 1.
   */
  readonly expected: { readonly direct: number; readonly separable: number; readonly fft: number };
  /**
   * How far a result ŷ of finite values may be from the exact y:
   *
   *     element          |y[i, j] − ŷ[i, j]| ≤ constant · Σ_{a, b} |k[a, b] · x[i + a − top, j + b − left]|
   *     normwise         |y[i, j] − ŷ[i, j]| ≤ constant · max|x| · Σ|k|
   *
   * where max|x| includes the fill value.
   */
  readonly bound: { readonly kind: "element" | "normwise"; readonly constant: number };
}

/**
 * Which method {@link corr2d} would take for these arguments, why, and what error bound it has, without computing it.
 * For {@link convolve2d} the answer is the same.
 *
 * @throws as {@link corr2d}.
 *
 * @example
 * ```ts
 * const x = zeros([512, 512]);
 * const random = tensor([41, 41], Array.from({ length: 41 * 41 }, (_, i) => Math.sin(i * i)));
 * explainCorr2d(x, random).method; // → "fft"
 * explainCorr2d(x, tensor([3, 3], [0, 1, 0, 1, -4, 1, 0, 1, 0])).method; // → "direct"
 * explainCorr2d(x, tensor([9, 9], new Float32Array(81).fill(1))).method; // → "separable"
 * ```
 */
export function explainCorr2d<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: Matrix<T>,
  options: Corr2dOptions = {},
): Corr2dExplanation {
  const problem = resolveProblem("explainCorr2d", x, kernel, options, false);
  return explainScalar(problem, options.method);
}

/** As {@link explainCorr2d}, of a problem that is resolved. */
export function explainScalar(
  problem: MatrixProblem,
  wanted: Corr2dMethod | "auto" = "auto",
): Corr2dExplanation & { readonly engine: "scalar" } {
  const choice = chooseMethod("explainCorr2d", problem, wanted);
  const inMs = (ns: number): number => ns / 1e6;
  const { direct, separable, fft } = choice.costs;
  return {
    method: choice.method,
    engine: "scalar",
    reason: wanted === "auto" ? reasonOf(choice) : "asked for by name",
    expected: { direct: inMs(direct), separable: choice.factors ? inMs(separable) : Infinity, fft: inMs(fft) },
    bound: boundOf(choice, problem.source, problem.kernelShape),
  };
}

function reasonOf({ factors, costs, notFinite }: MethodChoice): string {
  const rank = factors === undefined ? "the kernel is not of rank 1" : `separable ${describeTime(costs.separable)}`;
  const times = `direct ${describeTime(costs.direct)}, ${rank}, fft ${describeTime(costs.fft)}`;
  if (!notFinite) return `expected to be fastest: ${times}`;
  return `not fft, which would spread values that are not finite or overflow: ${times}`;
}

function boundOf(
  { method, tiles }: MethodChoice,
  values: FloatArray,
  [kernelHeight, kernelWidth]: Shape2,
): Corr2dExplanation["bound"] {
  // One rounding to the element type, and those of float64 before it.
  const rounding = dtypeOf(values) === "float64" ? 0 : 2 ** -24;
  if (method === "fft") return { kind: "normwise", constant: rounding + transformErrorConstant(tiles) };
  const terms = method === "separable" ? kernelHeight + kernelWidth + 4 : kernelHeight * kernelWidth + 2;
  const gamma = (terms * 2 ** -53) / (1 - terms * 2 ** -53);
  const tolerance = method === "separable" ? defaultTolerance(values) : 0;
  return { kind: "element", constant: rounding + gamma + tolerance };
}
