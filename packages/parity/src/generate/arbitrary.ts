/**
 * Problems at random, for fast-check: it draws them, replays the one that a seed and a path name, and drives the search
 * for a smaller one that fails alike. The n-th problem of a seed depends on nothing but both.
 *
 * @module
 */

import { describeCase } from "@corr2d/testkit";
import { Arbitrary, asyncProperty, check, type Random, Stream, sample, Value } from "fast-check";
import { drawProblem } from "./draw.ts";
import { withPaddingMode } from "./modes.ts";
import { poolOf } from "./pooled.ts";
import { isPossible, type Problem } from "./problem.ts";
import type { Drawn } from "./sizes.ts";
import { smallerProblems } from "./smaller.ts";
import { transposeOf } from "./transposed.ts";

/** A problem and the path that, with the seed, leads to it again. */
export interface GeneratedProblem extends Problem {
  readonly path: string;
}

/** The problem of a seed and an index, which depends on nothing else: the others need not be made. */
export function generateProblem(seed: number, index: number): GeneratedProblem {
  const [problem] = sample(ANY_PROBLEM, { seed: seedOf(seed, index), numRuns: 1 });
  return { ...problem!, path: String(index) };
}

/** The first `count` problems of a seed, or a share of them: the `index`-th of `count`, from 1. Those of others are not made. */
export function generateProblems(
  seed: number,
  count: number,
  share: { readonly index: number; readonly count: number } = { index: 1, count: 1 },
): readonly GeneratedProblem[] {
  const problems: GeneratedProblem[] = [];
  for (let index = 0; index < count; index++) {
    if ((seedOf(seed, index) >>> 0) % share.count === share.index - 1) problems.push(generateProblem(seed, index));
  }
  return problems;
}

/**
 * The problem that a seed and a path lead to: `"17"` is the eighteenth, `"17:0:3"` what shrinking made of it.
 *
 * @throws RangeError if no problem lies there.
 */
export async function problemAt(seed: number, path: string): Promise<GeneratedProblem> {
  let found: Problem | undefined;
  const find = asyncProperty(ANY_PROBLEM, async (problem) => {
    found ??= problem;
  });
  if (PATH.test(path)) await check(find, { ...start(seed, path), numRuns: 1, endOnFailure: true });
  if (found === undefined) {
    throw new RangeError(
      `parity: no problem lies at path ${JSON.stringify(path)} of seed ${seed}; paths look like 17 or 17:0:3`,
    );
  }
  return { ...found, path };
}

/** An index, and the steps that led from its problem to a smaller one. */
const PATH = /^\d+(:\d+)*$/;

/** Where fast-check begins: each problem is the first of a seed of its own. */
function start(seed: number, path: string): { readonly seed: number; readonly path: string } {
  const [index, ...steps] = path.split(":");
  return { seed: seedOf(seed, Number(index)), path: ["0", ...steps].join(":") };
}

/** What shrinking found. */
export interface Shrunk {
  readonly problem: Problem;
  /** Path that leads from the seed to it; absent where the problem did not come from a seed. */
  readonly path: string | undefined;
  /** Problems that were tried. */
  readonly tried: number;
}

/** Trying more than this is seldom worth the wait. */
const MAX_TRIED = 5_000;

/**
 * The smallest problem that still fails, as far as one step after the other leads.
 *
 * @param from the problem that fails; with the seed and path it was generated from, if it was.
 * @param fails whether a problem fails. It is not asked again about `from` if it says no: then `from` is the result.
 */
export async function shrink(
  from: Problem & { readonly path?: string | undefined },
  generatorSeed: number,
  fails: (problem: Problem) => Promise<boolean>,
): Promise<Shrunk> {
  let tried = 0;
  const holds = asyncProperty(ANY_PROBLEM, async (problem) => {
    if (tried >= MAX_TRIED) return true;
    tried++;
    return !(await fails(problem));
  });
  const { path, ...problem } = from;
  const origin = path === undefined ? { examples: [[problem]] as [Problem][], seed: 0 } : start(generatorSeed, path);
  const { counterexample, counterexamplePath } = await check(holds, { ...origin, numRuns: 1 });
  const [, ...steps] = counterexamplePath?.split(":") ?? [];
  return {
    problem: counterexample?.[0] ?? problem,
    path: path === undefined ? undefined : [...(steps.length > 0 ? [path.split(":")[0]] : [path]), ...steps].join(":"),
    tried,
  };
}

/** 32 bits for fast-check that differ for every index below 2³², and for seeds that differ in any bit. */
function seedOf(seed: number, index: number): number {
  const high = Math.floor(seed / 2 ** 32) | 0;
  return scrambled((scrambled((seed | 0) ^ scrambled(high ^ HIGH_BITS)) + index) | 0);
}

const HIGH_BITS = 0x9e3779b9;

/** MurmurHash3's finaliser, which gives every 32 bits others. */
function scrambled(bits: number): number {
  let h = bits;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * One in so many is a transposed convolution, and as many pool; twice as many pad by what they show. Few implementations are asked
 * for any of these.
 */
const PROBLEMS_OF_A_KIND = 24;

/** What a convolution is made into; undefined where it stays what it is. */
function otherwise(drawn: Drawn, kind: number, mode: number): Drawn | undefined {
  if (kind === 1) return transposeOf(drawn);
  if (kind <= 3) return withPaddingMode(drawn, mode);
  return kind === 4 ? poolOf(drawn, mode) : undefined;
}

class ProblemArbitrary extends Arbitrary<Problem> {
  override generate(random: Random): Value<Problem> {
    for (;;) {
      const { drawn, values } = drawProblem(random);
      const seed = random.nextInt(0, 2 ** 31 - 1);
      const kind = random.nextInt(1, PROBLEMS_OF_A_KIND);
      const mode = random.nextInt(0, 2 ** 16);
      if (!isPossible({ name: "", ...drawn })) continue;
      const about = otherwise(drawn, kind, mode) ?? drawn;
      const convCase = { name: `generated: ${describeCase(about)}`, ...about };
      return new Value({ convCase, values: convCase.pool === "max" ? "real" : values, seed }, undefined);
    }
  }

  // A problem says by itself what is smaller.
  override canShrinkWithoutContext(value: unknown): value is Problem {
    return typeof value === "object" && value !== null && "convCase" in value;
  }

  override shrink(problem: Problem): Stream<Value<Problem>> {
    const smaller = function* (): IterableIterator<Value<Problem>> {
      for (const candidate of smallerProblems(problem)) yield new Value(candidate, undefined);
    };
    return new Stream(smaller());
  }
}

const ANY_PROBLEM: Arbitrary<Problem> = new ProblemArbitrary();
