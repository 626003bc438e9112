/**
 * The contract every implementation is held by, ours and anybody's: prepare → run → read → dispose.
 *
 * `prepare` may do anything that a user does once per layer (upload, pack weights, make the graph); `run` is what a
 * user does per picture and what a benchmark times, from the caller's `Float32Array` to a result that is complete;
 * `read` brings the result as a `Float32Array` in NHWC (or HWIO for a filter gradient); `dispose` frees it all.
 *
 * @module
 */

import type { CaseData, CasePass, ConvCase } from "@corr2d/testkit";

/** An implementation of convolution. */
export interface ConvAdapter {
  /** Short and stable: `corr2d/tiled`, `tfjs-cpu`, `onnxruntime-node`. */
  readonly name: string;
  /** Version of the package that computes, and what else identifies it (backend, SIMD, threads). */
  readonly version: string;
  /** Threads it computes with: fair comparisons have the same number. */
  readonly threads: number;
  /**
   * The order and precision it sums in, for the passes where it promises one. Two adapters with the same words must give
   * the same bits.
   */
  readonly summation?: Readonly<Partial<Record<CasePass, string>>>;
  /** True, or the reason why this case cannot be asked of it. */
  supports(convCase: ConvCase, pass: CasePass): true | string;
  prepare(convCase: ConvCase, pass: CasePass, data: CaseData): Promise<PreparedCase> | PreparedCase;
  /** Frees what the whole adapter holds (backends, sessions, workers). */
  dispose?(): void | Promise<void>;
}

/** One case, ready to be computed again and again. */
export interface PreparedCase {
  /** Computes once, completely: when it returns (or its promise settles) the result is there. */
  run(): void | Promise<void>;
  /** The result of the last `run`, in an array of its own. */
  read(): Float32Array | Promise<Float32Array>;
  /** Bytes held beyond input, output and weights, where the implementation can say. */
  readonly scratchBytes?: number;
  dispose(): void;
}

/** Loads an adapter when it is asked for: imports nothing before. Rejects with the reason where it cannot be had. */
export interface AdapterSource {
  readonly name: string;
  /** One line for `--help` and reports. */
  readonly summary: string;
  load(): Promise<ConvAdapter>;
}
