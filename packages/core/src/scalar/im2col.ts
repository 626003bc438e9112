/**
 * Convolution as matrix multiplication. Unfolding writes the patch under each output pixel as a row of a matrix P:
 *
 *     P[m, (a, b, c)] = x[n, i·s + a·d − p, j·s + b·d − p, c],   m = (n, i, j);      Y = P · W,   W: [kh·kw·C, outC]
 *     dP = dY · Wᵀ, folded back (col2im) into dx;                 dW = Pᵀ · dY
 *
 * The whole P is kh·kw times the image, so it never exists: a block of rows at a time fills the stream of the
 * {@link registerTile}, and six columns of the other factor its lanes.
 *
 * Source: K. Chellapilla, S. Puri and P. Simard, "High performance convolutional neural networks for document
 * processing", 2006, section 4.1.
 *
 * @module
 */

import type { ConvAlgorithm, Proposal } from "../algorithm/algorithm.ts";
import { type ConvGeometry, isPadded } from "../geometry/planes.ts";
import type { FloatArray } from "../tensor/tensor.ts";
import { allFinite, naive } from "./naive.ts";
import { CACHED_LENGTH, CELLS, inFours, LANE_LENGTH, LANES, registerTile, STREAM_LENGTH } from "./register-tile.ts";

/** Unfold, then multiply. */
export const im2col: ConvAlgorithm<"im2col"> = {
  name: "im2col",
  engine: "scalar",
  summary: "patches unfolded into a matrix, a block of rows at a time, then matrix multiplication",
  errorBound: { kind: "element" },
  propose: { forward, inputGradient, filterGradient },
};

/** Why a row of P, or of dY, is not multiplied. */
function tooLong(terms: number): string {
  return `a row of ${terms} terms exceeds the ${CACHED_LENGTH} that one block holds`;
}

function forward(g: ConvGeometry): Proposal<"forward"> {
  const patch = patchLength(g);
  const terms = inFours(patch);
  if (terms > CACHED_LENGTH) return tooLong(terms);
  return (filter, bias) => {
    if (isPadded(g) && !allFinite(filter)) return naive.propose.forward(g)(filter, bias);
    const pixels = pixelCount(g);
    const blockRows = Math.min(pixels, Math.floor(CACHED_LENGTH / terms));
    const tile = registerTile();
    const columns = groupsOf(g, (group) => packColumns(filter, g, group));
    const b = bias?.slice();
    return {
      scratchBytes: tile.bytes,
      run(x, y) {
        for (let group = 0; group < g.groups; group++) {
          for (let first = 0; first < pixels; first += blockRows) {
            const rows = Math.min(blockRows, pixels - first);
            unfold(x, g, group, first, rows, tile.stream, terms, 1);
            clearPadding(tile.stream, rows, patch, terms);
            for (let o = 0; o < g.groupOutChannels; o += LANES) {
              const width = Math.min(LANES, g.groupOutChannels - o);
              const outChannel = group * g.groupOutChannels + o;
              for (let i = 0; i < LANES; i++) tile.starts[i] = i < width ? (b?.[outChannel + i] ?? 0) : 0;
              multiplyRows(columns[group], o, terms, rows, (r, cells, part) => {
                const at = (first + r) * g.outChannels + outChannel;
                if (part === 0) tile.store(y, at, g.outChannels, cells, width);
                else tile.add(y, at, g.outChannels, cells, width);
              });
            }
          }
        }
      },
    };
  };
}

function inputGradient(g: ConvGeometry): Proposal<"inputGradient"> {
  const terms = inFours(g.groupOutChannels);
  if (terms > CACHED_LENGTH) return tooLong(terms);
  return (filter) => {
    const pixels = pixelCount(g);
    const blockRows = Math.min(pixels, Math.floor(CACHED_LENGTH / terms));
    const tile = registerTile();
    const patch = patchLength(g);
    const rowsOfFilter = groupsOf(g, (group) => packRows(filter, g, group));
    return {
      scratchBytes: tile.bytes,
      run(dy, dx) {
        dx.fill(0);
        for (let group = 0; group < g.groups; group++) {
          for (let first = 0; first < pixels; first += blockRows) {
            const rows = Math.min(blockRows, pixels - first);
            copyGroup(dy, g, group, first, rows, tile.stream, terms);
            clearPadding(tile.stream, rows, g.groupOutChannels, terms);
            for (let k = 0; k < patch; k += LANES) {
              const width = Math.min(LANES, patch - k);
              tile.starts.fill(0);
              multiplyRows(rowsOfFilter[group], k, terms, rows, (r, cells) => {
                fold(tile.products, g, group, k, width, first + r, cells, dx);
              });
            }
          }
        }
      },
    };
  };
}

