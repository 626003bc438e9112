/**
 * Depthwise 3×3 taps for neighbouring cells of an output row, channel after channel, from three rows of float64 pixels:
 *
 *     out[y + k·C + c] = starts[c] + Σ_{a, b < 3} weightₐ,ᵦ[c] · stream[rₐ + (k·s + b)·C + c]          c < C
 *
 * for four cells k at column step s = 1, or two at s = 2. Neighbours share pixels: 18 are read for 36 products at step one,
 * 15 for 18 at step two, each once. That is why there is a loop for each step: one for both reads what neighbours share
 * twice, and takes 1.1 to 1.3 times as long. Why the loads stand before the sums, and why the arrays live in a closure:
 * `register-tile.ts`. V8 13.6 (Node 24) on x64, copies included: 4.4–4.8 GFLOP/s at step one, 3.3–3.6 at step two.
 *
 * All memory is that of the {@link registerTile} and the {@link channelTile}: the stream holds pixels and, behind them,
 * a row of outputs; the lanes and the arrays of weights hold a tap each.
 *
 * @module
 */

import { channelTile } from "./channel-tile.ts";
import { registerTile, STREAM_LENGTH } from "./register-tile.ts";

/** Elements of a row of outputs. */
export const OUT_LENGTH = 65536;
/** Elements of the rows of pixels. */
export const ROWS_LENGTH: number = STREAM_LENGTH - OUT_LENGTH;

/** The arrays and the loops over them. */
export interface DepthwiseTile {
  /** Of each of the nine taps, for each channel. */
  readonly weights: readonly Float64Array[];
  /** What each channel starts from, such as a bias. */
  readonly starts: Float64Array;
  /** A row of outputs, `[column][channel]`. */
  readonly out: Float64Array;
  /**
   * Computes a row of outputs from the rows of pixels at `r0`, `r1` and `r2`, four or two cells at a time: the rows must
   * have pixels for all of them, and `out` gets those past `columns` too.
   */
  correlate(r0: number, r1: number, r2: number, columns: number, columnStep: 1 | 2, channels: number): void;
}

/** Cells computed at once. */
export function cellsAtOnce(columnStep: 1 | 2): number {
  return columnStep === 1 ? 4 : 2;
}

let shared: DepthwiseTile | undefined;

/** The one depthwise tile, made when first used and shared by all plans, as runs are synchronous. */
export function depthwiseTile(): DepthwiseTile {
  shared ??= createDepthwiseTile();
  return shared;
}

function createDepthwiseTile(): DepthwiseTile {
  const { stream, lanes } = registerTile();
  const { starts, weights: others } = channelTile();
  const out = new Float64Array(stream.buffer, stream.byteOffset + ROWS_LENGTH * 8, OUT_LENGTH);
  const weights = [...lanes, ...others];
  const [weight0, weight1, weight2, weight3, weight4, weight5, weight6, weight7, weight8] = weights;

  /** Short enough to be inlined, and its weights to be operands in memory. */
  function cell(
    c: number,
    p0: number,
    p1: number,
    p2: number,
    q0: number,
    q1: number,
    q2: number,
    r0: number,
    r1: number,
    r2: number,
  ): number {
    return (
      starts[c] +
      weight0[c] * p0 +
      weight1[c] * p1 +
      weight2[c] * p2 +
      weight3[c] * q0 +
      weight4[c] * q1 +
      weight5[c] * q2 +
      weight6[c] * r0 +
      weight7[c] * r1 +
      weight8[c] * r2
    );
  }

  function fourCells(r0: number, r1: number, r2: number, y: number, channels: number): void {
    const step = channels | 0;
    const step2 = (2 * step) | 0;
    const step3 = (3 * step) | 0;
    const step4 = (4 * step) | 0;
    const step5 = (5 * step) | 0;
    let p = r0 | 0;
    let q = r1 | 0;
    let r = r2 | 0;
    let at = y | 0;
    for (let c = 0; c < step; c = (c + 1) | 0) {
      const p0 = stream[p];
      const p1 = stream[(p + step) | 0];
      const p2 = stream[(p + step2) | 0];
      const p3 = stream[(p + step3) | 0];
      const p4 = stream[(p + step4) | 0];
      const p5 = stream[(p + step5) | 0];
      const q0 = stream[q];
      const q1 = stream[(q + step) | 0];
      const q2 = stream[(q + step2) | 0];
      const q3 = stream[(q + step3) | 0];
      const q4 = stream[(q + step4) | 0];
      const q5 = stream[(q + step5) | 0];
      const r0 = stream[r];
      const r1 = stream[(r + step) | 0];
      const r2 = stream[(r + step2) | 0];
      const r3 = stream[(r + step3) | 0];
      const r4 = stream[(r + step4) | 0];
      const r5 = stream[(r + step5) | 0];
      out[at] = cell(c, p0, p1, p2, q0, q1, q2, r0, r1, r2);
      out[(at + step) | 0] = cell(c, p1, p2, p3, q1, q2, q3, r1, r2, r3);
      out[(at + step2) | 0] = cell(c, p2, p3, p4, q2, q3, q4, r2, r3, r4);
      out[(at + step3) | 0] = cell(c, p3, p4, p5, q3, q4, q5, r3, r4, r5);
      p = (p + 1) | 0;
      q = (q + 1) | 0;
      r = (r + 1) | 0;
      at = (at + 1) | 0;
    }
  }

  function twoCells(r0: number, r1: number, r2: number, y: number, channels: number): void {
    const step = channels | 0;
    const step2 = (2 * step) | 0;
    const step3 = (3 * step) | 0;
    const step4 = (4 * step) | 0;
    let p = r0 | 0;
    let q = r1 | 0;
    let r = r2 | 0;
    let at = y | 0;
    for (let c = 0; c < step; c = (c + 1) | 0) {
      const p0 = stream[p];
      const p1 = stream[(p + step) | 0];
      const p2 = stream[(p + step2) | 0];
      const p3 = stream[(p + step3) | 0];
      const p4 = stream[(p + step4) | 0];
      const q0 = stream[q];
      const q1 = stream[(q + step) | 0];
      const q2 = stream[(q + step2) | 0];
      const q3 = stream[(q + step3) | 0];
      const q4 = stream[(q + step4) | 0];
      const r0 = stream[r];
      const r1 = stream[(r + step) | 0];
      const r2 = stream[(r + step2) | 0];
      const r3 = stream[(r + step3) | 0];
      const r4 = stream[(r + step4) | 0];
      out[at] = cell(c, p0, p1, p2, q0, q1, q2, r0, r1, r2);
      out[(at + step) | 0] = cell(c, p2, p3, p4, q2, q3, q4, r2, r3, r4);
      p = (p + 1) | 0;
      q = (q + 1) | 0;
      r = (r + 1) | 0;
      at = (at + 1) | 0;
    }
  }

  return {
    weights,
    starts,
    out,
    correlate(r0, r1, r2, columns, columnStep, channels) {
      const cells = cellsAtOnce(columnStep);
      const pixels = cells * columnStep * channels;
      let q = 0;
      for (let column = 0; column < columns; column += cells) {
        if (columnStep === 1) fourCells(r0 + q, r1 + q, r2 + q, column * channels, channels);
        else twoCells(r0 + q, r1 + q, r2 + q, column * channels, channels);
        q += pixels;
      }
    },
  };
}
