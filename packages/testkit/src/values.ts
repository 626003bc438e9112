/**
 * Classes of values, each of which shows what the others hide:
 *
 *     exact        small integers without zeros: no sum is rounded, so equality is the test
 *     one-hot      x and dy are 1 in one cell and 0 elsewhere, the filter is exact: the result is a picture of the taps
 *     integers     one of x, filter and dy as large as sums up to 2²⁴ allow, the others ±1 and ±2: past int8, int16, float16
 *     real         normally distributed, as in a network
 *     cancelling   products of either sign whose sum is far smaller than they are
 *     huge         products of about 2¹⁰⁰, far from overflow still
 *     tiny         products of about 2⁻¹⁰⁰
 *     subnormal    x and dy, or the filter, below 2⁻¹²⁶, where float32 has few bits left and some hardware takes numbers for 0
 *     lopsided     x, the filter or dy of 2⁻¹²⁰ to 2⁻⁴⁰ or 2⁴⁰ to 2¹⁰⁰, the others by a third as much on the other side of 1
 *     outlier      real, with one value a million times the others in each array
 *     overflowing  positive, with products about the largest float32: some sums are infinite, whatever their order
 *     non-finite   real, with NaN and ±Inf in a few cells of x and dy, and zeros in the filter
 *     non-finite weights
 *                  real, with NaN and ±Inf in a few weights and the bias, and zeros in x and dy: 0 · ∞ is NaN
 *     pixels       integers of 0 to 255 in x and dy, and weights in steps of 2⁻⁸
 *     wide integers
 *                  integers as large as int8, bytes, int16 or 2¹⁶ in every array, whose sums are past int16 or int32; of either
 *                  sign, or positive
 *     patterned    a filter that invites a shortcut (all one number, symmetric, nearly of rank one, ±1, few that are not zero,
 *                  none) over an image that does (one number, all negative, mostly zero, none but zeros), or real ones
 *
 * @module
 */

import { CASE_PASSES, type CaseData, type SpatialCase } from "./case.ts";
import { exactData, fillCase, realData } from "./data.ts";
import { type Random, seededRandom } from "./random.ts";
import { termsOf } from "./terms.ts";

/** Every class, those with which equality is the test first. */
export const VALUE_CLASSES = [
  "exact",
  "one-hot",
  "integers",
  "real",
  "cancelling",
  "huge",
  "tiny",
  "subnormal",
  "lopsided",
  "outlier",
  "overflowing",
  "non-finite",
  "non-finite weights",
  "pixels",
  "wide integers",
  "patterned",
] as const;

/** A class of values. */
export type ValueClass = (typeof VALUE_CLASSES)[number];

/** Whether no sum of such values is rounded, whatever the order of summation. */
export function isExactClass(valueClass: ValueClass): boolean {
  return valueClass === "exact" || valueClass === "one-hot" || valueClass === "integers";
}

/** float32 holds every integer up to this. */
const EXACT_LIMIT = 2 ** 24;
/** What the small integers beside the large ones are. */
const SMALL_INTEGERS = [-2, -1, 1, 2];
const LARGEST_INTEGER = 2 ** 22;

/** By as many powers of two an array is small or large, and by this part of them the others are the reverse. */
const LOPSIDED_EXPONENTS = [
  [-120, -40],
  [40, 100],
] as const;
const LOPSIDED_SHARE = 1 / 3;

/** By as much an outlier lies from what is around it. */
const OUTLIER_SCALE = 2 ** 20;

/** Overflowing values are 2⁶¹ to 2⁶⁵; a product is 2¹²² to 2¹²⁹. */
const LEAST_OVERFLOWING = 61;
const MOST_OVERFLOWING = 64.5;

/** One in so many is zero beside values that are not finite. */
const ONE_ZERO_IN = 3;

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
  const data = valuesOf(convCase, valueClass, seed);
  if (convCase.pool === undefined) return data;
  // No window has a weight, and which of two largest cells is meant nobody can say.
  const isAmbiguous = convCase.pool === "max" && new Set(data.x).size < data.x.length;
  const x = isAmbiguous ? shuffled(data.x.length, seededRandom(seed, `${convCase.name}/order`)) : data.x;
  return { ...data, x, filter: new Float32Array() };
}

/** Integers about 0, each once. */
function shuffled(length: number, random: Random): Float32Array {
  const array = Float32Array.from({ length }, (_, i) => i - (length >> 1));
  for (let i = length - 1; i > 0; i--) {
    const other = random.integer(0, i);
    [array[i], array[other]] = [array[other]!, array[i]!];
  }
  return array;
}

