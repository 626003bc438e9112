/**
 * Six dot products against one shared vector: the inner loop of the scalar algorithms.
 *
 *     sums[i] += Σ_{t < 4 · quads} laneᵢ[t] · stream[base + offsets[⌊t / 4⌋] + t mod 4]        i = 0 … 5
 *
 * The six *lanes* hold the weights of six output channels (or whatever else many pixels share), the *stream* holds
 * pixels, and the *offsets* say where in the stream each four neighbouring terms begin: a patch of an image is one list of
 * offsets, the same for every output cell. Six running sums, six products and one factor fit the registers of x64 and
 * ARM; a larger tile spills.
 *
 * Why the arrays live in a closure that is made once: an optimising compiler knows their addresses and lengths, so a
 * multiplication reads its operand straight from memory, and since the lanes have one length a single bounds check
 * serves all six. V8 13.6 (Node 24) on x64: 10–11 GFLOP/s, against 6.5 for the same loop over arrays passed as arguments
 * and 2 for a plain loop nest. Why the lanes stand apart instead of interleaved: for that shared check. Why a table of
 * offsets and no loop for remainders: a second loop in the same function makes V8 spill the sums (3–8 GFLOP/s).
 *
 * Sums are float64 whatever the data, so rounding to the element type happens once, at the end.
 *
 * @module
 */

/** Dot products computed at once. */
export const LANES = 6;
/** Elements of each lane: the longest chain of terms that is computed in one go. */
export const LANE_LENGTH = 16384;
/** Elements of the stream: 1 MiB of float64, the L2 cache of current processors. */
export const STREAM_LENGTH = 131072;

/** The arrays and the loop over them. */
export interface RegisterTile {
  readonly lanes: readonly Float64Array[];
  /** Three more elements than {@link STREAM_LENGTH}: the last four terms may begin at the last element. */
  readonly stream: Float64Array;
  readonly offsets: Int32Array;
  readonly sums: Float64Array;
  /** Adds `4 · quads` products to each sum. */
  accumulate(base: number, quads: number): void;
  readonly bytes: number;
}

/** Terms are taken four at a time: a chain of `terms` is filled up with zeros to this length. */
export function inFours(terms: number): number {
  return (terms + 3) & ~3;
}

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
  const sums = new Float64Array(LANES);
  const lane0 = new Float64Array(LANE_LENGTH);
  const lane1 = new Float64Array(LANE_LENGTH);
  const lane2 = new Float64Array(LANE_LENGTH);
  const lane3 = new Float64Array(LANE_LENGTH);
  const lane4 = new Float64Array(LANE_LENGTH);
  const lane5 = new Float64Array(LANE_LENGTH);

  function accumulate(base: number, quads: number): void {
    let sum0 = sums[0];
    let sum1 = sums[1];
    let sum2 = sums[2];
    let sum3 = sums[3];
    let sum4 = sums[4];
    let sum5 = sums[5];
    let p = 0;
    for (let i = 0; i < quads; i = (i + 1) | 0) {
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
      p = (p + 4) | 0;
    }
    sums[0] = sum0;
    sums[1] = sum1;
    sums[2] = sum2;
    sums[3] = sum3;
    sums[4] = sum4;
    sums[5] = sum5;
  }

  return {
    lanes: [lane0, lane1, lane2, lane3, lane4, lane5],
    stream,
    offsets,
    sums,
    accumulate,
    bytes: stream.byteLength + offsets.byteLength + sums.byteLength + LANES * lane0.byteLength,
  };
}
