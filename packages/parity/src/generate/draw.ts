/**
 * What a problem at random is drawn from: a third small and of every kind, a third large in one respect, a third layers as
 * networks have them. What is usual is drawn more often than what is not, since most implementations do nothing else.
 *
 * @module
 */

import { type SpatialCase, VALUE_CLASSES, type ValueClass } from "@corr2d/testkit";
import type { Random } from "fast-check";

/** A case that has no name yet. */
export type Drawn = Omit<SpatialCase, "name">;

/** Draws shapes and options, possible or not. */
export function drawCase(random: Random): Drawn {
  return pick(random, [small, grown, layer])(random);
}

/** Draws a class of values: those that show most, which are equality and rounding at every size, more often. */
export function drawValues(random: Random): ValueClass {
  return pick<ValueClass>(random, [...VALUE_CLASSES, "exact", "integers", "integers", "real", "real"]);
}

/** The most cells along an axis and the largest kernel, by number of axes: about as much work for each. */
const SIZES: Readonly<Record<number, { readonly cells: number; readonly kernels: readonly number[] }>> = {
  1: { cells: 24, kernels: [1, 2, 3, 4, 5, 7] },
  2: { cells: 10, kernels: [1, 2, 3, 3, 4, 5] },
  3: { cells: 5, kernels: [1, 2, 2, 3] },
};

/** Few cells, channels and taps; every option. */
function small(random: Random): Drawn {
  const isUsual = random.nextInt(0, 2) > 0;
  const rank = isUsual ? 2 : pick(random, [1, 2, 3]);
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
    layout: isUsual ? "channels last" : pick(random, ["channels last", "channels first"]),
    rounding: isUsual ? "floor" : pick(random, ["floor", "round", "ceil"]),
  };
}

/** Products of a pass that a large case may ask for: seldom as many as that, so that there can be more of them. */
const BUDGETS = [2 ** 16, 2 ** 17, 2 ** 18, 2 ** 18, 2 ** 20];

/** Sizes at which implementations cut their work into blocks; a fault shows at them, or one beside. */
const BLOCKS = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

function blockUpTo(random: Random, most: number): number {
  return pick(
    random,
    BLOCKS.filter((block) => block <= most),
  );
}

function nearBlock(random: Random, most: number): number {
  return blockUpTo(random, most) + pick(random, [-1, 0, 0, 1]);
}

/** The sizes of a case, to be changed. */
interface Sizes {
  images: number;
  readonly cells: number[];
  readonly kernels: number[];
  groups: number;
  groupIn: number;
  /** Output channels, of all groups. */
  out: number;
}

/**
 * A small case made large in one respect: what is wrong only beyond a block of channels, terms, cells, images or taps.
 */
function grown(random: Random): Drawn {
  const drawn = small(random);
  const rank = drawn.strides.length;
  const [images, ...cells] = drawn.inputShape.slice(0, -1) as [number, ...number[]];
  const [groupIn, out] = drawn.filterShape.slice(-2) as [number, number];
  const sizes: Sizes = { images, cells, kernels: drawn.filterShape.slice(0, -2), groups: drawn.groups, groupIn, out };
  const axis = random.nextInt(0, rank - 1);
  const dense = (channelsIn: number, channelsOut: number): void => {
    [sizes.groups, sizes.groupIn, sizes.out] = [1, channelsIn, channelsOut];
  };
  pick<() => void>(random, [
    () => dense(nearBlock(random, 1024), sizes.out),
    () => dense(sizes.groupIn, nearBlock(random, 1024)),
    () => dense(nearBlock(random, 256), nearBlock(random, 256)),
    () => dense(blockUpTo(random, 128), blockUpTo(random, 128)),
    () => {
      const channels = nearBlock(random, 256);
      [sizes.groups, sizes.groupIn, sizes.out] = [channels, 1, channels * pick(random, [1, 1, 2])];
    },
    () => {
      const groups = pick(random, [2, 4, 8, 32]);
      [sizes.groups, sizes.groupIn, sizes.out] = [groups, nearBlock(random, 32), groups * nearBlock(random, 32)];
    },
    () => {
      sizes.images = pick(random, [4, 5, 6, 7, 8, 9, 12, 15, 16, 17]);
    },
    () => {
      cells[axis] = nearBlock(random, 512);
    },
    () => {
      for (let i = Math.max(0, rank - 2); i < rank; i++) cells[i] = nearBlock(random, 64);
    },
    () => {
      sizes.kernels[axis] = random.nextInt(6, 15);
      cells[axis] += sizes.kernels[axis]!;
    },
    () => {
      const kernel = pick(random, [7, 8, 9, 11, 13, 15]);
      for (let i = Math.max(0, rank - 2); i < rank; i++) [sizes.kernels[i], cells[i]] = [kernel, kernel + 5];
    },
  ])();
  return afforded(random, drawn, sizes);
}

