import { absoluteReference, type CaseData, type ConvCase, realData, reference, seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { computePass, geometryOf, preparePass, supports } from "../../../test/case-pass.ts";
import { PASSES, type Pass, preparationOf } from "../../algorithm/algorithm.ts";
import { simdAlgorithmsOf } from "../algorithms.ts";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { GuardZones } from "../engine/guards.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";

const engine = new SimdEngine(hostWebAssembly()!, simdFeatures(), { guards: new GuardZones(64) });
const winograd = simdAlgorithmsOf(() => engine).filter(({ name }) => name.startsWith("winograd"));

/** Ordinary beside values of 1, masks, and what GeoTIFF and NetCDF files hold where nothing is known. */
const FINITE = [1e3, 1e4, 1e6, 1e12, 1e20, 9.96921e36, -3.4028234663852886e38];
const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

const CASES: readonly ConvCase[] = (
  [
    [1, 16, 16, 32, 8, 1, [3, 3]],
    [2, 7, 9, 16, 12, 1, [3, 3]],
    [1, 13, 5, 8, 20, 0, [3, 3]],
    [3, 10, 10, 20, 16, 2, [3, 3]],
    [1, 5, 300, 16, 8, 1, [3, 3]],
    [1, 11, 10, 16, 8, 2, [5, 5]],
    [1, 6, 13, 16, 8, 1, [3, 5]],
    [2, 4, 19, 16, 8, 0, [1, 3]],
    [2, 19, 4, 16, 8, 0, [5, 1]],
    [1, 12, 12, 16, 8, 3, [7, 7]],
    [1, 17, 3, 16, 8, 0, [7, 1]],
    [2, 2, 41, 16, 8, 0, [1, 7]],
    [1, 30, 2, 16, 8, 0, [9, 1]],
    [1, 21, 30, 3, 8, 3, [7, 7], 2],
    [2, 14, 15, 16, 8, 2, [5, 5], 2],
    [1, 13, 16, 16, 8, 1, [4, 4], 2],
  ] as const
).map(([batch, height, width, inChannels, outChannels, padding, kernel, stride = 1]) => ({
  name: `${kernel.join("x")} on ${batch}x${height}x${width}, ${inChannels} to ${outChannels}, padding ${padding}${stride === 1 ? "" : ", stride 2"}`,
  inputShape: [batch, height, width, inChannels],
  filterShape: [...kernel, inChannels, outChannels],
  strides: [stride, stride],
  padding: [
    [padding, padding],
    [padding, padding],
  ],
  dilations: [1, 1],
  groups: 1,
  bias: true,
}));

/** What one pass reads and is linear in. */
const OPERANDS: Readonly<Record<Pass, readonly ("x" | "filter" | "dy")[]>> = {
  forward: ["x", "filter"],
  inputGradient: ["dy", "filter"],
  filterGradient: ["x", "dy"],
};

function withOne(data: CaseData, name: "x" | "filter" | "dy", place: number, value: number): CaseData {
  const values = data[name].slice();
  values[Math.floor(place * values.length)] = value;
  return { ...data, [name]: values };
}

/** The worst error as a part of an element's own Σ|x||w|, and how many elements are finite where they should not, or not. */
function faultsOf(result: Float32Array, truth: Float64Array, sums: Float64Array) {
  const faults = { worst: 0, strayed: 0 };
  for (const [i, value] of result.entries()) {
    const right = Math.fround(truth[i]!);
    if (Object.is(value, right) || value === right) continue;
    if (Number.isFinite(value) && Number.isFinite(right)) {
      faults.worst = Math.max(faults.worst, Math.abs(value - truth[i]!) / sums[i]!);
    } else faults.strayed++;
  }
  return faults;
}

describe.each(winograd)("$name beside one value that is not like the others", (algorithm) => {
  it.each(PASSES)("%s: what does not see it is right, and what is finite stays so", { timeout: 60_000 }, (pass) => {
    const random = seededRandom(16);
    let judged = 0;
    const cases = CASES.filter((convCase) => supports(algorithm, geometryOf(convCase), pass));
    for (const convCase of cases) {
      const clean = realData(convCase, 5);
      for (const name of OPERANDS[pass]) {
        for (const value of [...FINITE, ...NOT_FINITE]) {
          const data = withOne(clean, name, random.integer(0, 999) / 1000, value);
          const truth = reference(convCase, pass, data);
          const sums = absoluteReference(convCase, pass, data);
          const { worst, strayed } = faultsOf(computePass(algorithm, pass, convCase, data), truth, sums);
          const what = `${value} in ${name} of ${convCase.name}`;
          expect(strayed, what).toBe(0);
          expect(worst, what).toBeLessThan(2e-4);
          judged++;
        }
      }
    }
    expect(cases.length).toBeGreaterThanOrEqual(pass === "filterGradient" ? 8 : 9);
    expect(judged).toBe(2 * cases.length * (FINITE.length + NOT_FINITE.length));
  });

  it("leaves what sees only zeros 0, and whole images of fill values right", () => {
    const convCase = { ...CASES[0]!, bias: false };
    const zeros = realData(convCase, 5);
    zeros.x.fill(0);
    for (const value of [1e30, Number.NaN]) {
      const data = withOne(zeros, "x", 0.5, value);
      const truth = reference(convCase, "forward", data);
      const sums = absoluteReference(convCase, "forward", data);
      const result = computePass(algorithm, "forward", convCase, data);
      expect(faultsOf(result, truth, sums).strayed).toBe(0);
      for (const [i, right] of truth.entries()) if (right === 0) expect(result[i]).toBe(0);
      expect(truth.filter((right) => right === 0).length).toBeGreaterThan(0.9 * truth.length);
    }
    for (const value of [1e30, 1e-30, 1e-40, Number.NaN]) {
      const data = { ...zeros, x: realData(convCase, 5).x.map((x) => Math.fround(x * value)) };
      const truth = reference(convCase, "forward", data);
      const { worst, strayed } = faultsOf(
        computePass(algorithm, "forward", convCase, data),
        truth,
        absoluteReference(convCase, "forward", data),
      );
      expect({ value, strayed }).toEqual({ value, strayed: 0 });
      expect(worst).toBeLessThan(2e-4);
    }
  });

  it("computes a tile by what is in that tile alone", () => {
    const convCase = CASES[0]!;
    const clean = realData(convCase, 5);
    const expected = computePass(algorithm, "forward", convCase, clean);
    const result = computePass(algorithm, "forward", convCase, withOne(clean, "x", 0, 1e20));
    const [, , width, channels] = [...convCase.inputShape.slice(0, 3), convCase.filterShape[3]] as number[];
    for (const [i, value] of result.entries()) {
      const cell = Math.floor(i / channels!);
      if (cell % width! >= 4 || cell >= 4 * width!) expect(value).toBe(expected[i]);
    }
  });

  it("computes directly, and says so, where weights differ too much", () => {
    const convCase = CASES[1]!;
    const { filter } = withOne(realData(convCase, 5), "filter", 0.3, 1e9);
    expect(preparationOf(algorithm, geometryOf(convCase), "forward")(filter, undefined).instead?.algorithm).toBe(
      "direct",
    );
    expect(preparationOf(algorithm, geometryOf(convCase), "inputGradient")(filter).instead?.algorithm).toBe("direct");
    // Zeros are no small weights: taps and channels that are missing leave Winograd what it is.
    const { filter: sparse } = realData(convCase, 5);
    sparse.fill(0, 0, 3 * 16 * 12);
    expect(preparationOf(algorithm, geometryOf(convCase), "forward")(sparse, undefined).instead).toBeUndefined();
  });

  it.each(PASSES)("%s: judges every run by its own data, whatever ran before", (pass) => {
    const convCase = CASES[0]!;
    const ordinary = realData(convCase, 5);
    const times = (factor: number): CaseData => ({
      ...ordinary,
      x: ordinary.x.map((value) => value * factor),
      dy: ordinary.dy.map((value) => value * factor),
    });
    const name = pass === "inputGradient" ? "dy" : "x";
    const all = [times(1e6), withOne(ordinary, name, 0.4, 1e5), withOne(ordinary, name, 0.7, Number.NaN), ordinary];
    const run = preparePass(algorithm, pass, convCase, ordinary);
    for (const data of [...all, ...all.toReversed()]) {
      expect(run(data)).toEqual(preparePass(algorithm, pass, convCase, ordinary)(data));
    }
  });

  it("gives zeros for the filter gradient of an empty batch", () => {
    const g = geometryOf({ ...CASES[0]!, inputShape: [0, 16, 16, 32] });
    using before = preparationOf(algorithm, geometryOf(CASES[0]!), "filterGradient")();
    const full = realData(CASES[0]!, 5);
    before.run(full.x, full.dy, new Float32Array(9 * 32 * 8));
    using plan = preparationOf(algorithm, g, "filterGradient")();
    const dw = new Float32Array(9 * 32 * 8).fill(1);
    plan.run(new Float32Array(0), new Float32Array(0), dw);
    expect(dw.every((value) => value === 0)).toBe(true);
  });
});
