import { expect, it } from "vitest";
import { affordableProcesses, knownMs, needsTooLong, SLOW_SHARE, slowAllowance } from "./slow-peers.ts";

const limits = { timePerVariant: 100, slowestRun: 5000, slowAllowance: 2000 };

it("leaves those alone whose run fits into their time", () => {
  expect(affordableProcesses(99, limits)).toBe(Number.POSITIVE_INFINITY);
  expect(needsTooLong(99, limits)).toBeUndefined();
  expect(needsTooLong(undefined, limits)).toBeUndefined();
});

it("holds the slow to their share of a run: judged twice, timed once and judged again in each process", () => {
  const allowance = slowAllowance(15, 8, 100);
  expect(allowance).toBeCloseTo(SLOW_SHARE * 8 * (4000 + 2 * 15 * 100));
  expect(slowAllowance(2, 2, 40)).toBe(2000);
  for (const roughMs of [110, 150, 240, 250]) {
    expect(4 * roughMs * affordableProcesses(roughMs, limits)).toBeLessThanOrEqual(limits.slowAllowance);
  }
});

it("holds nobody to a share where there is none", () => {
  const unlimited = { ...limits, slowAllowance: Number.POSITIVE_INFINITY };
  expect(affordableProcesses(4000, unlimited)).toBe(Number.POSITIVE_INFINITY);
  expect(needsTooLong(4000, unlimited)).toBeUndefined();
  expect(needsTooLong(6000, unlimited)).toMatch(/more than the limit of 5 s$/);
});

it("does not time whoever could not take part in two processes, and says why", () => {
  expect(affordableProcesses(250, limits)).toBe(2);
  expect(needsTooLong(250, limits)).toBeUndefined();
  expect(needsTooLong(260, limits)).toBe("one run takes 0.26 s, and 8 of them more than 5 % of a run, here 2 s");
  expect(needsTooLong(7000, limits)).toBe("one run takes 7 s, more than the limit of 5 s");
});

it("knows of what was timed how long it takes, and of others what their first calls took", () => {
  expect(knownMs({ roughMs: 12, rounds: [[0.2, null], [0.15]] })).toBe(0.15);
  expect(knownMs({ roughMs: 12, rounds: [[null]] })).toBe(12);
  expect(knownMs({ roughMs: null, rounds: [] })).toBeNull();
});
