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
import { cookToom } from "../../../test/cook-toom.ts";
import { preparationOf } from "../../algorithm/algorithm.ts";
import { forwardCorrelation, inputGradientCorrelation } from "../../geometry/correlation.ts";
import { simdAlgorithmsOf } from "../algorithms.ts";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";
import { AMPLIFICATION, errorConstant, usualErrors } from "./error.ts";
import { errsLittle } from "./plan.ts";
import { type AxisForm, type Form, formName, formOf, isTransformed, pairsOf } from "./points.ts";

const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());
const winograd = simdAlgorithmsOf(() => engine).filter(({ name }) => name.startsWith("winograd"));

interface SmallCases {
  readonly tileSize: 2 | 4;
  readonly kernel: readonly [number, number];
  readonly stride?: 1 | 2;
  readonly cases: number;
  readonly reasons: number;
}

/** What is small on pictures: cases of a pass, and how many of them the choice of algorithms would take at least. */
const SMALL = [
  { tileSize: 2, kernel: [3, 3], cases: 300, reasons: 1 } as const,
  { tileSize: 4, kernel: [3, 3], cases: 300, reasons: 4 } as const,
  ...(
    [
      [5, 5],
      [7, 7],
      [3, 7],
      [1, 3],
      [5, 1],
      [1, 7],
    ] as const
  ).map((kernel) => ({
    tileSize: 2 as const,
    kernel,
    cases: 60,
    reasons: 2,
  })),
  ...(
    [
      [5, 5],
      [3, 5],
      [1, 3],
      [3, 1],
      [1, 5],
      [1, 7],
      [7, 1],
      [1, 9],
      [9, 1],
    ] as const
  ).map((kernel) => ({
    tileSize: 4 as const,
    kernel,
    cases: 60,
    reasons: 2,
  })),
  ...(
    [
      [2, [4, 4]],
      [2, [5, 5]],
      [2, [7, 7]],
      [4, [5, 5]],
      [4, [7, 7]],
    ] as const
  ).map(([tileSize, kernel]) => ({ tileSize, kernel, cases: 60, reasons: 1, stride: 2 as const })),
].map(({ tileSize, kernel, stride = 1, ...small }: SmallCases) => {
  const form = formOf(...kernel, tileSize, stride) as Form;
  return {
    ...small,
    form,
    passes: stride === 1 ? (["forward", "inputGradient"] as const) : (["forward"] as const),
    name: formName(form),
    algorithm: winograd.find(({ name }) => name === `winograd${tileSize}`)!,
  };
});

/** Few pixels, few channels, and any padding: where errors are large beside the sums. */
function smallCase(random: Random, { rows, columns }: Form, name: string): ConvCase {
  const { integer } = random;
  const sides = (taps: number): [number, number] => [integer(0, taps - 1), integer(0, taps - 1)];
  const [height, width, inChannels] = [integer(1, 3 * rows.taps), integer(1, 3 * columns.taps), 4 * integer(1, 8)];
  return {
    name,
    inputShape: [integer(1, 2), height, width, inChannels],
    filterShape: [rows.taps, columns.taps, inChannels, 4 * integer(1, 8)],
    strides: [rows.stride, columns.stride],
    dilations: [1, 1],
    groups: 1,
    bias: false,
    // As much as a side that is shorter than the kernel needs to have an output.
    padding: [
      height < rows.taps ? [Math.floor(rows.taps / 2), rows.taps - 1] : sides(rows.taps),
      width < columns.taps ? [columns.taps - 1, Math.floor(columns.taps / 2)] : sides(columns.taps),
    ],
  };
}

describe.each(SMALL)("$name on small pictures", ({ form, algorithm, cases, reasons, passes }) => {
  it.each(passes)("errs by no more than is usual, %s", { timeout: 60_000 }, (pass) => {
    const random = seededRandom(7);
    const constant = usualErrors(form).sums;
    const [refused, chosen] = [new Set<string>(), { count: 0, worst: 0 }];
    for (let n = 0; n < cases; n++) {
      const convCase = smallCase(random, form, `small ${n}`);
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
      const little = errsLittle(pass === "forward" ? forwardCorrelation(g) : inputGradientCorrelation(g), form);
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
    expect(chosen.worst).toBeGreaterThan(constant / 15);
    expect(chosen.count).toBeGreaterThan(cases / 6);
    expect(refused.size).toBeGreaterThanOrEqual(reasons);
  });
});

/** The matrices of one transform, worked out from the points alone: A[ξ][i], G[ξ][b], B[ξ][k]. */
function matricesOf(axis: AxisForm): Record<"A" | "G" | "B", number[][]> {
  const { A, G, B } = cookToom([0, ...pairsOf(axis).flatMap((p) => [p, -p])], axis.outputs, axis.taps);
  const numbers = (matrix: typeof A): number[][] => matrix.map((row) => row.map((value) => value.toNumber()));
  return { A: numbers(A), G: numbers(G), B: numbers(B) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

it.each([...new Set(SMALL.flatMap(({ form: { outer, inner } }) => [outer, inner]).filter(isTransformed))])(
  "the bound of F($outputs, $taps) knows by how much the matrices of its points enlarge",
  (axis) => {
    const { A, G, B } = matricesOf(axis);
    const ofTap = (i: number, b: number): number =>
      sum(B.map((row, point) => Math.abs(A[point]![i]! * G[point]![b]!) * sum(row.map(Math.abs))));
    const alpha = Math.max(...A[0]!.flatMap((_, i) => G[0]!.map((_, b) => ofTap(i, b))));
    expect(AMPLIFICATION[axis.points]).toBeGreaterThanOrEqual(alpha);
    expect(AMPLIFICATION[axis.points]).toBeLessThan(1.0001 * alpha);
  },
);

describe.each<[tileSize: 2 | 4, kernelHeight: number, kernelWidth: number, stride?: 1 | 2]>([
  [2, 3, 3],
  [4, 3, 3],
  [2, 4, 4, 2],
  [4, 5, 5, 2],
  [4, 7, 7, 2],
  [2, 7, 7],
  [4, 5, 5],
  [2, 1, 7],
  [4, 1, 5],
  [4, 7, 1],
  [4, 1, 9],
])("the bound of tiles of %i for kernels of %i×%i", (tileSize, kernelHeight, kernelWidth, stride = 1) => {
  const form = formOf(kernelHeight, kernelWidth, tileSize, stride) as Form;
  const algorithm = winograd.find(({ name }) => name === `winograd${tileSize}`)!;
  const isSmall = kernelHeight * kernelWidth <= 9;

  it.each(["forward", "inputGradient", "filterGradient"] as const)(
    "holds where all values are of one sign, as the usual error does not: %s",
    (pass) => {
      const channels = 1024;
      const [inChannels, outChannels] = pass === "inputGradient" ? [4, channels] : [channels, 4];
      const inputShape = [1, 8, 8, inChannels] as const;
      const filterShape = [kernelHeight, kernelWidth, inChannels, outChannels] as const;
      const convCase: ConvCase = {
        name: "one sign",
        inputShape,
        filterShape,
        strides: [stride, stride],
        dilations: [1, 1],
        groups: 1,
        bias: false,
        padding: "same",
      };
      const g = geometryOf(convCase);
      if (!supports(algorithm, g, pass)) return;
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
      if (isSmall) expect(error / largest).toBeGreaterThan(usualErrors(form).sums);
    },
  );
});
