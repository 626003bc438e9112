/**
 * From a comparison that disagrees to the smallest problem that does, told in a way that can be passed on: in words, as a
 * program for TensorFlow.js alone, as the options that lead to it again, and as a file that later runs ask first.
 *
 * @module
 */

import { type CaseData, type CasePass, describeCase, type SpatialCase } from "@corr2d/testkit";
import { askable, type ConvAdapter } from "../adapter.ts";
import { askThoroughly, evidenceFor, evidenceOf } from "../ask.ts";
import type { Comparison } from "../compare.ts";
import { problemAt, shrink } from "../generate/arbitrary.ts";
import { dataOfProblem, isExactProblem, type Problem } from "../generate/problem.ts";
import { shellWord } from "../render/escape.ts";
import { namedCases } from "../trials.ts";
import { type Answer, faultOf } from "../verdict.ts";
import { moduleProgram } from "./module-program.ts";
import { tfjsProgram } from "./program.ts";
import { loadRegressions, saveRegression } from "./regressions.ts";

/** What is left of a disagreement. */
export interface Reduction {
  readonly algorithm: string;
  readonly pass: CasePass;
  /** The smallest case, in words. */
  readonly convCase: string;
  readonly reason: string;
  /** A program that shows it: for the module that fails or, where core does, for TensorFlow.js alone. */
  readonly program: string;
  /** The command that asks the same again; of an adapter in a program, its options. */
  readonly replay: string;
  /** Whether it answers rightly when it is asked alone: then chance or what went before decides. */
  readonly isFlaky?: true;
  /** Problems that were tried. */
  readonly tried: number;
  /** File that later runs ask first. */
  readonly fixture?: string;
}

/** Where the disagreement came from, and where the fixture goes. */
export interface ReduceOptions {
  /** Of the run. */
  readonly seed: number;
  readonly regressions: string | undefined;
  /** File of the implementation, where it is a module. */
  readonly module?: string | undefined;
  /** Cases that were asked in the place of all others. */
  readonly own?: readonly SpatialCase[] | undefined;
}

/** An answer that is right so often in a row, after it was wrong once, is left to chance or to what went before. */
const TIMES_ALONE = 3;

/**
 * Reduces a disagreement in which ours is wrong by the truth itself, and says so where it cannot be had again. Gives undefined
 * for what cannot be asked again, such as photographs.
 */
export async function reduce(
  disagreement: Comparison,
  adapter: ConvAdapter,
  options: ReduceOptions,
): Promise<Reduction | undefined> {
  const { seed } = options;
  const start = await findProblem(disagreement, options);
  if (start === undefined) return undefined;
  const { pass } = disagreement;
  const fails = async (problem: Problem): Promise<boolean> => (await faultIn(adapter, problem, pass)) !== undefined;
  let failsAlone = false;
  for (let turn = 0; turn < TIMES_ALONE && !failsAlone; turn++) failsAlone = await fails(start);
  const shrunk = failsAlone ? await shrink(start, seed, fails) : undefined;
  const fault = shrunk && (await faultIn(adapter, shrunk.problem, pass));
  const isFlaky = fault === undefined;
  const { problem, path, tried } =
    shrunk === undefined || isFlaky ? { problem: start, path: start.path, tried: TIMES_ALONE } : shrunk;
  const reason = fault?.reason ?? `${disagreement.reason}; asked alone it answers rightly: ${BY_CHANCE}`;
  const given = fault && "values" in fault.answer ? fault.answer.values : undefined;
  const isExact = isExactProblem(problem);
  return reductionOf({ adapter, options, start, problem, path, pass, reason, tried, isExact, isFlaky, given });
}