/** What a layer is but for its image. */
interface Layer extends Pick<Sizes, "groups" | "groupIn" | "out"> {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** A layer as published networks have them: on few cells, and as often with no block of channels as with one. */
function layer(random: Random): Drawn {
  const usual = small(random);
  const block = (most: number): number =>
    random.nextInt(0, 3) === 0 ? nearBlock(random, most) : blockUpTo(random, most);
  const dense = (kernel: readonly number[], stride: number, channelsIn: number, channelsOut: number): Layer => ({
    kernel,
    strides: [stride, stride],
    dilations: [1, 1],
    groups: 1,
    groupIn: channelsIn,
    out: channelsOut,
  });
  const square = (size: number): number[] => [size, size];
  const depthwise = (kernel: number, stride: number, channels: number): Layer => ({
    ...dense(square(kernel), stride, 1, channels),
    groups: channels,
  });
  const found = pick<() => Layer>(random, [
    // Pointwise: bottlenecks, projections, classifiers.
    () => dense([1, 1], pick(random, [1, 1, 1, 2]), block(512), block(512)),
    () => dense([1, 1], 1, block(1024), pick(random, [1, 2, 10, 21])),
    // The body of a residual network or VGG; dilated in DeepLab.
    () => dense([3, 3], pick(random, [1, 1, 1, 2]), block(256), block(256)),
    () => ({ ...dense([3, 3], 1, block(64), block(64)), dilations: pick(random, [square(2), square(4)]) }),
    // Stems: few channels in, many out, a large kernel and stride.
    () =>
      dense(
        square(pick(random, [3, 3, 5, 7, 7, 11])),
        pick(random, [1, 2, 2, 4]),
        pick(random, [1, 3, 3, 4]),
        block(96),
      ),
    // Patches: the stride is the kernel.
    () => {
      const size = pick(random, [2, 4, 4, 8, 14, 16]);
      return dense(square(size), size, pick(random, [1, 3, 3, 16]), block(768));
    },
    () => depthwise(pick(random, [3, 3, 5, 7]), pick(random, [1, 1, 2]), block(512)),
    () => depthwise(pick(random, [3, 5]), pick(random, [1, 2]), pick(random, [24, 40, 72, 80, 112, 144, 240, 480])),
    // ResNeXt: many narrow groups.
    () => {
      const groups = pick(random, [8, 32]);
      return { ...dense([3, 3], pick(random, [1, 2]), pick(random, [4, 8]), groups * pick(random, [4, 8])), groups };
    },
    // Inception: one axis at a time.
    () =>
      dense(
        pick(random, [
          [1, 7],
          [7, 1],
          [1, 3],
          [3, 1],
          [1, 5],
          [1, 15],
          [15, 1],
        ]),
        1,
        block(192),
        block(192),
      ),
  ])();
  const { kernel, strides, dilations, groups, groupIn, out } = found;
  const room = kernel.map((size, i) => (size - 1) * dilations[i]! + 1);
  const cells = room.map((size) => Math.max(size, pick(random, [7, 8, 14, 16, 28])));
  const padding = pick<SpatialCase["padding"]>(random, [
    "same",
    "same",
    "valid",
    room.map((size) => [size >> 1, size >> 1] as const),
    strides[0] === 2 ? room.map((size) => [(size - 1) >> 1, size >> 1] as const) : "same",
  ]);
  const images = pick(random, [1, 1, 1, 1, 2, 4, 8]);
  const { bias } = usual;
  const drawn: Drawn = {
    inputShape: [images, ...cells, groups * groupIn],
    filterShape: [...kernel, groupIn, out],
    strides,
    padding,
    dilations,
    groups,
    bias,
    layout: random.nextInt(0, 7) === 0 ? "channels first" : "channels last",
    rounding: "floor",
  };
  return afforded(random, drawn, { images, cells, kernels: [...kernel], groups, groupIn, out });
}

/** The largest of the sizes that were not asked for is halved, until the whole is affordable. */
function afforded(random: Random, drawn: Drawn, sizes: Sizes): Drawn {
  const budget = pick(random, BUDGETS);
  const { cells, kernels, groups } = sizes;
  const shrinkable = [...cells.keys(), -1];
  const products = (): number =>
    cells.reduce((product, size, i) => (product * size) / drawn.strides[i]!, sizes.images) *
    kernels.reduce((product, size) => product * size, sizes.groupIn * sizes.out);
  for (let turn = 0; products() > budget && turn < 64; turn++) {
    const i = shrinkable[turn % shrinkable.length]!;
    if (i < 0) sizes.images = Math.max(1, sizes.images >> 1);
    else cells[i] = Math.max(kernels[i]!, cells[i]! >> 1);
    if (turn <= 16) continue;
    const groupOut = sizes.out / groups;
    if (groupOut >= sizes.groupIn) sizes.out = groups * Math.max(1, groupOut >> 1);
    else sizes.groupIn = Math.max(1, sizes.groupIn >> 1);
  }
  return {
    ...drawn,
    groups,
    inputShape: [sizes.images, ...cells, groups * sizes.groupIn],
    filterShape: [...kernels, sizes.groupIn, sizes.out],
  };
}

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.nextInt(0, choices.length - 1)]!;
}
