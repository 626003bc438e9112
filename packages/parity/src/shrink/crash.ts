/**
 * From a case that breaks the process which asks it to the smallest that does. Every problem is tried in a process that may end, so
 * the search is in two places: a process tries one smaller problem after the other and says which; whoever watches it takes the one
 * in which it ended, and starts another there. Steps are indices, as in the paths of fast-check.
 *
 * @module
 */

import type { ConvAdapter } from "../adapter.ts";
import type { Comparison } from "../compare.ts";
import { isExactProblem, type Problem } from "../generate/problem.ts";
import { smallerProblems } from "../generate/smaller.ts";
import { faultIn, findProblem, type ReduceOptions, type Reduction, reductionOf } from "./reduce.ts";

/** Steps from the problem of a disagreement to a smaller one; none where that problem itself is still to be tried. */
export type Steps = readonly number[] | undefined;

/** Problems that one process tries: what is left then is small enough. */
const MOST_TRIED = 500;

/** The problem that steps lead to; undefined for what cannot be asked again. */
async function problemOf(
  disagreement: Comparison,
  options: ReduceOptions,
  steps: Steps,
): Promise<(Problem & { readonly path?: string }) | undefined> {
  let problem: (Problem & { readonly path?: string }) | undefined = await findProblem(disagreement, options);
  for (const step of steps ?? []) {
    if (problem === undefined) return undefined;
    const { path } = problem;
    const smaller: Problem | undefined = [...firstOf(smallerProblems(problem), step + 1)][step];
    problem = smaller && { ...smaller, ...(path !== undefined && { path: `${path}:${step}` }) };
  }
  return problem;
}

function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

/** Asks the problem, or where there are steps all that are smaller than the one they lead to, and says which before it does. */
export async function tryToBreak(
  adapter: ConvAdapter,
  disagreement: Comparison,
  options: ReduceOptions,
  { steps, tell }: { readonly steps: Steps; readonly tell: (step: number) => Promise<void> },
): Promise<void> {
  const problem = await problemOf(disagreement, options, steps);
  if (problem === undefined) return;
  const candidates = steps === undefined ? [problem] : firstOf(smallerProblems(problem), MOST_TRIED);
  let step = 0;
  for (const candidate of candidates) {
    await tell(step++);
    await faultIn(adapter, candidate, disagreement.pass);
  }
}

/** What steps led to, told as other reductions are, without asking it again. */
export async function crashReduction(
  adapter: ConvAdapter,
  disagreement: Comparison,
  options: ReduceOptions,
  { steps, tried }: { readonly steps: Steps; readonly tried: number },
): Promise<Reduction | undefined> {
  const start = await problemOf(disagreement, options, []);
  const problem = await problemOf(disagreement, options, steps);
  if (start === undefined || problem === undefined) return undefined;
  const { path } = problem;
  const reason = disagreement.reason ?? "it broke its process";
  return reductionOf({
    ...{ adapter, options, start, problem, path, tried },
    pass: disagreement.pass,
    isExact: isExactProblem(problem),
    ...(steps === undefined ? { reason: `${reason}; asked alone it answers`, isFlaky: true } : { reason }),
  });
}