/** What a reduction is made from. */
export interface ReductionParts {
  readonly adapter: ConvAdapter;
  readonly options: ReduceOptions;
  /** The problem that was found, and what is left of it. */
  readonly start: Problem;
  readonly problem: Problem;
  readonly path: string | undefined;
  readonly pass: CasePass;
  readonly reason: string;
  readonly tried: number;
  readonly isExact: boolean;
  readonly isFlaky?: boolean;
  /** What it answered, if it did. */
  readonly given?: ArrayLike<number> | undefined;
}

/** A reduction, kept as a file unless it is flaky. */
export async function reductionOf(parts: ReductionParts): Promise<Reduction> {
  const { adapter, options, start, problem, path, pass, reason, tried, isExact, isFlaky = false, given } = parts;
  const { seed, regressions, module } = options;
  const { convCase } = problem;
  const data = dataOfProblem(problem);
  const { name } = adapter;
  const fixture =
    regressions === undefined || isFlaky
      ? undefined
      : await saveRegression(regressions, { convCase, pass, data, algorithm: name, reason });
  return {
    algorithm: name,
    pass,
    convCase: describeCase(convCase),
    reason,
    program: isLarge(data)
      ? "// Its arrays are too large to be written out; the command asks them again."
      : module === undefined
        ? tfjsProgram({ convCase, pass, data, algorithm: name, given })
        : moduleProgram({
            ...{ adapter, module, convCase, pass, data, reason },
            isExact,
            byMemory: isFlaky || given === undefined,
          }),
    replay: `${commandFor(name, module)}--seed ${seed} ${
      path === undefined ? `--cases 0 --only ${shellWord(start.convCase.name)}` : `--path ${shellWord(path)}`
    }`,
    tried,
    ...(isFlaky && { isFlaky }),
    ...(fixture !== undefined && { fixture }),
  };
}

/** Numbers that a program may hold: more are not read, and no issue takes them. */
const MOST_NUMBERS = 20_000;

function isLarge({ x, filter, dy }: CaseData): boolean {
  return x.length + filter.length + dy.length > MOST_NUMBERS;
}

const BY_CHANCE = "it is flaky, or depends on what was asked before";

/** The beginning of the command that asks an implementation; an adapter that a program has made is in no command. */
function commandFor(name: string, module: string | undefined): string {
  if (module !== undefined) return `npx corr2d-parity check ${shellWord(module)} `;
  const algorithm = /^corr2d\/(.+)$/.exec(name)?.[1];
  return algorithm === undefined ? "" : `npx corr2d-parity --algorithm ${shellWord(algorithm)} `;
}

/** What is wrong with an adapter's answer to a problem, by the truth; undefined if nothing is, or it cannot be asked. */
export async function faultIn(
  adapter: ConvAdapter,
  problem: Problem,
  pass: CasePass,
): Promise<{ readonly reason: string; readonly answer: Answer } | undefined> {
  const { convCase } = problem;
  if (askable(adapter, convCase, pass) !== true) return undefined;
  const data: CaseData = dataOfProblem(problem);
  const evidence = evidenceOf(convCase, pass, data, isExactProblem(problem), problem.values);
  const held = evidenceFor(adapter, convCase, { pass, data, evidence });
  const answer = await askThoroughly(adapter, convCase, { pass, kind: problem.values, data, evidence: held });
  const reason = faultOf(answer);
  return reason === undefined ? undefined : { reason, answer };
}

/** The problem that a comparison was about; undefined for what cannot be asked again, such as photographs. */
export async function findProblem(
  { case: name, data, seed, path }: Comparison,
  { seed: generatorSeed, regressions, own = [] }: ReduceOptions,
): Promise<(Problem & { readonly path?: string }) | undefined> {
  if (path !== undefined) return problemAt(generatorSeed, path);
  if (data === "given") {
    return regressions === undefined
      ? undefined
      : (await loadRegressions(regressions)).find((p) => p.convCase.name === name);
  }
  const known: readonly SpatialCase[] = [...own, ...namedCases()];
  const convCase = known.find((candidate) => candidate.name === name);
  return convCase && { convCase, values: data, seed };
}
