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
import { geometryOf, supports } from "../../../test/case-pass.ts";
import { preparationOf } from "../../algorithm/algorithm.ts";
import { forwardCorrelation, inputGradientCorrelation } from "../../geometry/correlation.ts";
import { resolveConvGeometry } from "../../geometry/planes.ts";
import { simdAlgorithmsOf } from "../algorithms.ts";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";
import { AMPLIFICATION, errorConstant, USUAL_ERRORS } from "./error.ts";
import { errsLittle } from "./plan.ts";
import { type TileSize, WINOGRAD_POINTS } from "./points.ts";

const CASES_PER_PASS = 300;

const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());
const winograd = simdAlgorithmsOf(() => engine).filter(({ name }) => name.startsWith("winograd"));

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

describe.each(winograd)("$name on small pictures", (algorithm) => {
  const { name } = algorithm;
  it.each(["forward", "inputGradient"] as const)("errs by no more than is usual, %s", (pass) => {
    const random = seededRandom(7);
    const tileSize = tileSizeOf(name);
    const constant = USUAL_ERRORS[tileSize].sums;
    const [refused, chosen] = [new Set<string>(), { count: 0, worst: 0 }];
    for (let n = 0; n < CASES_PER_PASS; n++) {
      const convCase = smallCase(random, `small ${n}`);
      const g = geometryOf(convCase);
      expect(supports(algorithm, g, pass)).toBe(true);
      const data = realData(convCase, n);
      const sums = absoluteReference(convCase, pass, data);
      const truth = reference(convCase, pass, data);
      const result = new Float32Array(truth.length);
      using plan =
        pass === "forward"
          ? preparationOf(algorithm, g, "forward")(data.filter, undefined)
          : preparationOf(algorithm, g, "inputGradient")(data.filter);
      plan.run(pass === "forward" ? data.x : data.dy, result);
      const promised = normwiseBounds(convCase, pass, data, constant);
      expect(
        judge(result, truth, promised).reason,
        `${convCase.inputShape} ${convCase.filterShape} ${convCase.padding}`,
      ).toBeUndefined();
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

/** The matrices of one axis, worked out from the points alone: A[ξ][i], G[ξ][b], B[ξ][k]. */
function matricesOf(tileSize: TileSize): { A: number[][]; G: number[][]; B: number[][] } {
  const points = [0, ...WINOGRAD_POINTS[tileSize].flatMap((p) => [p, -p])];
  const polynomial = (roots: readonly number[]): number[] =>
    roots.reduce((p, root) => p.concat(0).map((_, i) => (p[i - 1] ?? 0) - root * (p[i] ?? 0)), [1]);
  const others = (a: number): number[] => points.filter((b) => b !== a);
  const powers = (a: number, count: number): number[] => Array.from({ length: count }, (_, n) => a ** n);
  const last = (count: number): number[] => [...new Array(count - 1).fill(0), 1];
  return {
    A: [...points.map((a) => powers(a, tileSize)), last(tileSize)],
    G: [...points.map((a) => powers(a, 3).map((power) => power / others(a).reduce((p, b) => p * (a - b), 1))), last(3)],
    B: [...points.map((a) => [...polynomial(others(a)), 0]), polynomial(points)],
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe.each([2, 4] as const)("the bound of F(%i×%i)", (tileSize) => {
  const { A, G, B } = matricesOf(tileSize);
  const name = `winograd${tileSize}`;
  const algorithm = winograd.find((candidate) => candidate.name === name)!;

  it("knows by how much the matrices of its points enlarge", () => {
    const ofTap = (i: number, b: number): number =>
      sum(B.map((row, point) => Math.abs(A[point]![i]! * G[point]![b]!) * sum(row.map(Math.abs))));
    const outputs = Array.from({ length: tileSize }, (_, i) => i);
    for (const i of outputs) {
      for (const b of [0, 1, 2]) {
        // They filter: what is enlarged cancels again.
        const weights = B[0]!.map((_, k) => sum(B.map((row, point) => A[point]![i]! * G[point]![b]! * row[k]!)));
        for (const [k, weight] of weights.entries()) expect(weight).toBeCloseTo(k === i + b ? 1 : 0, 12);
      }
    }
    const alpha = Math.max(...outputs.flatMap((i) => [0, 1, 2].map((b) => ofTap(i, b))));
    expect(AMPLIFICATION[tileSize]).toBeGreaterThanOrEqual(alpha);
    expect(AMPLIFICATION[tileSize]).toBeLessThan(1.0001 * alpha);
  });

  it.each(["forward", "inputGradient", "filterGradient"] as const)(
    "holds where all values are of one sign, as the usual error does not: %s",
    (pass) => {
      const channels = 1024;
      const shape = { inputShape: [1, 8, 8, channels], filterShape: [3, 3, channels, 4] } as const;
      const { inputShape, filterShape } =
        pass === "inputGradient" ? ({ inputShape: [1, 8, 8, 4], filterShape: [3, 3, 4, channels] } as const) : shape;
      const convCase: ConvCase = {
        name: "one sign",
        inputShape,
        filterShape,
        strides: [1, 1],
        dilations: [1, 1],
        groups: 1,
        bias: false,
        padding: "same",
      };
      const g = resolveConvGeometry("one sign", inputShape, filterShape, { padding: "same" });
      const signed = realData(convCase, 3);
      const data = {
        x: signed.x.map(Math.abs),
        filter: signed.filter.map(Math.abs),
        dy: signed.dy.map(Math.abs),
        bias: undefined,
      };
      const truth = reference(convCase, pass, data);
      const result = new Float32Array(truth.length);
      if (pass === "forward") preparationOf(algorithm, g, "forward")(data.filter, undefined).run(data.x, result);
      else if (pass === "inputGradient") preparationOf(algorithm, g, "inputGradient")(data.filter).run(data.dy, result);
      else preparationOf(algorithm, g, "filterGradient")().run(data.x, data.dy, result);
      const constant = errorConstant(tileSize, g, pass);
      expect(algorithm.errorBound.kind === "normwise" && algorithm.errorBound.constant(g, pass)).toBe(constant);
      expect(judge(result, truth, normwiseBounds(convCase, pass, data, constant)).reason).toBeUndefined();
      if (pass === "filterGradient") return; // its sums are over few pixels here
      const largest = truth.reduce((most, value) => Math.max(most, value), 0);
      const error = truth.reduce((most, value, i) => Math.max(most, Math.abs(value - result[i]!)), 0);
      expect(error / largest).toBeGreaterThan(USUAL_ERRORS[tileSize].sums);
    },
  );
});

function tileSizeOf(name: string): TileSize {
  return name === "winograd4" ? 4 : 2;
}
