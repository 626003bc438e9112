/**
 * Which algorithm correlates matrices, and on which engine: one pure function of shapes and kernel that can say why, and the
 * preparation of what it chose.
 *
 * @module
 */

import type { Engine } from "../algorithm/algorithm.ts";
import { describeTime } from "../algorithm/expected-time.ts";
import { resolveWord } from "../geometry/options.ts";
import { OutOfMemoryError } from "../simd/engine/memory.ts";
import { dtypeOf } from "../tensor/tensor.ts";
import {
  MATRIX_ALGORITHM_NAMES,
  type MatrixAlgorithm,
  type MatrixAlgorithmName,
  type Offer,
  type PreparedMatrix,
} from "./problem/algorithm.ts";
import type { PlannedProblem } from "./problem/problem.ts";
import { areInRange, factorsOf } from "./problem/separate-kernel.ts";
import { scalarAlgorithms } from "./scalar/algorithms.ts";
import { sharedSimdAlgorithms } from "./simd/algorithms.ts";

/** How to compute, by algorithms of these names. */
export interface MatrixChoiceOptions<Name extends string = MatrixAlgorithmName> {
  /** The result is the same within the stated bounds. Default `"auto"`: the one that is expected to be fastest. */
  readonly algorithm?: Name | "auto" | undefined;
  /** Default `"auto"`: SIMD wherever it is faster. */
  readonly engine?: Engine | "auto" | undefined;
  /** `"strict"` keeps transforms out: every cell is a plain sum. Default `"default"`. */
  readonly precision?: "default" | "strict" | undefined;
}

/** The names of {@link MatrixChoiceOptions}. */
export const CHOICE_OPTION_NAMES: readonly (keyof MatrixChoiceOptions)[] = ["algorithm", "engine", "precision"];

/** What is known of a choice. */
export interface MatrixFacts<Name extends string = MatrixAlgorithmName> {
  readonly algorithm: Name;
  readonly engine: Engine;
  readonly reason: string;
  readonly errorBound: { readonly kind: "element"; readonly constant: number };
  readonly precision?: "default" | "strict";
}

/** An algorithm that was chosen for a problem. */
export interface MatrixChoice<Name extends string = MatrixAlgorithmName> extends MatrixFacts<Name> {
  /** Expected time, in ns. */
  readonly cost: number;
  readonly prepare: Offer["prepare"];
  /** Whether another might take its place. */
  readonly isForced: boolean;
}

/** What is chosen from. */
export interface Catalogue<Name extends string = MatrixAlgorithmName> {
  /** All names that there are, the definition's first. */
  readonly names: readonly Name[];
  readonly algorithms: readonly MatrixAlgorithm<Name>[];
}

/** The catalogue of matrices: every algorithm on the engine of this process, and the scalar ones. */
export const MATRIX_CATALOGUE: Catalogue = /* @__PURE__ */ (() => ({
  names: MATRIX_ALGORITHM_NAMES,
  algorithms: [...sharedSimdAlgorithms, ...scalarAlgorithms],
}))();

/**
 * Chooses the algorithm that is expected to be fastest, or one that is asked for by name.
 *
 * @throws RangeError if an option has a value that is not allowed, or nothing that is asked for by name can do it.
 */
