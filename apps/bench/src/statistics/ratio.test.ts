import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { judgeRatio, noiseFloor, pairedRatio, totalRatio } from "./ratio.ts";

const ROUNDS = 12;

/** Rounds of a pair of which the first is `factor` times as slow, on a machine whose speed wanders. */
function pairOfRounds(factor: number, seed: number, processes = 1) {
  const random = seededRandom(seed, "rounds");
  const pairs = Array.from({ length: processes }, () =>
    Array.from({ length: ROUNDS }, () => {
      const machine = random.uniform(1, 3);
      const noise = () => Math.exp(random.normal(0, 0.05));
      return [factor * machine * noise(), machine * noise()] as const;
    }),
  );
  return {
    slow: pairs.map((rounds) => rounds.map(([slow]) => slow)),
    fast: pairs.map((rounds) => rounds.map(([, fast]) => fast)),
    random: seededRandom(seed, "bootstrap").uniform,
  };
}

describe("pairedRatio", () => {
  it("covers the true ratio nineteen times in twenty, though the machine's speed wanders by a factor of 3", () => {
    const trials = 100;
    let covered = 0;
    for (let seed = 0; seed < trials; seed++) {
      const { slow, fast, random } = pairOfRounds(2, seed);
      const interval = pairedRatio(slow, fast, random)!;
      expect(interval.low).toBeLessThanOrEqual(interval.median);
      expect(interval.high).toBeGreaterThanOrEqual(interval.median);
      if (interval.low <= 2 && interval.high >= 2) covered++;
    }
    // Binomial with n = 100, p = 0.95: fewer than 88 in one seed set of a thousand; all of them would be suspicious too.
    expect(covered).toBeGreaterThanOrEqual(88);
    expect(covered).toBeLessThan(trials);
  });

  it("is narrower with more processes", () => {
    const width = (processes: number) => {
      const { slow, fast, random } = pairOfRounds(2, 7, processes);
      const { low, high } = pairedRatio(slow, fast, random)!;
      return high - low;
    };
    expect(width(8)).toBeLessThan(width(1));
  });

  it("gives the same interval for the same seed", () => {
    const interval = () => {
      const { slow, fast, random } = pairOfRounds(1.5, 3);
      return pairedRatio(slow, fast, random);
    };
    expect(interval()).toEqual(interval());
  });

  it("uses only rounds in which both took part", () => {
    const { random } = pairOfRounds(1, 1);
    expect(pairedRatio([[2, null, 4, null]], [[1, 1, 2, 1]], random)).toEqual({ median: 2, low: 2, high: 2 });
    expect(pairedRatio([[null, 2]], [[1, null]], random)).toBeUndefined();
    expect(pairedRatio([], [[1]], random)).toBeUndefined();
  });
});

describe("judgeRatio", () => {
  const within = (median: number, low: number, high: number) => ({ median, low, high });

  it("sees no difference between a variant and itself, nineteen times in twenty", () => {
    const trials = 60;
    let differences = 0;
    for (let seed = 0; seed < trials; seed++) {
      const pair = pairOfRounds(1, seed);
      const twins = pairOfRounds(1, seed + 1000);
      const floor = noiseFloor(pairedRatio(twins.slow, twins.fast, twins.random)!);
      const verdict = judgeRatio(pairedRatio(pair.slow, pair.fast, pair.random)!, floor);
      if (verdict !== "no detectable difference") differences++;
    }
    expect(differences).toBeLessThanOrEqual(3);
  });

  it("sees a difference of a half in spite of the noise", () => {
    const twins = pairOfRounds(1, 5);
    const floor = noiseFloor(pairedRatio(twins.slow, twins.fast, twins.random)!);
    const pair = pairOfRounds(1.5, 6);
    expect(judgeRatio(pairedRatio(pair.slow, pair.fast, pair.random)!, floor)).toBe("faster");
    expect(judgeRatio(pairedRatio(pair.fast, pair.slow, pair.random)!, floor)).toBe("slower");
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
  const exactly = (time: number) => [[time, time], [time]];
  const random = () => seededRandom(1, "total").uniform;

  it("is the ratio of sums: a layer that takes long counts for more", () => {
    const pairs = [
      { numerator: exactly(2), denominator: exactly(4) },
      { numerator: exactly(33), denominator: exactly(1) },
    ];
    expect(totalRatio(pairs, random())).toEqual({ median: 7, low: 7, high: 7 });
  });

  it("covers the true ratio of three layers nineteen times in twenty", () => {
    const trials = 60;
    let covered = 0;
    for (let seed = 0; seed < trials; seed++) {
      const pairs = [0, 1, 2].map((layer) => {
        const { slow, fast } = pairOfRounds(2, 100 * seed + layer);
        return { numerator: slow, denominator: fast };
      });
      const interval = totalRatio(pairs, seededRandom(seed, "bootstrap").uniform)!;
      if (interval.low <= 2 && interval.high >= 2) covered++;
    }
    // The machine wanders by a factor of 3 between rounds, which medians of times feel more than medians of ratios do:
    // the interval is wide, not wrong. Fewer than 50 of 60 would be one seed set in a thousand at 95 %.
    expect(covered).toBeGreaterThanOrEqual(50);
  });

  it("is none where there is nothing, or no round with both", () => {
    expect(totalRatio([], random())).toBeUndefined();
    expect(totalRatio([{ numerator: [[1, null]], denominator: [[null, 1]] }], random())).toBeUndefined();
  });
});
