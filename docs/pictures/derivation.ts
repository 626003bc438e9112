/**
 * Draws the pictures of docs/derivation.md from weights that the functions of the derivation compute.
 *
 *     pnpm pictures
 *
 * - `re-indexing.svg`: the weights of three units of a convolution, by pixel and by distance;
 * - `two-principles.svg`: noisy weights, made translation invariant, made local, and both;
 * - `parameters.svg`: how many weights each of the four has on a picture of a million pixels.
 *
 * @module
 */

import {
  type DenseWeights,
  localize,
  type Matrix,
  parameterCounts,
  type RelativeWeights,
  shareWeights,
  tensor,
  toAbsolute,
  toDense,
  toRelative,
  unshareWeights,
} from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { heatMap, svg, text, write } from "./drawing.ts";

/** Pictures and hidden units of this side: small enough to see every weight. */
const SIDE = 8;
const PIXELS = SIDE * SIDE;
const DISTANCES = 2 * SIDE - 1;
/** How far the detector reaches. */
const DELTA = 1;
/** What all units look for: edges that run from top to bottom. */
const DETECTOR = tensor([3, 3], [-1, 0, 1, -2, 0, 2, -1, 0, 1]);
const STRONGEST = 2;

const convolution = toDense(DETECTOR, [SIDE, SIDE], { mode: "same" });
await write("re-indexing", await reIndexing());
await write("two-principles", await twoPrinciples());
await write("parameters", parameters());

/** Above W[i, j, ·, ·] of three units, below V[i, j, ·, ·] of the same. */
async function reIndexing(): Promise<string> {
  const [cell, gap, top] = [12, 40, 52];
  const relative = toRelative(convolution);
  const between = top + SIDE * cell + 70;
  const panels: string[] = [
    text(20, 32, "by pixel: W[i, j, k, l]", "label left"),
    text(20, between - 20, "by distance: V[i, j, a, b]", "label left"),
  ];
  const units = [
    [1, 1],
    [3, 5],
    [6, 2],
  ] as const;
  const step = DISTANCES * cell + gap;
  for (const [n, [i, j]] of units.entries()) {
    const left = 20 + n * step;
    const inset = ((DISTANCES - SIDE) * cell) / 2;
    panels.push(await heatMap([left + inset, top], weightsOfUnit(convolution, i, j), cell, STRONGEST));
    panels.push(await heatMap([left, between], weightsOfUnit(relative, i, j, hasPixel(i, j)), cell, STRONGEST));
    panels.push(text(left + (DISTANCES * cell) / 2, between + DISTANCES * cell + 26, `unit (${i}, ${j})`));
  }
  return svg(
    [3 * step - gap + 40, between + DISTANCES * cell + 44],
    "The weights of three units: named by pixel, the same detector stands in three places; named by distance, in one",
    panels.join("\n"),
  );
}

/** The matrix of the weights that one unit has; NaN where it has none. */
function weightsOfUnit(
  { shape: [, units, rows, columns], data }: DenseWeights | RelativeWeights,
  i: number,
  j: number,
  has: (row: number, column: number) => boolean = () => true,
): Matrix {
  const first = (i * units + j) * rows * columns;
  const own = data.slice(first, first + rows * columns);
  return {
    shape: [rows, columns],
    data: own.map((weight, n) => (has(Math.floor(n / columns), n % columns) ? weight : Number.NaN)),
  };
}

/** Whether a unit has a pixel at the distance that stands at (row, column) of V[i, j, ·, ·]. */
function hasPixel(i: number, j: number): (row: number, column: number) => boolean {
  const inside = (pixel: number): boolean => pixel >= 0 && pixel < SIDE;
  return (row, column) => inside(i + row - SIDE + 1) && inside(j + column - SIDE + 1);
}

/** Weights as matrices, a row for each unit and a column for each pixel. */
async function twoPrinciples(): Promise<string> {
  const random = seededRandom(1, "two principles");
  const noisy = tensor(
    convolution.shape,
    convolution.data.map((weight) => weight + 0.8 * random.normal()),
  );
  const relative = toRelative(noisy);
  const shared = unshareWeights(shareWeights(relative), [SIDE, SIDE]);
  const asMatrix = (weights: DenseWeights): Matrix => ({ shape: [PIXELS, PIXELS], data: weights.data });
  const panels = [
    ["fully connected", asMatrix(noisy)],
    ["translation invariant", asMatrix(toAbsolute(shared))],
    ["local: locally connected", asMatrix(toAbsolute(localize(relative, DELTA)))],
    ["both: a convolution", asMatrix(toAbsolute(localize(shared, DELTA)))],
  ] as const;
  const [cell, gap, top] = [4, 48, 20];
  const side = PIXELS * cell;
  const drawn: string[] = [];
  for (const [n, [caption, matrix]] of panels.entries()) {
    const left = 20 + (n % 2) * (side + gap);
    const upper = top + Math.floor(n / 2) * (side + 56);
    drawn.push(await heatMap([left, upper], matrix, cell, STRONGEST));
    drawn.push(text(left + side / 2, upper + side + 26, caption));
  }
  return svg(
    [2 * side + gap + 40, top + 2 * side + 56 + 44],
    "Noisy weights as a matrix; made translation invariant they are constant along diagonals, made local most are zero, and both make a convolution",
    drawn.join("\n"),
  );
}

/** Bars on a logarithmic scale, of the example of the lecture. */
function parameters(): string {
  const counts = parameterCounts([1000, 1000], { delta: 10 });
  const rows = [
    ["fully connected", counts.dense],
    ["locally connected, Δ = 10", counts.local],
    ["translation invariant", counts.shared],
    ["convolution, Δ = 10", counts.convolution],
  ] as const;
  const [left, width, height, gap, top] = [260, 400, 26, 16, 22];
  const drawn = rows.map(([name, count], n) => {
    const upper = top + n * (height + gap);
    const length = (width * Math.log10(count)) / Math.log10(counts.dense);
    return [
      text(left - 14, upper + 19, name, "label right"),
      `<rect x="${left}" y="${upper}" width="${length.toFixed(1)}" height="${height}" class="bar"/>`,
      text(left + length + 10, upper + 19, count.toLocaleString("en-GB").replaceAll(",", "\u202f"), "caption left"),
    ].join("\n");
  });
  return svg(
    [left + width + 180, top + rows.length * (height + gap) + 6],
    "Numbers of weights from a million pixels to a million hidden units, on a logarithmic scale",
    drawn.join("\n"),
  );
}
