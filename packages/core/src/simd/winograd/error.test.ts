import {
  absoluteReference,
  type ConvCase,
  judge,
  normwiseBounds,
  type Random,
  realData,
  reference,
  seededRandom,
} from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { forwardCorrelation, inputGradientCorrelation } from "../../algorithms/correlation.ts";
import { resolveConvGeometry } from "../../geometry.ts";
import { simdAlgorithmsOf } from "../algorithms.ts";
import { SimdEngine } from "../engine.ts";
import { simdFeatures } from "../features.ts";
import { hostWebAssembly } from "../webassembly.ts";
import { errsLittle } from "./plan.ts";

const CASES_PER_PASS = 300;

const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());
const winograd = simdAlgorithmsOf(() => engine).filter(({ name }) => name.startsWith("simd-winograd"));

/** Few pixels, few channels, and any padding: where errors are large beside the sums. */
function smallCase(random: Random, name: string): ConvCase {
  const { integer } = random;
  const sides = (): [number, number] => [integer(0, 2), integer(0, 2)];
  const [height, width, inChannels] = [integer(1, 9), integer(1, 9), 4 * integer(1, 8)];
  return {
    name,
    inputShape: [integer(1, 2), height, width, inChannels],
    filterShape: [3, 3, inChannels, 4 * integer(1, 8)],
    strides: [1, 1],
    dilations: [1, 1],
    groups: 1,
    bias: false,
    // As much as a side of one pixel needs to have an output.
    padding: [height < 3 ? [1, 2] : sides(), width < 3 ? [2, 1] : sides()],
  };
}

describe.each(winograd)("$name on small pictures", ({ name, supports, errorBound, prepare, prepareInputGradient }) => {
  it.each(["forward", "inputGradient"] as const)("errs by no more than it says, %s", (pass) => {
    const random = seededRandom(7);
    const { constant } = errorBound as { readonly constant: number };
    const tileSize = name === "simd-winograd4" ? 4 : 2;
    const [refused, chosen] = [new Set<string>(), { count: 0, worst: 0 }];
    for (let n = 0; n < CASES_PER_PASS; n++) {
      const convCase = smallCase(random, `small ${n}`);
      const { inputShape, filterShape, strides, padding, dilations, groups } = convCase;
      const g = resolveConvGeometry("small", inputShape, filterShape, { strides, padding, dilations, groups });
      expect(supports(g, pass)).toBe(true);
      const data = realData(convCase, n);
      const sums = absoluteReference(convCase, pass, data);
      const truth = reference(convCase, pass, data);
      const result = new Float32Array(truth.length);
      using plan = pass === "forward" ? prepare(g, data.filter, undefined) : prepareInputGradient(g, data.filter);
      plan.run(pass === "forward" ? data.x : data.dy, result);
      const promised = normwiseBounds(convCase, pass, data, constant);
      expect(judge(result, truth, promised).reason, `${inputShape} ${filterShape} ${padding}`).toBeUndefined();
      const little = errsLittle(pass === "forward" ? forwardCorrelation(g) : inputGradientCorrelation(g), tileSize);
      if (little !== true) {
        refused.add(little);
        continue;
      }
      const error = truth.reduce((most, value, i) => Math.max(most, Math.abs(value - result[i]!)), 0);
      chosen.worst = Math.max(chosen.worst, error / sums.reduce((most, sum) => Math.max(most, sum), 0));
      chosen.count++;
    }
    expect(chosen.worst).toBeLessThanOrEqual(constant);
    // It is no bound that anything keeps.
    expect(chosen.worst).toBeGreaterThan(constant / 10);
    expect(chosen.count).toBeGreaterThan(CASES_PER_PASS / 5);
    expect(refused.size).toBe(tileSize === 4 ? 4 : 1);
  });
});
