/**
 * Six dot products at a time, cell after cell: the inner loop of the scalar algorithms.
 *
 *     products[j, i] = starts[i] + Σ_{4 · first ≤ t < 4 · end} laneᵢ[t] · stream[base + j · step + offsets[⌊t / 4⌋] + t mod 4]
 *
 * for six lanes i and any number of cells j. The *lanes* hold the weights of six output channels (or whatever else many
 * cells share), the *stream* holds pixels, and the *offsets* say where in the stream each four neighbouring terms begin: a
 * patch of an image is one list of offsets, the same for every output cell. Six running sums, six products and one factor
 * fit the registers of x64 and ARM; a larger tile spills.
 *
 * Why the arrays live in a closure that is made once: an optimising compiler knows their addresses and lengths, so a
 * multiplication reads its operand straight from memory, and since the lanes have one length a single bounds check
 * serves all six. V8 13.6 (Node 24) on x64: 10–11 GFLOP/s, against 6.5 for the same loop over arrays passed as arguments
 * and 2 for a plain loop nest. Why the lanes stand apart instead of interleaved: for that shared check. Why a cell is a
 * function of its own, and a table of offsets instead of a loop for remainders: any second loop in that function makes V8
 * spill the sums (3–8 GFLOP/s). It is too long to be inlined, and a call costs less than 16 terms do.
 *
 * Sums are float64 whatever the data, so rounding to the element type happens once, at the end.
 *
 * @module
 */

import type { FloatArray } from "../tensor/tensor.ts";

/** Dot products computed at once. */
export const LANES = 6;
/** Elements of each lane: the longest chain of terms that is computed in one go. */
export const LANE_LENGTH = 16384;
/** Elements of the stream: 2.25 MiB of float64, sixteen Winograd tiles of 512 channels. */
export const STREAM_LENGTH = 294912;
/** Elements of a block that the L2 cache of current processors holds: 1 MiB. Algorithms prefer blocks no larger. */
export const CACHED_LENGTH = 131072;

/** Cells of one call at most: their products stay in the L1 cache. */
export const CELLS = 256;

/** The arrays and the loops over them. */
export interface RegisterTile {
  /** Three more elements than {@link STREAM_LENGTH}: the last four terms may begin at the last element. */
  readonly stream: Float64Array;
  readonly offsets: Int32Array;
  /** What the sum of each lane starts from, such as a bias. */
  readonly starts: Float64Array;
  /** `[cell][lane]`. */
  readonly products: Float64Array;
  readonly lanes: readonly Float64Array[];
  /** Fills the lanes with `terms` weights each, from six rows that stand `pitch` elements apart. */
  load(weights: FloatArray, from: number, pitch: number, terms: number): void;
  /** Copies `count` neighbouring numbers into the stream. */
  widen(source: FloatArray, from: number, at: number, count: number): void;
  /** Computes the products of `cells` ≤ {@link CELLS} cells, of terms from `4 · first` (0, unless said) to `4 · end`. */
  multiply(base: number, step: number, cells: number, end: number, first?: number): void;
  /** Copies the products of the first `width` lanes to `target`, cell after cell `step` elements apart. */
  store(target: FloatArray, at: number, step: number, cells: number, width: number): void;
  /** The same, adding to what stands there. */
  add(target: FloatArray, at: number, step: number, cells: number, width: number): void;
  readonly bytes: number;
}

/** Terms are taken four at a time: a chain of `terms` is filled up with zeros to this length. */
export function inFours(terms: number): number {
  return (terms + 3) & ~3;
}

/** Elements that pay for a call of the engine's own copy: 0.1 µs, then 0.2 ns for each instead of 0.8 (V8 13.6 on Zen 4). */
const LONG = 96;
/** The same where nothing is converted: 0.7 ns for each by the loop. */
const LONG_WIDE = 512;

let shared: RegisterTile | undefined;

/**
 * The one register tile, made when first used and shared by all plans: runs are synchronous, and each fills what it
 * needs anew.
 */
export function registerTile(): RegisterTile {
  shared ??= createRegisterTile();
  return shared;
}

