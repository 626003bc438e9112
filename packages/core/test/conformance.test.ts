/**
 * The contract of every algorithm: the one suite all of them pass, forward and backward. Exact data must give equal
 * results whatever the order of summation; real data must stay within the bound that the algorithm states: the one derived
 * from the number of terms for each element, or a normwise one.
 */

import type { Pass } from "@corr2d/core";
import { algorithms, type ConvAlgorithm } from "@corr2d/core/internals";
import {
  CASES,
  type CaseData,
  type ConvCase,
  exactData,
  generateCases,
  judge,
  NETWORK_LAYERS,
  realData,
  reference,
  sizeOf,
} from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { boundsOf, computePass, geometryOf, supports } from "./case-pass.ts";

const PASSES: readonly Pass[] = ["forward", "inputGradient", "filterGradient"];
const SMALL_CASES: readonly ConvCase[] = [...CASES, ...generateCases(7, 120)];

/** Some layers that are not too large, with exact data. */
const REAL_LAYERS: readonly ConvCase[] = NETWORK_LAYERS.filter(
  (layer, i) =>
    i % 17 === 0 || ["lenet5/C3", "resnet50/conv1", "mobilenetv2"].some((name) => layer.name.startsWith(name)),
)
  .filter((layer) => sizeOf(layer.inputShape) * sizeOf(layer.filterShape) < 4e9)
  .slice(0, 6);

let known: readonly { layer: ConvCase; data: CaseData; truth: Float64Array }[] | undefined;

/** Those layers and the truth about them, computed once for all algorithms. */
function realLayers(): NonNullable<typeof known> {
  known ??= REAL_LAYERS.map((layer) => {
    const data = exactData(layer, 4);
    return { layer, data, truth: reference(layer, "forward", data) };
  });
  return known;
}

/** What an algorithm promises for small integers: equality, unless transforms of its own are rounded. */
function exactBoundOf(algorithm: ConvAlgorithm, convCase: ConvCase, pass: Pass, data: CaseData): Float64Array | 0 {
  return algorithm.engine === "simd" && algorithm.errorBound.kind === "normwise"
    ? boundsOf(algorithm, pass, convCase, data)
    : 0;
}

/** What algorithms that are not for everything must support, and nothing else. All others support nearly all there is. */
const SPECIAL: Readonly<Record<string, (convCase: ConvCase, pass: Pass) => boolean>> = {
  direct: ({ groups, filterShape }, pass) =>
    pass !== "filterGradient" || groups === 1 || (filterShape[2] * filterShape[3]) / groups >= 16,
  winograd2: isForWinograd,
  winograd4: isForWinograd,
  depthwise: ({ groups, filterShape }) => groups >= 4 && filterShape[2] === 1 && filterShape[3] === groups,
  "single-channel": ({ inputShape, filterShape, strides }, pass) =>
    pass !== "filterGradient" && inputShape[3] === 1 && filterShape[3] === 1 && strides.every((n) => n === 1),
};

function isUnit3x3({ filterShape: [height, width], strides, dilations }: ConvCase): boolean {
  return height === 3 && width === 3 && [...strides, ...dilations].every((n) => n === 1);
}

function isForWinograd(convCase: ConvCase): boolean {
  const { groups, filterShape } = convCase;
  return isUnit3x3(convCase) && groups === 1 && filterShape[2] % 4 === 0 && filterShape[3] % 4 === 0;
}

describe.each(algorithms)("$name", (algorithm: ConvAlgorithm) => {
  describe.each(PASSES)("%s", (pass) => {
    let executed = 0;

    it.each(SMALL_CASES.map((convCase) => [convCase.name, convCase] as const))("%s", (_name, convCase) => {
      const geometry = geometryOf(convCase);
      const proposal = algorithm.propose[pass](geometry);
      if (typeof proposal === "string") {
        expect(proposal).toMatch(/\w+ \w+/); // a reason in words
        expect(SPECIAL[algorithm.name]?.(convCase, pass)).not.toBe(true);
        return;
      }
      const exact = exactData(convCase, 1);
      const before = [exact.x.slice(), exact.filter.slice(), exact.dy.slice()];
      const truth = reference(convCase, pass, exact);
      const allowed = exactBoundOf(algorithm, convCase, pass, exact);
      expect(judge(computePass(algorithm, pass, convCase, exact), truth, allowed).reason).toBeUndefined();
      expect([exact.x, exact.filter, exact.dy]).toEqual(before);

      const real = realData(convCase, 2);
      const bound = boundsOf(algorithm, pass, convCase, real);
      const result = computePass(algorithm, pass, convCase, real);
      expect(judge(result, reference(convCase, pass, real), bound).reason).toBeUndefined();
      executed++;
    });

    it("was executed on all cases it is for", () => {
      const special = SPECIAL[algorithm.name];
      if (special === undefined) expect(executed).toBeGreaterThan(0.9 * SMALL_CASES.length);
      else expect(executed).toBe(SMALL_CASES.filter((convCase) => special(convCase, pass)).length);
    });
  });

  it("puts NaN and infinities where it says", () => {
    const supported = CASES.filter((c) => supports(algorithm, geometryOf(c), "forward"));
    const isUsual = (c: ConvCase): boolean => c.padding === "same" && c.groups === 1 && c.filterShape[0] === 3;
    const largest = supported.reduce((a, b) => (sizeOf(a.inputShape) < sizeOf(b.inputShape) ? b : a));
    const convCase = supported.find(isUsual) ?? largest;
    const geometry = geometryOf(convCase);
    const poison = (values: Float32Array, index: number, value: number): Float32Array => {
      const poisoned = values.slice();
      poisoned[index] = value;
      return poisoned;
    };
    const clean = realData(convCase, 3);
    const poisonedData: CaseData[] = [
      { ...clean, filter: poison(clean.filter, 0, Number.POSITIVE_INFINITY) },
      { ...clean, x: poison(clean.x, 5, Number.NaN) },
      { ...clean, x: poison(clean.x, clean.x.length - 1, Number.NEGATIVE_INFINITY) },
      { ...clean, dy: poison(clean.dy, 0, Number.POSITIVE_INFINITY) },
    ];
    let judged = 0;
    for (const data of poisonedData) {
      for (const pass of PASSES.filter((pass) => supports(algorithm, geometry, pass))) {
        const truth = reference(convCase, pass, data);
        const result = computePass(algorithm, pass, convCase, data);
        if (truth.some(Number.isFinite)) expect(result.some(Number.isFinite)).toBe(true);
        // Where a result is a number, it has nothing to do with the poison.
        expect(judge(result, truth, boundsOf(algorithm, pass, convCase, clean)).reason).toBeUndefined();
        judged++;
      }
    }
    expect(judged).toBeGreaterThanOrEqual(2 * poisonedData.length);
  });

  it("computes layers of real networks", { timeout: 60_000 }, () => {
    let computed = 0;
    for (const { layer, data, truth } of realLayers()) {
      const geometry = geometryOf(layer);
      if (!supports(algorithm, geometry, "forward")) continue;
      const result = computePass(algorithm, "forward", layer, data);
      const allowed = exactBoundOf(algorithm, layer, "forward", data);
      expect(judge(result, truth, allowed).reason, layer.name).toBeUndefined();
      computed++;
    }
    expect(computed > 0 || algorithm.name in SPECIAL).toBe(true);
  });
});
