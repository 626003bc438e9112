/**
 * Small cases in which convolutions go wrong: a table picked by hand, each case named after what is special about it, and
 * any number of generated ones.
 *
 * @module
 */

import { describeCase, resolveCase } from "./arithmetic.ts";
import type { ConvCase, SpatialCase } from "./case.ts";
import { seededRandom } from "./random.ts";

/** A case of the table: what is left out is as usual (stride 1, no padding, no dilation, one group, a bias). */
type Description = Pick<ConvCase, "inputShape" | "filterShape"> & Partial<Omit<ConvCase, "name">>;

const DESCRIPTIONS: Readonly<Record<string, Description>> = {
  // Kernels
  "textbook 2x2 on 3x3": { inputShape: [1, 3, 3, 1], filterShape: [2, 2, 1, 1], bias: false },
  "odd kernel": { inputShape: [1, 8, 9, 4], filterShape: [3, 3, 4, 8] },
  "even kernel": { inputShape: [1, 8, 9, 4], filterShape: [2, 2, 4, 8] },
  "large odd kernel": { inputShape: [1, 12, 11, 2], filterShape: [7, 7, 2, 3] },
  "large even kernel": { inputShape: [1, 11, 12, 2], filterShape: [6, 4, 2, 3] },
  "1x1 kernel": { inputShape: [1, 6, 5, 8], filterShape: [1, 1, 8, 16] },
  "tall kernel": { inputShape: [1, 9, 7, 3], filterShape: [5, 1, 3, 4] },
  "wide kernel": { inputShape: [1, 7, 9, 3], filterShape: [1, 5, 3, 4] },
  "non-square kernel, same": { inputShape: [1, 7, 6, 3], filterShape: [2, 5, 3, 4], padding: "same" },
  "kernel as large as the image": { inputShape: [2, 5, 6, 3], filterShape: [5, 6, 3, 4] },
  "kernel larger than the image": { inputShape: [1, 3, 4, 2], filterShape: [5, 6, 2, 3], padding: 2 },
  // Strides
  "stride 2": { inputShape: [1, 9, 9, 4], filterShape: [3, 3, 4, 8], strides: [2, 2] },
  "stride 2 that leaves cells over": { inputShape: [1, 8, 10, 4], filterShape: [3, 3, 4, 8], strides: [2, 2] },
  "stride differs by axis": { inputShape: [1, 10, 9, 3], filterShape: [3, 3, 3, 4], strides: [3, 2] },
  "1x1 kernel with stride 2": { inputShape: [1, 7, 8, 8], filterShape: [1, 1, 8, 12], strides: [2, 2], bias: false },
  "stride past the kernel": { inputShape: [1, 11, 13, 2], filterShape: [2, 3, 2, 5], strides: [4, 5] },
  "stride past the image": { inputShape: [2, 5, 6, 3], filterShape: [3, 3, 3, 4], strides: [7, 8] },
  // Padding
  "same, odd kernel": { inputShape: [1, 6, 7, 4], filterShape: [3, 3, 4, 8], padding: "same" },
  "same, even kernel: the odd cell after": { inputShape: [1, 6, 7, 4], filterShape: [4, 2, 4, 8], padding: "same" },
  "same, stride 2, even image": {
    inputShape: [1, 8, 8, 3],
    filterShape: [3, 3, 3, 4],
    strides: [2, 2],
    padding: "same",
  },
  "same, stride 2, odd image": {
    inputShape: [1, 9, 7, 3],
    filterShape: [3, 3, 3, 4],
    strides: [2, 2],
    padding: "same",
  },
  "same, stride past the kernel": {
    inputShape: [1, 9, 8, 2],
    filterShape: [2, 1, 2, 3],
    strides: [3, 4],
    padding: "same",
  },
  "same, dilated": { inputShape: [1, 8, 9, 3], filterShape: [3, 2, 3, 4], dilations: [2, 3], padding: "same" },
  "padding of one number": { inputShape: [1, 6, 5, 3], filterShape: [3, 3, 3, 4], padding: 1 },
  "padding of one number, non-square kernel and stride": {
    inputShape: [1, 7, 8, 2],
    filterShape: [5, 2, 2, 3],
    strides: [1, 2],
    padding: 2,
  },
  "padding differs on every side": {
    inputShape: [1, 5, 6, 3],
    filterShape: [3, 4, 3, 4],
    padding: [
      [0, 2],
      [3, 1],
    ],
  },
  "padding on one side only": {
    inputShape: [1, 5, 6, 3],
    filterShape: [3, 3, 3, 4],
    padding: [
      [2, 0],
      [0, 0],
    ],
  },
  "padding larger than the kernel": { inputShape: [1, 4, 3, 2], filterShape: [2, 2, 2, 3], padding: 4 },
  "padding larger than the kernel, without bias": {
    inputShape: [1, 4, 3, 2],
    filterShape: [2, 3, 2, 3],
    padding: [
      [3, 4],
      [5, 0],
    ],
    bias: false,
  },
  "stride steps over the whole image": {
    inputShape: [1, 2, 2, 2],
    filterShape: [1, 1, 2, 3],
    strides: [7, 7],
    padding: 4,
  },
  // Dilation
  "dilation 2": { inputShape: [1, 9, 10, 4], filterShape: [3, 3, 4, 8], dilations: [2, 2] },
  "dilation differs by axis": { inputShape: [1, 9, 10, 3], filterShape: [2, 4, 3, 4], dilations: [4, 2] },
  "dilation past the image": { inputShape: [1, 4, 5, 2], filterShape: [3, 3, 2, 3], dilations: [6, 7], padding: 7 },
  "stride and dilation together": {
    inputShape: [1, 11, 12, 3],
    filterShape: [3, 3, 3, 4],
    strides: [2, 2],
    dilations: [2, 2],
  },
  "stride and dilation without common divisor": {
    inputShape: [2, 13, 12, 2],
    filterShape: [3, 4, 2, 4],
    strides: [2, 3],
    dilations: [3, 2],
    padding: [
      [2, 3],
      [1, 4],
    ],
  },
  // Groups
  "2 groups": { inputShape: [1, 6, 7, 8], filterShape: [3, 3, 4, 16], groups: 2 },
  "groups of odd size": { inputShape: [2, 5, 6, 9], filterShape: [3, 2, 3, 15], groups: 3, padding: "same" },
  "groups, stride and dilation": {
    inputShape: [1, 10, 9, 4],
    filterShape: [3, 3, 2, 6],
    strides: [2, 1],
    dilations: [1, 2],
    groups: 2,
    padding: 1,
  },
  "depthwise as groups": { inputShape: [1, 7, 8, 8], filterShape: [3, 3, 1, 8], groups: 8, padding: 1 },
  "depthwise as groups, multiplier 2": { inputShape: [1, 7, 8, 5], filterShape: [3, 3, 1, 10], groups: 5, padding: 1 },
  "depthwise as groups, stride 2": {
    inputShape: [1, 9, 8, 6],
    filterShape: [3, 3, 1, 6],
    strides: [2, 2],
    groups: 6,
    padding: "same",
    bias: false,
  },
  // Channels
  "1 channel in, 1 out": { inputShape: [1, 9, 11, 1], filterShape: [3, 3, 1, 1] },
  "1 channel in, many out": { inputShape: [1, 9, 8, 1], filterShape: [5, 5, 1, 6] },
  "3 channels in": { inputShape: [1, 8, 8, 3], filterShape: [3, 3, 3, 16], padding: 1 },
  "many channels in, 1 out": { inputShape: [1, 7, 6, 12], filterShape: [3, 3, 12, 1] },
  "channels no multiple of 4": { inputShape: [1, 6, 6, 7], filterShape: [3, 3, 7, 9] },
  "channels multiple of 4, not of 8": { inputShape: [1, 6, 6, 12], filterShape: [3, 3, 12, 20] },
  "channels one past 8 and 16": { inputShape: [1, 5, 6, 9], filterShape: [3, 3, 9, 17] },
  "channels multiple of 8": { inputShape: [1, 6, 6, 16], filterShape: [3, 3, 16, 24] },
  // Sizes
  "fewer pixels than a 4x4 tile": { inputShape: [1, 4, 3, 8], filterShape: [3, 2, 8, 8] },
  "one pixel out": { inputShape: [1, 3, 3, 4], filterShape: [3, 3, 4, 8] },
  "one pixel in": { inputShape: [1, 1, 1, 3], filterShape: [1, 1, 3, 4] },
  "one pixel in, padded": { inputShape: [1, 1, 1, 3], filterShape: [3, 3, 3, 4], padding: 1 },
  "one row": {
    inputShape: [1, 1, 13, 3],
    filterShape: [1, 3, 3, 4],
    padding: [
      [0, 0],
      [1, 1],
    ],
  },
  "one column": { inputShape: [1, 13, 1, 3], filterShape: [3, 1, 3, 4], padding: "same" },
  "prime sizes": { inputShape: [1, 13, 17, 5], filterShape: [3, 5, 5, 11], padding: 2 },
  "batch of 3": { inputShape: [3, 6, 5, 4], filterShape: [3, 3, 4, 5], padding: "same" },
  "batch of 3, stride 2, one pixel each": { inputShape: [3, 3, 4, 2], filterShape: [3, 3, 2, 9], strides: [2, 2] },
  "empty batch": { inputShape: [0, 4, 5, 3], filterShape: [3, 3, 3, 4] },
};

