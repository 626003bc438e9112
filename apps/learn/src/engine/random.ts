/**
 * Numbers that look random and are the same on every machine: mulberry32 (T. Ettinger, public domain), enough to draw with.
 *
 * @module
 */

/** Two kinds of numbers from one stream. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Normal, of mean 0 and standard deviation 1 (Box and Muller, 1958). */
  normal(): number;
}

/** The stream that starts from `seed`. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}
