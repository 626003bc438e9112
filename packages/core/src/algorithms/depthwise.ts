/**
 * Depthwise 3×3 correlation with one filter for each channel, at column steps one and two: what networks have most of.
 *
 * Rows of the image are copied whole, widened to float64 and framed with zeros, into a ring of three: each is copied
 * once, in one go, and the row of outputs goes back the same way. Between them the {@link depthwiseTile} runs along the
 * channels. Other kernels and groups, and rows too long for its memory, are left to `grouped-correlation.ts`.
 *
 * @module
 */

import type { ConvGeometry } from "../geometry.ts";
import type { FloatArray } from "../tensor.ts";
import { SUMS_LENGTH } from "./channel-tile.ts";
import { cellsAtOnce, depthwiseTile, OUT_LENGTH, ROWS_LENGTH } from "./depthwise-tile.ts";
import type { PartCorrelation } from "./part-correlation.ts";
import { registerTile } from "./register-tile.ts";

/** Rows and columns of the kernel, and rows of the ring. */
const SIZE = 3;

/** A correlation with its weights apart, a tap after the other. */
export class DepthwiseCorrelation {
  /** No term is filled up with zeros. */
  readonly ragged = false;
  readonly #k: PartCorrelation;
  readonly #batch: number;
  readonly #columnStep: 1 | 2;
  /** `[tap][channel]`. */
  readonly #weights: Float64Array;
  readonly #bias: FloatArray | undefined;
  /** Elements of a row of the ring. */
  readonly #pitch: number;

  /** What computes `k`, unless something about it is not as the head of this file says. */
  static of(
    k: PartCorrelation,
    g: ConvGeometry,
    filter: FloatArray,
    bias: FloatArray | undefined,
  ): DepthwiseCorrelation | undefined {
    const { columnStep } = k;
    const depthwise = k.channels === 1 && k.outChannels === 1 && k.targetColumnStep === g.groups;
    const kernel = k.taps.length === SIZE ** 2 && k.extentRows === SIZE && k.extentColumns === SIZE;
    if (!depthwise || !kernel || (columnStep !== 1 && columnStep !== 2) || g.groups > SUMS_LENGTH) return undefined;
    const columns = Math.ceil(k.columns / cellsAtOnce(columnStep)) * cellsAtOnce(columnStep);
    const pitch = ((columns - 1) * columnStep + SIZE) * g.groups;
    if (SIZE * pitch > ROWS_LENGTH || columns * g.groups > OUT_LENGTH) return undefined;
    return new DepthwiseCorrelation(k, g, columnStep, pitch, filter, bias);
  }

  private constructor(
    k: PartCorrelation,
    g: ConvGeometry,
    columnStep: 1 | 2,
    pitch: number,
    filter: FloatArray,
    bias: FloatArray | undefined,
  ) {
    this.#k = k;
    this.#batch = g.batch;
    this.#columnStep = columnStep;
    this.#pitch = pitch;
    this.#bias = bias;
    this.#weights = new Float64Array(SIZE ** 2 * g.groups);
    k.taps.forEach((tap, t) => {
      for (let c = 0; c < g.groups; c++) this.#weights[t * g.groups + c] = filter[k.weightIndex(tap, c, 0, 0)];
    });
  }

  run(source: FloatArray, target: FloatArray): void {
    const k = this.#k;
    const channels = k.sourceChannels;
    const tile = depthwiseTile();
    tile.weights.forEach((array, t) => {
      array.set(this.#weights.subarray(t * channels, (t + 1) * channels));
    });
    if (this.#bias === undefined) tile.starts.fill(0, 0, channels);
    else tile.starts.set(this.#bias);
    const outputs = tile.out.subarray(0, k.columns * channels);
    const place = (row: number): number => (row % SIZE) * this.#pitch;
    for (let n = 0; n < this.#batch; n++) {
      let next = 0; // the first row that is not yet in the ring
      for (let i = 0; i < k.rows; i++) {
        const top = i * k.rowStep;
        for (next = Math.max(next, top); next < top + SIZE; next++) this.#copyRow(source, n, next, place(next));
        tile.correlate(place(top), place(top + 1), place(top + 2), k.columns, this.#columnStep, channels);
        target.set(outputs, k.targetIndex(n, i, 0));
      }
    }
  }

  /** Copies what outputs see of a row, the first being that of the first output; what lies outside the image is zero. */
  #copyRow(source: FloatArray, n: number, row: number, at: number): void {
    const k = this.#k;
    const { stream, widen } = registerTile();
    const end = at + this.#pitch;
    const sourceRow = k.originRow + row;
    if (sourceRow < 0 || sourceRow >= k.sourceHeight) {
      stream.fill(0, at, end);
      return;
    }
    const width = this.#pitch / k.sourceChannels;
    const from = Math.min(width, Math.max(0, -k.originColumn));
    const to = Math.max(from, Math.min(width, k.sourceWidth - k.originColumn));
    const first = ((n * k.sourceHeight + sourceRow) * k.sourceWidth + k.originColumn + from) * k.sourceChannels;
    stream.fill(0, at, at + from * k.sourceChannels);
    widen(source, first, at + from * k.sourceChannels, (to - from) * k.sourceChannels);
    stream.fill(0, at + to * k.sourceChannels, end);
  }
}
