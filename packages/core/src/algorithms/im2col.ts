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

import { type ConvGeometry, isPadded } from "../geometry.ts";
import type { FloatArray } from "../tensor.ts";
import type { ConvAlgorithm } from "./algorithm.ts";
import { allFinite, naive } from "./naive.ts";
import { inFours, LANE_LENGTH, LANES, registerTile, STREAM_LENGTH } from "./registerTile.ts";

/** Unfold, then multiply. */
export const im2col: ConvAlgorithm<"im2col"> = {
  name: "im2col",
  engine: "scalar",
  summary: "patches unfolded into a matrix, a block of rows at a time, then matrix multiplication",
  nonFinite: "as the reference",

  supports(g, pass) {
    const row = inFours(pass === "inputGradient" ? g.groupOutChannels : patchLength(g));
    if (row <= STREAM_LENGTH) return true;
    return `a row of ${row} terms exceeds the ${STREAM_LENGTH} that one block holds`;
  },

  prepare(g, filter, bias) {
    if (isPadded(g) && !allFinite(filter)) return naive.prepare(g, filter, bias);
    const patch = patchLength(g);
    const terms = inFours(patch);
    const pixels = pixelCount(g);
    const blockRows = Math.min(pixels, Math.floor(STREAM_LENGTH / terms));
    const tile = registerTile();
    const columns = groupsOf(g, (group) => packColumns(filter, g, group));
    const b = bias?.slice();
    const product = new Float64Array(blockRows * LANES);
    return {
      scratchBytes: tile.bytes + product.byteLength,
      run(x, y) {
        for (let group = 0; group < g.groups; group++) {
          for (let first = 0; first < pixels; first += blockRows) {
            const rows = Math.min(blockRows, pixels - first);
            unfold(x, g, group, first, rows, tile.stream, terms, 1);
            clearPadding(tile.stream, rows, patch, terms);
            for (let o = 0; o < g.groupOutChannels; o += LANES) {
              const width = Math.min(LANES, g.groupOutChannels - o);
              const outChannel = group * g.groupOutChannels + o;
              for (let i = 0; i < rows * LANES; i++)
                product[i] = i % LANES < width ? (b?.[outChannel + (i % LANES)] ?? 0) : 0;
              multiplyBlock(columns[group].subarray(o * terms, (o + width) * terms), width, terms, rows, product);
              for (let r = 0; r < rows; r++) {
                for (let i = 0; i < width; i++)
                  y[(first + r) * g.outChannels + outChannel + i] = product[r * LANES + i];
              }
            }
          }
        }
      },
    };
  },

  prepareInputGradient(g, filter) {
    const terms = inFours(g.groupOutChannels);
    const pixels = pixelCount(g);
    const blockRows = Math.min(pixels, Math.floor(STREAM_LENGTH / terms));
    const tile = registerTile();
    const patch = patchLength(g);
    const rowsOfFilter = groupsOf(g, (group) => packRows(filter, g, group));
    const product = new Float64Array(blockRows * LANES);
    return {
      scratchBytes: tile.bytes + product.byteLength,
      run(dy, dx) {
        dx.fill(0);
        for (let group = 0; group < g.groups; group++) {
          for (let first = 0; first < pixels; first += blockRows) {
            const rows = Math.min(blockRows, pixels - first);
            copyGroup(dy, g, group, first, rows, tile.stream, terms);
            clearPadding(tile.stream, rows, g.groupOutChannels, terms);
            for (let k = 0; k < patch; k += LANES) {
              const width = Math.min(LANES, patch - k);
              product.fill(0, 0, rows * LANES);
              multiplyBlock(rowsOfFilter[group].subarray(k * terms, (k + width) * terms), width, terms, rows, product);
              for (let i = 0; i < width; i++) foldColumn(product, i, g, group, k + i, first, rows, dx);
            }
          }
        }
      },
    };
  },

  prepareFilterGradient(g) {
    const patch = patchLength(g);
    const pixels = pixelCount(g);
    const blockRows = Math.min(inFours(pixels), LANE_LENGTH, Math.floor(STREAM_LENGTH / patch) & ~3);
    const tile = registerTile();
    const sums = new Float64Array(patch * g.outChannels);
    const reference = isPadded(g) ? naive.prepareFilterGradient(g) : undefined;
    return {
      scratchBytes: tile.bytes + sums.byteLength + (reference?.scratchBytes ?? 0),
      run(x, dy, dw) {
        if (reference !== undefined && !allFinite(dy)) {
          reference.run(x, dy, dw);
          return;
        }
        sums.fill(0);
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
              for (let k = 0; k < patch; k++) {
                tile.sums.fill(0);
                tile.accumulate(k * terms, terms / 4);
                for (let i = 0; i < width; i++) sums[k * g.outChannels + outChannel + i] += tile.sums[i];
              }
            }
          }
        }
        dw.set(sums);
      },
    };
  },
};