function createRegisterTile(): RegisterTile {
  const stream = new Float64Array(STREAM_LENGTH + 3);
  const offsets = new Int32Array(LANE_LENGTH / 4);
  const starts = new Float64Array(LANES);
  const products = new Float64Array(CELLS * LANES);
  const lane0 = new Float64Array(LANE_LENGTH);
  const lane1 = new Float64Array(LANE_LENGTH);
  const lane2 = new Float64Array(LANE_LENGTH);
  const lane3 = new Float64Array(LANE_LENGTH);
  const lane4 = new Float64Array(LANE_LENGTH);
  const lane5 = new Float64Array(LANE_LENGTH);
  const lanes = [lane0, lane1, lane2, lane3, lane4, lane5];

  function multiplyCell(base: number, first: number, end: number, at: number): void {
    let sum0 = starts[0];
    let sum1 = starts[1];
    let sum2 = starts[2];
    let sum3 = starts[3];
    let sum4 = starts[4];
    let sum5 = starts[5];
    for (let i = first; i < end; i = (i + 1) | 0) {
      const p = i << 2;
      const q = (base + offsets[i]) | 0;
      const x0 = stream[q];
      sum0 += lane0[p] * x0;
      sum1 += lane1[p] * x0;
      sum2 += lane2[p] * x0;
      sum3 += lane3[p] * x0;
      sum4 += lane4[p] * x0;
      sum5 += lane5[p] * x0;
      const x1 = stream[(q + 1) | 0];
      sum0 += lane0[(p + 1) | 0] * x1;
      sum1 += lane1[(p + 1) | 0] * x1;
      sum2 += lane2[(p + 1) | 0] * x1;
      sum3 += lane3[(p + 1) | 0] * x1;
      sum4 += lane4[(p + 1) | 0] * x1;
      sum5 += lane5[(p + 1) | 0] * x1;
      const x2 = stream[(q + 2) | 0];
      sum0 += lane0[(p + 2) | 0] * x2;
      sum1 += lane1[(p + 2) | 0] * x2;
      sum2 += lane2[(p + 2) | 0] * x2;
      sum3 += lane3[(p + 2) | 0] * x2;
      sum4 += lane4[(p + 2) | 0] * x2;
      sum5 += lane5[(p + 2) | 0] * x2;
      const x3 = stream[(q + 3) | 0];
      sum0 += lane0[(p + 3) | 0] * x3;
      sum1 += lane1[(p + 3) | 0] * x3;
      sum2 += lane2[(p + 3) | 0] * x3;
      sum3 += lane3[(p + 3) | 0] * x3;
      sum4 += lane4[(p + 3) | 0] * x3;
      sum5 += lane5[(p + 3) | 0] * x3;
    }
    products[at] = sum0;
    products[(at + 1) | 0] = sum1;
    products[(at + 2) | 0] = sum2;
    products[(at + 3) | 0] = sum3;
    products[(at + 4) | 0] = sum4;
    products[(at + 5) | 0] = sum5;
  }

  function multiply(base: number, step: number, cells: number, end: number, first = 0): void {
    let from = base;
    const length = cells * LANES;
    for (let at = 0; at < length; at = (at + LANES) | 0) {
      multiplyCell(from, first, end, at);
      from = (from + step) | 0;
    }
  }

  function load(weights: FloatArray, from: number, pitch: number, terms: number): void {
    if (terms >= (weights.BYTES_PER_ELEMENT === 4 ? LONG : LONG_WIDE)) {
      for (let lane = 0; lane < LANES; lane++) {
        const start = from + lane * pitch;
        lanes[lane].set(weights.subarray(start, start + terms));
      }
      return;
    }
    const q0 = from | 0;
    const q1 = (q0 + pitch) | 0;
    const q2 = (q1 + pitch) | 0;
    const q3 = (q2 + pitch) | 0;
    const q4 = (q3 + pitch) | 0;
    const q5 = (q4 + pitch) | 0;
    for (let t = 0; t < terms; t = (t + 1) | 0) {
      lane0[t] = weights[(q0 + t) | 0];
      lane1[t] = weights[(q1 + t) | 0];
      lane2[t] = weights[(q2 + t) | 0];
      lane3[t] = weights[(q3 + t) | 0];
      lane4[t] = weights[(q4 + t) | 0];
      lane5[t] = weights[(q5 + t) | 0];
    }
  }

  function widen(source: FloatArray, from: number, at: number, count: number): void {
    if (count >= LONG) {
      stream.set(source.subarray(from, from + count), at);
      return;
    }
    let p = at | 0;
    let q = from | 0;
    const end = (p + count) | 0;
    const unrolled = (end - 3) | 0;
    for (; p < unrolled; p = (p + 4) | 0) {
      stream[p] = source[q];
      stream[(p + 1) | 0] = source[(q + 1) | 0];
      stream[(p + 2) | 0] = source[(q + 2) | 0];
      stream[(p + 3) | 0] = source[(q + 3) | 0];
      q = (q + 4) | 0;
    }
    for (; p < end; p = (p + 1) | 0) {
      stream[p] = source[q];
      q = (q + 1) | 0;
    }
  }

  function storeSix(target: FloatArray, at: number, step: number, cells: number): void {
    let to = at | 0;
    const end = cells * LANES;
    for (let from = 0; from < end; from = (from + LANES) | 0) {
      target[to] = products[from];
      target[(to + 1) | 0] = products[(from + 1) | 0];
      target[(to + 2) | 0] = products[(from + 2) | 0];
      target[(to + 3) | 0] = products[(from + 3) | 0];
      target[(to + 4) | 0] = products[(from + 4) | 0];
      target[(to + 5) | 0] = products[(from + 5) | 0];
      to = (to + step) | 0;
    }
  }

  function store(target: FloatArray, at: number, step: number, cells: number, width: number): void {
    if (width === LANES) {
      storeSix(target, at, step, cells);
      return;
    }
    for (let lane = 0; lane < width; lane = (lane + 1) | 0) {
      let to = (at + lane) | 0;
      let from = lane;
      for (let cell = 0; cell < cells; cell = (cell + 1) | 0) {
        target[to] = products[from];
        to = (to + step) | 0;
        from = (from + LANES) | 0;
      }
    }
  }

  function add(target: FloatArray, at: number, step: number, cells: number, width: number): void {
    for (let cell = 0; cell < cells; cell++) {
      for (let lane = 0; lane < width; lane++) target[at + cell * step + lane] += products[cell * LANES + lane];
    }
  }

  return {
    stream,
    offsets,
    starts,
    products,
    lanes,
    load,
    widen,
    multiply,
    store,
    add,
    bytes: stream.byteLength + offsets.byteLength + starts.byteLength + products.byteLength + LANES * lane0.byteLength,
  };
}
