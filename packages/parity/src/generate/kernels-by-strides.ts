/**
 * Cases in which every kernel meets every stride on every number of axes in every kind of channels: what is wrong with one kernel
 * and one stride of, say, depthwise volumes shows in these and in hardly any network.
 *
 * @module
 */

import { describeCase, type SpatialCase } from "@corr2d/testkit";

/** Taps along the last axis, and the most along those before: all of them long would make volumes of thousands of taps. */
export const KERNELS = [1, 2, 3, 4, 5, 7, 9, 11] as const;
const MOST_TAPS = { 1: [11], 2: [11, 11], 3: [3, 5, 11] } as const;

export const STRIDES = [1, 2, 3, 4] as const;

/** Strides that fit beside the first output. */
const STEPS = 2;

/** Groups with their channels in and out; depthwise as many as a sequence, an image and a volume afford, and no block of them. */
const CHANNELS = {
  1: [
    [1, 3, 5],
    [3, 2, 3],
    [36, 1, 1],
    [18, 1, 2],
  ],
  2: [
    [1, 3, 5],
    [3, 2, 3],
    [18, 1, 1],
    [9, 1, 2],
  ],
  3: [
    [1, 3, 5],
    [3, 2, 3],
    [11, 1, 1],
    [5, 1, 2],
  ],
} as const;

/**
 * The cases; every other is padded by the rule "same".
 *
 * @param unseen cells of each axis beyond those that the last output sees, if nothing is padded and the stride leaves room.
 */
export function kernelsByStrides(unseen = 0): readonly SpatialCase[] {
  const cases = ([2, 1, 3] as const).flatMap((rank) =>
    KERNELS.flatMap((kernel) =>
      STRIDES.flatMap((stride) => CHANNELS[rank].map((channels) => ({ rank, kernel, stride, channels }))),
    ),
  );
  return cases.map(({ rank, kernel, stride, channels: [groups, groupIn, groupOut] }, i) => {
    // Four kinds of channels follow each other, so that a kernel and a stride meet both paddings.
    const isSame = (i + Math.floor(i / 4)) % 2 === 1;
    const kernels = MOST_TAPS[rank].map((most) => Math.min(most, kernel));
    const cells = kernels.map((taps) => (isSame ? taps >> 1 : taps - 1) + STEPS * stride + 1 + unseen);
    const built: Omit<SpatialCase, "name"> = {
      inputShape: [1, ...cells, groups * groupIn],
      filterShape: [...kernels, groupIn, groups * groupOut],
      strides: kernels.map(() => stride),
      padding: isSame ? "same" : "valid",
      dilations: kernels.map(() => 1),
      groups,
      bias: true,
    };
    return { name: `kernels by strides: ${describeCase(built)}`, ...built };
  });
}
