/**
 * Arrays for a case: exact ones, with which equality is the test, and real ones, which are judged by a bound.
 * Each array has a stream of its own, named by seed, case and array, so it is the same in every run, order and shard.
 *
 * @module
 */

import { outputShapeOf, resultShapeOf, sizeOf } from "./arithmetic.ts";
import { CASE_PASSES, type CaseData, type SpatialCase } from "./case.ts";
import { seededRandom } from "./random.ts";
import { termsOf } from "./terms.ts";

/** float32 holds every integer up to this; so as long as no partial sum passes it, no sum is ever rounded. */
const EXACT_LIMIT = 2 ** 24;

/** Larger integers would not find more: ±8 makes 256 different products. */
const LARGEST_MAGNITUDE = 8;

/**
 * Non-zero integers so small that every partial sum of every pass is an integer below 2²⁴: whatever the order of
 * summation, fused or not, the float32 result is exactly the true one.
 *
 * With n the largest number of products an element sums in any pass and m the largest magnitude, every partial sum
 * (and the bias) is at most n·m² + m. The largest m of at most 8 with n·m² + m < 2²⁴ is taken. No element is zero,
 * since a zero would hide a tap that is read from the wrong place.
 *
 * @throws RangeError if n ≥ 2²⁴ − 1, where even ±1 is too large: take a smaller batch or image.
 */
export function exactData(convCase: SpatialCase, seed: number): CaseData {
  const terms = Math.max(...CASE_PASSES.map((pass) => termsOf(convCase, pass)));
  let magnitude = LARGEST_MAGNITUDE;
  while (magnitude > 0 && terms * magnitude ** 2 + magnitude >= EXACT_LIMIT) magnitude--;
  if (magnitude === 0) {
    throw new RangeError(
      `exactData: case "${convCase.name}" sums ${terms} products in one element, ` +
        `at most ${EXACT_LIMIT - 2} are exact in float32; take a smaller batch or image`,
    );
  }
  return fillCase(convCase, (stream) => {
    const random = seededRandom(seed, `${convCase.name}/exact/${stream}`);
    return () => {
      const integer = random.integer(1, 2 * magnitude);
      return integer <= magnitude ? integer : magnitude - integer;
    };
  });
}

/**
 * Normally distributed data as a network would see it: activations and gradients of variance 1, weights of variance
 * 2 / (kh·kw·inC / groups) (K. He et al., "Delving deep into rectifiers", ICCV 2015, eq. 10), so that outputs neither
 * vanish nor explode however deep the sum.
 */
export function realData(convCase: SpatialCase, seed: number): CaseData {
  const weightDeviation = Math.sqrt(2 / termsOf(convCase, "forward"));
  return fillCase(convCase, (stream) => {
    const random = seededRandom(seed, `${convCase.name}/real/${stream}`);
    const deviation = stream === "filter" ? weightDeviation : 1;
    return () => random.normal(0, deviation);
  });
}

/** Arrays of a case, value by value. */
export function fillCase(convCase: SpatialCase, sampler: (stream: keyof CaseData) => () => number): CaseData {
  const fill = (stream: keyof CaseData, shape: readonly number[]): Float32Array => {
    const sample = sampler(stream);
    const data = new Float32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = sample();
    return data;
  };
  return {
    x: fill("x", convCase.inputShape),
    filter: fill("filter", convCase.filterShape),
    bias: convCase.bias ? fill("bias", resultShapeOf(convCase, "biasGradient")) : undefined,
    dy: fill("dy", outputShapeOf(convCase)),
  };
}
