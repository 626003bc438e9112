/**
 * Holds a float32 result against the truth and a bound, element by element.
 *
 * NaN matches NaN, +Inf matches +Inf, −Inf matches −Inf, and −0 equals 0. An infinity also matches a truth that is too large
 * for float32 and rounds to it. Everything else must lie within its bound; a bound of 0 asks for equality.
 *
 * @module
 */

/** What `judge` found. */
export interface Judgement {
  /** Whether the lengths are the same and every element lies within its bound. */
  readonly ok: boolean;
  /** How many elements do not. */
  readonly mismatches: number;
  /** The largest error/bound; Infinity where a bound of 0 or a non-finite value was missed. 0 if there is nothing to judge. */
  readonly worstRatio: number;
  /** Where the largest ratio stands; −1 if every element is exact. */
  readonly worstIndex: number;
  /** The largest distance to the truth rounded to float32, in units in the last place, of all finite elements. */
  readonly worstUlp: number;
  /** What is wrong, in one sentence; undefined if all is well. */
  readonly reason: string | undefined;
}

/**
 * Judges `actual` against `truth`: |actual − truth| ≤ bound for every element.
 *
 * @param bound one bound for each element, or 0 for exact equality.
 * @param shape of the arrays, so that the worst element is told by its place.
 * @throws RangeError if `bound` has not as many elements as `truth`.
 * @example
 * ```ts
 * const convCase = CASES[0];
 * const data = realData(convCase, 1);
 * const truth = reference(convCase, "forward", data);
 * const y = Float32Array.from(truth); // what an implementation gave
 * judge(y, truth, elementBounds(convCase, "forward", data)).reason; // → undefined
 * ```
 */
export function judge(
  actual: Float32Array,
  truth: Float64Array,
  bound: Float64Array | 0,
  shape?: readonly number[],
): Judgement {
  if (bound !== 0 && bound.length !== truth.length) {
    throw new RangeError(`judge: bound must have ${truth.length} elements, as truth has, got ${bound.length}`);
  }
  if (actual.length !== truth.length) {
    return {
      ok: false,
      mismatches: Math.max(actual.length, truth.length),
      worstRatio: Number.POSITIVE_INFINITY,
      worstIndex: -1,
      worstUlp: Number.POSITIVE_INFINITY,
      reason: `${actual.length} elements instead of ${truth.length}`,
    };
  }
  let [mismatches, worstRatio, worstIndex, worstUlp] = [0, 0, -1, 0];
  for (let i = 0; i < truth.length; i++) {
    const ratio = errorRatio(actual[i], truth[i], bound === 0 ? 0 : bound[i]);
    if (ratio > 1) mismatches++;
    if (ratio > worstRatio) [worstRatio, worstIndex] = [ratio, i];
    const ulp = ulpDistance(actual[i], truth[i]);
    if (ulp > worstUlp && Number.isFinite(actual[i]) && Number.isFinite(truth[i])) worstUlp = ulp;
  }
  return {
    ok: mismatches === 0,
    mismatches,
    worstRatio,
    worstIndex,
    worstUlp,
    reason:
      mismatches === 0
        ? undefined
        : `${mismatches} of ${truth.length} elements miss their bound; worst at ${placeOf(worstIndex, shape)}: ` +
          `got ${actual[worstIndex]}, expected ${truth[worstIndex]} ± ${bound === 0 ? 0 : bound[worstIndex]}`,
  };
}

/** The index and, where the shape is known, one along each axis: `334 = [0, 2, 3, 1]`. */
function placeOf(index: number, shape: readonly number[] | undefined): string {
  if (shape === undefined) return String(index);
  let rest = index;
  const place = shape.toReversed().map((size) => {
    const along = rest % size;
    rest = (rest - along) / size;
    return along;
  });
  return `${index} = [${place.toReversed().join(", ")}]`;
}

/** What rounds to an infinity. */
const OVERFLOW = 2 ** 128 - 2 ** 103;

/** error/bound of one element: at most 1 is within the bound. */
function errorRatio(actual: number, truth: number, bound: number): number {
  if (!Number.isFinite(actual) || !Number.isFinite(truth)) {
    if (Object.is(actual, Math.fround(truth))) return 0;
    // An infinity stands for all that is too large: of a truth near the largest float32 it is no further than that.
    const isOverflow = Math.abs(actual) === Number.POSITIVE_INFINITY && Math.sign(actual) === Math.sign(truth);
    const error = isOverflow && Number.isFinite(truth) ? OVERFLOW - Math.abs(truth) : Number.POSITIVE_INFINITY;
    return bound > 0 && Number.isFinite(bound) ? error / bound : Number.POSITIVE_INFINITY;
  }
  const error = Math.abs(actual - truth);
  if (error === 0) return 0;
  return bound > 0 ? error / bound : Number.POSITIVE_INFINITY;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * How many float32 lie between two values, each rounded to float32 first: 0 for equals (−0 and 0 too, NaN and NaN), 1 for
 * neighbours, and Infinity between a NaN and anything else.
 */
export function ulpDistance(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(orderOf(a) - orderOf(b));
}

/** The place of a float32 on the line of all float32: neighbours differ by 1, and −0 stands where 0 does. */
function orderOf(value: number): number {
  float[0] = value;
  // The bits of a float, its sign aside, count upwards with its magnitude.
  return bits[0] >= 0 ? bits[0] : -(bits[0] & 0x7fffffff);
}
