/**
 * A small seeded generator, so that a layer's initial weights can be had again on any machine.
 *
 * Algorithm: mulberry32 (T. Ettinger, public domain), 32 bits of state, period 2³²: enough for weights, not for secrets.
 *
 * @module
 */

/** Uniform numbers in [0, 1). */
export type RandomSource = () => number;

/** The generator that starts from `seed`, an unsigned 32-bit integer. */
export function seededRandom(seed: number): RandomSource {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A standard normal number (Box and Muller, 1958). */
export function normal(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
