/**
 * From a fully connected layer to a convolution, by degrees: weights V of 8 × 8 units on 8 × 8 pixels, moved towards the nearest
 * shared ones and cut off beyond a distance,
 *
 *     V(s, Δ) = localize((1 − s) · V + s · shared V, Δ)
 *
 * @module
 */

import {
  energyBeyond,
  localize,
  localKernel,
  type ParameterCounts,
  parameterCounts,
  shareWeights,
  tensor,
  toAbsolute,
  toDense,
  toRelative,
  translationVariance,
  unshareWeights,
} from "./core.ts";
import { randomFrom } from "./random.ts";

/** Side of pictures and of the plane of hidden units. */
export const UNITS_SIDE = 8;
/** Largest distance between a unit and a pixel. */
export const FARTHEST: number = UNITS_SIDE - 1;

const NOISE = 0.8;
/** The reach that energy is measured beyond: a 3 × 3 neighbourhood. */
const NEAR = 1;

/** What the layer is like. */
export interface Weights {
  /** W, `[8, 8, 8, 8]`; as a matrix 64 × 64, a row for each unit. */
  readonly absolute: Float32Array;
  /** V, `[8, 8, 15, 15]`. */
  readonly relative: Float32Array;
  readonly variance: number;
  /** Part of the energy that is further than 1. */
  readonly energy: number;
  /** Numbers of weights if Δ is kept to. */
  readonly counts: ParameterCounts;
  /** The kernel that the shared weights within Δ are, `[2Δ + 1, 2Δ + 1]`. */
  readonly kernel: Float32Array;
  /** Whether W is, bit by bit, what `toDense` makes of that kernel. */
  readonly isConvolution: boolean;
}

/** An upright edge detector under much noise. */
function noisyWeights() {
  const { normal } = randomFrom(7);
  const { shape, data } = toDense(tensor([3, 3], [-1, 0, 1, -2, 0, 2, -1, 0, 1]), [UNITS_SIDE, UNITS_SIDE], {
    mode: "same",
  });
  return toRelative({ shape, data: data.map((weight) => weight + NOISE * normal()) });
}

const start = noisyWeights();
const nearestShared = shareWeights(start);
const shared = unshareWeights(nearestShared, [UNITS_SIDE, UNITS_SIDE]);

/** The weights shared to a degree from 0 to 1, and within Δ. */
export function weightsBetween(sharing: number, delta: number): Weights {
  const mixed = start.data.map((weight, n) => (1 - sharing) * weight + sharing * shared.data[n]!);
  const relative = localize({ shape: start.shape, data: mixed }, delta);
  const absolute = toAbsolute(relative);
  const kernel = localKernel(nearestShared, delta);
  const convolution = toDense(kernel, [UNITS_SIDE, UNITS_SIDE], { mode: "same" });
  return {
    absolute: absolute.data,
    relative: relative.data,
    variance: translationVariance(relative),
    energy: energyBeyond(relative, NEAR),
    counts: parameterCounts([UNITS_SIDE, UNITS_SIDE], { delta }),
    kernel: kernel.data,
    isConvolution: absolute.data.every((weight, n) => weight === convolution.data[n]),
  };
}
