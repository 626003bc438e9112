/**
 * Which algorithm computes what: one pure function that can say why.
 *
 * @module
 */

import {
  type ChoiceOptions,
  type ConvAlgorithm,
  type Engine,
  PASSES,
  type Pass,
  type Precision,
  type Preparations,
  type Proposal,
} from "../algorithm/algorithm.ts";
import { checkOptionNames, resolveWord } from "../geometry/options.ts";
import { type ConvGeometry, checkCaller, checkGeometry } from "../geometry/planes.ts";
import { chooseScalar } from "../scalar/choose-scalar.ts";
import { chooseSimd } from "../simd/choose-simd.ts";
import { describe } from "../tensor/tensor.ts";
import { type AlgorithmName, algorithms, type RegisteredAlgorithm } from "./registry.ts";

/** An algorithm, what it prepares, and the reason it was taken. */
export interface Choice<P extends Pass = Pass> {
  readonly algorithm: RegisteredAlgorithm;
  readonly prepare: Preparations[P];
  readonly reason: string;
}

/**
 * Chooses an algorithm for one pass over a geometry: on SIMD wherever it runs, else a scalar one; or on the engine asked for.
 *
 * @param operation name of the caller, the first word of every error.
 * @param wanted a name, or `"auto"` for the one that should be the fastest.
 * @throws TypeError for a value of the wrong type; RangeError if `pass`, `wanted` or an option's value is unknown, the
 *   algorithm named does not support the geometry (the text says why), is less precise than `options.precision` asks or runs
 *   on another engine than `options.engine`, or nothing of that engine supports the geometry.
 *
 * @example
 * ```ts
 * const geometry = resolveConvGeometry("example", [1, 56, 56, 64], [3, 3, 64, 64], { padding: "same" });
 * chooseAlgorithm("example", geometry, "forward", "tiled").reason; // → "asked for by name"
 * chooseAlgorithm("example", geometry, "inputGradient", "naive").algorithm.engine; // → "scalar"
 * ```
 */
export function chooseAlgorithm<P extends Pass>(
  operation: string,
  geometry: ConvGeometry,
  pass: P,
  wanted: AlgorithmName | "auto" = "auto",
  options: ChoiceOptions = {},
): Choice<P> {
  checkCaller("chooseAlgorithm", operation);
  checkGeometry(operation, geometry);
  checkOptionNames(operation, options, ["engine", "precision", "runs"]);
  resolveWord<Pass>(operation, "pass", PASSES, pass ?? null);
  resolveWord(operation, "runs", ["many", "once"], options.runs);
  return choose(operation, geometry, pass, wanted, options);
}

/** As {@link chooseAlgorithm}, of a geometry and a pass that are checked. */
export function choose<P extends Pass>(
  operation: string,
  geometry: ConvGeometry,
  pass: P,
  wanted: AlgorithmName | "auto",
  options: ChoiceOptions,
): Choice<P> {
  resolveWord<Precision>(operation, "precision", ["default", "strict"], options.precision);
  const engine = resolveWord<Engine | "auto">(operation, "engine", ["auto", "scalar", "simd"], options.engine);
  if (wanted === "auto") {
    if (engine === "scalar") return chooseWithoutSimd(geometry, pass, 'engine is "scalar"');
    const choice = chooseSimd(geometry, pass, options);
    if (typeof choice !== "string") return choice;
    if (engine === "auto") return chooseWithoutSimd(geometry, pass, choice);
    throw new RangeError(`${operation}: engine "simd" does not support this ${pass} pass: ${choice}`);
  }
  const algorithm = byName(operation, wanted);
  if (engine !== "auto" && engine !== algorithm.engine) {
    throw new RangeError(
      `${operation}: algorithm ${describe(wanted)} runs on engine "${algorithm.engine}", not on "${engine}"; ` +
        `on "${engine}" there are ${namesOf(engine).join(", ")}`,
    );
  }
  if (options.precision === "strict" && algorithm.errorBound.kind !== "element") {
    throw new RangeError(
      `${operation}: algorithm ${describe(wanted)} bounds its error for the whole result, not for each element, which ` +
        `precision "strict" asks for; take precision "default" or algorithm "auto"`,
    );
  }
  const prepare: Proposal<P> = (algorithm as ConvAlgorithm).propose[pass](geometry, options.runs);
  if (typeof prepare !== "string") return { algorithm, prepare, reason: "asked for by name" };
  throw new RangeError(`${operation}: algorithm ${describe(wanted)} does not support this ${pass} pass: ${prepare}`);
}

/** The scalar algorithm that suits best, and why it is not one on SIMD. */
export function chooseWithoutSimd<P extends Pass>(geometry: ConvGeometry, pass: P, why: string): Choice<P> {
  const choice = chooseScalar(geometry, pass);
  return { ...choice, reason: `${choice.reason}; not on SIMD: ${why}` };
}

/** The algorithm of a name that may be unknown. */
export function byName(operation: string, name: string): RegisteredAlgorithm {
  const found = algorithms.find((algorithm) => algorithm.name === name);
  if (found !== undefined) return found;
  const known = ["auto", ...namesOf()].join(", ");
  throw new RangeError(`${operation}: unknown algorithm ${describe(name)}; known are ${known}`);
}

/** The names of all algorithms, or of those of an engine. */
function namesOf(engine?: Engine): readonly string[] {
  return algorithms.filter((algorithm) => engine === undefined || algorithm.engine === engine).map(({ name }) => name);
}
