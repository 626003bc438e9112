/**
 * Sums of three products for four neighbouring cells, group after group: the inner loop for groups of few channels, where
 * no output channels share enough to fill the lanes of the {@link registerTile}.
 *
 *     sums[i, y + k · sumStep]  += Σ_{t < 3} cells[i, q_t + k · cellStep] · weights[t, w + k]          k < groups, i < 4
 *     weights[t, w + k]         += Σ_{i < 4} cells[i, q_t + k · cellStep] · sums[i, y + k · sumStep]
 *
 * The first is a correlation, the second the gradient of its weights, in which `sums` hold dy. A depthwise convolution has
 * a group for each channel, so the loop runs along channels, as NHWC has them; each product is with a weight of its own, and
 * twelve of them pay for loading and storing four sums. The four cells are views of one image, each shifted by
 * {@link PITCH} elements: one index and one bounds check serve all four. Arrays live in a closure for the reasons given in
 * `register-tile.ts`. V8 13.6 (Node 24) on x64: 5–6 GFLOP/s, from groups of one channel on.
 *
 * @module
 */

import type { FloatArray } from "../tensor/tensor.ts";
import { registerTile, STREAM_LENGTH } from "./register-tile.ts";

/** Cells computed at once. */
export const CELLS_AT_ONCE = 4;
/** Terms added at once. */
export const TERMS_AT_ONCE = 3;
/** Elements from a cell to its right neighbour: the most channels that are worked on together. */
export const PITCH = 128;
/** Elements of the image that all four cells have. */
export const IMAGE_LENGTH: number = STREAM_LENGTH - (CELLS_AT_ONCE - 1) * PITCH;
/** Elements of each of the arrays of weights. */
export const WEIGHTS_LENGTH = 16384;
/** Elements of each of the arrays of sums: output channels that are worked on together. */
export const SUMS_LENGTH = 4096;

/** The arrays and the loops over them. */
export interface ChannelTile {
  /** Where each term stands in the image, relative to the first of four cells; in threes. */
  readonly offsets: Int32Array;
  /** What the sums start from, such as a bias. */
  readonly starts: Float64Array;
  /** Weights of the three terms of a triple, each `[output channel of a group][triple][group]`. */
  readonly weights: readonly Float64Array[];
  /** Copies `channels` numbers into each of some neighbouring places; in the source they are `step` elements apart. */
  widen(source: FloatArray, from: number, step: number, at: number, places: number, channels: number): void;
  /** Writes zeros into each of some neighbouring places. */
  clear(at: number, places: number, channels: number): void;
  /** Copies the sums of one of the four cells. */
  readSums(cell: number, target: FloatArray, at: number, channels: number): void;
  writeSums(cell: number, source: FloatArray, at: number, channels: number): void;
  clearSums(cell: number, channels: number): void;
  /** The first formula for all terms and output channels of some groups, from `starts` on. */
  correlate(base: number, triples: number, channels: number, outChannels: number, groups: number): void;
  /** The second formula for all terms and output channels of some groups. */
  accumulate(base: number, triples: number, channels: number, outChannels: number, groups: number): void;
  readonly bytes: number;
}

let shared: ChannelTile | undefined;

/** The one channel tile, made when first used and shared by all plans, as runs are synchronous. */
export function channelTile(): ChannelTile {
  shared ??= createChannelTile();
  return shared;
}

