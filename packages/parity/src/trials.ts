/**
 * What is asked in a run: cases of testkit's table, a pairwise cover of all factors, siblings of some, kernels by strides, generated
 * problems, and real filters over a real photograph, each with the data it is asked on.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import {
  CASES,
  type CaseData,
  type ConvCase,
  dataOf,
  isExactClass,
  passesOf,
  SPATIAL_CASES,
  type SpatialCase,
  seededRandom,
  sizeOf,
  VALUE_CLASSES,
  type ValueClass,
} from "@corr2d/testkit";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import { type GeneratedProblem, generateProblems, problemAt } from "./generate/arbitrary.ts";
import { everySize, largeArrays } from "./generate/every-size.ts";
import { kernelsByStrides } from "./generate/kernels-by-strides.ts";
import { withPaddingModes } from "./generate/modes.ts";
import { pairwiseCases } from "./generate/pairwise.ts";
import { poolsOf } from "./generate/pooled.ts";
import { type DataKind, dataOfProblem, isExactProblem, type Problem } from "./generate/problem.ts";
import { siblingsOf, twins } from "./generate/siblings.ts";
import { transposesOf } from "./generate/transposed.ts";
import { patternOf } from "./pattern.ts";
import { readPicture } from "./picture.ts";
import { type TrialContent, trialId } from "./record.ts";
import { loadRegressions } from "./shrink/regressions.ts";

export type { DataKind } from "./generate/problem.ts";

/** A case, what is asked of it, and on which data. */
export interface Trial extends TrialContent {
  /** Where fast-check finds the problem again, if it generated it … */
  readonly path?: string | undefined;
  /** … and from which seed. */
  readonly pathSeed?: number | undefined;
  /** Whether each question is put once: it is about shapes and options alone. */
  readonly isBrief?: boolean;
  /** Made when it is this trial's turn. Exact data make equality the test; others are judged by a bound. */
  data(): readonly (readonly [kind: DataKind, data: CaseData, isExact: boolean])[];
}

/** A share of the trials: the `index`-th of `count`, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Which trials. */
export interface TrialOptions {
  /** Of data and generated cases. */
  readonly seed: number;
  /** How many cases to generate beside the table. */
  readonly cases: number;
  /** The one generated problem of this path in the place of everything else. */
  readonly path?: string | undefined;
  /** Folder of failures that were found before; they come first. */
  readonly regressions?: string | undefined;
  readonly shard?: Shard | undefined;
  /** Only cases whose name holds this text … */
  readonly only?: string | undefined;
  /** … or fits one of these patterns, in which * stands for anything … */
  readonly include?: readonly string[] | undefined;
  /** … and none of these. */
  readonly exclude?: readonly string[] | undefined;
  /** Cases in the place of the table, the pairwise cover, the generated problems and the photograph. */
  readonly own?: readonly SpatialCase[] | undefined;
}

/**
 * The trials of a run: failures that were found before, the table, the pairwise cover, the generated problems, the
 * photograph. The shards of a run are disjoint and together are the whole; which trial falls into which depends on nothing
 * but its content or, if it is generated, on its number, so that nobody makes the problems of others.
 *
 * @throws RangeError if no problem lies at `path`.
 */
export async function selectTrials(options: TrialOptions): Promise<readonly Trial[]> {
  const { seed, cases, path, regressions, shard, only, own, include = [], exclude = [] } = options;
  const [included, excluded] = [include, exclude].map((patterns) => patterns.map(patternOf));
  const isOwn = (trial: Trial): boolean => shard === undefined || isInShard(trial, shard);
  const asFound = (problem: GeneratedProblem): Trial => ({ ...problemTrial(problem), pathSeed: seed });
  const trials =
    path === undefined
      ? [
          ...(regressions === undefined ? [] : await loadRegressions(regressions)).map(problemTrial).filter(isOwn),
          ...(own ?? []).map((convCase) => seededTrial(convCase, seed)).filter(isOwn),
          ...(own === undefined ? tableTrials(seed) : []).filter(isOwn),
          ...(own === undefined ? generateProblems(seed, cases, shard) : []).map(asFound),
          ...(own === undefined ? await photographTrials(seed) : []).filter(isOwn),
        ]
      : [asFound(await problemAt(seed, path))].filter(isOwn);
  return trials
    .filter(({ convCase: { name } }) => only === undefined || name.includes(only))
    .filter(({ convCase: { name } }) => included!.length === 0 || included!.some((pattern) => pattern.test(name)))
    .filter(({ convCase: { name } }) => !excluded!.some((pattern) => pattern.test(name)));
}

