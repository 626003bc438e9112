import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { judgeRatio, noiseFloor, type PairOfTimes, ratioOf, totalRatio } from "./ratio.ts";

const PROCESSES = 8;
const ROUNDS = 4;

/**
 * Times of a pair of which the first is `factor` times as slow, on a machine whose speed wanders by a factor of 3, in
 * processes that differ by some 10 % (compilation, memory) and rounds that differ by 5 %.
 */
function pairOfTimes(factor: number, seed: number, processes = PROCESSES, apart = false): PairOfTimes {
  const random = seededRandom(seed, "rounds");
  const process = () => ({ slow: Math.exp(random.normal(0, 0.07)), fast: Math.exp(random.normal(0, 0.07)) });
  const noise = () => Math.exp(random.normal(0, 0.05));
  const rounds = Array.from({ length: processes }, () => {
    const { slow, fast } = process();
    return Array.from({ length: ROUNDS }, () => {
      const machine = apart ? 1 : random.uniform(1, 3);
      return [factor * machine * slow * noise(), machine * fast * noise()] as const;
    });
  });
  return {
    numerator: rounds.map((times) => times.map(([slow]) => slow)),
    denominator: rounds.map((times) => times.map(([, fast]) => fast)),
    apart,
  };
}

/** The share of trials whose interval holds `truth`. */
function coverage(truth: number, interval: (seed: number) => { low: number; high: number } | undefined): number {
  const trials = 2000;
  let covered = 0;
  for (let seed = 0; seed < trials; seed++) {
    const { low, high } = interval(seed)!;
    if (low <= truth && high >= truth) covered++;
  }
  return covered / trials;
}

/** Of 2000 trials at 95 % the share lies within these four times in 10,000 runs of other seeds. */
function expectNineteenInTwenty(share: number): void {
  expect(share).toBeGreaterThanOrEqual(0.93);
  expect(share).toBeLessThanOrEqual(0.97);
}

describe("the interval of a ratio covers the truth 93 to 97 times in a hundred, processes differing by 10 %", () => {
  it.each([2, 3, 8, 15])("with %i processes", (processes) => {
    expectNineteenInTwenty(coverage(2, (seed) => ratioOf(pairOfTimes(2, seed, processes))));
  });

  it("where the variants have processes of their own", () => {
    expectNineteenInTwenty(coverage(1.5, (seed) => ratioOf(pairOfTimes(1.5, seed, PROCESSES, true))));
  });

  it("of three layers done once each", () => {
    expectNineteenInTwenty(
      coverage(2, (seed) => totalRatio([0, 1, 2].map((layer) => pairOfTimes(2, 10_000 * layer + seed)))),
    );
  });
});

describe("ratioOf", () => {
  it("is narrower with more processes", () => {
    const width = (processes: number) => {
      const { low, high } = ratioOf(pairOfTimes(2, 7, processes))!;
      return high - low;
    };
    expect(width(16)).toBeLessThan(width(4));
  });

  it("uses only rounds in which both took part, and processes that have any", () => {
    const numerator = [[2, null, 4], [null, 9], [6]];
    const denominator = [[1, 1, 2], [1, null], [3]];
    expect(ratioOf({ numerator, denominator })).toEqual({ estimate: 2, low: 2, high: 2 });
  });

  it("takes the medians of all rounds where the variants were apart", () => {
    const numerator = [[2, null, 6], [8]];
    const denominator = [
      [null, 2],
      [4, 4],
    ];
    const { estimate } = ratioOf({ numerator, denominator, apart: true })!;
    expect(estimate).toBeCloseTo(2);
  });

  it("says nothing of one process, which knows nothing of the next", () => {
    expect(ratioOf({ numerator: [[2, 2]], denominator: [[1, 1]] })).toBeUndefined();
    expect(ratioOf({ numerator: [], denominator: [[1]] })).toBeUndefined();
  });
});

describe("judgeRatio", () => {
  const within = (estimate: number, low: number, high: number) => ({ estimate, low, high });

  it("sees no difference between a variant and itself, nineteen times in twenty", () => {
    const trials = 400;
    let differences = 0;
    for (let seed = 0; seed < trials; seed++) {
      const floor = noiseFloor(ratioOf(pairOfTimes(1, seed + 5000))!);
      if (judgeRatio(ratioOf(pairOfTimes(1, seed))!, floor) !== "no detectable difference") differences++;
    }
    expect(differences / trials).toBeLessThanOrEqual(0.05);
  });

  it("sees a difference of a half in spite of the noise", () => {
    const floor = noiseFloor(ratioOf(pairOfTimes(1, 5))!);
    const { numerator, denominator } = pairOfTimes(1.5, 6);
    expect(judgeRatio(ratioOf({ numerator, denominator })!, floor)).toBe("faster");
    expect(judgeRatio(ratioOf({ numerator: denominator, denominator: numerator })!, floor)).toBe("slower");
  });

  it("claims nothing within the noise floor, nor where the interval holds 1", () => {
    expect(judgeRatio(within(1.04, 1.03, 1.05), 1.05)).toBe("no detectable difference");
    expect(judgeRatio(within(0.96, 0.955, 0.97), 1.05)).toBe("no detectable difference");
    expect(judgeRatio(within(1.5, 0.9, 2), 1.01)).toBe("no detectable difference");
    expect(judgeRatio(within(1.06, 1.03, 1.09), 1.05)).toBe("faster");
  });

  it("takes the noise floor from the farther end of the interval", () => {
    expect(noiseFloor(within(1, 0.8, 1.1))).toBeCloseTo(1.25);
    expect(noiseFloor(within(1, 0.95, 1.2))).toBeCloseTo(1.2);
    expect(noiseFloor(within(1.1, 1.05, 1.2))).toBeCloseTo(1.2);
  });
});

describe("totalRatio", () => {
  it("is the ratio of sums: a layer that takes long counts for more", () => {
    const exactly = (time: number) => [[time, time], [time]];
    const pairs = [
      { numerator: exactly(2), denominator: exactly(4) },
      { numerator: exactly(33), denominator: exactly(1) },
    ];
    const { estimate, low, high } = totalRatio(pairs)!;
    for (const value of [estimate, low, high]) expect(value).toBeCloseTo(7, 12);
  });

  it("is none where there is nothing, or no process with both", () => {
    expect(totalRatio([])).toBeUndefined();
    expect(totalRatio([{ numerator: [[1, null]], denominator: [[null, 1]] }])).toBeUndefined();
  });
});