export function chooseMatrix<Name extends string>(
  operation: string,
  problem: PlannedProblem,
  options: MatrixChoiceOptions<Name>,
  { names, algorithms }: Catalogue<Name>,
): MatrixChoice<Name> {
  const algorithm = resolveWord<Name | "auto">(operation, "algorithm", ["auto", ...names], options.algorithm);
  const engine = resolveWord(operation, "engine", ["auto", "scalar", "simd"], options.engine);
  const precision = resolveWord(operation, "precision", ["default", "strict"], options.precision);
  const isSeparated = algorithms.some(({ name }) => name === "separable");
  const factors = problem.factors ?? (isSeparated ? factorsOf(problem.kernel, problem.kernelShape[1]) : undefined);
  const productsAreExact = problem.factors === undefined || areInRange(problem.kernel, problem.factors);
  const refused = new Map<string, string>();
  const offers: { readonly by: MatrixAlgorithm<Name>; readonly offer: Offer }[] = [];
  for (const by of algorithms) {
    if ((algorithm !== "auto" && by.name !== algorithm) || (engine !== "auto" && by.engine !== engine)) continue;
    const offer =
      TRANSFORMS.has(by.name) && precision === "strict"
        ? 'precision "strict" keeps transforms out'
        : by.name !== "separable" && !productsAreExact
          ? "products of column and row leave the range of their element type"
          : by.offer(problem, factors);
    if (typeof offer === "string") refused.set(`${by.name} on ${by.engine}`, offer);
    else offers.push({ by, offer });
  }
  offers.sort((a, b) => a.offer.cost - b.offer.cost);
  const [best] = offers;
  if (best === undefined) {
    const asked = [algorithm !== "auto" && `algorithm "${algorithm}"`, engine !== "auto" && `engine "${engine}"`];
    const why = [...new Set(refused.values())].join("; ");
    throw new RangeError(
      `${operation}: ${asked.filter(Boolean).join(" on ")} cannot do it: ${why || "there is no such algorithm"}; use "auto"`,
    );
  }
  const { by, offer } = best;
  // Weights that are products of the factors given were rounded once more.
  const rounding = problem.factors !== undefined && by.name !== "separable" ? unitOf(problem) : 0;
  return {
    algorithm: by.name,
    engine: by.engine,
    reason: algorithm !== "auto" ? "asked for by name" : reasonOf(offers, refused),
    errorBound: { kind: "element", constant: offer.errorConstant * (1 + rounding) + rounding },
    ...(options.precision && { precision }),
    cost: offer.cost,
    prepare: offer.prepare,
    isForced: by.engine === "scalar" || engine !== "auto",
  };
}

/** What `precision: "strict"` keeps out. */
const TRANSFORMS: ReadonlySet<string> = /* @__PURE__ */ new Set(["fft", "overlap-save"]);

/** Prepares a choice; where SIMD's memory cannot be had, and SIMD was not asked for, on the scalar engine. */
export function prepareMatrix<Name extends string>(
  operation: string,
  problem: PlannedProblem,
  options: MatrixChoiceOptions<Name>,
  catalogue: Catalogue<Name>,
): MatrixFacts<Name> & PreparedMatrix {
  const { prepare, isForced, cost: _, ...facts } = chooseMatrix(operation, problem, options, catalogue);
  const withoutSimd = (error: unknown): MatrixFacts<Name> & PreparedMatrix => {
    if (isForced || !(error instanceof OutOfMemoryError)) throw error;
    const {
      prepare,
      isForced: _,
      cost: __,
      reason,
      ...scalar
    } = chooseMatrix(operation, problem, { ...options, engine: "scalar" }, catalogue);
    return { ...scalar, reason: `${reason}; not on SIMD: ${error.message}`, ...prepare() };
  };
  let prepared: PreparedMatrix;
  try {
    prepared = prepare();
  } catch (error) {
    return withoutSimd(error);
  }
  return {
    ...facts,
    ...prepared,
    run(source, y) {
      try {
        prepared.run(source, y);
      } catch (error) {
        // The memory may have been let go since, and not be had again.
        prepared = withoutSimd(error);
        prepared.run(source, y);
      }
    },
  };
}

function reasonOf(
  offers: readonly { readonly by: MatrixAlgorithm<string>; readonly offer: Offer }[],
  refused: ReadonlyMap<string, string>,
): string {
  const times = offers
    .filter(({ offer }) => offer.cost < Infinity)
    .map(({ by, offer }) => `${by.name} on ${by.engine} ${describeTime(offer.cost)}`);
  const reasons = [...new Set(refused.values())].map((why) => `; ${why}`);
  return `expected to be fastest: ${times.join(", ")}${reasons.join("")}`;
}

function unitOf({ kernel }: PlannedProblem): number {
  return dtypeOf(kernel) === "float64" ? 2 ** -53 : 2 ** -24;
}