function valuesOf(convCase: SpatialCase, valueClass: ValueClass, seed: number): CaseData {
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
      const common = { x, dy, filter, bias: bias && subnormal(bias.length, stream("bias")) };
      return stream("which").integer(0, 2) === 0
        ? { ...common, filter: subnormal(filter.length, stream("filter")) }
        : { ...common, x: subnormal(x.length, stream("x")), dy: subnormal(dy.length, stream("dy")) };
    }
    case "integers":
      return largeIntegers(convCase, stream);
    case "lopsided": {
      const { x, filter, bias, dy } = realData(convCase, seed);
      const random = stream("side");
      const side = random.pick(["x", "filter", "dy"]);
      const [least, most] = random.pick(LOPSIDED_EXPONENTS);
      const exponent = random.integer(least, most);
      const other = 2 ** -Math.round(exponent * LOPSIDED_SHARE);
      const factorOf = (name: string): number => (name === side ? 2 ** exponent : other);
      return {
        x: times(x, factorOf("x")),
        filter: times(filter, factorOf("filter")),
        bias: bias && times(bias, factorOf("x") * factorOf("filter")),
        dy: times(dy, factorOf("dy")),
      };
    }
    case "outlier": {
      const { x, filter, bias, dy } = realData(convCase, seed);
      return {
        x: withOutlier(x, stream("x")),
        filter: withOutlier(filter, stream("filter")),
        bias: bias && withOutlier(bias, stream("bias")),
        dy: withOutlier(dy, stream("dy")),
      };
    }
    case "overflowing":
      return fillCase(convCase, (name) => {
        const random = stream(name);
        return () => 2 ** random.uniform(LEAST_OVERFLOWING, MOST_OVERFLOWING);
      });
    case "non-finite": {
      const { x, filter, bias, dy } = realData(convCase, seed);
      return {
        x: withNonFinite(x, stream("x")),
        filter: withZeros(filter, stream("filter")),
        bias,
        dy: withNonFinite(dy, stream("dy")),
      };
    }
    case "non-finite weights": {
      const { x, filter, bias, dy } = realData(convCase, seed);
      return {
        x: withZeros(x, stream("x")),
        filter: withNonFinite(filter, stream("filter")),
        bias: bias && withNonFinite(bias, stream("bias"), 1),
        dy: withZeros(dy, stream("dy")),
      };
    }
    case "pixels":
      return fillCase(convCase, (name) => {
        const random = stream(name);
        if (name === "x" || name === "dy") return () => random.integer(0, LARGEST_PIXEL);
        return () => random.integer(-LARGEST_PIXEL, LARGEST_PIXEL) * PIXEL_STEP;
      });
    case "wide integers": {
      const [image, weights] = stream("width").pick(INTEGER_WIDTHS);
      const signs = stream("signs").pick([[1], [-1, 1]]);
      return fillCase(convCase, (name) => {
        const random = stream(name);
        const most = 2 ** (name === "x" || name === "dy" ? image : weights);
        return () => random.pick(signs) * random.integer(most / 2, most - 1);
      });
    }
    case "patterned": {
      const { x, filter, bias, dy } = realData(convCase, seed);
      const pattern = stream("image").pick(IMAGE_PATTERNS);
      return {
        x: pattern(x, stream("x")),
        filter: stream("kernel").pick(FILTER_PATTERNS)(filter, convCase.filterShape, stream("filter")),
        bias,
        dy: pattern(dy, stream("dy")),
      };
    }
  }
}

/** What an image may be, so that somebody thinks of a shortcut. */
const IMAGE_PATTERNS: readonly ((array: Float32Array, random: Random) => Float32Array)[] = [
  (array) => array,
  (array) => array,
  (array, random) => array.fill(random.normal()),
  (array) => array.map((value) => -Math.abs(value)),
  (array, random) => array.map((value) => (random.integer(0, MOSTLY) === 0 ? value : 0)),
  (array) => array.fill(0),
];

