import { describe, expect, test } from "vitest";
import { seededRandom } from "./random.ts";

const take = <T>(count: number, draw: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => draw(i));

describe("seededRandom", () => {
  test("the same seed and stream give the same numbers", () => {
    const [one, other] = [seededRandom(7, "x"), seededRandom(7, "x")];
    expect(take(50, () => one.normal())).toEqual(take(50, () => other.normal()));
  });

  test("another seed or another stream gives other numbers", () => {
    const first = (seed: number, stream: string) => seededRandom(seed, stream).uniform();
    const streams = take(1000, (i) => first(1, String(i)));
    const seeds = take(1000, (seed) => first(seed, "x"));
    expect(new Set([...streams, ...seeds]).size).toBe(2000);
    // Seed and stream are kept apart: "1" + "2:x" is not "1:2" + "x".
    expect(first(1, "2:x")).not.toBe(first(12, "x"));
  });

  test("streams of neighbouring names are uncorrelated", () => {
    const firsts = take(4000, (i) => seededRandom(3, `case ${i}`).uniform(-1, 1));
    const lagged = firsts.slice(1).reduce((sum, value, i) => sum + value * firsts[i], 0) / firsts.length;
    // The mean of 4000 products of variance 1/9 has a standard deviation of 0.0053.
    expect(Math.abs(lagged)).toBeLessThan(0.02);
  });

  test("uniform and integer stay in their ranges and reach the ends", () => {
    const random = seededRandom(1);
    const uniforms = take(10_000, () => random.uniform(-2, 3));
    expect(Math.min(...uniforms)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...uniforms)).toBeLessThan(3);
    expect(new Set(take(500, () => random.integer(-3, 3)))).toEqual(new Set([-3, -2, -1, 0, 1, 2, 3]));
    expect(new Set(take(100, () => random.pick(["a", "b"])))).toEqual(new Set(["a", "b"]));
  });

  test("normal has the moments it was asked for", () => {
    const random = seededRandom(5, "moments");
    const samples = take(100_000, () => (random.normal(3, 2) - 3) / 2);
    const moment = (power: number) => samples.reduce((sum, sample) => sum + sample ** power, 0) / samples.length;
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(moment(3)).toBeCloseTo(0, 1);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1);
  });

  test("refuses a seed that is no integer", () => {
    expect(() => seededRandom(0.5)).toThrow(new RangeError("seededRandom: seed must be an integer, got 0.5"));
  });
});
