/**
 * Mistakes that show only at a size: beyond a block of channels, terms, cells, images or taps, at one shape that somebody
 * wrote a kernel for, or in a format that is taken where the sizes fit. Whoever asks for little sees none of them.
 *
 * @module
 */

import type { CaseData, CasePass } from "@corr2d/testkit";
import { USUAL_REACH } from "../adapter.ts";
import { type Asked, type CaseSizes, type Mutant, ofData, ofResult } from "./mutant.ts";
import { withBits } from "./slips.ts";

type Condition = readonly [id: string, words: string, applies: (sizes: CaseSizes) => boolean];
type Change = (result: Float32Array, asked: Asked) => Float32Array;

/** Blocks, and shapes that have kernels of their own. */
const CONDITIONS: readonly Condition[] = [
  ...[16, 32, 64, 128, 256, 512].map(
    (most): Condition => [
      `channels-over-${most}`,
      `more than ${most} channels in`,
      ({ inChannels }) => inChannels > most,
    ],
  ),
  ...[32, 64, 128, 256, 512].map(
    (most): Condition => [`filters-over-${most}`, `more than ${most} channels out`, (s) => s.outChannels > most],
  ),
  ...[256, 512, 1024, 2048, 4096].map(
    (most): Condition => [`terms-over-${most}`, `sums of more than ${most} products`, ({ terms }) => terms > most],
  ),
  ...[16, 32, 64, 128].map(
    (most): Condition => [`rows-over-${most}`, `rows beyond ${most} cells`, (s) => s.width > most],
  ),
  ...[4, 8, 16].map((least): Condition => [`batch-from-${least}`, `${least} images or more`, (s) => s.batch >= least]),
  ...[7, 9, 11].map((most): Condition => [`kernel-over-${most}`, `a kernel beyond ${most}`, (s) => s.kernel > most]),
  [
    "channels-odd-past-32",
    "channels past 32 that are no multiple of 4",
    (s) => s.inChannels > 32 && s.inChannels % 4 > 0,
  ],
  ["channels-32-exactly", "exactly 32 channels in", (s) => s.inChannels === 32],
  ["channels-one-below-64", "63 channels in", (s) => s.inChannels === 63],
  ["channels-one-past-64", "65 channels in", (s) => s.inChannels === 65],
  ["filters-one-past-128", "129 channels out", (s) => s.outChannels === 129],
  ["depthwise-24", "depthwise, 24 channels", (s) => s.depthwise && s.inChannels === 24],
  ["depthwise-over-64", "depthwise, more than 64 channels", (s) => s.depthwise && s.inChannels > 64],
  ["depthwise-5x5-strided", "depthwise, 5×5, stride 2", (s) => s.depthwise && s.kernel === 5 && s.stride === 2],
  [
    "depthwise-not-times-8",
    "depthwise, past 8 channels, no multiple of 8",
    (s) => s.depthwise && s.inChannels > 8 && s.inChannels % 8 > 0,
  ],
  ["pointwise-64", "1×1 with 64 channels", (s) => s.taps === 1 && s.inChannels === 64],
  [
    "pointwise-strided",
    "1×1 with a stride, past 16 channels",
    (s) => s.taps === 1 && s.stride > 1 && s.inChannels > 16,
  ],
  ["stem-7x7", "7×7, stride 2", (s) => s.taps === 49 && s.stride === 2],
  ["stem-of-three", "3 channels in, 16 or more out", (s) => s.inChannels === 3 && s.outChannels >= 16],
  ["dilated-past-32", "dilated, more than 32 channels", (s) => s.dilated && s.inChannels > 32],
  ["patch-embedding", "a stride of 4 or more that is the kernel", (s) => s.stride >= 4 && s.kernel === s.stride],
  ["one-by-seven", "a kernel of 1×7", (s) => s.kernel === 7 && s.taps === 7],
  ["narrow-groups-32", "32 groups of several channels", (s) => s.groups === 32 && s.inChannels > 32],
  // Past what most tests go to.
  ["channels-over-1024", "more than 1,024 channels in", (s) => s.inChannels > 1024],
  ["filters-over-1024", "more than 1,024 channels out", (s) => s.outChannels > 1024],
  ["batch-from-32", "32 images or more", (s) => s.batch >= 32],
  ["kernel-over-16", "a kernel beyond 16", (s) => s.kernel > 16],
  ["taps-over-256", "more than 256 taps", (s) => s.taps > 256],
  ["rows-over-1024", "rows beyond 1,024 cells", (s) => s.width > 1024],
  ["terms-over-8192", "sums of more than 8,192 products", (s) => s.terms > 8192],
  ["cells-over-16384", "more than 16,384 outputs", (s) => s.cells > 16384],
  ["elements-past-16-bits", "an array past 65,536 elements", (s) => s.elements > 65536],
  ["dilation-over-4", "a dilation beyond 4", (s) => s.dilation > 4],
  ["stride-over-4", "a stride beyond 4 within its kernel", (s) => s.stride > 4 && s.kernel > s.stride],
  ["padding-past-kernel", "padding that some output sees alone", (s) => s.padsPastKernel && s.kernel > 1],
  // Tails of blocks, and arrays past what small offsets reach.
  [
    "rows-tail-of-48",
    "output rows past 48, 1 to 3 cells more than blocks of it",
    (s) => isTail(s.outputs.at(-1)!, 48, 3),
  ],
  ["rows-one-past-96", "rows of one cell more than blocks of 96", (s) => isTail(s.width, 96, 1)],
  ["columns-one-past-256", "columns of 257 cells", (s) => s.height === 257],
  ["filters-one-past-96", "one channel out more than blocks of 96", (s) => isTail(s.outChannels, 96, 1)],
  ["channels-one-below-384", "383 channels in", (s) => s.inChannels === 383],
  ["depthwise-one-past-192", "depthwise, 193 channels", (s) => s.depthwise && s.inChannels === 193],
  ["batch-13", "13 images", (s) => s.batch === 13],
  ["groups-11", "11 groups of several channels", (s) => s.groups === 11 && s.inChannels > 11],
  ["elements-past-20-bits", "an array past 1,048,576 elements", (s) => s.elements > 2 ** 20],
  ["columns-past-21-bits", "an image past 2,097,152 columns of its patches", (s) => s.cells * s.terms > 2 ** 21],
  [
    "odd-tiles",
    "3×3 of 8 channels or more, both axes of the output odd and past 8",
    (s) => s.taps === 9 && s.stride === 1 && s.inChannels >= 8 && s.outputs.every((n) => n > 8 && n % 2 === 1),
  ],
  [
    "multiplied-past-256",
    "depthwise with a multiplier, more than 256 channels out",
    (s) => s.depthwise && s.outChannels > Math.max(256, s.inChannels),
  ],
  ["square-127", "127 channels in and out", (s) => s.inChannels === 127 && s.outChannels === 127],
  // Where two things meet.
  [
    "odd-groups",
    "an odd number of several groups of several channels",
    (s) => s.groups > 4 && s.groups % 2 === 1 && s.inChannels > s.groups,
  ],
  ["groups-64", "64 groups of several channels", (s) => s.groups === 64 && s.inChannels > 64],
  [
    "multiplier-past-8",
    "depthwise with a multiplier of 3 or more past 8 channels",
    (s) => s.depthwise && s.inChannels > 8 && s.outChannels >= 3 * s.inChannels,
  ],
  ["depthwise-dilated", "depthwise and dilated past 32 channels", (s) => s.depthwise && s.dilated && s.inChannels > 32],
  [
    "depthwise-batch",
    "depthwise past 32 channels, 4 images or more",
    (s) => s.depthwise && s.batch >= 4 && s.inChannels >= 32,
  ],
  ["depthwise-kernel-over-9", "depthwise, a kernel beyond 9", (s) => s.depthwise && s.kernel > 9],
  [
    "pointwise-batch",
    "1×1 past 32 channels, 8 images or more",
    (s) => s.taps === 1 && s.batch >= 8 && s.inChannels >= 32,
  ],
  [
    "strides-differ",
    "strides that differ, past 16 channels",
    (s) => s.strides[0] !== s.strides[1] && s.inChannels >= 16,
  ],
  ["rows-strided", "rows past 256 cells with a stride of 2", (s) => s.width > 256 && s.strides.at(-1) === 2],
  ["one-long-row", "an image of one row past 32 cells", (s) => s.height === 1 && s.width > 32],
  ["tall", "an image 8 times as high as wide", (s) => s.height > 8 * s.width && s.inChannels > 2],
  ["one-to-many", "one channel in, more than 64 out", (s) => s.inChannels === 1 && s.outChannels > 64],
  [
    "many-to-one",
    "3×3 from more than 64 channels to one",
    (s) => s.taps === 9 && s.inChannels > 64 && s.outChannels === 1,
  ],
  ["kernel-is-image", "a kernel as large as the image, past 64 channels", (s) => s.kernelIsImage && s.inChannels > 64],
  ["even-kernel", "an even kernel past 32 channels", (s) => s.kernel % 2 === 0 && s.inChannels > 32 && s.groups === 1],
  [
    "body-256",
    "3×3 of 256 channels or more with stride 2",
    (s) => s.taps === 9 && s.inChannels >= 256 && s.stride === 2,
  ],
];