/** The cases that every run asks on every class of values. */
function tableCases(): readonly SpatialCase[] {
  return [...CASES, ...SPATIAL_CASES, ...pairwiseCases()];
}

/** Every so many cases have siblings: all of them would be most of a run. */
const CASES_FOR_A_FAMILY = 8;
/** One in so many of the kernels by strides is transposed, and as many pad by what they show. */
const KERNELS_FOR_ANOTHER = 3;

/** What padding modes and transposed convolutions are asked on: the sums are those of convolutions, which are asked on every class. */
const CLASSES_OF_OTHERS: readonly ValueClass[] = ["exact", "real", "non-finite", "non-finite weights"];
/** Pooling has no weights; what it makes of a NaN libraries do not agree about. */
const CLASSES_OF_POOLS: readonly ValueClass[] = ["exact", "real", "huge"];

/** A case of every run, on which classes of values it is asked, and whether it is about shapes and options alone. */
interface NamedCase {
  readonly convCase: SpatialCase;
  readonly classes: readonly ValueClass[];
  readonly isBrief: boolean;
}

/**
 * Cases that every run asks. Those that plans kept by too little take for others follow each other, the first of a run too: while
 * they are few, whatever is kept is kept still.
 */
function tableOf(): readonly NamedCase[] {
  const byStrides = kernelsByStrides();
  const some = (cases: readonly SpatialCase[], which: number): readonly SpatialCase[] =>
    cases.filter((_, i) => i % KERNELS_FOR_ANOTHER === which);
  // What no output sees is output padding when it is transposed.
  const ofKernels = [
    ...transposesOf(some(kernelsByStrides(1), 0)),
    ...withPaddingModes(some(byStrides, 1)),
    ...poolsOf(some(byStrides, 2)),
  ];
  const varied = [...SPATIAL_CASES, ...pairwiseCases()];
  const others = [...transposesOf(varied), ...withPaddingModes(varied)];
  const ofShapes = (cases: readonly SpatialCase[]): NamedCase[] =>
    cases.map((convCase) => ({ convCase, classes: ["exact"], isBrief: true }));
  const all = [
    ...tableCases().flatMap((convCase, i): NamedCase[] => [
      { convCase, classes: VALUE_CLASSES, isBrief: false },
      ...(i % CASES_FOR_A_FAMILY === 0 ? ofShapes(siblingsOf(convCase)) : []),
      ...(i === 0 ? ofShapes(twins()) : []),
    ]),
    ...others.map((convCase) => ({ convCase, classes: CLASSES_OF_OTHERS, isBrief: false })),
    ...poolsOf([...CASES, ...varied]).map((convCase) => ({ convCase, classes: CLASSES_OF_POOLS, isBrief: false })),
    ...ofShapes([...byStrides, ...ofKernels]),
    // Values at random show a block that is computed in a format of fewer bits, too.
    ...everySize().map((convCase): NamedCase => ({ convCase, classes: ["real"], isBrief: true })),
    ...ofShapes(largeArrays()),
  ];
  return [...new Map(all.map((named) => [named.convCase.name, named])).values()];
}

function tableTrials(seed: number): readonly Trial[] {
  return tableOf().map(({ convCase, classes, isBrief }) => ({ ...seededTrial(convCase, seed, classes), isBrief }));
}

/** All cases that have a name of their own. */
export function namedCases(): readonly SpatialCase[] {
  return tableOf().map(({ convCase }) => convCase);
}

/** Digits of a trial's id that decide: 2³² is many times more than there are shards. */
const SHARD_DIGITS = 8;