/** The table, in the order of the questions it asks: kernels, strides, padding, dilation, groups, channels, sizes. */
export const CASES: readonly ConvCase[] = Object.entries(DESCRIPTIONS).map(([name, description]) => ({
  name,
  strides: [1, 1],
  padding: "valid",
  dilations: [1, 1],
  groups: 1,
  bias: true,
  ...description,
}));

const SPATIAL_DESCRIPTIONS: Readonly<Record<string, Omit<SpatialCase, "name">>> = {
  sequence: {
    inputShape: [2, 13, 3],
    filterShape: [4, 3, 5],
    strides: [2],
    padding: [[1, 2]],
    dilations: [1],
    groups: 1,
    bias: true,
  },
  "sequence in groups, channels first": {
    inputShape: [2, 11, 4],
    filterShape: [3, 2, 6],
    strides: [1],
    padding: "same",
    dilations: [2],
    groups: 2,
    bias: true,
    layout: "channels first",
  },
  "image with channels first": {
    inputShape: [2, 7, 6, 3],
    filterShape: [3, 2, 3, 4],
    strides: [2, 1],
    padding: "same",
    dilations: [1, 1],
    groups: 1,
    bias: true,
    layout: "channels first",
  },
  "image rounded up": {
    inputShape: [1, 8, 9, 3],
    filterShape: [3, 2, 3, 4],
    strides: [2, 3],
    padding: "valid",
    dilations: [1, 1],
    groups: 1,
    bias: true,
    rounding: "ceil",
  },
  "volume, every axis otherwise": {
    inputShape: [2, 5, 6, 7, 2],
    filterShape: [2, 3, 1, 2, 3],
    strides: [1, 2, 3],
    padding: [
      [1, 0],
      [2, 1],
      [0, 3],
    ],
    dilations: [1, 1, 1],
    groups: 1,
    bias: true,
  },
  "volume, same, stride past the kernel": {
    inputShape: [1, 4, 5, 2, 1],
    filterShape: [2, 3, 1, 1, 2],
    strides: [1, 2, 2],
    padding: "same",
    dilations: [1, 1, 1],
    groups: 1,
    bias: false,
  },
  "volume in groups, dilated, channels first": {
    inputShape: [2, 5, 6, 5, 4],
    filterShape: [2, 2, 3, 2, 4],
    strides: [1, 2, 1],
    padding: 1,
    dilations: [2, 1, 2],
    groups: 2,
    bias: true,
    layout: "channels first",
  },
};