/** Whether a size is past a block, and a few more than whole blocks of it. */
function isTail(size: number, block: number, most: number): boolean {
  return size > block && size % block > 0 && size % block <= most;
}

/** What is wrong then: each sits in few elements, as a block's edge does. */
const CHANGES: readonly (readonly [id: string, words: string, change: Change])[] = [
  ["last-lost", "the last element is not written", (y) => y.with(y.length - 1, 0)],
  ["tail-doubled", "the last element is added twice", (y) => y.with(y.length - 1, 2 * y.at(-1)!)],
  [
    "neighbours-swapped",
    "the last two elements are exchanged",
    (y) => (y.length > 1 ? y.with(-1, y.at(-2)!).with(-2, y.at(-1)!) : y),
  ],
  [
    "tail-stale",
    "the last quarter is that of the first",
    (y) => {
      const quarter = y.length >> 2;
      const stale = y.slice();
      stale.copyWithin(y.length - quarter, 0, quarter);
      return quarter === 0 ? y.map((value) => -value) : stale;
    },
  ],
];

const PASSES: readonly CasePass[] = ["forward", "inputGradient", "filterGradient"];

/** Each condition with one change in one pass, in turn, so that all of both are met. */
const BLOCK_MUTANTS: readonly Mutant[] = CONDITIONS.map(([id, words, applies], i) => {
  const [change, what, apply] = CHANGES[i % CHANGES.length]!;
  // Half of all are wrong forward: that is what most implementations have alone.
  const pass = i % 2 === 0 ? "forward" : PASSES[(i >> 1) % PASSES.length]!;
  return ofResult(
    { id: `${id}-${change}`, what: `${what} with ${words}, ${pass}`, kind: "size" },
    apply,
    (sizes, _, asked) => {
      return asked === pass && applies(sizes);
    },
  );
});

