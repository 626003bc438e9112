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
import { tfjsProgram } from "./program.ts";
import { loadRegressions, saveRegression } from "./regressions.ts";

/** What is left of a disagreement. */
export interface Reduction {
  readonly algorithm: string;
  readonly pass: CasePass;
  /** The smallest case, in words. */
  readonly convCase: string;
  readonly reason: string;
  /** A program for TensorFlow.js alone. */
  readonly program: string;
  /** Options that ask the same again. */
  readonly replay: string;
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
}

/**
 * Reduces a disagreement in which ours is wrong by the truth itself. Gives undefined for what cannot be asked again:
 * photographs, and implementations that answer rightly the second time.
 */
export async function reduce(
  disagreement: Comparison,
  adapter: ConvAdapter,
  { seed, regressions }: ReduceOptions,
): Promise<Reduction | undefined> {
  const start = await findProblem(disagreement, seed, regressions);
  if (start === undefined) return undefined;
  const { pass } = disagreement;
  const fails = async (problem: Problem): Promise<boolean> => (await faultIn(adapter, problem, pass)) !== undefined;
  if (!(await fails(start))) return undefined;

  const { problem, path, tried } = await shrink(start, seed, fails);
  const { convCase } = problem;
  const data = dataOfProblem(problem);
  const { reason, answer } = (await faultIn(adapter, problem, pass))!;
  const given = "values" in answer ? answer.values : undefined;
  const { name } = adapter;
  const fixture =
    regressions === undefined
      ? undefined
      : await saveRegression(regressions, { convCase, pass, data, algorithm: name, reason });
  return {
    algorithm: name,
    pass,
    convCase: describeCase(convCase),
    reason,
    program: tfjsProgram({ convCase, pass, data, algorithm: name, given }),
    replay:
      path === undefined
        ? `--seed ${seed} --only ${shellWord(start.convCase.name)}`
        : `--seed ${seed} --path ${shellWord(path)}`,
    tried,
    ...(fixture !== undefined && { fixture }),
  };
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
