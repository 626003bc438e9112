/**
 * How far a correct float32 result may lie from the truth: bounds derived from the number of terms, never chosen.
 *
 * Each rounded operation multiplies by 1 + δ, |δ| ≤ u = 2⁻²⁴. A term of a sum of n products and a bias goes through at most
 * n + 1 roundings, whatever the order of summation, so for every element
 *
 *     |y − ŷ| ≤ γ_k · (Σ|x||w| + |b|),   γ_k = k·u / (1 − k·u),   k = n + 2
 *
 * where the last rounding to spare covers the rounding of the float64 reference itself (n·2⁻⁵³ ≪ u). Products so small
 * that they underflow lose at most 2⁻¹⁵⁰ more, each. Sources: N. J. Higham, "Accuracy and Stability of Numerical
 * Algorithms", 2nd ed., SIAM 2002, (2.8) and §3.1; for Winograd and FFT, which no element-wise bound holds for, a normwise one.
 *
 * @module
 */

import { resultShapeOf, sizeOf } from "./arithmetic.ts";
import type { CaseData, CasePass, SpatialCase } from "./case.ts";
import { fromChannelsLast, toChannelsLast } from "./layout.ts";
import { gatherImage, ofPaddedImage, padImage } from "./padded.ts";
import { absoluteReference } from "./reference.ts";
import { termsOf } from "./terms.ts";
import { passOfConvolution } from "./transposed.ts";

/** u: half the distance from 1 to the next float32. */
export const UNIT_ROUNDOFF: number = 2 ** -24;

/** Half the smallest float32: what one product loses at most by underflow. */
const UNDERFLOW = 2 ** -150;

/**
 * How often a transform may lose that much on behalf of one term: the 36 products of a tile of F(4×4), and what went into
 * them, each weighed by the transform of the output, are fewer.
 */
const UNDERFLOWS_OF_TRANSFORMS = 2 ** 8;

/**
 * γ_k = k·u / (1 − k·u): k roundings change a value by no more than this factor of it.
 *
 * @throws RangeError if k·u ≥ 1 (k ≥ 2²⁴): the bound says nothing there.
 */
export function gamma(k: number): number {
  if (!(k >= 0 && k * UNIT_ROUNDOFF < 1)) {
    throw new RangeError(`gamma: k must be at least 0 and less than ${1 / UNIT_ROUNDOFF}, got ${k}`);
  }
  return (k * UNIT_ROUNDOFF) / (1 - k * UNIT_ROUNDOFF);
}

/**
 * The largest error each element of a result may have, for any algorithm that multiplies every pair of factors once
 * and adds the products in any order: naive, im2col, tiled, SIMD, with or without fused multiply-add.
 *
 * An element without products and bias must be exactly 0, so its bound is 0. A mean is a sum of products with one over the number
 * of its cells, whose own rounding is one of those to spare.
 *
 * @throws RangeError as {@link absoluteReference} and {@link gamma}.
 */
export function elementBounds(convCase: SpatialCase, pass: CasePass, data: CaseData): Float64Array {
  // The largest of some cells is one of them.
  if (convCase.pool === "max" && pass === "forward") return new Float64Array(sizeOf(resultShapeOf(convCase, pass)));
  const terms = termsOf(convCase, pass);
  const factor = gamma(terms + 2);
  return absoluteReference(convCase, pass, data).map((sum) => (sum === 0 ? 0 : factor * sum + terms * UNDERFLOW));
}

/**
 * Bounds for algorithms that transform before they multiply (Winograd, FFT). There an error is not proportional to the
 * element's own Σ|x||w| but to the largest value that went into its transform:
 *
 *     forward          constant · (max|x| · Σ|w[·,·,·,o]| + |b[o]|)
 *     input gradient   constant · max|dy| · Σ|w[·,·,c,·]|
 *     filter gradient  constant · max|x| · Σ|dy[·,·,·,o]|
 *     bias gradient    constant · Σ|dy[·,·,·,o]|
 *
 * and what numbers lose that are too small for float32.
 *
 * @param constant the algorithm's own, derived or published, such as c·u.
 */
export function normwiseBounds(convCase: SpatialCase, pass: CasePass, data: CaseData, constant: number): Float64Array {
  const back = passOfConvolution(convCase, pass, data);
  if (back !== undefined) {
    const bounds = normwiseBounds(back.convCase, back.pass, back.data, constant);
    const { bias } = data;
    if (pass !== "forward" || bias === undefined) return bounds;
    const last = toChannelsLast(bounds, convCase, pass);
    return fromChannelsLast(
      last.map((bound, i) => bound + constant * magnitude(bias[i % bias.length])),
      convCase,
      pass,
    );
  }
  if (convCase.paddingMode !== undefined) {
    const image = { ...data, x: padImage(data.x, convCase) };
    const bounds = normwiseBounds(ofPaddedImage(convCase), pass, image, constant);
    return pass === "inputGradient" ? gatherImage(bounds, convCase) : bounds;
  }
  const { filterShape, groups } = convCase;
  const [depth, outChannels] = filterShape.slice(-2);
  const sumsOfDy = () => {
    const [channels] = resultShapeOf(convCase, "biasGradient");
    return sumsOfMagnitudes(toChannelsLast(data.dy, convCase, "forward"), channels, (i) => i % channels);
  };
  const perChannel = (): Float64Array => {
    switch (pass) {
      case "forward": {
        const sums = sumsOfMagnitudes(data.filter, outChannels, (i) => i % outChannels);
        return sums.map((sum, o) => largestMagnitude(data.x) * sum + Math.abs(data.bias?.[o] ?? 0));
      }
      case "inputGradient": {
        const channelOf = (i: number) => {
          const group = Math.floor((i % outChannels) / (outChannels / groups));
          return group * depth + (Math.floor(i / outChannels) % depth);
        };
        return sumsOfMagnitudes(data.filter, depth * groups, channelOf).map((sum) => largestMagnitude(data.dy) * sum);
      }
      case "filterGradient":
        return sumsOfDy().map((sum) => largestMagnitude(data.x) * sum);
      case "biasGradient":
        return sumsOfDy();
    }
  };
  const bounds = perChannel();
  // What the transform of one factor loses is multiplied by the other.
  const factors = {
    forward: [data.x, data.filter],
    inputGradient: [data.dy, data.filter],
    filterGradient: [data.x, data.dy],
    biasGradient: [],
  }[pass];
  const largest = Math.max(1, ...factors.map(largestMagnitude));
  const lost = termsOf(convCase, pass) * UNDERFLOWS_OF_TRANSFORMS * UNDERFLOW * largest;
  // In every result, channels last, HWIO or a bias, the channel the bound belongs to varies fastest.
  const ofElements = Float64Array.from(
    { length: sizeOf(resultShapeOf(convCase, pass)) },
    (_, i) => constant * bounds[i % bounds.length] + lost,
  );
  return fromChannelsLast(ofElements, convCase, pass);
}

/** Magnitude of a finite value; an element whose sum holds another has no bound to miss, and none else sees it. */
function magnitude(value: number): number {
  return Number.isFinite(value) ? Math.abs(value) : 0;
}

function sumsOfMagnitudes(array: Float32Array, channels: number, channelOf: (index: number) => number): Float64Array {
  const sums = new Float64Array(channels);
  for (let i = 0; i < array.length; i++) sums[channelOf(i)] += magnitude(array[i]);
  return sums;
}

function largestMagnitude(array: Float32Array): number {
  return array.reduce((largest, value) => Math.max(largest, magnitude(value)), 0);
}
