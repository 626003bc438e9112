/**
 * Draws the pictures of docs/derivation.md from weights that the functions of the derivation compute.
 *
 *     pnpm pictures
 *
 * - `dense.svg`: a unit that looks at every pixel, each with a weight of its own;
 * - `re-indexing.svg`: the weights of three units of a convolution, by pixel and by distance;
 * - `equivariance.svg`: a picture and its response, both shifted, inside and at an edge;
 * - `window.svg`: a window slides over numbers;
 * - `two-principles.svg`: noisy weights, made translation invariant, made local, and both;
 * - `parameters.svg`: how many weights each of the four has on a picture of a million pixels;
 * - `toeplitz.svg`: a cross-correlation as a matrix, its blocks framed;
 * - `flip.svg`: a kernel and the same kernel flipped, on an impulse;
 * - `channels.svg`: three channels, a kernel for each, one sum;
 * - `kernel-size.svg`: errors by size of the kernel, as the example of that name finds them.
 *
 * @module
 */

import { convolve2d, corr2d, type Matrix, tensor } from "@corr2d/core";
import {
  type DenseWeights,
  localize,
  parameterCounts,
  type RelativeWeights,
  shareWeights,
  toAbsolute,
  toDense,
  toRelative,
  unshareWeights,
} from "@corr2d/core/derivation";
import { seededRandom } from "@corr2d/testkit";
import { sweepKernelSizes } from "../../packages/core/examples/kernel-size.ts";
import { arrow, frame, grid, heatMap, svg, text, write } from "./drawing.ts";

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
await write("dense", dense());
await write("re-indexing", await reIndexing());
await write("equivariance", equivariance());
await write("window", slidingWindow());
await write("two-principles", await twoPrinciples());
await write("parameters", parameters());
await write("toeplitz", toeplitz());
await write("flip", flip());
await write("channels", channels());
await write("kernel-size", kernelSize());

