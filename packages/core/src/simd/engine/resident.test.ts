import { CASES, type ConvCase, exactData } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { geometryOf, supports } from "../../../test/case-pass.ts";
import type { Pass } from "../../algorithm/algorithm.ts";
import { preparationOf } from "../../algorithm/algorithm.ts";
import { resolveConvGeometry } from "../../geometry/planes.ts";
import { simdAlgorithmsOf } from "../algorithms.ts";
import { SimdEngine } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import { GuardZones } from "./guards.ts";
import { type Operand, ResidentArray } from "./resident.ts";
import { hostWebAssembly } from "./webassembly.ts";

const host = hostWebAssembly()!;
const engine = new SimdEngine(host, simdFeatures(), { guards: new GuardZones(64) });

/** Layers that need no frame and fill their blocks, whose operands are used where they lie, beside those of testkit. */
const WHOLE: readonly ConvCase[] = [
  wholeCase("1x1", [2, 12, 12, 8], [1, 1, 8, 16]),
  wholeCase("3x3, valid", [1, 14, 14, 8], [3, 3, 8, 8]),
  wholeCase("one channel, valid", [1, 14, 26, 1], [3, 3, 1, 1]),
  wholeCase("1x1, blocks of rows", [1, 120, 64, 32], [1, 1, 32, 32]),
  { ...wholeCase("depthwise, valid", [1, 10, 10, 8], [3, 3, 1, 8]), groups: 8 },
];

function wholeCase(name: string, inputShape: ConvCase["inputShape"], filterShape: ConvCase["filterShape"]): ConvCase {
  return { name, inputShape, filterShape, strides: [1, 1], padding: "valid", dilations: [1, 1], groups: 1, bias: true };
}

describe("resident arrays", () => {
  it.each([...CASES, ...WHOLE])("$name: every pass gives the bits that it gives over plain arrays", (convCase) => {
    const { x, filter, bias, dy } = exactData(convCase, 5);
    const g = geometryOf(convCase);
    for (const algorithm of simdAlgorithmsOf(() => engine)) {
      const plans = {
        forward: () => ({
          plan: preparationOf(algorithm, g, "forward")(filter, bias),
          sources: [x],
          length: dy.length,
        }),
        inputGradient: () => ({
          plan: preparationOf(algorithm, g, "inputGradient")(filter),
          sources: [dy],
          length: x.length,
        }),
        filterGradient: () => ({
          plan: preparationOf(algorithm, g, "filterGradient")(),
          sources: [x, dy],
          length: filter.length,
        }),
      };
      for (const [pass, prepare] of Object.entries(plans)) {
        if (!supports(algorithm, g, pass as Pass)) continue;
        const { plan, sources, length } = prepare();
        const run = plan.run as (...operands: Operand[]) => void;
        const expected = new Float32Array(length);
        run(...sources, expected);
        const residents = sources.map((source) => resident(source));
        const result = resident(new Float32Array(length).fill(Number.NaN));
        run(...residents, result);
        expect(result.read(), `${algorithm.name}, ${pass}`).toEqual(expected);
        expect(residents.map((source) => source.read())).toEqual(sources);
        for (const array of [...residents, result]) array[Symbol.dispose]();
        plan[Symbol.dispose]();
      }
    }
    expect(engine.memory.usedBytes).toBe(0);
  });

  it("chain layers without leaving memory", () => {
    const g = resolveConvGeometry("resident", [1, 8, 8, 4], [3, 3, 4, 4], { padding: "same" });
    const plan = preparationOf(simdAlgorithmsOf(() => engine)[0], g, "forward")(
      new Float32Array(144).fill(1),
      undefined,
      {
        name: "relu",
        slope: 0,
      },
    );
    const [a, b] = [resident(new Float32Array(256).fill(1)), resident(new Float32Array(256))];
    plan.run(a, b);
    plan.run(b, a);
    const [once, twice] = [new Float32Array(256), new Float32Array(256)];
    plan.run(new Float32Array(256).fill(1), once);
    plan.run(once, twice);
    expect(a.read()).toEqual(twice);
  });

  it("are copied like any array by another engine's plan", () => {
    const other = new SimdEngine(host, simdFeatures());
    const g = resolveConvGeometry("resident", [1, 12, 12, 8], [1, 1, 8, 8]);
    const plan = preparationOf(simdAlgorithmsOf(() => other)[0], g, "forward")(new Float32Array(64).fill(1), undefined);
    const [x, y] = [resident(new Float32Array(12 * 12 * 8).fill(2)), resident(new Float32Array(12 * 12 * 8))];
    plan.run(x, y);
    expect(y.read()).toEqual(new Float32Array(12 * 12 * 8).fill(16));
  });

  it("refuse values of another length", () => {
    expect(() => resident(new Float32Array(4)).write(new Float32Array(3))).toThrow(
      "write: values must have 4 elements, got 3",
    );
  });
});

function resident(values: Float32Array): ResidentArray {
  const array = new ResidentArray(engine, values.length);
  array.write(values);
  return array;
}