/** Kernels and strides that few networks have together, where each channel or group has filters of its own, in one gradient. */
const STRIDED_MUTANTS: readonly Mutant[] = (
  [
    ["depthwise-7x7-strided", "depthwise, 7×7, stride 2", 7, 2, "inputGradient", (s) => s.depthwise],
    ["depthwise-7x7-strided", "depthwise, 7×7, stride 2", 7, 2, "filterGradient", (s) => s.depthwise],
    ["depthwise-5x5-stride-4", "depthwise, 5×5, stride 4", 5, 4, "inputGradient", (s) => s.depthwise],
    ["depthwise-9x9-stride-3", "depthwise, 9×9, stride 3", 9, 3, "filterGradient", (s) => s.depthwise],
    ["depthwise-even-stride-3", "depthwise, 4×4, stride 3", 4, 3, "inputGradient", (s) => s.depthwise],
    ["grouped-7x7-strided", "groups of several channels, 7×7, stride 2", 7, 2, "inputGradient", isGrouped],
    ["grouped-5x5-stride-3", "groups of several channels, 5×5, stride 3", 5, 3, "filterGradient", isGrouped],
  ] as readonly (readonly [string, string, number, number, CasePass, (sizes: CaseSizes) => boolean])[]
).map(([id, words, kernel, stride, pass, isOfKind], i) => {
  const [change, what, apply] = CHANGES[i % CHANGES.length]!;
  return ofResult(
    { id: `${id}-${pass}-${change}`, what: `${what} with ${words}, ${pass}`, kind: "size" },
    apply,
    (sizes, _, asked) => asked === pass && sizes.kernel === kernel && sizes.stride === stride && isOfKind(sizes),
  );
});

function isGrouped({ groups, inChannels }: CaseSizes): boolean {
  return groups > 1 && inChannels > groups;
}

/** Sequences and volumes of which each channel has filters of its own. */
const DEPTHWISE_AXES_MUTANTS: readonly Mutant[] = (
  [
    ["depthwise-volumes", "depthwise volumes", 3, "forward", () => true],
    ["depthwise-volumes", "depthwise volumes", 3, "inputGradient", () => true],
    ["depthwise-volumes-strided", "depthwise volumes with a stride", 3, "filterGradient", (s) => s.stride > 1],
    ["depthwise-volumes-past-8", "depthwise volumes past 8 channels", 3, "inputGradient", (s) => s.inChannels > 8],
    ["depthwise-sequences-9", "depthwise sequences, a kernel of 9", 1, "filterGradient", (s) => s.kernel === 9],
  ] as readonly (readonly [string, string, number, CasePass, (sizes: CaseSizes) => boolean])[]
).map(([id, words, rank, pass, applies], i) => {
  const [change, what, apply] = CHANGES[i % CHANGES.length]!;
  return ofResult(
    { id: `${id}-${pass}-${change}`, what: `${what} with ${words}, ${pass}`, kind: "size" },
    apply,
    (sizes, _, asked) => asked === pass && sizes.depthwise && applies(sizes),
    { ...USUAL_REACH, ranks: [rank] },
  );
});

