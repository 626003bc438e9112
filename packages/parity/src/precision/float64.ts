/**
 * An implementation that computes in float64, held to what float64 can, by the check that is made for float32: its errors are
 * looked at under a magnifier.
 *
 *     asked    the question in float64 (widened.ts), whose truth T is known in twice float64 (reference.ts)
 *     told     y₃₂ + 2²⁹ · (y₆₄ − T)
 *
 * u is 2⁻²⁴ in float32 and 2⁻⁵³ in float64: an error of so many units of the one is told as one of as many units of the other, so
 * that bounds, statistics and equality on exact data are what they are. What is told is rounded to float32 once more, for which
 * the bounds have a term to spare (testkit's bounds.ts).
 *
 * @module
 */

import { type CaseData, type CasePass, type ConvCase, reference, type SpatialCase } from "@corr2d/testkit";
import type { ConvAdapter, WeakerPromise } from "../adapter.ts";
import { placedAlike, requireOwn, requireSame, requireUntouched, write } from "../interrogate.ts";
import { preciseReference } from "./reference.ts";
import { widened } from "./widened.ts";

/** What an error of float64 is multiplied by. */
export const MAGNIFICATION: number = 2 ** 29;

/** One case of an implementation that computes in float64, ready to be computed again and again. */
export interface PreparedFloat64 {
  /** Computes the pass. */
  run(): void | Promise<void>;
  /** The result of the last `run`, in an array of its own. */
  read(): Float64Array | Promise<Float64Array>;
  /** Frees what was prepared. */
  dispose(): void;
}

/** An implementation whose arrays are all `Float64Array`; otherwise as {@link ConvAdapter}. */
export interface Float64Adapter
  extends Pick<
    ConvAdapter,
    "name" | "version" | "threads" | "reach" | "keepsNothing" | "sharedMemory" | "skipsPadding" | "supports"
  > {
  readonly precision: "float64";
  /** What it promises where that is less than a bound of float64 for each element. */
  promises?(convCase: ConvCase, pass: CasePass): WeakerPromise;
  /** Makes one pass of a case ready, on arrays of float64. */
  prepare(convCase: ConvCase, pass: CasePass, data: CaseData<Float64Array>): Promise<PreparedFloat64> | PreparedFloat64;
  /** Frees what the whole adapter holds. */
  dispose?(): void | Promise<void>;
}

/**
 * The adapter of an implementation that computes in float64, for everything that takes adapters.
 *
 * @example
 * ```ts
 * const inDouble = float64Adapter({
 *   name: "in double",
 *   version: "1",
 *   threads: 1,
 *   precision: "float64",
 *   supports: (_, pass) => pass === "biasGradient" || "bias gradients alone",
 *   prepare({ filterShape }, _pass, { dy }) {
 *     let sums = new Float64Array();
 *     return {
 *       run() {
 *         sums = new Float64Array(filterShape[3]);
 *         for (const [i, term] of dy.entries()) sums[i % sums.length] += term;
 *       },
 *       read: () => sums,
 *       dispose() {},
 *     };
 *   },
 * });
 * const { outcome } = await runParity({ adapters: [inDouble], oracles: ["tfjs-cpu"], cases: 5, only: "generated" });
 * outcome; // → "agree"
 * ```
 */
export function float64Adapter(adapter: Float64Adapter): ConvAdapter {
  const { name, version, threads, reach, keepsNothing, sharedMemory, skipsPadding } = adapter;
  return {
    name,
    version: `${version}, float64`,
    threads,
    computesIn: "float64",
    ...(reach !== undefined && { reach }),
    ...(keepsNothing && { keepsNothing }),
    ...(sharedMemory === false && { sharedMemory }),
    ...(skipsPadding && { skipsPadding }),
    supports: (convCase, pass) => adapter.supports(convCase, pass),
    ...(adapter.promises !== undefined && {
      promises(convCase, pass) {
        const { normwise } = adapter.promises!(convCase, pass);
        return normwise === undefined ? {} : { normwise: MAGNIFICATION * normwise };
      },
    }),
    ...(adapter.dispose !== undefined && { dispose: () => adapter.dispose!() }),
    async prepare(convCase, pass, data) {
      const own = placedAlike(widened(data), data);
      const prepared = await adapter.prepare(convCase, pass, own);
      let handedOut: readonly [result: Float64Array, copy: Float64Array] | undefined;
      return {
        async run() {
          write(own, widened(data));
          await prepared.run();
        },
        async read() {
          const result: unknown = await prepared.read();
          if (!(result instanceof Float64Array)) {
            throw new TypeError(`${pass} must give a Float64Array, as its precision is "float64"`);
          }
          requireOwn(result, own);
          requireUntouched(pass, widened(data), own);
          if (handedOut !== undefined && handedOut[0] !== result) {
            requireSame(handedOut[1], handedOut[0], "a result that it handed out changed when it ran again");
          }
          handedOut = [result, result.slice()];
          return magnified(convCase, pass, data, result);
        },
        dispose: () => prepared.dispose(),
      };
    },
  };
}

/** A result as float32 would have it, its errors being as large in float32 as they are in float64. */
function magnified(convCase: SpatialCase, pass: CasePass, data: CaseData, result: Float64Array): Float32Array {
  let right: Float64Array;
  let truth: ReturnType<typeof preciseReference>;
  try {
    right = reference(convCase, pass, data);
    truth = preciseReference(convCase, pass, widened(data));
  } catch {
    // What is impossible has no truth; that it was answered is what counts.
    return Float32Array.from(result);
  }
  return Float32Array.from(result, (value, i) => {
    const [high, low] = [truth.high[i] ?? Number.NaN, truth.low[i] ?? Number.NaN];
    if (Object.is(value, high) && low === 0) return right[i]!;
    if (!Number.isFinite(value) || !Number.isFinite(high)) return value;
    return right[i]! + MAGNIFICATION * (value - high - low);
  });
}
