/**
 * From a comparison that disagrees to the smallest problem that does, told in a way that can be passed on: in words, as a
 * program for TensorFlow.js alone, as the options that lead to it again, and as a file that later runs ask first.
 *
 * @module
 */

import { CASES, type CaseData, type CasePass, describeCase, SPATIAL_CASES, type SpatialCase } from "@corr2d/testkit";
import { askable, type ConvAdapter } from "../adapter.ts";
import { askThoroughly, evidenceFor, evidenceOf } from "../ask.ts";
import type { Comparison } from "../compare.ts";
import { problemAt, shrink } from "../generate/arbitrary.ts";
import { pairwiseCases } from "../generate/pairwise.ts";
import { dataOfProblem, isExactProblem, type Problem } from "../generate/problem.ts";
import { shellWord } from "../render/escape.ts";
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
  { seed, regressions, module }: ReduceOptions,
): Promise<Reduction | undefined> {
  const start = await findProblem(disagreement, seed, regressions);
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
  const { convCase } = problem;
  const data = dataOfProblem(problem);
  const reason = fault?.reason ?? `${disagreement.reason}; asked alone it answers rightly: ${BY_CHANCE}`;
  const given = fault && "values" in fault.answer ? fault.answer.values : undefined;
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
            isExact: isExactProblem(problem),
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
async function faultIn(
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

async function findProblem(
  { case: name, data, seed, path }: Comparison,
  generatorSeed: number,
  regressions: string | undefined,
): Promise<(Problem & { readonly path?: string }) | undefined> {
  if (path !== undefined) return problemAt(generatorSeed, path);
  if (data === "given") {
    return regressions === undefined
      ? undefined
      : (await loadRegressions(regressions)).find((p) => p.convCase.name === name);
  }
  const known: readonly SpatialCase[] = [...CASES, ...SPATIAL_CASES, ...pairwiseCases()];
  const convCase = known.find((candidate) => candidate.name === name);
  return convCase && { convCase, values: data, seed };
}