function filterGradient(g: ConvGeometry): Proposal<"filterGradient"> {
  const patch = patchLength(g);
  // Pixels are taken by fours, as many as the cache holds, and four in any case.
  if (4 * patch > STREAM_LENGTH) {
    return `four patches of ${patch} values exceed the ${STREAM_LENGTH} that the stream holds`;
  }
  return () => {
    const pixels = pixelCount(g);
    const blockRows = Math.min(inFours(pixels), LANE_LENGTH, Math.max(4, Math.floor(CACHED_LENGTH / patch) & ~3));
    const tile = registerTile();
    return {
      scratchBytes: tile.bytes,
      run(x, dy, dw) {
        if (isPadded(g) && !allFinite(dy)) {
          naive.propose.filterGradient(g)().run(x, dy, dw);
          return;
        }
        dw.fill(0);
        tile.starts.fill(0);
        for (let group = 0; group < g.groups; group++) {
          for (let first = 0; first < pixels; first += blockRows) {
            const rows = Math.min(blockRows, pixels - first);
            const terms = inFours(rows);
            unfold(x, g, group, first, rows, tile.stream, 1, terms);
            clearPadding(tile.stream, patch, rows, terms);
            fillOffsets(terms);
            for (let o = 0; o < g.groupOutChannels; o += LANES) {
              const width = Math.min(LANES, g.groupOutChannels - o);
              const outChannel = group * g.groupOutChannels + o;
              for (let i = 0; i < LANES; i++) {
                const lane = tile.lanes[i];
                lane.fill(0, 0, terms);
                if (i < width)
                  for (let r = 0; r < rows; r++) lane[r] = dy[(first + r) * g.outChannels + outChannel + i];
              }
              for (let k = 0; k < patch; k += CELLS) {
                const cells = Math.min(CELLS, patch - k);
                tile.multiply(k * terms, terms, cells, terms / 4);
                tile.add(dw, k * g.outChannels + outChannel, g.outChannels, cells, width);
              }
            }
          }
        }
      },
    };
  };
}

/** Terms of one output cell: kh · kw · inChannels / groups. */
function patchLength(g: ConvGeometry): number {
  return g.kernelHeight * g.kernelWidth * g.groupInChannels;
}

/** Rows of P. */
function pixelCount(g: ConvGeometry): number {
  return g.batch * g.outHeight * g.outWidth;
}

/** Rounded up to a multiple of the lanes. */
function inSixes(count: number): number {
  return Math.ceil(count / LANES) * LANES;
}

function groupsOf<T>(g: ConvGeometry, make: (group: number) => T): T[] {
  return Array.from({ length: g.groups }, (_, group) => make(group));
}

/** The columns of W of one group, `[outChannel, in sixes][kh · kw · C, in fours]`. */
function packColumns(filter: FloatArray, g: ConvGeometry, group: number): Float64Array {
  const patch = patchLength(g);
  const terms = inFours(patch);
  const packed = new Float64Array(terms * inSixes(g.groupOutChannels));
  for (let o = 0; o < g.groupOutChannels; o++) {
    for (let k = 0; k < patch; k++) packed[o * terms + k] = filter[k * g.outChannels + group * g.groupOutChannels + o];
  }
  return packed;
}

/** The rows of W of one group, `[kh · kw · C, in sixes][outChannel, in fours]`. */
function packRows(filter: FloatArray, g: ConvGeometry, group: number): Float64Array {
  const patch = patchLength(g);
  const terms = inFours(g.groupOutChannels);
  const packed = new Float64Array(inSixes(patch) * terms);
  for (let k = 0; k < patch; k++) {
    const row = k * g.outChannels + group * g.groupOutChannels;
    packed.set(filter.subarray(row, row + g.groupOutChannels), k * terms);
  }
  return packed;
}

/**
 * Multiplies the first `rows` rows of the stream with six columns of `factor`, the first of which is `column`, in parts
 * as long as a lane; `take` finds the products of rows `r … r + cells − 1` and of one part in the tile.
 */
