/**
 * `@corr2d/core/signals`: correlation and convolution along one axis, of signals of any length, in one go or block by block.
 *
 * @module
 */

export type { SignalAlgorithmName } from "./signals/algorithms.ts";
export { convolve1d, correlate1d, type SignalOperation, type SignalOptions } from "./signals/correlate1d.ts";
export { lags } from "./signals/lags.ts";
export type { SignalCentre, SignalMode } from "./signals/problem/geometry.ts";
export { type SignalStream, type StreamOptions, stream } from "./signals/stream.ts";
