/**
 * Convolutions of shapes and values drawn at random, as nobody would think of them: outliers, fill values, subnormals, integers,
 * what is not finite, batches and channels that are empty; by `auto` and by every algorithm that computes the case, in all passes.
 *
 * A result is held to its bound; what is not finite must be exactly where the definition has it; and where a value of another
 * magnitude stands in a few cells, outputs that do not see it are right to 10⁻³ of their own Σ|x||w|.
 */

import type { Pass } from "@corr2d/core";
import { algorithms, type ConvAlgorithm, chooseAlgorithm } from "@corr2d/core/internals";
import {
  absoluteReference,
  type CaseData,
  type ConvCase,
  dataOf,
  generateCases,
  judge,
  type Random,
  reference,
  seededRandom,
  VALUE_CLASSES,
} from "@corr2d/testkit";
import { expect, it } from "vitest";
import { boundsOf, callPass, computePass, geometryOf, supports } from "./case-pass.ts";
import { FUZZ_FACTOR, FUZZ_SEED } from "./fuzz.ts";

const PASSES: readonly Pass[] = ["forward", "inputGradient", "filterGradient"];

/** What files hold where nothing is known, and other values that are far from their neighbours. */
const FILLS = [1e6, 1e12, 1e20, -9.96921e36, -3.4028234663852886e38, 1e-30];

const LARGEST = 3.4028234663852886e38;

/** Other kernels of Winograd's, and their strides. */
const WINOGRAD = [
  [5, 1],
  [4, 2],
  [5, 2],
  [7, 2],
] as const;

/** One in four becomes one that Winograd's algorithm computes, one in ten is empty along an axis. */
function varied(convCase: ConvCase, random: Random): ConvCase {
  const [batch, height, width] = convCase.inputShape;
  const kind = random.integer(0, 39);
  if (kind < 10) {
    const [side, stride] = kind < 5 ? ([3, 1] as const) : random.pick(WINOGRAD);
    const [inChannels, outChannels] = [side === 7 ? 3 : random.pick([4, 16, 20, 32]), random.pick([4, 8, 20])];
    const size = [Math.max(side, height), Math.max(side, width)] as const;
    return {
      ...convCase,
      ...{ name: `${convCase.name}, ${side}×${side}/${stride}, ${inChannels} to ${outChannels}` },
      ...{ strides: [stride, stride], dilations: [1, 1], groups: 1 },
      ...{ padding: random.pick([0, 1, 2]), inputShape: [batch, ...size, inChannels] },
      filterShape: [side, side, inChannels, outChannels],
    };
  }
  if (kind < 12)
    return { ...convCase, name: `${convCase.name}, no image`, inputShape: [0, height, width, convCase.inputShape[3]] };
  return convCase;
}

/** The data with a fill value in a few cells of an operand. */
function withOutliers(data: CaseData, random: Random): CaseData {
  const name = random.pick(["x", "dy"] as const);
  const values = data[name].slice();
  const fill = random.pick(FILLS);
  for (let n = random.integer(1, 3); n > 0 && values.length > 0; n--)
    values[random.integer(0, values.length - 1)] = fill;
  return { ...data, [name]: values };
}

/** How many elements err that see none of the outliers: those whose sum of magnitudes is what it is without them. */
function straysIn(result: Float32Array, truth: Float64Array, plain: Float64Array, sums: Float64Array): number {
  const errs = (value: number, i: number): boolean => !(Math.abs(value - truth[i]!) <= 1e-3 * sums[i]!);
  return result.filter((value, i) => sums[i] === plain[i] && errs(value, i)).length;
}

type Run = (data: CaseData) => Float32Array;

/** What computes a pass of a case, with the algorithm whose bound it is held to. */
function runnersOf(convCase: ConvCase, pass: Pass): readonly (readonly [ConvAlgorithm, Run])[] {
  const g = geometryOf(convCase);
  const chosen = chooseAlgorithm("fuzz", g, pass, "auto", { runs: "once" }).algorithm;
  return [
    [chosen, (data) => callPass(pass, convCase, data)],
    ...algorithms
      .filter((algorithm) => supports(algorithm, g, pass))
      .map((algorithm) => [algorithm, (data: CaseData) => computePass(algorithm, pass, convCase, data)] as const),
  ];
}

it("is right whatever is drawn", { timeout: 20_000 + 60_000 * FUZZ_FACTOR }, () => {
  const random = seededRandom(FUZZ_SEED, "fuzz");
  let [compared, judged] = [0, 0];
  const faults: string[] = [];
  for (const drawn of generateCases(FUZZ_SEED, 80 * FUZZ_FACTOR)) {
    const convCase = varied(drawn, random);
    const valueClass = random.pick([...VALUE_CLASSES, "outliers", "outliers"] as const);
    const hasOutliers = valueClass === "outliers";
    const plain = dataOf(convCase, hasOutliers ? "real" : valueClass, FUZZ_SEED);
    const data = hasOutliers ? withOutliers(plain, random) : plain;
    for (const pass of PASSES) {
      const truth = reference(convCase, pass, data);
      const [without, sums] = [plain, data].map((values) => absoluteReference(convCase, pass, values)) as [
        Float64Array,
        Float64Array,
      ];
      for (const [algorithm, run] of runnersOf(convCase, pass)) {
        // Where magnitudes add up to more than float32 holds, sums overflow in one order and not in another.
        const result = run(data).map((value, i) => (hasOutliers && sums[i]! > LARGEST ? truth[i]! : value));
        const name = `${convCase.name}, ${valueClass}, ${pass}, ${algorithm.name}`;
        compared++;
        const { ok, reason } = judge(result, truth, boundsOf(algorithm, pass, convCase, data));
        if (!ok) faults.push(`${name}: ${reason}`);
        if (hasOutliers && pass !== "filterGradient") {
          const stray = straysIn(result, truth, without, sums);
          if (stray > 0) faults.push(`${name}: ${stray} outputs err beside an outlier`);
        }
        judged += result.length;
      }
    }
  }
  expect(faults).toEqual([]);
  expect(compared).toBeGreaterThan(1000 * FUZZ_FACTOR);
  expect(judged).toBeGreaterThan(10_000);
});