function multiplyRows(
  factor: Float64Array,
  column: number,
  terms: number,
  rows: number,
  take: (r: number, cells: number, part: number) => void,
): void {
  const tile = registerTile();
  for (let start = 0; start < terms; start += LANE_LENGTH) {
    const length = Math.min(LANE_LENGTH, terms - start);
    fillOffsets(length);
    tile.load(factor, column * terms + start, terms, length);
    for (let r = 0; r < rows; r += CELLS) {
      const cells = Math.min(CELLS, rows - r);
      tile.multiply(r * terms + start, terms, cells, length / 4);
      take(r, cells, start / LANE_LENGTH);
    }
    tile.starts.fill(0);
  }
}

/** The terms of a row of the stream are neighbours. */
function fillOffsets(terms: number): void {
  const { offsets } = registerTile();
  for (let t = 0; t < terms; t += 4) offsets[t / 4] = t;
}

/** Zeros between the `used` elements of each row of the stream and its length. */
function clearPadding(stream: Float64Array, rows: number, used: number, length: number): void {
  if (used < length) for (let r = 0; r < rows; r++) stream.fill(0, r * length + used, (r + 1) * length);
}

/**
 * Writes the patches of `rows` output pixels from `first` on into `target`: element k of row r at
 * `r · rowStride + k · termStride`. Taps outside the image become zeros.
 */
function unfold(
  x: FloatArray,
  g: ConvGeometry,
  group: number,
  first: number,
  rows: number,
  target: Float64Array,
  rowStride: number,
  termStride: number,
): void {
  const channels = g.groupInChannels;
  forEachPixel(g, first, rows, (r, n, top, left) => {
    let at = r * rowStride;
    for (let a = 0; a < g.kernelHeight; a++) {
      const row = top + a * g.dilationHeight;
      const rowInside = row >= 0 && row < g.inHeight;
      for (let b = 0; b < g.kernelWidth; b++) {
        const column = left + b * g.dilationWidth;
        const from = ((n * g.inHeight + row) * g.inWidth + column) * g.inChannels + group * channels;
        if (rowInside && column >= 0 && column < g.inWidth) {
          for (let c = 0; c < channels; c++) target[at + c * termStride] = x[from + c];
        } else for (let c = 0; c < channels; c++) target[at + c * termStride] = 0;
        at += channels * termStride;
      }
    }
  });
}

/** Calls `visit` with `rows` output pixels from `first` on and the image row and column of their first tap. */
function forEachPixel(
  g: ConvGeometry,
  first: number,
  rows: number,
  visit: (r: number, n: number, top: number, left: number) => void,
): void {
  let j = first % g.outWidth;
  let i = Math.floor(first / g.outWidth) % g.outHeight;
  let n = Math.floor(first / (g.outWidth * g.outHeight));
  for (let r = 0; r < rows; r++) {
    visit(r, n, i * g.strideHeight - g.padTop, j * g.strideWidth - g.padLeft);
    if (++j < g.outWidth) continue;
    j = 0;
    if (++i < g.outHeight) continue;
    i = 0;
    n++;
  }
}

/** Copies one group's channels of `rows` output pixels, `rowStride` elements apart. */
function copyGroup(
  dy: FloatArray,
  g: ConvGeometry,
  group: number,
  first: number,
  rows: number,
  target: Float64Array,
  rowStride: number,
): void {
  const channels = g.groupOutChannels;
  for (let r = 0; r < rows; r++) {
    const from = (first + r) * g.outChannels + group * channels;
    for (let o = 0; o < channels; o++) target[r * rowStride + o] = dy[from + o];
  }
}

/**
 * Adds columns k … k + width − 1 of dP, which stand in `products`, to the input cells they were unfolded from (col2im).
 */
function fold(
  products: Float64Array,
  g: ConvGeometry,
  group: number,
  k: number,
  width: number,
  first: number,
  rows: number,
  dx: FloatArray,
): void {
  for (let lane = 0; lane < width; lane++) {
    const channel = group * g.groupInChannels + ((k + lane) % g.groupInChannels);
    const tap = Math.floor((k + lane) / g.groupInChannels);
    const down = Math.floor(tap / g.kernelWidth) * g.dilationHeight;
    const right = (tap % g.kernelWidth) * g.dilationWidth;
    forEachPixel(g, first, rows, (r, n, top, left) => {
      const row = top + down;
      const column = left + right;
      if (row < 0 || row >= g.inHeight || column < 0 || column >= g.inWidth) return;
      dx[((n * g.inHeight + row) * g.inWidth + column) * g.inChannels + channel] += products[r * LANES + lane];
    });
  }
}