function createChannelTile(): ChannelTile {
  const tile = registerTile();
  const image = tile.stream;
  const { buffer } = image;
  const cell0 = new Float64Array(buffer, 0, IMAGE_LENGTH);
  const cell1 = new Float64Array(buffer, PITCH * 8, IMAGE_LENGTH);
  const cell2 = new Float64Array(buffer, PITCH * 16, IMAGE_LENGTH);
  const cell3 = new Float64Array(buffer, PITCH * 24, IMAGE_LENGTH);
  const sum0 = new Float64Array(SUMS_LENGTH);
  const sum1 = new Float64Array(SUMS_LENGTH);
  const sum2 = new Float64Array(SUMS_LENGTH);
  const sum3 = new Float64Array(SUMS_LENGTH);
  const sums = [sum0, sum1, sum2, sum3];
  const starts = new Float64Array(SUMS_LENGTH);
  const offsets = new Int32Array(WEIGHTS_LENGTH * TERMS_AT_ONCE);
  const weight0 = new Float64Array(WEIGHTS_LENGTH);
  const weight1 = new Float64Array(WEIGHTS_LENGTH);
  const weight2 = new Float64Array(WEIGHTS_LENGTH);

  function correlateTriple(
    from0: number,
    from1: number,
    from2: number,
    cellStep: number,
    w: number,
    y: number,
    sumStep: number,
    groups: number,
  ): void {
    let q0 = from0;
    let q1 = from1;
    let q2 = from2;
    let at = y;
    const end = (w + groups) | 0;
    for (let k = w; k < end; k = (k + 1) | 0) {
      const w0 = weight0[k];
      const w1 = weight1[k];
      const w2 = weight2[k];
      sum0[at] = sum0[at] + (cell0[q0] * w0 + cell0[q1] * w1 + cell0[q2] * w2);
      sum1[at] = sum1[at] + (cell1[q0] * w0 + cell1[q1] * w1 + cell1[q2] * w2);
      sum2[at] = sum2[at] + (cell2[q0] * w0 + cell2[q1] * w1 + cell2[q2] * w2);
      sum3[at] = sum3[at] + (cell3[q0] * w0 + cell3[q1] * w1 + cell3[q2] * w2);
      q0 = (q0 + cellStep) | 0;
      q1 = (q1 + cellStep) | 0;
      q2 = (q2 + cellStep) | 0;
      at = (at + sumStep) | 0;
    }
  }

  function accumulateTriple(
    from0: number,
    from1: number,
    from2: number,
    cellStep: number,
    w: number,
    y: number,
    sumStep: number,
    groups: number,
  ): void {
    let q0 = from0;
    let q1 = from1;
    let q2 = from2;
    let at = y;
    const end = (w + groups) | 0;
    for (let k = w; k < end; k = (k + 1) | 0) {
      const s0 = sum0[at];
      const s1 = sum1[at];
      const s2 = sum2[at];
      const s3 = sum3[at];
      weight0[k] = weight0[k] + (cell0[q0] * s0 + cell1[q0] * s1 + cell2[q0] * s2 + cell3[q0] * s3);
      weight1[k] = weight1[k] + (cell0[q1] * s0 + cell1[q1] * s1 + cell2[q1] * s2 + cell3[q1] * s3);
      weight2[k] = weight2[k] + (cell0[q2] * s0 + cell1[q2] * s1 + cell2[q2] * s2 + cell3[q2] * s3);
      q0 = (q0 + cellStep) | 0;
      q1 = (q1 + cellStep) | 0;
      q2 = (q2 + cellStep) | 0;
      at = (at + sumStep) | 0;
    }
  }

  function correlate(base: number, triples: number, channels: number, outChannels: number, groups: number): void {
    const all = groups * outChannels;
    for (let c = 0; c < all; c++) {
      const start = starts[c];
      sum0[c] = start;
      sum1[c] = start;
      sum2[c] = start;
      sum3[c] = start;
    }
    let w = 0;
    for (let o = 0; o < outChannels; o++) {
      for (let t = 0; t < triples * TERMS_AT_ONCE; t += TERMS_AT_ONCE) {
        const q0 = base + offsets[t];
        const q1 = base + offsets[t + 1];
        const q2 = base + offsets[t + 2];
        correlateTriple(q0, q1, q2, channels, w, o, outChannels, groups);
        w += groups;
      }
    }
  }

  function accumulate(base: number, triples: number, channels: number, outChannels: number, groups: number): void {
    let w = 0;
    for (let o = 0; o < outChannels; o++) {
      for (let t = 0; t < triples * TERMS_AT_ONCE; t += TERMS_AT_ONCE) {
        const q0 = base + offsets[t];
        const q1 = base + offsets[t + 1];
        const q2 = base + offsets[t + 2];
        accumulateTriple(q0, q1, q2, channels, w, o, outChannels, groups);
        w += groups;
      }
    }
  }

  return {
    offsets,
    starts,
    weights: [weight0, weight1, weight2],
    widen(source, from, step, at, places, channels) {
      for (let place = 0; place < places; place++) {
        tile.widen(source, from + place * step, at + place * PITCH, channels);
      }
    },
    clear(at, places, channels) {
      for (let place = 0; place < places; place++) {
        const start = (at + place * PITCH) | 0;
        for (let c = 0; c < channels; c = (c + 1) | 0) image[(start + c) | 0] = 0;
      }
    },
    readSums(cell, target, at, channels) {
      const sum = sums[cell];
      for (let c = 0; c < channels; c = (c + 1) | 0) target[(at + c) | 0] = sum[c];
    },
    writeSums(cell, source, at, channels) {
      const sum = sums[cell];
      for (let c = 0; c < channels; c = (c + 1) | 0) sum[c] = source[(at + c) | 0];
    },
    clearSums(cell, channels) {
      sums[cell].fill(0, 0, channels);
    },
    correlate,
    accumulate,
    bytes: tile.bytes + (CELLS_AT_ONCE + 1) * sum0.byteLength + TERMS_AT_ONCE * weight0.byteLength + offsets.byteLength,
  };
}
