/**
 * Classes of values, each of which shows what the others hide:
 *
 *     exact       small integers without zeros: no sum is rounded, so equality is the test
 *     one-hot     x and dy are 1 in one cell and 0 elsewhere, the filter is exact: the result is a picture of the taps
 *     real        normally distributed, as in a network
 *     cancelling  products of either sign whose sum is far smaller than they are
 *     huge        products of about 2¹⁰⁰, far from overflow still
 *     tiny        products of about 2⁻¹⁰⁰
 *     subnormal   x and dy below 2⁻¹²⁶, where float32 has few bits left and some hardware takes numbers for 0
 *     non-finite  real, with NaN and ±Inf in a few cells of x and dy
 *
 * @module
 */

import type { CaseData, SpatialCase } from "./case.ts";
import { exactData, fillCase, realData } from "./data.ts";
import { type Random, seededRandom } from "./random.ts";

/** Every class, those with which equality is the test first. */
export const VALUE_CLASSES = [
  "exact",
  "one-hot",
  "real",
  "cancelling",
  "huge",
  "tiny",
  "subnormal",
  "non-finite",
] as const;

/** A class of values. */
export type ValueClass = (typeof VALUE_CLASSES)[number];

/** Whether no sum of such values is rounded, whatever the order of summation. */
export function isExactClass(valueClass: ValueClass): boolean {
  return valueClass === "exact" || valueClass === "one-hot";
}

/** 2⁵⁰ twice makes products of 2¹⁰⁰; 2²⁷ of them fit into float32. */
const LARGE_SCALE = 2 ** 50;
const SMALL_SCALE = 2 ** -50;
/** The smallest float32. A subnormal is an integer below 2²³ times this. */
const SMALLEST = 2 ** -149;
const LARGEST_SUBNORMAL = 2 ** 23 - 1;

/** Cancelling values are ±(1 + j·2⁻¹²), 0 ≤ j < 16: sums keep what differs in the last digits of their terms. */
const CANCELLING_STEP = 2 ** -12;
const CANCELLING_STEPS = 15;

const NON_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const LARGEST_NUMBER_OF_NON_FINITE = 3;

/**
 * Seeded arrays of a class for a case: the same in every run, order and shard.
 *
 * @throws RangeError as {@link exactData}, for the exact classes.
 * @example
 * ```ts
 * const { x } = dataOf(CASES[0], "one-hot", 42);
 * x.filter((value) => value !== 0).length; // → 1
 * ```
 */
export function dataOf(convCase: SpatialCase, valueClass: ValueClass, seed: number): CaseData {
  const stream = (name: string): Random => seededRandom(seed, `${convCase.name}/${valueClass}/${name}`);
  switch (valueClass) {
    case "exact":
      return exactData(convCase, seed);
    case "real":
      return realData(convCase, seed);
    case "one-hot": {
      const data = exactData(convCase, seed);
      return { ...data, x: oneHot(data.x.length, stream("x")), dy: oneHot(data.dy.length, stream("dy")) };
    }
    case "cancelling":
      return fillCase(convCase, (name) => {
        const random = stream(name);
        return () => random.pick([1, -1]) * (1 + random.integer(0, CANCELLING_STEPS) * CANCELLING_STEP);
      });
    case "huge":
      return scale(realData(convCase, seed), LARGE_SCALE);
    case "tiny":
      return scale(realData(convCase, seed), SMALL_SCALE);
    case "subnormal": {
      const subnormal = (length: number, random: Random): Float32Array =>
        Float32Array.from({ length }, () => random.integer(-LARGEST_SUBNORMAL, LARGEST_SUBNORMAL) * SMALLEST);
      const { x, dy, filter, bias } = realData(convCase, seed);
      return {
        filter,
        bias: bias && subnormal(bias.length, stream("bias")),
        x: subnormal(x.length, stream("x")),
        dy: subnormal(dy.length, stream("dy")),
      };
    }
    case "non-finite": {
      const data = realData(convCase, seed);
      return { ...data, x: withNonFinite(data.x, stream("x")), dy: withNonFinite(data.dy, stream("dy")) };
    }
  }
}

function oneHot(length: number, random: Random): Float32Array {
  const array = new Float32Array(length);
  if (length > 0) array[random.integer(0, length - 1)] = 1;
  return array;
}

/** x, filter and dy times a power of two; a bias, which is added to products, times its square. */
function scale({ x, filter, bias, dy }: CaseData, factor: number): CaseData {
  const times = (array: Float32Array, by: number): Float32Array => array.map((value) => value * by);
  return {
    x: times(x, factor),
    filter: times(filter, factor),
    bias: bias && times(bias, factor ** 2),
    dy: times(dy, factor),
  };
}

function withNonFinite(array: Float32Array, random: Random): Float32Array {
  const result = array.slice();
  const count = Math.min(array.length, random.integer(1, LARGEST_NUMBER_OF_NON_FINITE));
  for (let i = 0; i < count; i++) result[random.integer(0, array.length - 1)] = random.pick(NON_FINITE);
  return result;
}
