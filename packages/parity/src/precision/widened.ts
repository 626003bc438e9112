/**
 * The same question in float64: arrays whose values have bits that float32 has no room for. They follow from the values alone, so
 * that what is done to a question (other signs, another order, fewer cells) is done to its float64 too.
 *
 *     v₆₄ = v · (1 + ε),   |ε| < 2⁻²⁴ by the bits of v, on a grid of 40 bits below the largest
 *
 * An array of few bits (integers, multiples of one power of two) stays what it is: with it equality is the test.
 *
 * @module
 */

import type { CaseData } from "@corr2d/testkit";
import { mapArrays } from "../interrogate.ts";

/** Bits of a float32's significand. */
const SINGLE_BITS = 24;
/** An array of no more is one of integers, or of multiples of something: a number at random has as many in one of two. */
const FEW_BITS = SINGLE_BITS - 1;
/** Values lie on a grid of so many bits below the largest, so that two slices of each hold them (reference.ts) … */
const GRID_BITS = 40;
/** … but for those that are smaller by more than this, which the grid would leave too little of. */
const SMALL_BITS = GRID_BITS - SINGLE_BITS;

/** The arrays of a question in float64. */
export function widened(data: CaseData): CaseData<Float64Array> {
  return mapArrays(data, widenedArray);
}

function widenedArray(array: Float32Array): Float64Array {
  const result = Float64Array.from(array);
  const exponent = largestExponent(result);
  if (exponent === undefined || isOnGrid(result, exponent)) return result;
  const step = 2 ** (exponent - GRID_BITS);
  return result.map((value) => {
    if (!Number.isFinite(value) || Math.abs(value) < 2 ** (exponent - SMALL_BITS)) return value;
    return Math.round((value * (1 + 2 ** -SINGLE_BITS * fractionOf(value))) / step) * step;
  });
}

/** Of the largest finite value; undefined where all are 0. */
export function largestExponent(array: Float64Array): number | undefined {
  const largest = array.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  return largest === 0 ? undefined : Math.floor(Math.log2(largest));
}

/** Whether all values are multiples of one number, and not large ones. */
function isOnGrid(array: Float64Array, exponent: number): boolean {
  const step = 2 ** (exponent + 1 - FEW_BITS);
  return array.every((value) => !Number.isFinite(value) || Number.isInteger(value / step));
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Between −1 and 1, of either sign as often, from the bits of a magnitude. */
function fractionOf(value: number): number {
  float[0] = Math.abs(value);
  const mixed = Math.imul(bits[0]! ^ (bits[0]! >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 12)) / 2 ** 31;
}
