/**
 * Filters that run while their signal arrives: blocks of any size go in, as many values come out, and what a block leaves to the
 * next, the last m − 1 samples, is kept between them.
 *
 * Blocks are worked off in pieces of one length, for which the kernel is prepared once; a block too short to be worth a transform is
 * summed plainly.
 *
 * @module
 */

import {
  CHOICE_OPTION_NAMES,
  chooseMatrix,
  type MatrixChoiceOptions,
  type MatrixFacts,
  prepareMatrix,
} from "../corr2d/choose.ts";
import type { PreparedMatrix } from "../corr2d/problem/algorithm.ts";
import { oriented, type PlannedProblem } from "../corr2d/problem/problem.ts";
import { checkOptionNames, requireInteger } from "../geometry/options.ts";
import { kindOf } from "../operation/operation.ts";
import { checkArray, type FloatArray, type Owned, requireApart, zeroArray } from "../tensor/tensor.ts";
import { SIGNAL_CATALOGUE, type SignalAlgorithmName } from "./algorithms.ts";
import type { SignalOperation } from "./correlate1d.ts";

/** Samples of a piece, where nobody says how long blocks are. */
const USUAL_BLOCK = 4096;

/** Options of {@link stream}. */
export interface StreamOptions extends MatrixChoiceOptions<SignalAlgorithmName> {
  /** Signals that arrive side by side. Default 1. */
  readonly rows?: number | undefined;
  /** Samples that most blocks will have, of each row: what the algorithm is chosen for. Default 4096. */
  readonly blockLength?: number | undefined;
}

/** A filter that keeps its state between blocks, made by {@link stream}. */
export interface SignalStream<T extends FloatArray = Float32Array> extends MatrixFacts<SignalAlgorithmName> {
  readonly taps: number;
  readonly rows: number;
  /** Bytes held beyond blocks, results and kernel. */
  readonly scratchBytes: number;
  /**
   * Filters the next block of every row, `[rows, b]` row by row, into a new array of as many values.
   *
   * @throws TypeError, RangeError if the block has another element type, or a length that is no multiple of the rows; Error after the
   *   stream was disposed of.
   */
  push(block: T): Owned<T>;
  /**
   * The same into `y`, which is returned.
   *
   * @throws as without `y`, and if `y` has another length, or shares memory with the block.
   */
  push<Y extends T>(block: T, y: Y): Y;
  /** Forgets what was pushed: the next block is the first one again. */
  reset(): void;
  /** Gives the kernel's memory back at once; from then on `push` throws. */
  [Symbol.dispose](): void;
}

/**
 * Makes a filter that takes a signal block by block. It is causal: the value of a sample depends on that sample and the m − 1 before
 * it, which are absent before the first,
 *
 *     stream(convolve1d, k)     y[t] = Σ_j k[j] · x[t − j]                the first n values of mode "full"; SciPy's lfilter(k, 1, x)
 *     stream(correlate1d, k)    y[t] = Σ_j k[j] · x[t − (m − 1) + j]      likewise: a matched filter
 *
 * The values are those of the operation in one go, within the error bound of either, and whole numbers come out whole. By plain sums
 * (`algorithm` is `"direct"`, as it is for short kernels) they are the same *bits* on one engine, however the signal is cut.
 *
 * @param kernel m taps; copied.
 * @throws as the operation; RangeError if `rows` or `blockLength` is not a positive integer.
 *
 * @example
 * ```ts
 * const average = stream(convolve1d, new Float32Array([0.5, 0.5]));
 * average.push(new Float32Array([2, 4, 6])); // → [1, 3, 5]
 * average.push(new Float32Array([8])); // → [7]
 * average.reset();
 * average.push(new Float32Array([8])); // → [4]
 * ```
 */