function isInShard(trial: Trial, { index, count }: Shard): boolean {
  return Number.parseInt(trialId(trial).slice(0, SHARD_DIGITS), 16) % count === index - 1;
}

/** Every pass of a case, on every class of values, or on those that are named. */
export function seededTrial(
  convCase: SpatialCase,
  seed: number,
  classes: readonly ValueClass[] = VALUE_CLASSES,
): Trial {
  return {
    convCase,
    passes: passesOf(convCase),
    seed,
    kinds: classes,
    data: () => classes.map((values) => [values, dataOf(convCase, values, seed), isExactClass(values)]),
  };
}

/** Every pass of a problem. */
export function problemTrial(problem: Problem & { readonly path?: string | undefined }): Trial {
  const { convCase, values, seed, path, given } = problem;
  return {
    convCase,
    passes: passesOf(convCase),
    seed,
    path,
    kinds: [values],
    given,
    data: () => [[values, dataOfProblem(problem), isExactProblem(problem)]],
  };
}

/** A filter that people use, for one channel. */
interface ImageFilter {
  readonly name: string;
  readonly size: number;
  /** Row-major. Integers, or multiples of a power of two: on 8-bit pixels every sum is exact in float32. */
  readonly kernels: readonly (readonly number[])[];
}

const BINOMIAL = [1, 4, 6, 4, 1];

const IMAGE_FILTERS: readonly ImageFilter[] = [
  {
    name: "Sobel",
    size: 3,
    kernels: [
      [-1, 0, 1, -2, 0, 2, -1, 0, 1],
      [-1, -2, -1, 0, 0, 0, 1, 2, 1],
    ],
  },
  { name: "Laplacian", size: 3, kernels: [[0, 1, 0, 1, -4, 1, 0, 1, 0]] },
  { name: "Gaussian", size: 5, kernels: [BINOMIAL.flatMap((row) => BINOMIAL.map((column) => (row * column) / 256))] },
];

/** The forward pass of each filter over the photograph of a cat, channel by channel, and of a random 3 → 8 convolution. */
async function photographTrials(seed: number): Promise<readonly Trial[]> {
  const { chelsea } = PHOTOGRAPHS;
  const { data: pixels } = await readPicture(fileURLToPath(chelsea.url));
  const { height, width, channels } = chelsea;
  const about = (
    name: string,
    convCase: Omit<ConvCase, "name" | "inputShape" | "strides" | "dilations" | "padding">,
  ) => ({
    name: `photograph ${chelsea.name}: ${name}`,
    inputShape: [1, height, width, channels] as const,
    strides: [1, 1] as const,
    dilations: [1, 1] as const,
    padding: "same" as const,
    ...convCase,
  });
  const forward = (convCase: ConvCase, kind: ValueClass, weights: () => Omit<CaseData, "x" | "dy">): Trial => ({
    convCase,
    passes: ["forward"],
    seed,
    kinds: [kind],
    // No gradient is asked for, so there is none to come in.
    data: () => [[kind, { x: pixels, dy: new Float32Array(), ...weights() }, isExactClass(kind)]],
  });

  const filtered = IMAGE_FILTERS.map(({ name, size, kernels }) => {
    const outChannels = channels * kernels.length;
    const filterShape = [size, size, 1, outChannels] as const;
    return forward(about(`${name} ${size}×${size}`, { filterShape, groups: channels, bias: false }), "exact", () => ({
      filter: Float32Array.from({ length: sizeOf(filterShape) }, (_, i) => {
        const [tap, channel] = [Math.floor(i / outChannels), i % outChannels];
        return kernels[channel % kernels.length][tap];
      }),
      bias: undefined,
    }));
  });
  const filterShape = [3, 3, channels, 8] as const;
  const learnt = forward(about("random 3→8", { filterShape, groups: 1, bias: true }), "real", () => {
    const random = seededRandom(seed, "filters of the photograph");
    const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
    return { filter: normal(sizeOf(filterShape)), bias: normal(8) };
  });
  return [...filtered, learnt];
}
