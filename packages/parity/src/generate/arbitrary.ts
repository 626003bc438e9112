/**
 * Problems at random, for fast-check: it draws them, replays the one that a seed and a path name, and drives the search
 * for a smaller one that fails alike. The n-th problem of a seed depends on nothing but both.
 *
 * @module
 */

import { describeCase, type SpatialCase, VALUE_CLASSES } from "@corr2d/testkit";
import { Arbitrary, asyncProperty, check, type Random, Stream, sample, Value } from "fast-check";
import { isPossible, type Problem } from "./problem.ts";
import { smallerProblems } from "./smaller.ts";

/** A problem and the path that, with the seed, leads to it again. */
export interface GeneratedProblem extends Problem {
  readonly path: string;
}

/** The first `count` problems of a seed. */
export function generateProblems(seed: number, count: number): readonly GeneratedProblem[] {
  if (count === 0) return [];
  const problems = sample(ANY_PROBLEM, { seed: toSeed(seed), numRuns: count });
  return problems.map((problem, index) => ({ ...problem, path: String(index) }));
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
  if (/^\d+(:\d+)*$/.test(path)) await check(find, { seed: toSeed(seed), path, numRuns: 1, endOnFailure: true });
  if (found === undefined) {
    throw new RangeError(
      `parity: no problem lies at path ${JSON.stringify(path)} of seed ${seed}; paths look like 17 or 17:0:3`,
    );
  }
  return { ...found, path };
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
 * @param start the problem that fails; with the seed and path it was generated from, if it was.
 * @param fails whether a problem fails. It is not asked again about `start` if it says no: then `start` is the result.
 */
export async function shrink(
  start: Problem & { readonly path?: string | undefined },
  generatorSeed: number,
  fails: (problem: Problem) => Promise<boolean>,
): Promise<Shrunk> {
  let tried = 0;
  const holds = asyncProperty(ANY_PROBLEM, async (problem) => {
    if (tried >= MAX_TRIED) return true;
    tried++;
    return !(await fails(problem));
  });
  const { path, ...problem } = start;
  const origin = path === undefined ? { examples: [[problem]] as [Problem][] } : { path };
  const { counterexample, counterexamplePath } = await check(holds, {
    ...origin,
    seed: toSeed(generatorSeed),
    numRuns: 1,
  });
  return {
    problem: counterexample?.[0] ?? problem,
    path: path === undefined ? undefined : (counterexamplePath ?? path),
    tried,
  };
}

/** fast-check takes 32 bits of a seed. */
function toSeed(seed: number): number {
  return seed | 0;
}

class ProblemArbitrary extends Arbitrary<Problem> {
  override generate(random: Random): Value<Problem> {
    for (;;) {
      const drawn = random.nextInt(0, 2) === 0 ? grown(random, drawCase(random)) : drawCase(random);
      const problem: Problem = {
        convCase: { name: `generated: ${describeCase(drawn)}`, ...drawn },
        values: pick(random, VALUE_CLASSES),
        seed: random.nextInt(0, 2 ** 31 - 1),
      };
      if (isPossible(problem.convCase)) return new Value(problem, undefined);
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

/** The most cells along an axis and the largest kernel, by number of axes: about as much work for each. */
const SIZES: Readonly<Record<number, { readonly cells: number; readonly kernels: readonly number[] }>> = {
  1: { cells: 24, kernels: [1, 2, 3, 4, 5, 7] },
  2: { cells: 10, kernels: [1, 2, 3, 3, 4, 5] },
  3: { cells: 5, kernels: [1, 2, 2, 3] },
};

/** Draws shapes and options, possible or not; what is usual is drawn more often than what is not. */
function drawCase(random: Random): Omit<SpatialCase, "name"> {
  const rank = pick(random, [1, 2, 2, 2, 2, 3]);
  const { cells, kernels } = SIZES[rank];
  const perAxis = <T>(draw: () => T): T[] => Array.from({ length: rank }, draw);
  const groups = pick(random, [1, 1, 1, 1, 2, 3, 4]);
  const groupInChannels = pick(random, [1, 1, 2, 3, 4, 5, 8]);
  const groupOutChannels = pick(random, [1, 1, 2, 3, 4, 7, 8]);
  const batch = pick(random, [1, 1, 1, 2, 3]);
  return {
    inputShape: [batch, ...perAxis(() => random.nextInt(1, cells)), groups * groupInChannels],
    filterShape: [...perAxis(() => pick(random, kernels)), groupInChannels, groups * groupOutChannels],
    strides: perAxis(() => pick(random, [1, 1, 1, 2, 2, 3])),
    padding: pick<() => SpatialCase["padding"]>(random, [
      () => "valid",
      () => "same",
      () => random.nextInt(0, 3),
      () => perAxis(() => [random.nextInt(0, 3), random.nextInt(0, 3)] as const),
    ])(),
    dilations: perAxis(() => pick(random, [1, 1, 1, 2, 3])),
    groups,
    bias: pick(random, [true, false]),
    layout: pick(random, ["channels last", "channels last", "channels last", "channels first"]),
    rounding: pick(random, ["floor", "floor", "floor", "round", "ceil"]),
  };
}

/** Products of a pass that a grown case may ask for. */
const BUDGET = 2 ** 20;

/** Sizes at which implementations cut their work into blocks; a fault shows at them, or one beside. */
const BLOCKS = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

function nearBlock(random: Random, most: number): number {
  return (
    pick(
      random,
      BLOCKS.filter((block) => block <= most),
    ) + pick(random, [-1, 0, 0, 1])
  );
}

/**
 * The case made large in one respect, as the layers of networks are, and small in the others until it is affordable: what is
 * wrong only beyond a block of channels, terms, cells, images or taps.
 */
function grown(random: Random, drawn: Omit<SpatialCase, "name">): Omit<SpatialCase, "name"> {
  const rank = drawn.strides.length;
  const [batch, ...cells] = drawn.inputShape.slice(0, -1) as [number, ...number[]];
  const kernels = drawn.filterShape.slice(0, -2);
  let { groups } = drawn;
  let [groupIn, out] = drawn.filterShape.slice(-2) as [number, number];
  let images = batch;
  const axis = random.nextInt(0, rank - 1);
  pick<() => void>(random, [
    () => {
      [groups, groupIn] = [1, nearBlock(random, 1024)];
    },
    () => {
      [groups, out] = [1, nearBlock(random, 1024)];
    },
    () => {
      [groups, groupIn, out] = [1, nearBlock(random, 128), nearBlock(random, 128)];
    },
    () => {
      const channels = nearBlock(random, 256);
      [groups, groupIn, out] = [channels, 1, channels * pick(random, [1, 1, 2])];
    },
    () => {
      images = pick(random, [4, 5, 7, 8, 9, 15, 16]);
    },
    () => {
      cells[axis] = nearBlock(random, 512);
    },
    () => {
      kernels[axis] = random.nextInt(6, 15);
      cells[axis] += kernels[axis]!;
    },
    () => {
      for (let i = Math.max(0, rank - 2); i < rank; i++) [kernels[i], cells[i]] = [pick(random, [7, 9, 11]), 16];
    },
  ])();
  const shrinkable = [...cells.keys(), -1];
  const products = (): number =>
    cells.reduce((product, size, i) => (product * size) / drawn.strides[i]!, images) *
    kernels.reduce((product, size) => product * size, groupIn * out);
  // The largest of the sizes that were not asked for is halved, until the whole is affordable.
  for (let turn = 0; products() > BUDGET && turn < 64; turn++) {
    const i = shrinkable[turn % shrinkable.length]!;
    if (i < 0) images = Math.max(1, images >> 1);
    else cells[i] = Math.max(kernels[i]!, cells[i]! >> 1);
    if (turn > 16) out = groups === 1 ? Math.max(1, out >> 1) : out;
    if (turn > 32 && groups === 1) groupIn = Math.max(1, groupIn >> 1);
  }
  return {
    ...drawn,
    groups,
    inputShape: [images, ...cells, groups * groupIn],
    filterShape: [...kernels, groupIn, out],
  };
}

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.nextInt(0, choices.length - 1)];
}
