/**
 * Cases in which one size after the other stands at each block that implementations cut their work into, and one beside: channels
 * in and out, depthwise channels, rows and columns, images, groups; squares of every size up to several tiles. And arrays past what
 * small offsets reach. Generated problems draw these sizes too, but a tail of one block in one direction is seldom drawn.
 *
 * @module
 */

import { describeCase, type SpatialCase } from "@corr2d/testkit";
import { BLOCKS } from "./sizes.ts";

type Unnamed = Omit<SpatialCase, "name">;

const USUAL = { padding: "valid", strides: [1, 1], dilations: [1, 1], groups: 1, bias: true } as const;

/** Each block, and one beside. */
const aroundBlocks = (most: number): readonly number[] =>
  BLOCKS.filter((block) => block <= most).flatMap((block) => [block - 1, block, block + 1]);

const upTo = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** A stride of 2 for every other. */
const inTurn = (i: number): readonly [number, number] => (i % 2 === 0 ? [1, 1] : [2, 2]);

const channelsIn = (size: number, i: number): Unnamed => ({
  ...USUAL,
  inputShape: [1, 3, 4, size],
  filterShape: i % 3 === 0 ? [2, 2, size, 2] : [1, 1, size, 3],
});

const channelsOut = (size: number, i: number): Unnamed => ({
  ...USUAL,
  inputShape: [1, 3, 4, 2],
  filterShape: i % 3 === 0 ? [2, 2, 2, size] : [1, 1, 2, size],
});

const depthwise = (size: number, i: number): Unnamed => ({
  ...USUAL,
  inputShape: [1, 4, 5, size],
  filterShape: [i % 2 === 0 ? 3 : 2, 3, 1, i % 3 === 2 ? 2 * size : size],
  strides: inTurn(i),
  padding: "same",
  groups: size,
});

const columns = (size: number, i: number): Unnamed => ({
  ...USUAL,
  inputShape: [1, 2, size + 2, 2],
  filterShape: [1, 3, 2, 3],
  strides: inTurn(i),
  padding: i % 3 === 0 ? "same" : "valid",
});

const rows = (size: number, i: number): Unnamed => ({
  ...USUAL,
  inputShape: [1, size + 1, 3, 2],
  filterShape: [2, 2, 2, 3],
  strides: inTurn(i),
  padding: i % 3 === 0 ? "same" : "valid",
});

const images = (size: number, i: number): Unnamed => ({
  ...USUAL,
  inputShape: [size, 3, 4, 6],
  filterShape: [2, 2, 6 / (1 + (i % 3)), 6],
  strides: inTurn(i),
  groups: 1 + (i % 3),
});

const groupsOf = (size: number, i: number): Unnamed => ({
  ...USUAL,
  inputShape: [1, 4, 3, 2 * size],
  filterShape: [2, 2, 2, 3 * size],
  strides: inTurn(i),
  padding: i % 3 === 0 ? "same" : "valid",
  groups: size,
});

/** As many channels out as in. */
const square = (size: number, i: number): Unnamed => {
  const kernel = size <= 128 && i % 2 === 0 ? 3 : 1;
  return {
    ...USUAL,
    inputShape: [1, kernel, kernel + 1, size],
    filterShape: [kernel, kernel, size, size],
    padding:
      kernel === 1
        ? "valid"
        : [
            [1, 0],
            [0, 1],
          ],
  };
};

/** Images of a few tiles, of every remainder, with channels for the kernels that are made for them. */
const tiles = (size: number, i: number): Unnamed => ({
  ...USUAL,
  inputShape: [1, size, size + (i % 3), 8],
  filterShape: i % 4 === 3 ? [5, 5, 8, 8] : [3, 3, 8, 8],
  padding: i % 2 === 0 ? "same" : "valid",
});

/** Kernels of sequences. */
const taps = (size: number): Unnamed => ({
  ...USUAL,
  inputShape: [1, size + 9, 2],
  filterShape: [size, 2, 3],
  strides: [1],
  dilations: [1],
});

/** The cases. */
export function everySize(): readonly SpatialCase[] {
  return [
    ...aroundBlocks(1024).map(channelsIn),
    ...aroundBlocks(1024).map(channelsOut),
    ...aroundBlocks(1024).map(depthwise),
    ...aroundBlocks(1024).map(columns),
    ...aroundBlocks(512).map(rows),
    ...[...upTo(4, 17), 31, 32, 33, 63, 64, 65].map(images),
    ...[...upTo(5, 17), 31, 32, 33, 64].map(groupsOf),
    ...aroundBlocks(256).map(square),
    ...upTo(5, 20).map(tiles),
    ...[15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 129].map(taps),
  ].map(named);
}

/** Past 2²⁰ elements: of image and output, of channels and filter; past 2²¹ columns of an image's patches. */
export function largeArrays(): readonly SpatialCase[] {
  const cases: readonly Unnamed[] = [
    { ...USUAL, inputShape: [1, 1031, 1033, 1], filterShape: [1, 1, 1, 1] },
    { ...USUAL, inputShape: [1, 1, 1, 1033], filterShape: [1, 1, 1033, 1031] },
    { ...USUAL, inputShape: [1, 487, 491, 1], filterShape: [3, 3, 1, 1], padding: "same" },
  ];
  return cases.map(named);
}

function named(about: Unnamed): SpatialCase {
  return { name: `every size: ${describeCase(about)}`, ...about };
}