export function stream<T extends FloatArray = Float32Array>(
  operation: SignalOperation,
  kernel: T,
  options: StreamOptions = {},
): SignalStream<T> {
  const kind = kindOf("stream", operation);
  const name = `stream(${kind.name})`;
  checkOptionNames(name, options, ["rows", "blockLength", ...CHOICE_OPTION_NAMES]);
  const { rows = 1, blockLength = USUAL_BLOCK, ...wanted } = options;
  requireInteger(name, "rows", rows, 1);
  requireInteger(name, "blockLength", blockLength, 1);
  const { weights, dtype } = kind.readFilter(name, kernel);
  const given = oriented(weights, kind.name === "convolve1d");
  const values = { kernel: given.kernel.slice(), factors: undefined };
  const taps = values.kernel.length;

  /** So many values, of which the first sees `known` samples before its own. */
  const problemOf = (count: number, known: number): PlannedProblem => ({
    ...values,
    shape: [1, known + count],
    boundary: "constant",
    fillValue: 0,
    kernelShape: [1, taps],
    before: [0, taps - 1 - known],
    outShape: [1, count],
  });
  const {
    prepare: _,
    isForced: __,
    cost: ___,
    ...facts
  } = chooseMatrix(name, problemOf(blockLength, taps - 1), wanted, SIGNAL_CATALOGUE);
  const isTransformed = facts.algorithm === "fft" || facts.algorithm === "overlap-save";
  const transformed = isTransformed
    ? prepareMatrix(name, problemOf(blockLength, taps - 1), wanted, SIGNAL_CATALOGUE)
    : undefined;
  // On one engine, whatever blocks there will be: its order of summation is another than the other's.
  const plainly: typeof wanted = {
    ...wanted,
    algorithm: isTransformed ? "direct" : facts.algorithm,
    engine: facts.engine,
  };
  /** Blocks up to this length are not worth a transform. */
  const shortest =
    transformed === undefined ? Infinity : shortestWorth(name, problemOf, blockLength, taps, plainly, wanted);

  let isLiving = true;
  /** The last samples of each row, at the end, and how many there have been; and the same of a block that is not done yet. */
  let [history, following] = [zeroArray(dtype, rows * (taps - 1)), zeroArray(dtype, rows * (taps - 1))];
  let [past, known] = [0, 0];
  const signal = zeroArray(dtype, taps - 1 + blockLength);
  const result = zeroArray(dtype, blockLength);
  let last: { readonly count: number; readonly known: number; readonly sums: PreparedMatrix } | undefined;
  const sumsOf = (count: number): PreparedMatrix => {
    if (last?.count !== count || last.known !== known) {
      last = { count, known, sums: prepareMatrix(name, problemOf(count, known), plainly, SIGNAL_CATALOGUE) };
    }
    return last.sums;
  };

  /** Filters a piece of one row: `signal` holds the history, at its beginning, and then the piece. */
  const filter = (count: number, y: FloatArray): void => {
    if (transformed === undefined || count < shortest) {
      sumsOf(count).run(signal.subarray(taps - 1 - known, taps - 1 + count), y);
      return;
    }
    signal.fill(0, taps - 1 + count);
    transformed.run(signal, result);
    y.set(result.subarray(0, count));
  };

  const push = (block: FloatArray, y: FloatArray = zeroArray(dtype, block?.length ?? 0)): FloatArray => {
    const caller = `${name}.push`;
    if (!isLiving) throw new Error(`${caller}: the stream was disposed of`);
    checkArray(caller, "block", block, dtype, block?.length ?? 0);
    if (block.length % rows !== 0) {
      throw new RangeError(
        `${caller}: a block for ${rows} rows must have a multiple of as many samples, got ${block.length}`,
      );
    }
    checkArray(caller, "y", y, dtype, block.length);
    requireApart(caller, "block", block, "y", y);
    const length = block.length / rows;
    if (length === 0) return y;
    for (let r = 0; r < rows; r++) {
      const ends = [r, r + 1].map((row) => row * (taps - 1)) as [number, number];
      const kept = following.subarray(...ends);
      kept.set(history.subarray(...ends));
      known = past;
      for (let i = 0; i < length; i += blockLength) {
        const count = Math.min(blockLength, length - i);
        const at = r * length + i;
        signal.set(kept);
        signal.set(block.subarray(at, at + count), taps - 1);
        filter(count, y.subarray(at, at + count));
        kept.set(signal.subarray(count, count + taps - 1));
        known = Math.min(taps - 1, known + count);
      }
    }
    // Only now: of a block that fails midway nothing is kept.
    [history, following, past] = [following, history, known];
    return y;
  };
  return {
    ...facts,
    taps,
    rows,
    scratchBytes: (transformed?.scratchBytes ?? 0) + 2 * history.byteLength + signal.byteLength + result.byteLength,
    push: push as unknown as SignalStream<T>["push"],
    reset() {
      history.fill(0);
      past = 0;
    },
    [Symbol.dispose]() {
      isLiving = false;
      transformed?.[Symbol.dispose]?.();
    },
  };
}

/** The shortest block for which a transform of a whole piece is soonest done. */
function shortestWorth(
  name: string,
  problemOf: (count: number, known: number) => PlannedProblem,
  blockLength: number,
  taps: number,
  plainly: MatrixChoiceOptions<SignalAlgorithmName>,
  wanted: MatrixChoiceOptions<SignalAlgorithmName>,
): number {
  const costOf = (count: number, options: MatrixChoiceOptions<SignalAlgorithmName>): number =>
    chooseMatrix(name, problemOf(count, taps - 1), options, SIGNAL_CATALOGUE).cost;
  const transform = costOf(blockLength, wanted);
  const perOutput = costOf(blockLength, plainly) / blockLength;
  return Math.min(blockLength, Math.ceil(transform / perOutput));
}