/** What a filter may be. */
const FILTER_PATTERNS: readonly ((filter: Float32Array, shape: readonly number[], random: Random) => Float32Array)[] = [
  (filter) => filter,
  (filter, _, random) => filter.fill(random.normal()),
  (filter, _, random) => filter.map(() => random.pick([-1, 1])),
  (filter, _, random) => filter.map((value) => (random.integer(0, MOSTLY) === 0 ? value : 0)),
  (filter) => filter.fill(0),
  (filter, shape) => alongLastAxis(filter, shape, (columns, at) => columns[Math.min(at, columns.length - 1 - at)]!),
  // Every row is a multiple of the first, but for what a careless test takes for rounding.
  (filter, shape, random) => {
    const rows = Array.from({ length: rowsOf(shape) }, () => random.normal());
    const noise = random.pick([0, LITTLE]);
    return alongLastAxis(
      filter,
      shape,
      (_, column, row, first) => rows[row]! * first[column]! * (1 + noise * random.normal()),
    );
  },
];

/** Bits of the magnitudes of x and dy, and of filter and bias: int8, bytes by int8, int16, and one bit more. */
const INTEGER_WIDTHS = [
  [7, 7],
  [8, 7],
  [15, 15],
  [16, 16],
] as const;

/** One in so many, and one more, is not zero. */
const MOSTLY = 9;
/** By as much a filter is not of rank one. */
const LITTLE = 2 ** -14;
const LARGEST_PIXEL = 255;
const PIXEL_STEP = 2 ** -8;

/** Rows of a kernel, whatever its axes. */
function rowsOf(shape: readonly number[]): number {
  return shape.slice(0, -3).reduce((product, size) => product * size, 1);
}

/** Other taps: of the columns of each row and channel, beside those of the first row. */
function alongLastAxis(
  filter: Float32Array,
  shape: readonly number[],
  tap: (columns: Float32Array, column: number, row: number, first: Float32Array) => number,
): Float32Array {
  const [columns, channels] = [shape.at(-3)!, shape.at(-2)! * shape.at(-1)!];
  const columnsOf = (row: number, channel: number): Float32Array =>
    Float32Array.from({ length: columns }, (_, column) => filter[(row * columns + column) * channels + channel]!);
  const result = filter.slice();
  for (let channel = 0; channel < channels; channel++) {
    const first = columnsOf(0, channel);
    for (let row = 0; row < rowsOf(shape); row++) {
      const own = columnsOf(row, channel);
      for (let column = 0; column < columns; column++) {
        result[(row * columns + column) * channels + channel] = tap(own, column, row, first);
      }
    }
  }
  return result;
}

function oneHot(length: number, random: Random): Float32Array {
  const array = new Float32Array(length);
  if (length > 0) array[random.integer(0, length - 1)] = 1;
  return array;
}

function times(array: Float32Array, by: number): Float32Array {
  return array.map((value) => value * by);
}

/** With n the most products that an element sums in any pass, n·2·m + m < 2²⁴ for the largest magnitude m. */
function largeIntegers(convCase: SpatialCase, stream: (name: string) => Random): CaseData {
  const terms = Math.max(1, ...CASE_PASSES.map((pass) => termsOf(convCase, pass)));
  const largest = Math.min(LARGEST_INTEGER, Math.floor((EXACT_LIMIT - 1) / (2 * terms + 1)));
  const large = stream("which").pick(["x", "filter", "dy"]);
  return fillCase(convCase, (name) => {
    const random = stream(name);
    if (name !== large || largest < 1) return () => random.pick(SMALL_INTEGERS);
    return () => random.pick([-1, 1]) * random.integer(Math.ceil(largest / 2), largest);
  });
}

/** x, filter and dy times a power of two; a bias, which is added to products, times its square. */
function scale({ x, filter, bias, dy }: CaseData, factor: number): CaseData {
  return {
    x: times(x, factor),
    filter: times(filter, factor),
    bias: bias && times(bias, factor ** 2),
    dy: times(dy, factor),
  };
}

function withOutlier(array: Float32Array, random: Random): Float32Array {
  return array.length === 0 ? array : array.with(random.integer(0, array.length - 1), random.normal(0, OUTLIER_SCALE));
}

function withZeros(array: Float32Array, random: Random): Float32Array {
  return array.map((value) => (random.integer(1, ONE_ZERO_IN) === 1 ? 0 : value));
}

function withNonFinite(array: Float32Array, random: Random, most = LARGEST_NUMBER_OF_NON_FINITE): Float32Array {
  const result = array.slice();
  const count = Math.min(array.length, random.integer(1, most));
  for (let i = 0; i < count; i++) result[random.integer(0, array.length - 1)] = random.pick(NON_FINITE);
  return result;
}
