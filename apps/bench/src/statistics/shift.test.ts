import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { adjusted, pairedShift, SIGNIFICANCE, unpairedShift } from "./shift.ts";

const LAYERS = 20;
const PROCESSES = 12;
/** Of log ratios from process to process: what an A/A of one core with itself showed on a shared machine. */
const SPREAD = 0.02;

/** A comparison of 20 layers of which the first is `factor` times as slow as before; how it is judged. */
function compare(factor: number, seed: number): readonly boolean[] {
  const random = seededRandom(seed, "layers");
  const shifts = Array.from({ length: LAYERS }, (_, layer) => {
    const truth = layer === 0 ? 1 / factor : 1;
    return pairedShift(Array.from({ length: PROCESSES }, () => truth * Math.exp(random.normal(0, SPREAD))))!;
  });
  return adjusted(shifts.map(({ p }) => p)).map((p) => p < SIGNIFICANCE);
}

/** The share of 400 comparisons of which something is true. */
function share(holds: (seed: number) => boolean): number {
  const trials = 400;
  return Array.from({ length: trials }, (_, seed) => holds(seed)).filter(Boolean).length / trials;
}

describe("of 20 layers in 12 processes", () => {
  it("an A/A sees something in any of them once in a hundred times, about", () => {
    // 400 trials at 1 %: more than 2.5 % in one seed set of a hundred.
    const alarms = share((seed) => compare(1, seed).some(Boolean));
    expect(alarms).toBeGreaterThan(0);
    expect(alarms).toBeLessThanOrEqual(0.025);
  });

  it.each([
    [1.03, 0.5, 1],
    [1.05, 0.98, 1],
    [1.1, 1, 1],
  ])("a slowdown of %f is seen in its layer", (factor, least, most) => {
    const power = share((seed) => compare(factor, seed)[0]);
    expect(power).toBeGreaterThanOrEqual(least);
    expect(power).toBeLessThanOrEqual(most);
  });
});

describe("pairedShift", () => {
  it("gives the interval nineteen times in twenty", () => {
    const random = seededRandom(1, "coverage");
    const covered = share(() => {
      const { low, high } = pairedShift(Array.from({ length: 8 }, () => 1.5 * Math.exp(random.normal(0, 0.1))))!;
      return low <= 1.5 && high >= 1.5;
    });
    expect(covered).toBeGreaterThan(0.92);
    expect(covered).toBeLessThan(0.98);
  });

  it("is sure of what never varies", () => {
    expect(pairedShift([1, 1, 1])).toMatchObject({ estimate: 1, p: 1 });
    expect(pairedShift([2, 2, 2])!.p).toBe(0);
    expect(pairedShift([1])).toBeUndefined();
  });
});

describe("unpairedShift", () => {
  it("compares two runs of unequal length and spread", () => {
    const random = seededRandom(2, "welch");
    const draw = (length: number, middle: number, spread: number) =>
      Array.from({ length }, () => middle * Math.exp(random.normal(0, spread)));
    const covered = share(() => {
      const { low, high } = unpairedShift(draw(6, 2, 0.02), draw(15, 3, 0.1))!;
      return low <= 1.5 && high >= 1.5;
    });
    expect(covered).toBeGreaterThan(0.92);
    expect(covered).toBeLessThan(0.98);
    expect(unpairedShift([1, 1], [1, 1])).toMatchObject({ estimate: 1, p: 1 });
    expect(unpairedShift([1], [1, 1])).toBeUndefined();
  });
});

it("adjusts probabilities as Holm does", () => {
  const found = adjusted([0.01, 0.04, 0.03, 0.005]);
  for (const [i, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(found[i]).toBeCloseTo(p, 12);
  expect(adjusted([0.9, 0.8])).toEqual([1, 1]);
  expect(adjusted([])).toEqual([]);
});
