/**
 * The truth about float64 arrays, in some 106 bits, from a reference that has 53: factors are cut into slices of so few bits that
 * no sum of products of two slices is ever rounded, and these exact sums are added up as pairs of float64.
 *
 *     v = Σ vᵢ,  vᵢ a multiple of 2^(e + 1 − s·i) of at most s bits,   2s + log₂ k ≤ 53
 *
 * Source of the method: K. Ozaki, T. Ogita, S. Oishi and S. M. Rump, "Error-free transformations of matrix multiplication",
 * Numer. Algorithms 59 (2012).
 *
 * @module
 */

import { type CaseData, type CasePass, reference, type SpatialCase, termsOf } from "@corr2d/testkit";
import { mapArrays } from "../interrogate.ts";
import { largestExponent } from "./widened.ts";

/** Numbers that are the sums of two float64 each, of which the second is the rounding of the first. */
export interface Pairs {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/** What a pass multiplies. */
const FACTORS = {
  forward: ["x", "filter"],
  inputGradient: ["filter", "dy"],
  filterGradient: ["x", "dy"],
  biasGradient: ["dy", undefined],
} as const;

const DOUBLE_BITS = 53;

/** One pass of a case in twice float64. */
export function preciseReference(convCase: SpatialCase, pass: CasePass, data: CaseData<Float64Array>): Pairs {
  const plain = reference(convCase, pass, data);
  const [high, low] = [new Float64Array(plain.length), new Float64Array(plain.length)];
  const add = (part: Float64Array): void => {
    for (let i = 0; i < part.length; i++) {
      const [a, b] = [high[i]!, part[i]!];
      const sum = a + b;
      const ofB = sum - a;
      high[i] = sum;
      low[i]! += a - (sum - ofB) + (b - ofB);
    }
  };
  const finite = mapArrays(data, (array) => array.map((value) => (Number.isFinite(value) ? value : 0)));
  const sliceBits = Math.floor((DOUBLE_BITS - Math.ceil(Math.log2(termsOf(convCase, pass) + 1))) / 2);
  const zeros = mapArrays(data, (array) => new Float64Array(array.length));
  const [first, second] = FACTORS[pass];
  const others = second === undefined ? [{}] : slices(finite[second], sliceBits).map((slice) => ({ [second]: slice }));
  for (const slice of slices(finite[first], sliceBits)) {
    for (const other of others) add(reference(convCase, pass, { ...zeros, [first]: slice, ...other }));
  }
  if (pass === "forward" && finite.bias !== undefined) {
    add(reference(convCase, pass, { ...zeros, bias: finite.bias }));
  }
  // What is not finite is no sum of parts; rounding has nothing to do with it.
  for (const [i, value] of plain.entries()) if (!Number.isFinite(value)) [high[i], low[i]] = [value, 0];
  return { high, low };
}

/** An array as a sum of arrays of few bits. */
function slices(array: Float64Array, sliceBits: number): readonly Float64Array[] {
  const exponent = largestExponent(array);
  if (exponent === undefined) return [];
  const result: Float64Array[] = [];
  let rest = array;
  for (let step = 2 ** (exponent + 1 - sliceBits); rest.some((value) => value !== 0); step *= 2 ** -sliceBits) {
    const slice = rest.map((value) => Math.round(value / step) * step);
    rest = rest.map((value, i) => value - slice[i]!);
    result.push(slice);
  }
  return result;
}
