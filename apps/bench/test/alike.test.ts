/**
 * `bench compare` of what is alike, and of what became slower by little: how often it sees something, by the same code that judges a
 * real run, on noise as it was recorded on a busy machine and as it is on a quiet one.
 */

import { type Random, seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { type Comparison, compareInRun } from "../src/compare/comparison.ts";
import type { RoundTimes } from "../src/statistics/ratio.ts";
import recorded from "./fixtures/alike.json" with { type: "json" };
import { sampleReport } from "./fixtures/reports.ts";

const LAYERS = 20;
const PROCESSES = 12;
const RUNS = 50;

/** Rounds of one process: those of base, and those of head, which are A B A B in time. */
type Process = readonly [base: RoundTimes[number], head: RoundTimes[number]];

/** How processes and rounds vary. */
type Noise = (random: Random) => Process;

/** A process of the recorded run; which side was which is drawn anew, so that there is no difference on average. */
const asRecorded: Noise = (random) => {
  const [one, other] = recorded.processes[
    Math.floor(random.uniform() * recorded.processes.length)
  ] as unknown as Process;
  return random.uniform() < 0.5 ? [one, other] : [other, one];
};

/** Log-normal: 2 % from process to process on each side's own, 3 % from round to round for both, 2 % for each. */
const asOnAQuietMachine: Noise = (random) => {
  const sides = [random.normal(0, 0.02 / Math.SQRT2), random.normal(0, 0.02 / Math.SQRT2)] as const;
  const rounds = Array.from({ length: 4 }, () => random.normal(0, 0.03));
  const of = (side: number) => rounds.map((round) => Math.exp(side + round + random.normal(0, 0.02)));
  return [of(sides[0]), of(sides[1])];
};

/** Compares two sides of 20 layers, of whose first head is `factor` times as slow. */
function compare(noise: Noise, factor: number, seed: number): Comparison {
  const random = seededRandom(seed, "alike");
  const sample = sampleReport();
  const [found] = sample.cases;
  const timed = found!.results.find(({ timing }) => timing !== null)!;
  const cases = Array.from({ length: LAYERS }, (_, layer) => {
    const processes = Array.from({ length: PROCESSES }, () => noise(random));
    const slower = layer === 0 ? factor : 1;
    const side = (variant: string, rounds: RoundTimes) => ({
      ...timed,
      variant,
      timing: { ...timed.timing!, rounds },
    });
    const base = processes.map(([rounds]) => rounds);
    const head = processes.map(([, rounds]) => rounds.map((time) => (time === null ? null : time * slower)));
    const convCase = { ...found!.convCase, name: `layer ${layer}` };
    return { ...found!, convCase, results: [side("base", base), side("head", head)] };
  });
  return compareInRun({ ...sample, cases }, { base: "before", head: "after", threshold: null });
}

/** In how many of 50 runs something holds. */
function runsIn(noise: Noise, factor: number, holds: (comparison: Comparison) => boolean): number {
  return Array.from({ length: RUNS }, (_, seed) => compare(noise, factor, seed)).filter(holds).length;
}

const seesAny = ({ layers }: Comparison): boolean => layers.some(({ verdict }) => verdict !== "~");
const seesTheFirst = ({ layers }: Comparison): boolean => layers[0]!.verdict === "slower";

describe("bench compare, in 50 runs of 20 layers", () => {
  it.each([
    ["as recorded on a busy machine", asRecorded],
    ["as on a quiet machine", asOnAQuietMachine],
  ])("sees something between equals in two of 50 at most, with noise %s", (_, noise) => {
    expect(runsIn(noise, 1, seesAny)).toBeLessThanOrEqual(0.05 * RUNS);
  });

  it.each([
    [1.03, 0.25],
    [1.05, 0.85],
    [1.1, 1],
  ])("on a quiet machine sees a slowdown of %f", (factor, least) => {
    expect(runsIn(asOnAQuietMachine, factor, seesTheFirst) / RUNS).toBeGreaterThanOrEqual(least);
  });

  it("on a busy machine sees what is three times as slow, and not 10 %", () => {
    expect(runsIn(asRecorded, 3, seesTheFirst) / RUNS).toBeGreaterThanOrEqual(0.5);
    expect(runsIn(asRecorded, 1.1, seesTheFirst) / RUNS).toBeLessThan(0.2);
  });
});
