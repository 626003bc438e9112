/**
 * The contract every implementation is held by, ours and anybody's: prepare → run → read → dispose.
 *
 * `prepare` may do anything that a user does once per layer (upload, pack weights, make the graph); `run` is what a
 * user does per picture and what a benchmark times, from the caller's `Float32Array` to a result that is complete;
 * `read` brings the result as a `Float32Array` in NHWC (or HWIO for a filter gradient); `dispose` frees it all.
 *
 * @module
 */

import {
  type CaseData,
  type CaseLayout,
  type CaseOperation,
  type CasePaddingMode,
  type CasePass,
  type CaseRounding,
  type ConvCase,
  operationOf,
  passesOf,
  rankOf,
  type SpatialCase,
} from "@corr2d/testkit";

/** An implementation of convolution. */
export interface ConvAdapter {
  /** Short and stable: `corr2d/tiled`, `tfjs-cpu`, `onnxruntime-node`. */
  readonly name: string;
  /** Version of the package that computes, and what else identifies it (backend, SIMD, threads). */
  readonly version: string;
  /** Which of its engines computes, where that depends on the machine; the ledger tells them apart. Part of `version`, too. */
  readonly engine?: string;
  /** What it computes in, where that is not float32: see `float64Adapter`. Part of `version`, too. */
  readonly computesIn?: "float64";
  /** Threads it computes with: fair comparisons have the same number. */
  readonly threads: number;
  /**
   * The order and precision it sums in, for the passes where it promises one. Two adapters with the same words must give
   * the same bits.
   */
  readonly summation?: Readonly<Partial<Record<CasePass, string>>>;
  /**
   * What it can be asked beyond two axes, channels last, rounding down. Without this nothing else ever reaches it, and
   * `convCase` may be taken for what its type says; with it `supports` and `prepare` are given a {@link SpatialCase}.
   */
  readonly reach?: Reach;
  /** Whether every run takes all arrays anew, weights too, as a function does that nothing is prepared for. */
  readonly keepsNothing?: true;
  /** Where its arguments cannot lie in shared memory (a `SharedArrayBuffer`): then they are not put there. Part of `version`, too. */
  readonly sharedMemory?: false;
  /** Whether padding is never multiplied, so that 0 · ∞ does not arise at borders. */
  readonly skipsPadding?: true;
  /** What it promises where that is less than a bound for each element, or than non-finite values in their place. */
  promises?(convCase: ConvCase, pass: CasePass): WeakerPromise;
  /** True, or the reason why this case cannot be asked of it. */
  supports(convCase: ConvCase, pass: CasePass): true | string;
  /** Makes one pass of a case ready: everything that does not have to be done again for each run. */
  prepare(convCase: ConvCase, pass: CasePass, data: CaseData): Promise<PreparedCase> | PreparedCase;
  /**
   * Computes one pass of a case as a user does who keeps nothing, which is timed where weights are new at every call. Without
   * this that is `prepare`, `run` and `dispose`.
   */
  once?(convCase: ConvCase, pass: CasePass, data: CaseData): void;
  /** Frees what the whole adapter holds (backends, sessions, workers). */
  dispose?(): void | Promise<void>;
}

/** Kinds of cases, beside the usual kind. */
export interface Reach {
  /** Numbers of spatial axes. */
  readonly ranks: readonly number[];
  readonly layouts: readonly CaseLayout[];
  readonly roundings: readonly CaseRounding[];
  /** What padding may show of the image. Default: nothing. */
  readonly paddingModes?: readonly CasePaddingMode[];
  /** Default: convolutions alone. */
  readonly operations?: readonly ReachedOperation[];
}

/** What can be asked for: a convolution, a transposed one, or what is made of the cells that a window sees. */
export type ReachedOperation = CaseOperation;

const WORDS: Readonly<Record<ReachedOperation, string>> = {
  convolution: "convolutions",
  transposed: "transposed convolutions",
  "average pool": "means of windows",
  "max pool": "largest cells of windows",
};

/** The usual kind: two axes, channels last, rounding down. */
export const USUAL_REACH: Reach = { ranks: [2], layouts: ["channels last"], roundings: ["floor"] };

/** Every kind of convolution there is. */
export const FULL_REACH: Reach = {
  ranks: [1, 2, 3],
  layouts: ["channels last", "channels first"],
  roundings: ["floor", "round", "ceil"],
};

/** What an algorithm that transforms before it multiplies (Winograd, FFT) can promise. */
export interface WeakerPromise {
  /** |y − ŷ| ≤ normwise · (max|x| · Σ|w| + |b|), in the place of a bound for each element. */
  readonly normwise?: number;
}

/** Why a question is not put to an adapter. */
export interface Unasked {
  readonly reason: string;
  /** Whether it lies beyond the reach that the adapter states; otherwise the adapter itself refuses it. */
  readonly beyondReach: boolean;
}

/** True, or why a question cannot be put to an adapter: it is beyond its reach, or the adapter says so. */
export function askable(adapter: ConvAdapter, convCase: SpatialCase, pass: CasePass): true | Unasked {
  const { reach = USUAL_REACH } = adapter;
  const { layout = "channels last", rounding = "floor" } = convCase;
  const rank = rankOf(convCase);
  const beyond = (what: string): Unasked => ({ reason: `it is not asked for ${what}`, beyondReach: true });
  if (!reach.ranks.includes(rank)) return beyond(`${rank} spatial ${rank === 1 ? "axis" : "axes"}`);
  if (!reach.layouts.includes(layout)) return beyond(layout);
  if (!reach.roundings.includes(rounding)) return beyond(`rounding ${rounding}`);
  const { operations = ["convolution"], paddingModes = [] } = reach;
  const { paddingMode } = convCase;
  if (paddingMode !== undefined && !paddingModes.includes(paddingMode)) return beyond(`padding by ${paddingMode}`);
  const operation = operationOf(convCase);
  if (!operations.includes(operation)) return beyond(WORDS[operation]);
  if (!passesOf(convCase).includes(pass)) return beyond(`the ${pass} of pooling, which has none`);
  const supported = adapter.supports(convCase as ConvCase, pass);
  return supported === true ? true : { reason: supported, beyondReach: false };
}

/** One case, ready to be computed again and again. */
export interface PreparedCase {
  /** Computes once, completely: when it returns (or its promise settles) the result is there. */
  run(): void | Promise<void>;
  /**
   * Told, outside of any clock, that the caller has changed the element at `index` of `data.x` (of `data.dy` for a gradient) in
   * place, or any of them where there is no index. Whoever copies that array in `prepare` copies again; others need not have it.
   */
  inputChanged?(index?: number): void;
  /** The result of the last `run`, in an array of its own. */
  read(): Float32Array | Promise<Float32Array>;
  /** Bytes held beyond input, output and weights, where the implementation can say. */
  readonly scratchBytes?: number;
  /** Frees what the case holds. */
  dispose(): void;
}

/** Loads an adapter when it is asked for: imports nothing before. Rejects with the reason where it cannot be had. */
export interface AdapterSource {
  readonly name: string;
  /** One line for `--help` and reports. */
  readonly summary: string;
  /** Loads it. */
  load(options?: LoadOptions): Promise<ConvAdapter>;
}

/** What an implementation is told before it is loaded. */
export interface LoadOptions {
  /** Threads it is to compute with; whoever has another number of them says so in {@link ConvAdapter.threads}. Default: 1. */
  readonly threads?: number;
}
