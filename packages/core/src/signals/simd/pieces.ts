/**
 * How a correlation along a row is cut into real Fourier transforms: pieces of one size, each of which reads N samples and gives
 * N − m + 1 values (overlap-save); or one transform of the whole, in which what wraps around is what lies before the signal.
 *
 * @module
 */

import type { KernelGeometry } from "../../corr2d/problem/problem.ts";
import { type RealSize, realSizes } from "../../simd/fourier/right-angle.ts";
import type { DType } from "../../tensor/tensor.ts";

/** How an output is cut. */
export interface Pieces {
  readonly size: RealSize;
  /** Values of a piece. */
  readonly visible: number;
  /** Whether there is one piece, whose values of negative lags stand at its end with their signs changed. */
  readonly wraps: boolean;
  /** Expected time of all, in ns, with the transform of the kernel. */
  readonly cost: number;
}

/** Nanoseconds of a piece: calls; a level of a complex number, there and back; and a sample that is copied, looked at and judged. */
const PIECE_NS = 2500;
const LEVEL_NS = { float32: 0.3, float64: 0.62 };
const SAMPLE_NS = { float32: 3, float64: 5 };
/** Beyond this a level costs more, as data leave the caches. */
const CACHED_SAMPLES = 2 ** 17;

/** Expected time of a piece, in ns. */
export function pieceCost({ samples, levels }: RealSize, dtype: DType): number {
  const distance = samples > CACHED_SAMPLES ? 1.3 : 1;
  return PIECE_NS + samples * (0.5 * distance * LEVEL_NS[dtype] * levels + SAMPLE_NS[dtype]);
}

/** The pieces that cost least; undefined where the kernel is too long for the largest. */
export function planPieces(
  { kernelShape: [, taps], outShape: [, length] }: KernelGeometry,
  dtype: DType,
): Pieces | undefined {
  let best: Pieces | undefined;
  for (const size of realSizes()) {
    const visible = size.samples - taps + 1;
    if (visible < 1) continue;
    // The kernel is transformed one way.
    const cost = (Math.ceil(length / visible) + 0.5) * pieceCost(size, dtype);
    if (best === undefined || cost < best.cost) best = { size, visible, wraps: false, cost };
    if (visible >= length) break;
  }
  return best;
}

/** One piece for all; undefined where no transform is long enough. */
export function planWhole(geometry: KernelGeometry, dtype: DType): Pieces | undefined {
  const { shape, kernelShape, outShape, before, boundary, fillValue } = geometry;
  const [samples, taps, length, left] = [shape[1], kernelShape[1], outShape[1], before[1]];
  const wraps = boundary === "constant" && fillValue === 0;
  // Neither may what wraps around reach a value of the other end.
  const needed = wraps ? Math.max(length - left + taps - 1, samples + Math.max(0, left), taps) : length + taps - 1;
  const size = realSizes().find((each) => each.samples >= needed);
  return size && { size, visible: length, wraps, cost: 1.5 * pieceCost(size, dtype) };
}