/** Above W[i, j, ·, ·] of three units, below V[i, j, ·, ·] of the same. */
async function reIndexing(): Promise<string> {
  const [cell, gap, top] = [12, 40, 52];
  const relative = toRelative(convolution);
  const between = top + SIDE * cell + 70;
  const panels: string[] = [
    text(20, 32, "by pixel: W[i, j, k, l], k down, l to the right; the unit's own place is framed", "label left"),
    text(
      20,
      between - 20,
      "by distance: V[i, j, a, b], a down, b to the right; distance (0, 0) is framed",
      "label left",
    ),
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
    panels.push(frame([left + inset + j * cell, top + i * cell], [cell, cell]));
    panels.push(frame([left + (SIDE - 1) * cell, between + (SIDE - 1) * cell], [cell, cell]));
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
    "Noisy weights as a matrix; made translation invariant they are constant along diagonals within blocks, made local most are zero, and both make a convolution",
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

/** One unit of a layer of 4 × 4 pixels: its sixteen weights, drawn as lines as strong as they are. */
function dense(): string {
  const [cell, top] = [40, 56];
  const random = seededRandom(3, "dense");
  const pixels = tensor(
    [4, 4],
    Array.from({ length: 16 }, () => random.integer(0, 9)),
  );
  const unit = [430, top + 2 * cell] as const;
  const lines = Array.from({ length: 16 }, (_, n) => {
    const [x, y] = [20 + ((n % 4) + 0.5) * cell, top + (Math.floor(n / 4) + 0.5) * cell];
    const weight = random.normal();
    const kind = weight < 0 ? "below" : "above";
    return `<line x1="${x}" y1="${y}" x2="${unit[0]}" y2="${unit[1]}" class="${kind}" stroke-width="${Math.abs(weight * 2).toFixed(1)}"/>`;
  });
  return svg(
    [700, top + 4 * cell + 24],
    "A unit of a fully connected layer has a weight for every pixel",
    [
      text(20, 32, "pixels X[k, l]", "label left"),
      grid([20, top], pixels, cell),
      ...lines,
      `<circle cx="${unit[0]}" cy="${unit[1]}" r="24" class="unit"/>`,
      text(unit[0] + 40, unit[1] - 6, "unit H[i, j]", "label left"),
      text(unit[0] + 40, unit[1] + 18, "16 weights W[i, j, k, l]", "caption left"),
    ].join("\n"),
  );
}

/** A strip of numbers, what corr2d makes of it, and the same a step further right: inside all is well, at the edge not. */
function equivariance(): string {
  const [cell, left] = [40, 190];
  const kernel = tensor([1, 3], [-1, 0, 1]);
  const strip = (values: readonly number[]): Matrix => tensor([1, values.length], values);
  const inside = [0, 0, 1, 3, 2, 0, 0, 0];
  const outside = [0, 0, 0, 0, 0, 1, 3, 2];
  const shifted = (values: readonly number[]): number[] => [0, ...values.slice(0, -1)];
  const drawn: string[] = [];
  const rows = [
    ["inside", inside],
    ["at the edge: what leaves is lost", outside],
  ] as const;
  let y = 44;
  for (const [name, values] of rows) {
    const before = corr2d(strip(values), kernel, { mode: "same" });
    const after = corr2d(strip(shifted(values)), kernel, { mode: "same" });
    const along = shifted([...before.data]);
    drawn.push(text(20, y - 12, name, "label left strong"));
    for (const [caption, matrix] of [
      ["picture", strip(values)],
      ["response", before],
      ["picture, shifted", strip(shifted(values))],
      ["its response", after],
    ] as const) {
      drawn.push(text(left - 14, y + 26, caption, "caption right"), grid([left, y], matrix, cell));
      if (matrix === after) {
        for (const [n, value] of after.data.entries()) {
          if (value !== along[n]) drawn.push(frame([left + n * cell, y], [cell, cell]));
        }
      }
      y += cell + (caption === "response" ? 14 : 6);
    }
    y += 44;
  }
  return svg(
    [left + 8 * cell + 20, y - 30],
    "Shifted by one, the response moves along inside a picture; at its edge the framed cells differ",
    drawn.join("\n"),
  );
}

/** The example of the lecture: 3 × 3 numbers, a kernel of 2 × 2, and each of the four places of the window. */
function slidingWindow(): string {
  const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const kernel = tensor([2, 2], [0, 1, 2, 3]);
  const y = corr2d(x, kernel);
  const [cell, gap, top] = [44, 50, 20];
  const drawn = Array.from({ length: 4 }, (_, n) => {
    const [i, j] = [Math.floor(n / 2), n % 2];
    const left = 20 + n * (3 * cell + gap);
    const terms = [0, 1, 2, 3].map((m) => `${kernel.data[m]}·${x.data[(i + Math.floor(m / 2)) * 3 + j + (m % 2)]}`);
    return [
      grid([left, top], x, cell),
      frame([left + j * cell, top + i * cell], [2 * cell, 2 * cell]),
      text(left + 1.5 * cell, top + 3 * cell + 26, terms.join(" + "), "note"),
      text(left + 1.5 * cell, top + 3 * cell + 52, `y[${i}, ${j}] = ${y.data[n]}`, "label"),
    ].join("\n");
  });
  return svg(
    [40 + 4 * 3 * cell + 3 * gap, top + 3 * cell + 70],
    "A window of 2 by 2 slides over 3 by 3 numbers; in each of four places the products with the kernel 0, 1, 2, 3 are summed",
    drawn.join("\n"),
  );
}

/** toDense of a kernel of 2 × 2 on pictures of 4 × 4: 9 rows, 16 columns, blocks of 3 × 4. */
function toeplitz(): string {
  const weights = toDense(tensor([2, 2], [1, 2, 3, 4]), [4, 4]);
  const [cell, left, top] = [34, 70, 48];
  const blocks = Array.from({ length: 12 }, (_, n) => {
    const [row, column] = [Math.floor(n / 4), n % 4];
    return frame([left + column * 4 * cell, top + row * 3 * cell], [4 * cell, 3 * cell]);
  });
  return svg(
    [left + 16 * cell + 20, top + 9 * cell + 20],
    "A cross-correlation as a matrix: constant along diagonals within each block, and blocks equal along diagonals",
    [
      text(left, 30, "pixels, row by row →", "caption left"),
      text(56, top + 4.5 * cell, "units", "caption right"),
      grid([left, top], { shape: [9, 16], data: weights.data }, cell, "weights"),
      ...blocks,
    ].join("\n"),
  );
}

/** An impulse: corr2d answers with the kernel turned by half, convolve2d with the kernel itself. */
function flip(): string {
  const kernel = tensor([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const impulse = tensor([3, 3], [0, 0, 0, 0, 1, 0, 0, 0, 0]);
  const [cell, gap, top] = [40, 60, 20];
  const panels = [
    ["an impulse x", impulse],
    ["kernel k", kernel],
    ["corr2d(x, k): turned", corr2d(impulse, kernel, { mode: "same" })],
    ["convolve2d(x, k)", convolve2d(impulse, kernel, { mode: "same" })],
  ] as const;
  const drawn = panels.map(([caption, matrix], n) => {
    const left = 36 + n * (3 * cell + gap);
    return grid([left, top], matrix, cell) + text(left + 1.5 * cell, top + 3 * cell + 28, caption);
  });
  return svg(
    [72 + 4 * 3 * cell + 3 * gap, top + 3 * cell + 46],
    "Of an impulse cross-correlation makes the kernel turned by half a circle, convolution the kernel",
    drawn.join("\n"),
  );
}

/** Three channels of 3 × 3, a kernel of 2 × 2 for each, and the sum over all of them. */
function channels(): string {
  const random = seededRandom(5, "channels");
  const [cell, top] = [30, 36];
  const digits = (side: number, most: number): Matrix =>
    tensor(
      [side, side],
      Array.from({ length: side * side }, () => random.integer(0, most)),
    );
  const total = new Float32Array(4);
  const drawn = [text(20, 24, "channels of X", "caption left"), text(190, 24, "V[·, ·, c, d]", "caption left")];
  for (const [c, name] of ["red", "green", "blue"].entries()) {
    const [x, kernel] = [digits(3, 9), digits(2, 2)];
    const y = corr2d(x, kernel);
    for (const [n, value] of y.data.entries()) total[n]! += value;
    const upper = top + c * (3 * cell + 22);
    drawn.push(grid([20, upper], x, cell), text(150, upper + 1.5 * cell + 10, "⋆", "operator"));
    drawn.push(grid([190, upper + cell / 2], kernel, cell), text(280, upper + 1.5 * cell + 8, "=", "operator"));
    drawn.push(
      grid([310, upper + cell / 2], y, cell),
      text(20 + 3 * cell + 6, upper + 16, name.slice(0, 1), "note left"),
    );
    drawn.push(arrow([380, upper + 1.5 * cell], [470, top + 4.5 * cell + 22]));
  }
  drawn.push(grid([480, top + 3.5 * cell + 22], tensor([2, 2], total), cell));
  drawn.push(text(510, top + 3.5 * cell + 6, "their sum H[·, ·, d]", "caption"));
  return svg(
    [640, top + 9 * cell + 64],
    "Each channel is cross-correlated with a kernel of its own, and the results are summed",
    drawn.join("\n"),
  );
}

/** Mean squared errors over sizes: on what was shown, and on what was not. */
function kernelSize(): string {
  const results = sweepKernelSizes([1, 3, 5, 7, 9, 11]);
  const [left, width, top, height] = [70, 430, 40, 220];
  const most = Math.max(...results.map(({ heldOut }) => heldOut)) * 1.05;
  const x = (n: number): number => left + (width * (n + 0.5)) / results.length;
  // Rounded, since another processor may round the last digits of an error otherwise.
  const y = (error: number): number => Math.round(top + height * (1 - error / most));
  const curve = (kind: "training" | "heldOut", style: string): string => {
    const points = results.map((result, n) => `${x(n).toFixed(1)},${y(result[kind])}`);
    return `<polyline points="${points.join(" ")}" class="${style}"/>`;
  };
  const last = results.at(-1)!;
  const ticks = [0.5, 1].filter((tick) => tick < most);
  return svg(
    [720, top + height + 66],
    "On what was shown the error falls with the size of the kernel; on what was not, size 5, the true one, is best",
    [
      ...ticks.map((tick) => `<line x1="${left}" x2="${left + width}" y1="${y(tick)}" y2="${y(tick)}" class="grid"/>`),
      ...ticks.map((tick) => text(left - 10, y(tick) + 6, `${tick}`, "caption right")),
      ...results.map(({ size }, n) => text(x(n), top + height + 24, `${size}×${size}`)),
      `<line x1="${left}" x2="${left + width}" y1="${top + height}" y2="${top + height}" class="one"/>`,
      text(left + width / 2, top + height + 52, "size of the kernel that was learned; the true one is 5×5"),
      curve("training", "curve pale"),
      curve("heldOut", "curve"),
      text(left, top - 12, "mean squared error", "caption left"),
      text(left + width + 8, y(last.heldOut) - 2, "pictures not shown", "label left"),
      text(left + width + 8, y(last.training) + 16, "pictures shown", "caption left"),
    ].join("\n"),
  );
}
