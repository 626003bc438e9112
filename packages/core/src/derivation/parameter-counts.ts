/**
 * What the two principles are worth, in numbers of weights. For images and hidden units of h × w:
 *
 *     fully connected           W[i, j, k, l]                (h · w)²
 *     translation invariant     v[a, b]                      (2h − 1) · (2w − 1)
 *     local                     V[i, j, a, b], |a|, |b| ≤ Δ  h · w · (2Δ + 1)²
 *     both: a convolution       v[a, b], |a|, |b| ≤ Δ        (2Δ + 1)²
 *
 * @module
 */

import { checkOptionNames, requireInteger } from "../geometry/options.ts";
import type { Shape2 } from "../tensor/shape.ts";
import { checkShape } from "../tensor/tensor.ts";

/** Numbers of weights; biases are not counted. */
export interface ParameterCounts {
  readonly dense: number;
  /** Translation invariant, of any reach. */
  readonly shared: number;
  /** Locally connected. At the edges it counts weights that see no pixel, as the layer has them. */
  readonly local: number;
  readonly convolution: number;
}

/**
 * The numbers of weights of a layer from images of a shape to hidden units of that shape, at each step of the derivation.
 *
 * @param shape `[height, width]`.
 * @param options `delta`: Δ, how far weights reach; `inChannels` and `outChannels`: default 1.
 * @throws TypeError for a value that is not a number or an unknown option; RangeError for one that is not a positive integer
 *   (Δ may be 0), or a number of weights too large to be exact.
 *
 * @example
 * ```ts
 * // The lecture's own: a million pixels, a million hidden units.
 * const counts = parameterCounts([1000, 1000], { delta: 10 });
 * counts.dense; // → 1000000000000
 * counts.shared; // → 3996001
 * counts.local; // → 441000000
 * counts.convolution; // → 441
 * ```
 * Source: "Dive into Deep Learning", section 7.1.2.
 */
export function parameterCounts(
  shape: Shape2,
  options: {
    readonly delta: number;
    readonly inChannels?: number | undefined;
    readonly outChannels?: number | undefined;
  },
): ParameterCounts {
  const operation = "parameterCounts";
  checkOptionNames(operation, options, ["delta", "inChannels", "outChannels"]);
  const { delta, inChannels = 1, outChannels = 1 } = options ?? {};
  checkShape(operation, "shape", shape, 2);
  const [height, width] = shape;
  requireInteger(operation, "height", height, 1);
  requireInteger(operation, "width", width, 1);
  requireInteger(operation, "delta", delta, 0);
  requireInteger(operation, "inChannels", inChannels, 1);
  requireInteger(operation, "outChannels", outChannels, 1);
  const channels = inChannels * outChannels;
  const units = height * width;
  const taps = (2 * delta + 1) ** 2;
  const counts = {
    dense: units * units * channels,
    shared: (2 * height - 1) * (2 * width - 1) * channels,
    local: units * taps * channels,
    convolution: taps * channels,
  };
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count))
      throw new RangeError(`${operation}: ${name} has ${count} weights, too many to count`);
  }
  return counts;
}