/** Bias gradients whose sums are kept in a format of fewer bits once they are long. */
const LONG_SUM_MUTANTS: readonly Mutant[] = (
  [
    ["tf32-bias-gradients-past-4096", "bias gradients of more than 4,096 terms, kept in TF32", 11, 4096],
    ["16-bit-bias-gradients-past-1024", "bias gradients of more than 1,024 terms, kept in 16 bits", 16, 1024],
  ] as const
).map(([id, what, bits, most]) =>
  ofResult(
    { id, what, kind: "size" },
    (y, { data }) => {
      const sums = new Float32Array(y.length);
      for (const [i, term] of data.dy.entries()) {
        sums[i % sums.length] = withBits(sums[i % sums.length]! + term, bits);
      }
      return sums;
    },
    ({ terms }, _, pass) => pass === "biasGradient" && terms > most,
  ),
);

/** Factors in a format of fewer bits. */
export function cut(bits: number): (data: CaseData) => CaseData {
  const each = (array: Float32Array): Float32Array => array.map((value) => withBits(value, bits));
  return ({ x, filter, bias, dy }) => ({ x: each(x), filter: each(filter), bias, dy: each(dy) });
}

/** Formats that are taken where the sizes fit the hardware. */
const FORMAT_MUTANTS: readonly Mutant[] = (
  [
    [
      "tf32-times-32",
      "TF32 where channels are multiples of 32",
      11,
      (s) => s.inChannels % 32 === 0 && s.outChannels % 32 === 0,
    ],
    ["tf32-past-64", "TF32 past 64 channels", 11, (s) => s.inChannels > 64],
    ["tf32-past-256", "TF32 past 256 channels", 11, (s) => s.inChannels > 256],
    ["tf32-past-512-terms", "TF32 in sums of more than 512 products", 11, (s) => s.terms > 512],
    ["bf16-past-128", "bfloat16 past 128 channels", 8, (s) => s.inChannels > 128],
    ["bf16-pointwise", "bfloat16 in 1×1 past 16 channels", 8, (s) => s.taps === 1 && s.inChannels > 16],
    ["f16-past-1024-terms", "float16 in sums of more than 1,024 products", 11, (s) => s.terms > 1024],
    ["16-bits-past-128", "16 bits of each factor past 128 channels", 16, (s) => s.inChannels > 128],
    ["18-bits-past-32", "18 bits of each factor past 32 channels", 18, (s) => s.inChannels > 32],
    ["tf32-depthwise", "TF32 in depthwise convolutions past 16 channels", 11, (s) => s.depthwise && s.inChannels > 16],
    ["tf32-batch-4", "TF32 from 4 images on", 11, (s) => s.batch >= 4],
    ["tf32-large-kernels", "TF32 in kernels beyond 7", 11, (s) => s.kernel > 7],
  ] as readonly (readonly [string, string, number, (sizes: CaseSizes) => boolean])[]
).map(([id, what, bits, applies]) => ofData({ id, what, kind: "size" }, cut(bits), (sizes) => applies(sizes)));

/** Sums that end at a block, and begin anew or not at all. */
const TERM_MUTANTS: readonly Mutant[] = [64, 256, 1024].flatMap((block) => [
  ofData(
    { id: `terms-end-at-${block}`, what: `products after the first ${block} are forgotten`, kind: "size" },
    (data, { convCase }) => ({
      ...data,
      filter: data.filter.map((weight, i) => (termOf(i, convCase.filterShape) < block ? weight : 0)),
    }),
    ({ terms }, _, pass) => pass === "forward" && terms > block,
  ),
  ofData(
    {
      id: `remainder-of-${block}-lost`,
      what: `what is left of the products after whole blocks of ${block} is forgotten`,
      kind: "size",
    },
    (data, { convCase, sizes }) => ({
      ...data,
      filter: data.filter.map((weight, i) =>
        termOf(i, convCase.filterShape) < sizes.terms - (sizes.terms % block) ? weight : 0,
      ),
    }),
    ({ terms }, _, pass) => pass === "forward" && terms > block && terms % block > 0,
  ),
]);

function termOf(index: number, filterShape: readonly number[]): number {
  return Math.floor(index / filterShape.at(-1)!);
}

/** All of them. */
export const SIZE_MUTANTS: readonly Mutant[] = [
  ...BLOCK_MUTANTS,
  ...STRIDED_MUTANTS,
  ...DEPTHWISE_AXES_MUTANTS,
  ...LONG_SUM_MUTANTS,
  ...FORMAT_MUTANTS,
  ...TERM_MUTANTS,
];
