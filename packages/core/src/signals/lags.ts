/**
 * Which lag each value of a correlation belongs to.
 *
 * @module
 */

import { checkOptionNames, requireInteger } from "../geometry/options.ts";
import { extentOf, type SignalCentre, type SignalMode } from "./problem/geometry.ts";

/**
 * The lags of the values of {@link correlate1d}: the one at index i says how well x, moved `lags[i]` samples to the left, fits the
 * kernel,
 *
 *     y[i] = Σ_j kernel[j] · x[j + lags[i]]
 *
 * so that x[t] = s[t − d] peaks with kernel s at lag d: positive where x comes later (SciPy's `correlation_lags`, which in mode
 * `"same"` is one too high for odd n and even m).
 *
 * @param n samples of x.
 * @param m taps of the kernel.
 * @param mode as `correlate1d` was told; default `"valid"`.
 * @param options `centre`, as `correlate1d` was told.
 * @throws TypeError if a length is not a number; RangeError if it is not a positive integer, mode or centre is not allowed, or the
 *   kernel exceeds the signal in mode `"valid"`.
 *
 * @example
 * ```ts
 * lags(4, 2, "full"); // → [-1, 0, 1, 2, 3]
 * const x = new Float32Array([0, 0, 1, 2, 0]);
 * const y = correlate1d(x, new Float32Array([1, 2]), { mode: "full" });
 * lags(5, 2, "full")[y.indexOf(Math.max(...y))]; // → 2
 * ```
 */
export function lags(
  n: number,
  m: number,
  mode: SignalMode = "valid",
  options: { readonly centre?: SignalCentre | undefined } = {},
): Int32Array<ArrayBuffer> {
  requireInteger("lags", "n", n, 1);
  requireInteger("lags", "m", m, 1);
  checkOptionNames("lags", options, ["centre"]);
  const { before, length } = extentOf("lags", n, m, { mode, centre: options.centre }, false);
  return Int32Array.from({ length }, (_, i) => i - before);
}
