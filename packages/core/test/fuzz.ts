/**
 * How long and from which seed the tests search that draw at random: little and always the same in `npm test`; more each night,
 * and other cases, with `CORR2D_FUZZ=40 CORR2D_SEED=$RANDOM`.
 *
 * @module
 */

/** By how much longer. */
export const FUZZ_FACTOR: number = positive("CORR2D_FUZZ", 1);

/** Of the generator. */
export const FUZZ_SEED: number = positive("CORR2D_SEED", 5);

function positive(name: string, byDefault: number): number {
  const value = Number(process.env[name] ?? byDefault);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`${name} must be a positive integer, got ${process.env[name]}`);
}
