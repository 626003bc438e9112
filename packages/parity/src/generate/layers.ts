/**
 * Layers as published networks have them, on few cells, and as often with no block of channels as with one.
 *
 * @module
 */

import type { SpatialCase } from "@corr2d/testkit";
import type { Random } from "fast-check";
import { blockUpTo, type Drawn, nearBlock, pick, Sizes } from "./sizes.ts";

/** What a layer is but for its image and padding. */
interface Layer {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly groups: number;
  readonly groupIn: number;
  readonly groupOut: number;
}

function dense(kernel: readonly number[], stride: number, groupIn: number, groupOut: number): Layer {
  const [strides, dilations] = [kernel.map(() => stride), kernel.map(() => 1)];
  return { kernel, strides, dilations, groups: 1, groupIn, groupOut };
}

function depthwise(kernel: readonly number[], stride: number, groups: number): Layer {
  return { ...dense(kernel, stride, 1, 1), groups };
}

const square = (size: number): readonly number[] => [size, size];
const cube = (size: number): readonly number[] => [size, size, size];

const INCEPTION = [
  [1, 7],
  [7, 1],
  [1, 3],
  [3, 1],
  [1, 5],
  [1, 15],
  [15, 1],
];

function block(random: Random, most: number): number {
  return random.nextInt(0, 3) === 0 ? nearBlock(random, most) : blockUpTo(random, most);
}

const LAYERS: readonly ((random: Random) => Layer)[] = [
  // Pointwise: bottlenecks, projections, classifiers.
  (random) => dense([1, 1], pick(random, [1, 1, 1, 2]), block(random, 512), block(random, 512)),
  (random) => dense([1, 1], 1, pick(random, [512, 1024, 1280, 2048]), pick(random, [1, 2, 10, 21, 91])),
  (random) => dense([1, 1], 1, pick(random, [24, 40, 80, 112, 192, 320]), pick(random, [1280, 960, 480, 144, 96])),
  // The body of a residual network or VGG; dilated in DeepLab, by much in its pyramid.
  (random) => dense([3, 3], pick(random, [1, 1, 1, 2]), block(random, 256), block(random, 256)),
  (random) => {
    const channels = blockUpTo(random, 512);
    return dense([3, 3], pick(random, [1, 2]), channels, channels);
  },
  (random) => ({
    ...dense([3, 3], 1, block(random, 64), block(random, 64)),
    dilations: square(pick(random, [2, 2, 4, 4, 6, 12, 18])),
  }),
  // Heads: maps of few channels from many.
  (random) => dense(square(pick(random, [3, 3, 5])), 1, block(random, 512), pick(random, [1, 1, 2, 4, 18, 21])),
  // Stems: few channels in, many out, a large kernel and stride.
  (random) =>
    dense(
      square(pick(random, [3, 3, 5, 7, 7, 11])),
      pick(random, [1, 2, 2, 4]),
      pick(random, [1, 3, 3, 4]),
      block(random, 96),
    ),
  // Patches: the stride is the kernel.
  (random) => {
    const size = pick(random, [2, 4, 4, 8, 14, 16]);
    return dense(square(size), size, pick(random, [1, 3, 3, 16]), block(random, 768));
  },
  // Discriminators: even kernels with a stride.
  (random) => dense([4, 4], pick(random, [1, 2, 2]), block(random, 128), block(random, 128)),
  (random) => depthwise([3, 3], pick(random, [1, 1, 2]), block(random, 512)),
  // Any kernel and stride: few layers have them, and implementations have few tests of them.
  (random) => depthwise(square(random.nextInt(2, 11)), random.nextInt(1, 4), block(random, 128)),
  (random) =>
    depthwise(
      square(pick(random, [3, 5])),
      pick(random, [1, 2]),
      pick(random, [24, 40, 72, 80, 112, 144, 240, 480, 960]),
    ),
  // ConvNeXt, RepLKNet: depthwise with large kernels.
  (random) => depthwise(square(pick(random, [7, 7, 13, 21, 27, 29, 31])), pick(random, [1, 1, 2]), block(random, 256)),
  // Separable layers of segmentation: depthwise, dilated.
  (random) => ({
    ...depthwise([3, 3], 1, block(random, 256)),
    dilations: square(pick(random, [2, 4, 6, 12])),
  }),
  // ResNeXt: many narrow groups.
  (random) => {
    const width = pick(random, [4, 8, 16]);
    return { ...dense([3, 3], pick(random, [1, 2]), width, width), groups: pick(random, [8, 32, 64]) };
  },
  // Inception: one axis at a time.
  (random) => dense(pick(random, INCEPTION), pick(random, [1, 1, 1, 2]), block(random, 192), block(random, 192)),
  // Sound: a long kernel and stride, or two taps far apart.
  (random) => {
    const kernel = pick(random, [3, 8, 10, 16, 25, 80]);
    return dense([kernel], pick(random, [1, kernel >> 1]), block(random, 128), block(random, 128));
  },
  (random) => ({
    ...dense([2], 1, block(random, 64), block(random, 64)),
    dilations: [2 ** random.nextInt(0, 9)],
  }),
  // Sequence models: depthwise, with a short kernel or a long one.
  (random) => depthwise([pick(random, [3, 4, 7, 15, 31])], pick(random, [1, 1, 2]), block(random, 512)),
  // Video and volumes.
  (random) => dense([3, 3, 3], pick(random, [1, 1, 2]), block(random, 64), block(random, 64)),
  (random) => depthwise(cube(pick(random, [3, 3, 5])), pick(random, [1, 1, 2]), block(random, 96)),
];

/** A layer; bias and layout are those of a small case. */
export function layer(random: Random, { bias, layout }: Drawn): Drawn {
  const { kernel, strides, dilations, groups, groupIn, groupOut } = pick(random, LAYERS)(random);
  const reach = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const cells = reach.map((size) => Math.max(size, pick(random, [7, 8, 9, 13, 14, 15, 16, 28])));
  const padding = pick<SpatialCase["padding"]>(random, [
    "same",
    "same",
    "valid",
    reach.map((size) => [size >> 1, size >> 1] as const),
    strides[0] === 2 ? reach.map((size) => [(size - 1) >> 1, size >> 1] as const) : "same",
  ]);
  const sizes = new Sizes({
    inputShape: [pick(random, [1, 1, 1, 1, 2, 4, 8]), ...cells, groups * groupIn],
    filterShape: [...kernel, groupIn, groups * groupOut],
    strides,
    padding,
    dilations,
    groups,
    bias,
    ...(layout !== undefined && { layout }),
    rounding: "floor",
  });
  for (const [axis, size] of kernel.entries()) sizes.set(`kernel ${axis}`, size);
  sizes.setChannels(groups, groupIn, groupOut);
  return sizes.affordable(random);
}
