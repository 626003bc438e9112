import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { type Contender, callsTogether, takesPart, timeInRounds } from "./rounds.ts";

describe("callsTogether", () => {
  it("times calls one by one where the clock tells them apart", () => {
    expect(callsTogether(0.01, 4e-5)).toBe(1);
    expect(callsTogether(5, 0.1)).toBe(1);
  });

  it("times twenty steps of a coarse clock, also of calls that it has not seen take any time", () => {
    expect(callsTogether(0.1, 1)).toBe(200);
    expect(callsTogether(0.01, 0.1)).toBe(200);
    expect(callsTogether(0, 0.1)).toBe(2000);
  });
});

describe("takesPart", () => {
  const turns = (rounds: number, affordable: number) =>
    Array.from({ length: rounds }, (_, round) => round).filter((round) => takesPart(round, rounds, affordable));

  it("lets everybody in who can afford it", () => {
    expect(turns(12, 12)).toHaveLength(12);
    expect(turns(12, 1000)).toHaveLength(12);
  });

  it("spreads the rounds of the others evenly", () => {
    expect(turns(12, 6)).toEqual([1, 3, 5, 7, 9, 11]);
  });

  it("lets everybody into one at least", () => {
    expect(turns(20, 0)).toHaveLength(1);
    expect(turns(1, 0)).toHaveLength(1);
  });
});

describe("timeInRounds", () => {
  const contender = (name: string, run: Contender["run"], options: Partial<Contender> = {}): Contender => ({
    name,
    run,
    isAsync: false,
    roughMs: 0.01,
    ...options,
  });
  const schedule = { rounds: 6, timePerContender: 6, random: seededRandom(1, "order").uniform };

  it("times each contender in each round, and counts its calls", async () => {
    let calls = 0;
    const results = await timeInRounds(
      [contender("a", () => void calls++), contender("b", async () => {}, { isAsync: true })],
      schedule,
      async () => {},
    );
    for (const { medians, runs } of results) {
      expect(medians).toHaveLength(6);
      expect(medians.every((median) => median !== null && median >= 0)).toBe(true);
      expect(runs).toBeGreaterThanOrEqual(6);
    }
    expect(calls).toBeGreaterThan(results[0].runs);
  });

  it("prepares each call, outside the clock", async () => {
    let prepared = 0;
    let calls = 0;
    const beforeEach = () => {
      prepared++;
      const end = performance.now() + 2;
      while (performance.now() < end);
    };
    const [{ medians, runs }] = await timeInRounds(
      [contender("a", () => void calls++, { beforeEach, roughMs: 10 })],
      { ...schedule, timePerContender: 0.001 },
      async () => {},
    );
    expect(runs).toBeGreaterThan(0);
    expect(prepared).toBe(calls);
    expect(Math.max(...medians.filter((time) => time !== null))).toBeLessThan(2);
  });

  it("measures a wait as long as it is", async () => {
    const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
    const [{ medians }] = await timeInRounds(
      [contender("sleeper", wait, { isAsync: true, roughMs: 5 })],
      schedule,
      async () => {},
    );
    const times = medians.filter((median) => median !== null);
    expect(Math.min(...times)).toBeGreaterThan(4);
  });

  it("draws another order for each round, the same for the same seed", async () => {
    const orders = async () => {
      const turns: string[] = [];
      const contenders = ["a", "b", "c"].map((name) => contender(name, () => {}));
      const random = seededRandom(3, "order").uniform;
      await timeInRounds(contenders, { ...schedule, random }, async ({ name }, round) => {
        if (round >= 0) turns.push(`${round}${name}`);
      });
      return turns;
    };
    const first = await orders();
    expect(await orders()).toEqual(first);
    const byRound = [0, 1, 2, 3, 4, 5].map((round) =>
      first
        .slice(3 * round, 3 * round + 3)
        .map((turn) => turn[1])
        .join(""),
    );
    expect(new Set(byRound).size).toBeGreaterThan(1);
    expect(byRound.every((order) => [...order].sort().join("") === "abc")).toBe(true);
  });

  it("rejects with the error of a contender", async () => {
    const failing = contender("bad", () => {
      throw new Error("out of luck");
    });
    await expect(timeInRounds([failing], schedule, async () => {})).rejects.toThrow("out of luck");
  });
});