/** What the table leaves out: sequences and volumes, channels first, rounding up. */
export const SPATIAL_CASES: readonly SpatialCase[] = Object.entries(SPATIAL_DESCRIPTIONS).map(
  ([name, description]) => ({
    name,
    ...description,
  }),
);

/**
 * `count` small valid cases. The i-th depends on `seed` and i alone: asking for more cases, or for a share of them,
 * does not change those that were there.
 */
export function generateCases(seed: number, count: number): readonly ConvCase[] {
  return Array.from({ length: count }, (_, index) => generateCase(seed, index));
}

/** Draws until the shapes fit together; about two thirds do. */
function generateCase(seed: number, index: number): ConvCase {
  const random = seededRandom(seed, `generated case ${index}`);
  const pair = (choices: readonly number[]) => [random.pick(choices), random.pick(choices)] as const;
  for (;;) {
    // Half of the cases have one group; of the others, one channel per group is the depthwise convolution.
    const groups = random.pick([1, 1, 1, 1, 2, 3, 4, 8]);
    const groupInChannels = random.pick([1, 1, 2, 3, 4, 5, 8]);
    const groupOutChannels = random.pick([1, 1, 2, 3, 4, 7, 8, 9]);
    const drawn: Omit<ConvCase, "name"> = {
      inputShape: [random.pick([1, 1, 2, 3]), random.integer(1, 12), random.integer(1, 12), groups * groupInChannels],
      filterShape: [...pair([1, 2, 3, 3, 4, 5]), groupInChannels, groups * groupOutChannels],
      strides: pair([1, 1, 1, 2, 2, 3]),
      padding: random.pick(["valid", "same", random.integer(0, 4), [pair([0, 1, 2, 3]), pair([0, 1, 2, 3])]] as const),
      dilations: pair([1, 1, 1, 2, 3]),
      groups,
      bias: random.pick([true, false]),
    };
    const convCase = { name: `generated ${seed}/${index}`, ...drawn };
    if (isPossible(convCase)) return { ...convCase, name: `${convCase.name}: ${describeCase(convCase)}` };
  }
}

function isPossible(convCase: ConvCase): boolean {
  try {
    resolveCase(convCase);
    return true;
  } catch {
    return false;
  }
}
