/**
 * Numbers that look random and are the same on every machine.
 *
 * A stream is named by a seed and a text. The two are hashed to 32 bits (FNV-1a, then MurmurHash3's finaliser, so that
 * names that differ in one letter start far apart) and the hash seeds a xoroshiro128+ generator. So the numbers of one
 * stream depend on nothing but its own name: a case has the same data whether it runs first, last or alone.
 *
 * Sources: G. Fowler, L. C. Noll, K.-P. Vo, "The FNV non-cryptographic hash algorithm"; A. Appleby, MurmurHash3
 * (`fmix32`); D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", arXiv:1805.01407.
 *
 * @module
 */

import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A stream of numbers. Every call takes the next ones. */
export interface Random {
  /** A float64 in [minimum, maximum), by default in [0, 1). */
  uniform(minimum?: number, maximum?: number): number;
  /** An integer in [minimum, maximum], both included. */
  integer(minimum: number, maximum: number): number;
  /** A sample of the normal distribution, by default of mean 0 and standard deviation 1. */
  normal(mean?: number, standardDeviation?: number): number;
  /** One of `choices`, each as likely as any other. */
  pick<T>(choices: readonly T[]): T;
}

/**
 * The stream named by `seed` and `stream`.
 *
 * @param seed any integer.
 * @param stream any text; streams of different text are independent of each other.
 * @throws RangeError if `seed` is not an integer.
 * @example
 * ```ts
 * const random = seededRandom(42, "weights");
 * const weights = Float32Array.from({ length: 9 }, () => random.normal());
 * weights[0] === Math.fround(seededRandom(42, "weights").normal()); // → true
 * ```
 */
export function seededRandom(seed: number, stream = ""): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`seededRandom: seed must be an integer, got ${seed}`);
  }
  const generator = xoroshiro128plus(hash(`${seed}:${stream}`));

  const uniform = (minimum = 0, maximum = 1): number => minimum + (maximum - minimum) * uniformFloat64(generator);

  const integer = (minimum: number, maximum: number): number => uniformInt(generator, minimum, maximum);

  // Marsaglia's polar method: a point of the unit disc gives two independent normal samples; one is kept for the next call.
  let spare: number | undefined;
  const standardNormal = (): number => {
    if (spare !== undefined) {
      const sample = spare;
      spare = undefined;
      return sample;
    }
    let u: number;
    let v: number;
    let square: number;
    do {
      u = uniform(-1, 1);
      v = uniform(-1, 1);
      square = u * u + v * v;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    spare = v * scale;
    return u * scale;
  };

  return {
    uniform,
    integer,
    normal: (mean = 0, standardDeviation = 1) => mean + standardDeviation * standardNormal(),
    pick: (choices) => choices[integer(0, choices.length - 1)],
  };
}

/** 32-bit hash of a text: FNV-1a over its UTF-16 code units, then mixed until every bit depends on every bit. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