/** Terms of one output cell: kh · kw · inChannels / groups. */
function patchLength(g: ConvGeometry): number {
  return g.kernelHeight * g.kernelWidth * g.groupInChannels;
}

/** Rows of P. */
function pixelCount(g: ConvGeometry): number {
  return g.batch * g.outHeight * g.outWidth;
}

function groupsOf<T>(g: ConvGeometry, make: (group: number) => T): T[] {
  return Array.from({ length: g.groups }, (_, group) => make(group));
}

/** The columns of W of one group, one after the other, each filled up to fours: `[outChannel][kh · kw · C]`. */
function packColumns(filter: FloatArray, g: ConvGeometry, group: number): Float64Array {
  const patch = patchLength(g);
  const terms = inFours(patch);
  const packed = new Float64Array(terms * g.groupOutChannels);
  for (let o = 0; o < g.groupOutChannels; o++) {
    for (let k = 0; k < patch; k++) packed[o * terms + k] = filter[k * g.outChannels + group * g.groupOutChannels + o];
  }
  return packed;
}

/** The rows of W of one group, one after the other, each filled up to fours: `[kh · kw · C][outChannel]`. */
function packRows(filter: FloatArray, g: ConvGeometry, group: number): Float64Array {
  const patch = patchLength(g);
  const terms = inFours(g.groupOutChannels);
  const packed = new Float64Array(patch * terms);
  for (let k = 0; k < patch; k++) {
    const row = k * g.outChannels + group * g.groupOutChannels;
    packed.set(filter.subarray(row, row + g.groupOutChannels), k * terms);
  }
  return packed;
}

/**
 * product[r, i] += Σ_k stream[r, k] · factor[i, k] for `rows` rows and up to six columns, in chains as long as a lane.
 */
function multiplyBlock(factor: Float64Array, width: number, terms: number, rows: number, product: Float64Array): void {
  const { lanes, sums, accumulate } = registerTile();
  for (let start = 0; start < terms; start += LANE_LENGTH) {
    const length = Math.min(LANE_LENGTH, terms - start);
    fillOffsets(length);
    for (let i = 0; i < LANES; i++) {
      if (i < width) lanes[i].set(factor.subarray(i * terms + start, i * terms + start + length));
      else lanes[i].fill(0, 0, length);
    }
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < LANES; i++) sums[i] = product[r * LANES + i];
      accumulate(r * terms + start, length / 4);
      for (let i = 0; i < LANES; i++) product[r * LANES + i] = sums[i];
    }
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
  for (let r = 0; r < rows; r++) {
    const j = (first + r) % g.outWidth;
    const i = Math.floor((first + r) / g.outWidth) % g.outHeight;
    const n = Math.floor((first + r) / (g.outWidth * g.outHeight));
    let at = r * rowStride;
    for (let a = 0; a < g.kernelHeight; a++) {
      const row = i * g.strideHeight + a * g.dilationHeight - g.padTop;
      for (let b = 0; b < g.kernelWidth; b++) {
        const column = j * g.strideWidth + b * g.dilationWidth - g.padLeft;
        const inside = row >= 0 && row < g.inHeight && column >= 0 && column < g.inWidth;
        const from = ((n * g.inHeight + row) * g.inWidth + column) * g.inChannels + group * channels;
        for (let c = 0; c < channels; c++) {
          target[at] = inside ? x[from + c] : 0;
          at += termStride;
        }
      }
    }
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

/** Adds column k of dP, which stands in column `lane` of `product`, to the input cells it was unfolded from (col2im). */
function foldColumn(
  product: Float64Array,
  lane: number,
  g: ConvGeometry,
  group: number,
  k: number,
  first: number,
  rows: number,
  dx: FloatArray,
): void {
  const c = k % g.groupInChannels;
  const b = Math.floor(k / g.groupInChannels) % g.kernelWidth;
  const a = Math.floor(k / (g.groupInChannels * g.kernelWidth));
  for (let r = 0; r < rows; r++) {
    const j = (first + r) % g.outWidth;
    const i = Math.floor((first + r) / g.outWidth) % g.outHeight;
    const n = Math.floor((first + r) / (g.outWidth * g.outHeight));
    const row = i * g.strideHeight + a * g.dilationHeight - g.padTop;
    const column = j * g.strideWidth + b * g.dilationWidth - g.padLeft;
    if (row < 0 || row >= g.inHeight || column < 0 || column >= g.inWidth) continue;
    dx[((n * g.inHeight + row) * g.inWidth + column) * g.inChannels + group * g.groupInChannels + c] +=
      product[r * LANES + lane];
  }
}
