/**
 * Correlation along one axis in plain numbers. A signal of n samples and a kernel of m taps are a matrix of one row and a kernel of
 * one row, so that everything that is known of matrices serves them:
 *
 *     y[i] = Σ_j k[j] · x[i + j − before]        0 ≤ i < length
 *
 * and `before` and `length` are what modes and centres say.
 *
 * @module
 */

import { type GeometryOptions, type KernelGeometry, resolveGeometry } from "../../corr2d/problem/problem.ts";
import { resolveWord } from "../../geometry/options.ts";

/** How much of a correlation is computed. */
export type SignalMode =
  /** Only where the kernel lies wholly inside the signal: n − m + 1. */
  | "valid"
  /** As many as the signal has samples, the kernel centred on each, as `centre` says. */
  | "same"
  /** Wherever kernel and signal touch: n + m − 1. */
  | "full";

/** Which part of the full result mode `"same"` is. */
export type SignalCentre =
  /** n values, as `scipy.signal.correlate` and `convolve`, and `scipy.ndimage.correlate1d`, give. */
  | "scipy"
  /** max(n, m) values, as `numpy.correlate` and `numpy.convolve` give; for m ≤ n the same as `"scipy"`. */
  | "numpy"
  /** n values, as `scipy.signal.correlate2d` and `corr2d` give: a correlation with an even number of taps begins one later. */
  | "correlate2d";

/** What of a correlation is computed, and what lies outside the signal. */
export interface SignalGeometryOptions extends Omit<GeometryOptions, "mode"> {
  /** Default `"valid"`. */
  readonly mode?: SignalMode | undefined;
  /** For mode `"same"`. Default `"scipy"`. */
  readonly centre?: SignalCentre | undefined;
}

/** The names of {@link SignalGeometryOptions}. */
export const SIGNAL_GEOMETRY_NAMES: readonly string[] = ["mode", "centre", "boundary", "fillValue"];

/** Where a result begins, and how long it is. */
export interface Extent {
  /** The first value belongs to the kernel moved so far to the left of the first sample. */
  readonly before: number;
  readonly length: number;
}

/** Resolves mode and centre for n samples and m taps, of a correlation or a convolution. */
export function extentOf(
  operation: string,
  samples: number,
  taps: number,
  options: Pick<SignalGeometryOptions, "mode" | "centre">,
  flip: boolean,
): Extent {
  const mode = resolveWord<SignalMode>(operation, "mode", ["valid", "same", "full"], options.mode);
  const centre = resolveWord<SignalCentre>(operation, "centre", ["scipy", "numpy", "correlate2d"], options.centre);
  if (options.centre !== undefined && mode !== "same") {
    throw new RangeError(`${operation}: centre needs mode "same", got "${mode}"`);
  }
  if (mode === "full") return { before: taps - 1, length: samples + taps - 1 };
  if (mode === "valid") {
    if (taps > samples) {
      throw new RangeError(
        `${operation}: a kernel of ${taps} taps exceeds a signal of ${samples} samples; use mode "same" or "full", or exchange them`,
      );
    }
    return { before: 0, length: samples - taps + 1 };
  }
  if (centre === "numpy" && taps > samples) {
    // NumPy exchanges both, and turns the result of a correlation round.
    return { before: taps - 1 - Math.floor((flip ? samples - 1 : samples) / 2), length: taps };
  }
  return { before: Math.floor((centre === "correlate2d" && !flip ? taps - 1 : taps) / 2), length: samples };
}

/** Resolves lengths of at least 1, and options whose names were checked, for one row. */
export function resolveSignal(
  operation: string,
  samples: number,
  taps: number,
  options: SignalGeometryOptions,
  flip: boolean,
): KernelGeometry {
  const { before, length } = extentOf(operation, samples, taps, options, flip);
  const { boundary, fillValue } = options;
  const geometry = resolveGeometry(operation, [1, samples], [1, taps], { mode: "full", boundary, fillValue }, flip);
  return { ...geometry, before: [0, before], outShape: [1, length] };
}
