/**
 * Small cases made large, or unusual, in one to three respects at a time: what is wrong only beyond a block of channels, terms,
 * cells, images or taps, under an option past its usual range, or where two of these meet. Every two respects meet in a run.
 *
 * @module
 */

import type { Random } from "fast-check";
import { blockUpTo, type Drawn, nearBlock, pick, Sizes } from "./sizes.ts";

type Respect = (random: Random, sizes: Sizes) => void;

/** Either channels alone, and groups. */
const CHANNELS: readonly Respect[] = [
  (random, sizes) => sizes.setChannels(1, nearBlock(random, 1024), sizes.get("groupOut")),
  (random, sizes) => sizes.setChannels(1, sizes.get("groupIn"), nearBlock(random, 1024)),
  (random, sizes) => sizes.setChannels(1, many(random), random.nextInt(1, 20)),
  (random, sizes) => sizes.setChannels(1, random.nextInt(1, 20), many(random)),
  // Long sums.
  (random, sizes) => {
    sizes.setChannels(1, random.nextInt(400, 2048), random.nextInt(1, 4));
    setKernel(sizes, lastAxes(sizes), pick(random, [3, 3, 5]));
  },
  (random, sizes) => sizes.setChannels(1, nearBlock(random, 256), nearBlock(random, 256)),
  (random, sizes) => sizes.setChannels(1, blockUpTo(random, 256), blockUpTo(random, 256)),
  (random, sizes) => sizes.setChannels(1, pick(random, [1, 1, 2, 3]), nearBlock(random, 256)),
  (random, sizes) => sizes.setChannels(1, nearBlock(random, 512), pick(random, [1, 1, 2, 3])),
  (random, sizes) => sizes.setChannels(nearBlock(random, 256), 1, 1),
  (random, sizes) => sizes.setChannels(nearBlock(random, 1024), 1, 1),
  (random, sizes) => sizes.setChannels(random.nextInt(3, 48), 1, pick(random, [2, 2, 3, 4, 5, 8])),
  (random, sizes) => sizes.setChannels(nearBlock(random, 256), 1, pick(random, [2, 3, 4])),
  (random, sizes) => sizes.setChannels(random.nextInt(2, 20), random.nextInt(2, 20), random.nextInt(1, 20)),
  (random, sizes) =>
    sizes.setChannels(pick(random, [2, 3, 4, 8, 16, 32, 64]), nearBlock(random, 32), nearBlock(random, 32)),
];

const IMAGES: readonly Respect[] = [
  (random, sizes) => sizes.set("images", random.nextInt(4, 17)),
  (random, sizes) => sizes.set("images", pick(random, [8, 16, 24, 32, 32, 33, 64, 65])),
];

/** Long and short axes. */
const CELLS: readonly Respect[] = [
  (random, sizes) => sizes.set(`cells ${anyAxis(random, sizes)}`, nearBlock(random, 512)),
  (random, sizes) => sizes.set(`cells ${sizes.rank - 1}`, many(random)),
  (random, sizes) => sizes.set("cells 0", nearBlock(random, 512)),
  (random, sizes) => {
    for (const axis of lastAxes(sizes)) sizes.set(`cells ${axis}`, nearBlock(random, 64));
  },
  (random, sizes) => {
    for (const axis of lastAxes(sizes)) sizes.set(`cells ${axis}`, nearBlock(random, 256));
  },
  (random, sizes) => {
    const axis = anyAxis(random, sizes);
    for (let i = 0; i < sizes.rank; i++) sizes.set(`cells ${i}`, i === axis ? nearBlock(random, 256) : 1);
  },
  // As large as the kernel, or smaller.
  (random, sizes) => {
    const less = pick(random, [0, 0, 1, 2]);
    for (let i = 0; i < sizes.rank; i++) sizes.set(`cells ${i}`, Math.max(1, sizes.reach(i) - less));
  },
];

const KERNELS: readonly Respect[] = [
  (random, sizes) => setKernel(sizes, [anyAxis(random, sizes)], random.nextInt(6, 15)),
  (random, sizes) => setKernel(sizes, [anyAxis(random, sizes)], random.nextInt(16, 40)),
  (random, sizes) => setKernel(sizes, lastAxes(sizes), pick(random, [4, 6, 7, 8, 9, 11, 13, 15])),
  (random, sizes) => setKernel(sizes, lastAxes(sizes), random.nextInt(15, 31)),
  (random, sizes) => setKernel(sizes, lastAxes(sizes), pick(random, [1, 2, 3, 3, 4, 5])),
  (random, sizes) => {
    for (let i = 0; i < sizes.rank; i++) sizes.set(`kernel ${i}`, i === 0 ? 1 : pick(random, [2, 3, 5, 7]));
  },
];

/** Strides, dilations and padding past their usual range, and of each axis another. */
const OPTIONS: readonly Respect[] = [
  (random, sizes) => {
    sizes.strides = sizes.strides.map(() => random.nextInt(1, 5));
  },
  (random, sizes) => {
    // Less than its kernel.
    const stride = random.nextInt(4, 8);
    sizes.strides = sizes.strides.map(() => stride);
    setKernel(sizes, lastAxes(sizes), random.nextInt(stride, 2 * stride));
  },
  (random, sizes) => {
    sizes.dilations = sizes.dilations.map(() => random.nextInt(1, 5));
    makeRoom(sizes);
  },
  (random, sizes) => {
    const dilation = pick(random, [4, 6, 8, 12, 18, 24, 32]);
    sizes.dilations = sizes.dilations.map(() => (random.nextInt(0, 3) === 0 ? 1 : dilation));
    makeRoom(sizes);
  },
  (random, sizes) => {
    sizes.padding = random.nextInt(1, 16);
  },
  (random, sizes) => {
    sizes.padding = sizes.strides.map((_, axis) => {
      const most = sizes.reach(axis) + 2;
      return [random.nextInt(0, most), random.nextInt(0, most)] as const;
    });
  },
];

/** In the order in which they are set: cells follow kernels and their dilation. */
const KINDS = [CHANNELS, IMAGES, KERNELS, OPTIONS, CELLS];

/** A small case, grown. */
export function grown(random: Random, small: Drawn): Drawn {
  const sizes = new Sizes(small);
  const count = random.nextInt(1, 3);
  const chosen = Array.from({ length: count }, () => pick(random, [CHANNELS, ...KINDS]));
  for (const kind of KINDS) if (chosen.includes(kind)) pick(random, kind)(random, sizes);
  return sizes.affordable(random);
}

/** More than blocks are large, and no multiple of anything. */
function many(random: Random): number {
  return pick(random, [
    1280,
    1536,
    2048,
    4096,
    random.nextInt(520, 1024),
    random.nextInt(1025, 2047),
    random.nextInt(2049, 4100),
  ]);
}

function setKernel(sizes: Sizes, axes: readonly number[], size: number): void {
  for (const axis of axes) sizes.set(`kernel ${axis}`, size);
  makeRoom(sizes);
}

/** An image a little larger than its kernel, where nothing pads it. */
function makeRoom(sizes: Sizes): void {
  for (let i = 0; i < sizes.rank; i++) {
    const room = sizes.reach(i) + (i % 2 === 0 ? 4 : 5);
    if (sizes.get(`cells ${i}`) < room) sizes.set(`cells ${i}`, room);
  }
}

function anyAxis(random: Random, { rank }: Sizes): number {
  return random.nextInt(0, rank - 1);
}

/** Of a volume the last two: three long axes are seldom affordable. */
function lastAxes({ rank }: Sizes): readonly number[] {
  return rank === 1 ? [0] : [rank - 2, rank - 1];
}
