/**
 * What several threads compute has the bits that one has: every case of the table by every algorithm, and larger ones that are
 * cut into many blocks and shares.
 */

import { CASES, type ConvCase, realData } from "@corr2d/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { computePass, geometryOf, supports } from "../../test/case-pass.ts";
import type { Pass } from "../algorithm/algorithm.ts";
import { simdAlgorithmsOf } from "../simd/algorithms.ts";
import { SimdEngine } from "../simd/engine/engine.ts";
import { simdFeatures } from "../simd/engine/features.ts";
import { hostWebAssembly } from "../simd/engine/webassembly.ts";
import { hire, threadedEngine } from "./start.ts";
import type { ThreadTeam } from "./team.ts";

const PASSES = ["forward", "inputGradient", "filterGradient"] as const satisfies readonly Pass[];

const shared = { strides: [1, 1], dilations: [1, 1], padding: "same", groups: 1, bias: true } as const;
const large: readonly ConvCase[] = [
  { ...shared, name: "3×3 over 56²", inputShape: [1, 56, 56, 64], filterShape: [3, 3, 64, 64] },
  { ...shared, name: "3×3 over 14²", inputShape: [1, 14, 14, 64], filterShape: [3, 3, 64, 128] },
  { ...shared, name: "5×5", inputShape: [1, 35, 35, 48], filterShape: [5, 5, 48, 64] },
  { ...shared, name: "1×7", inputShape: [1, 30, 51, 32], filterShape: [1, 7, 32, 64] },
  { ...shared, name: "9×1", inputShape: [2, 200, 3, 32], filterShape: [9, 1, 32, 32] },
  { ...shared, name: "a long row", inputShape: [1, 1, 6001, 64], filterShape: [1, 3, 64, 64] },
  { ...shared, name: "strided", inputShape: [2, 57, 57, 16], filterShape: [3, 3, 16, 24], strides: [2, 2] },
  { ...shared, name: "a picture, strided", inputShape: [2, 96, 101, 3], filterShape: [7, 7, 3, 64], strides: [2, 2] },
  { ...shared, name: "5×5 strided", inputShape: [1, 57, 57, 32], filterShape: [5, 5, 32, 64], strides: [2, 2] },
  { ...shared, name: "1×1 strided", inputShape: [1, 57, 57, 32], filterShape: [1, 1, 32, 48], strides: [2, 2] },
  { ...shared, name: "grouped", inputShape: [1, 40, 40, 64], filterShape: [3, 3, 16, 64], groups: 4 },
  { ...shared, name: "depthwise", inputShape: [1, 56, 56, 147], filterShape: [3, 3, 1, 147], groups: 147 },
  { ...shared, name: "dilated", inputShape: [1, 40, 40, 33], filterShape: [3, 3, 33, 31], dilations: [2, 2] },
  { ...shared, name: "a batch of small images", inputShape: [25, 7, 7, 64], filterShape: [3, 3, 64, 64] },
  { ...shared, name: "one channel", inputShape: [2, 300, 300, 1], filterShape: [5, 5, 1, 1] },
];

/** Threads are tried on what is too small for them, too. */
const ALWAYS = 0;

const alone = new SimdEngine(hostWebAssembly()!, simdFeatures());

describe.each([2, 3, 8])("%i threads", (threads) => {
  const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());
  let team: ThreadTeam;

  beforeAll(async () => {
    const threaded = threadedEngine(engine, ALWAYS);
    team = threaded.team;
    await hire(team.crew, threads);
    engine.threaded = threaded;
  }, 60_000);

  afterAll(() => team.crew.end());

  const [ofOne, ofAll] = [simdAlgorithmsOf(() => alone), simdAlgorithmsOf(() => engine)];

  it.each(ofAll.map(({ name }, n) => [name, n] as const))(
    "give the bits of one, by %s",
    { timeout: 120_000 },
    (_, n) => {
      let compared = 0;
      const published = team.crew.queue.end;
      for (const convCase of [...CASES, ...large]) {
        const data = realData(convCase, 1);
        for (const pass of PASSES) {
          if (!supports(ofAll[n]!, geometryOf(convCase), pass)) continue;
          const [expected, result] = [ofOne, ofAll].map((algorithms) =>
            bitsOf(computePass(algorithms[n]!, pass, convCase, data)),
          );
          if (!sameBits(expected!, result!)) throw new Error(`other bits: ${pass} of ${convCase.name}`);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(3);
      expect(team.crew.queue.end - published).toBeGreaterThan(compared);
      expect(team.threads).toBe(threads);
    },
  );
});

it("compares cases whose bits differ if anything does", () => {
  const convCase = large[0]!;
  const [direct] = simdAlgorithmsOf(() => alone);
  const [a, b] = [1, 2]
    .map((seed) => realData(convCase, seed))
    .map((data) => bitsOf(computePass(direct, "forward", convCase, data)));
  expect(sameBits(a!, a!)).toBe(true);
  expect(sameBits(a!, b!)).toBe(false);
});

function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}

function sameBits(a: Int32Array, b: Int32Array): boolean {
  return a.every((bits, i) => bits === b[i]);
}
