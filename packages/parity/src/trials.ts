/**
 * What is asked in a run: cases of testkit's table, generated ones, and real filters over a real photograph, each with
 * the data it is asked on.
 *
 * @module
 */

import {
  CASE_PASSES,
  CASES,
  type CaseData,
  type CasePass,
  type ConvCase,
  exactData,
  generateCases,
  realData,
  seededRandom,
  sizeOf,
} from "@corr2d/testkit";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";

/** Exact data make equality the test; real data are judged by a bound. */
export type DataKind = "exact" | "real";

/** A case, what is asked of it, and on which data. */
export interface Trial {
  readonly convCase: ConvCase;
  readonly passes: readonly CasePass[];
  /** Made when it is this trial's turn. */
  data(): readonly (readonly [kind: DataKind, data: CaseData])[];
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
  readonly shard?: Shard | undefined;
  /** Only cases whose name holds this text. */
  readonly only?: string | undefined;
}

/**
 * The trials of a run: the table, the generated cases, the photograph. The shards of a run are disjoint and together
 * are the whole; which trial falls into which depends on nothing but its place.
 */
export async function selectTrials({ seed, cases, shard, only }: TrialOptions): Promise<readonly Trial[]> {
  const trials = [
    ...[...CASES, ...generateCases(seed, cases)].map((convCase) => seededTrial(convCase, seed)),
    ...(await photographTrials(seed)),
  ];
  return trials
    .filter((_, place) => shard === undefined || place % shard.count === shard.index - 1)
    .filter(({ convCase }) => only === undefined || convCase.name.includes(only));
}

/** Every pass of a case, on exact and on real data. */
export function seededTrial(convCase: ConvCase, seed: number): Trial {
  return {
    convCase,
    passes: CASE_PASSES,
    data: () => [
      ["exact", exactData(convCase, seed)],
      ["real", realData(convCase, seed)],
    ],
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
  const pixels = await readPhotograph(chelsea);
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
  const forward = (convCase: ConvCase, kind: DataKind, weights: () => Omit<CaseData, "x" | "dy">): Trial => ({
    convCase,
    passes: ["forward"],
    // No gradient is asked for, so there is none to come in.
    data: () => [[kind, { x: pixels, dy: new Float32Array(), ...weights() }]],
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

/** The photograph's 8-bit values, [height, width, channels]. */
async function readPhotograph(photograph: (typeof PHOTOGRAPHS)["chelsea"]): Promise<Float32Array> {
  const { default: sharp } = await import("sharp");
  const { fileURLToPath } = await import("node:url");
  const { width, height, channels, url } = photograph;
  const image = sharp(fileURLToPath(url), { limitInputPixels: width * height })
    .toColourspace("srgb")
    .removeAlpha();
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  if (info.width !== width || info.height !== height || info.channels !== channels) {
    throw new Error(
      `photograph ${photograph.name}: expected ${width}×${height}×${channels}, got ${info.width}×${info.height}×${info.channels}`,
    );
  }
  return Float32Array.from(data);
}
