import {
  absoluteReference,
  CASES,
  type CaseData,
  type ConvCase,
  elementBounds,
  exactData,
  judge,
  realData,
  reference,
  resultShapeOf,
  sizeOf,
} from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { computePass, geometryOf, supports } from "../../test/case-pass.ts";
import { type ConvAlgorithm, PASSES, type Pass, preparationOf } from "../algorithm/algorithm.ts";
import { naive } from "../scalar/naive.ts";
import { simdAlgorithmsOf } from "./algorithms.ts";
import { type EngineOptions, SimdEngine } from "./engine/engine.ts";
import { type SimdFeatures, simdFeatures } from "./engine/features.ts";
import { GuardZones } from "./engine/guards.ts";
import { hostWebAssembly } from "./engine/webassembly.ts";
import { MICROKERNELS, tileName } from "./gemm/tile-shapes.ts";
import { usualErrors } from "./winograd/error.ts";
import { type Form, formOf } from "./winograd/points.ts";

/** Leaves the filter gradient to the others. */
const WITHOUT_FILTER_GRADIENT = "single-channel";

/** Data of a case, and the truths about it, computed once for all variants. */
interface Problem {
  readonly data: CaseData;
  readonly truth: (pass: Pass) => Float64Array;
  readonly bound: (pass: Pass, algorithm: ConvAlgorithm) => Float64Array | 0;
}

/** A case in few words: stride 1, no padding, no dilation, one group, a bias unless said otherwise. */
function caseOf(name: string, description: Pick<ConvCase, "inputShape" | "filterShape"> & Partial<ConvCase>): ConvCase {
  return { strides: [1, 1], padding: "valid", dilations: [1, 1], groups: 1, bias: true, ...description, name };
}

/** What the table of testkit does not ask of every algorithm here. */
const OWN_CASES: readonly ConvCase[] = [
  ...[1, 2, 3, 5, 6].map((width) =>
    caseOf(`Winograd, ${width} columns`, {
      inputShape: [3, width + 3, width, 8],
      filterShape: [3, 3, 8, 12],
      padding: "same",
    }),
  ),
  caseOf("Winograd, channels that leave a narrow panel, no bias", {
    inputShape: [1, 9, 13, 20],
    filterShape: [3, 3, 20, 28],
    bias: false,
  }),
  ...(
    [
      [5, 5],
      [3, 5],
      [1, 3],
      [7, 1],
      [9, 1],
      [1, 7],
    ] as const
  ).map(([kernelHeight, kernelWidth]) =>
    caseOf(`Winograd, ${kernelHeight}×${kernelWidth}`, {
      inputShape: [2, 13, 9, 36],
      filterShape: [kernelHeight, kernelWidth, 36, 20],
      padding: "same",
    }),
  ),
  caseOf("Winograd, one tile of few channels", {
    inputShape: [1, 1, 2, 4],
    filterShape: [1, 3, 4, 4],
    padding: "same",
  }),
  caseOf("Winograd, more channels than a chunk", { inputShape: [1, 6, 6, 4], filterShape: [3, 3, 4, 148], padding: 1 }),
  ...[4, 5, 7, 16].map((channels) =>
    caseOf(`depthwise, ${channels} channels`, {
      inputShape: [2, 9, 11, channels],
      filterShape: [3, 3, 1, channels],
      groups: channels,
      padding: "same",
    }),
  ),
  ...[2, 3, 4].flatMap((channels) =>
    [1, 7, 30].map((width) =>
      caseOf(`${channels} channels along the row, ${width} columns`, {
        inputShape: [2, 10, width, channels],
        filterShape: [3, 5, 1, channels],
        groups: channels,
        padding: "same",
      }),
    ),
  ),
  ...[2, 3, 4].map((channels) =>
    caseOf(`${channels} channels along the row, a large kernel, dilated`, {
      inputShape: [1, 40, 61, channels],
      filterShape: [9, 14, 1, channels],
      groups: channels,
      dilations: [2, 3],
      padding: "same",
    }),
  ),
  caseOf("depthwise, stride 2, 5x5", {
    inputShape: [1, 14, 14, 8],
    filterShape: [5, 5, 1, 8],
    groups: 8,
    strides: [2, 2],
    padding: "same",
  }),
  caseOf("depthwise, 1x7, dilated", {
    inputShape: [1, 7, 29, 6],
    filterShape: [1, 7, 1, 6],
    groups: 6,
    dilations: [1, 3],
    padding: "same",
  }),
  ...[1, 11, 12, 13, 37].map((width) =>
    caseOf(`one channel, ${width} columns`, {
      inputShape: [2, 10, width, 1],
      filterShape: [3, 3, 1, 1],
      padding: "same",
    }),
  ),
  caseOf("one channel, 11x11", { inputShape: [1, 30, 31, 1], filterShape: [11, 11, 1, 1], padding: "same" }),
  caseOf("one channel, 2x9, dilated", {
    inputShape: [1, 20, 40, 1],
    filterShape: [2, 9, 1, 1],
    dilations: [3, 2],
    padding: [
      [2, 0],
      [1, 4],
    ],
  }),
];

const PROBLEMS: ReadonlyMap<ConvCase, { readonly exact: Problem; readonly real: Problem }> = new Map(
  [...CASES, ...OWN_CASES].map((convCase) => [
    convCase,
    {
      exact: problemOf(convCase, exactData(convCase, 1), true),
      real: problemOf(convCase, realData(convCase, 2), false),
    },
  ]),
);

function problemOf(convCase: ConvCase, data: CaseData, isExact: boolean): Problem {
  const perPass = <T>(compute: (pass: Pass) => T): ((pass: Pass) => T) => {
    const known = new Map<Pass, T>();
    return (pass) => known.get(pass) ?? known.set(pass, compute(pass)).get(pass)!;
  };
  const truth = perPass((pass) => reference(convCase, pass, data));
  const sums = perPass((pass) => absoluteReference(convCase, pass, data));
  const bounds = perPass((pass) => elementBounds(convCase, pass, data));
  return {
    data,
    truth,
    bound(pass, { name, errorBound }) {
      if (errorBound.kind === "element") return isExact ? 0 : bounds(pass);
      // Stricter than the promise, which is for the worst there could be.
      const [kernelHeight, kernelWidth] = convCase.filterShape;
      const stride = convCase.strides[0] === 2 ? 2 : 1;
      const usual = usualErrors(formOf(kernelHeight, kernelWidth, name === "winograd4" ? 4 : 2, stride) as Form);
      const allowed = (pass === "filterGradient" ? usual.filterGradient : usual.sums) * largest(sums(pass));
      return new Float64Array(sums(pass).length).fill(allowed);
    },
  };
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

const features = simdFeatures();

/** Every way to emit: as the host likes best, each microkernel with and without fma, and as for an older compiler. */
const VARIANTS: readonly {
  readonly title: string;
  readonly features: SimdFeatures;
  readonly options: EngineOptions;
}[] = [
  ...[true, false].flatMap((fma) =>
    MICROKERNELS.map((kernel) => ({
      title: `microkernel ${tileName(kernel)}, ${fma ? "fma" : "mul and add"}`,
      features,
      options: { fma: fma && features.relaxedMadd, microkernel: tileName(kernel) },
    })),
  ),
  { title: "as the host likes best", features, options: {} },
  { title: "as for a compiler that folds no offsets", features: { ...features, foldsOffsets: false }, options: {} },
];

describe.each(VARIANTS)("SIMD with $title", ({ features, options }) => {
  const engine = new SimdEngine(hostWebAssembly()!, features, { ...options, guards: new GuardZones(64) });
  describe.each(simdAlgorithmsOf(() => engine))("$name", (algorithm) => {
    it.each(PASSES)("%s", (pass) => {
      let [computed, refused] = [0, 0];
      for (const convCase of PROBLEMS.keys()) {
        if (!supports(algorithm, geometryOf(convCase), pass)) {
          refused++;
          expect(() => computePass(algorithm, pass, convCase, PROBLEMS.get(convCase)!.exact.data)).toThrow(
            `${algorithm.name}: cannot compute`,
          );
          continue;
        }
        computed++;
        for (const problem of Object.values(PROBLEMS.get(convCase)!)) {
          const { data, truth, bound } = problem;
          const verdict = judge(computePass(algorithm, pass, convCase, data), truth(pass), bound(pass, algorithm));
          expect(verdict.reason, `${pass} of ${convCase.name}`).toBeUndefined();
        }
      }
      expect(computed + refused).toBe(PROBLEMS.size);
      if (pass === "filterGradient" && algorithm.name === WITHOUT_FILTER_GRADIENT) expect(computed).toBe(0);
      else expect(computed).toBeGreaterThan(0);
    });
  });
});

describe("SIMD with a fused activation", () => {
  const engine = new SimdEngine(hostWebAssembly()!, features, { guards: new GuardZones(64) });
  // What the activations are defined to do, in the element type of the sums; a zero keeps its sign.
  const ramp = (z: number): number => (z === 0 ? z : Math.max(z, 0));
  const activations = [
    { name: "relu", slope: 0, of: ramp },
    { name: "relu6", slope: 0, of: (z: number) => Math.min(ramp(z), 6) },
    { name: "leakyRelu", slope: Math.fround(0.2), of: (z: number) => (0 < z ? z : Math.fround(0.2) * z) },
    { name: "leakyRelu", slope: -3, of: (z: number) => (0 < z ? z : -3 * z) },
  ] as const;
  describe.each(simdAlgorithmsOf(() => engine))("$name", (algorithm) => {
    it.each(activations)("gives the bits of $name ($slope) applied afterwards", ({ of, ...activation }) => {
      let computed = 0;
      const seen = { negative: 0, large: 0, nan: 0, infinite: 0 };
      for (const convCase of PROBLEMS.keys()) {
        const geometry = geometryOf(convCase);
        if (!supports(algorithm, geometry, "forward")) continue;
        for (const { data } of Object.values(PROBLEMS.get(convCase)!)) {
          const x = data.x.slice();
          x[0] = Number.NaN;
          x[x.length - 1] = Number.POSITIVE_INFINITY;
          // A bias of −0 stands for sums that underflow: the sign of a zero is part of its bits.
          const bias = data.bias?.slice().fill(-0, 0, 1);
          const fused = preparationOf(algorithm, geometry, "forward")(data.filter, bias, activation);
          expect(fused.activated).toBe(true);
          const unfused = preparationOf(algorithm, geometry, "forward")(data.filter, bias);
          expect(unfused.activated).not.toBe(true);
          const [y, z] = [fused, unfused].map((plan) => {
            const result = new Float32Array(sizeOf(resultShapeOf(convCase, "forward")));
            plan.run(x, result);
            return result;
          }) as [Float32Array, Float32Array];
          const differing = y.findIndex((value, i) => !Object.is(value, Math.fround(of(z[i]!))));
          expect(differing, convCase.name).toBe(-1);
          computed++;
          for (const value of z) {
            if (value < 0) seen.negative++;
            if (value > 6) seen.large++;
            if (Number.isNaN(value)) seen.nan++;
            if (value === Number.POSITIVE_INFINITY) seen.infinite++;
          }
        }
      }
      expect(Math.min(computed, ...Object.values(seen))).toBeGreaterThan(0);
    });

    it("does not apply to what a non-finite filter leaves to the reference, and says so", () => {
      const padded = [...PROBLEMS.keys()].filter(
        (candidate) => supports(algorithm, geometryOf(candidate), "forward") && candidate.padding === "same",
      );
      const convCase = padded.reduce((a, b) => (sizeOf(b.inputShape) > sizeOf(a.inputShape) ? b : a));
      const { data } = PROBLEMS.get(convCase)!.real;
      const filter = data.filter.slice().fill(Number.NEGATIVE_INFINITY, 0, 1);
      const [y, z] = [0, 0].map(() => new Float32Array(sizeOf(resultShapeOf(convCase, "forward"))));
      const plan = preparationOf(algorithm, geometryOf(convCase), "forward")(filter, data.bias, {
        name: "relu6",
        slope: 0,
      });
      expect(plan.activated).not.toBe(true);
      plan.run(data.x, y!);
      preparationOf(naive, geometryOf(convCase), "forward")(filter, data.bias).run(data.x, z!);
      expect(y).toEqual(z);
      expect(z!.every(Number.isFinite)).toBe(false);
      expect(z!.every((value) => !Number.isNaN(value))).toBe(true);
    });
  });
});

describe("SIMD filter gradients of values that are not finite", () => {
  const engine = new SimdEngine(hostWebAssembly()!, features, { guards: new GuardZones(64) });
  const cases = [
    caseOf("dw is shorter", { inputShape: [1, 6, 6, 4], filterShape: [3, 3, 4, 4], padding: "same" }),
    caseOf("dw is longer", { inputShape: [1, 2, 2, 4], filterShape: [3, 3, 4, 4], padding: "same" }),
    caseOf("no padding", { inputShape: [1, 6, 6, 4], filterShape: [3, 3, 4, 4] }),
    caseOf("depthwise", { inputShape: [1, 6, 6, 4], filterShape: [3, 3, 1, 4], padding: "same", groups: 4 }),
  ].flatMap((convCase) =>
    (["x", "dy"] as const).map((name) => ({ ...convCase, name: `${convCase.name}, ${name}`, of: name })),
  );
  it.each(cases)("are those of the reference: $name", ({ of, ...convCase }) => {
    const data = exactData(convCase, 6);
    data[of][0] = Number.POSITIVE_INFINITY;
    const truth = reference(convCase, "filterGradient", data);
    let computed = 0;
    for (const algorithm of simdAlgorithmsOf(() => engine)) {
      if (!supports(algorithm, geometryOf(convCase), "filterGradient")) continue;
      computed++;
      const verdict = judge(computePass(algorithm, "filterGradient", convCase, data), truth, 0);
      expect(verdict.reason, algorithm.name).toBeUndefined();
    }
    expect(computed).toBe(convCase.groups === 1 ? 3 : 1);
    expect(truth.some(Number.isFinite) && !truth.every(Number.isFinite)).toBe(true);
  });
});

describe("SIMD filter gradients of values of one sign", () => {
  const convCase = caseOf("one sign", { inputShape: [4, 28, 28, 8], filterShape: [3, 3, 8, 8], padding: "same" });
  const data = realData(convCase, 7);
  for (const values of [data.x, data.dy]) values.set(values.map(Math.abs));
  const truth = reference(convCase, "filterGradient", data);
  const most = largest(truth);
  it.each([
    ["winograd2", 4.5e-7],
    ["winograd4", 1e-6],
  ] as const)("%s keeps its sums short", (name, constant) => {
    for (const fma of [features.relaxedMadd, false]) {
      const engine = new SimdEngine(hostWebAssembly()!, features, { fma });
      const errorOf = (wanted: string): number => {
        const algorithm = simdAlgorithmsOf(() => engine).find((candidate) => candidate.name === wanted)!;
        const errors = computePass(algorithm, "filterGradient", convCase, data).map((value, i) =>
          Math.abs(value - truth[i]!),
        );
        return Math.max(...errors) / most;
      };
      expect(errorOf(name)).toBeLessThan(constant);
      expect(errorOf(name)).toBeLessThan(errorOf("direct"));
    }
  });
});

describe("SIMD in more than one block, or with many weights", () => {
  const engine = new SimdEngine(hostWebAssembly()!, features, { guards: new GuardZones(64) });
  const large = [
    caseOf("blocks of rows, stride 2", {
      inputShape: [2, 90, 60, 24],
      filterShape: [3, 3, 24, 24],
      strides: [2, 2],
      padding: 1,
    }),
    caseOf("blocks of rows, a picture at stride 2", {
      inputShape: [2, 190, 181, 3],
      filterShape: [7, 7, 3, 24],
      strides: [2, 2],
      padding: 3,
    }),
    caseOf("blocks of columns, stride 2", {
      inputShape: [1, 6, 2001, 32],
      filterShape: [5, 5, 32, 24],
      strides: [2, 2],
      padding: 2,
    }),
    caseOf("blocks of images, 4x4 at stride 2", {
      inputShape: [30, 8, 8, 64],
      filterShape: [4, 4, 64, 64],
      strides: [2, 2],
      padding: 1,
    }),
    caseOf("blocks of rows", { inputShape: [2, 70, 60, 32], filterShape: [3, 3, 32, 32], padding: "same" }),
    caseOf("blocks of images", { inputShape: [40, 7, 7, 64], filterShape: [3, 3, 64, 64], padding: "same" }),
    caseOf("blocks of columns", { inputShape: [1, 4, 3000, 32], filterShape: [3, 3, 32, 24], padding: "same" }),
    caseOf("blocks of a plane", { inputShape: [1, 450, 400, 1], filterShape: [3, 3, 1, 1], padding: "same" }),
    caseOf("more weights than caches hold", {
      inputShape: [1, 4, 4, 288],
      filterShape: [3, 3, 288, 320],
      padding: "same",
    }),
    ...[9, 20].map((size) =>
      caseOf(`more transformed weights, ${size}x${size}`, {
        inputShape: [1, size, size, 160],
        filterShape: [3, 3, 160, 160],
        padding: "same",
      }),
    ),
    caseOf("blocks of depthwise", {
      inputShape: [2, 64, 64, 40],
      filterShape: [3, 3, 1, 40],
      groups: 40,
      padding: "same",
    }),
  ];
  it.each(large)("$name", (convCase) => {
    const { data, truth, bound } = problemOf(convCase, exactData(convCase, 3), true);
    const computing = simdAlgorithmsOf(() => engine).filter((algorithm) => {
      const passes = PASSES.filter((pass) => supports(algorithm, geometryOf(convCase), pass));
      for (const pass of passes) {
        for (const runs of ["many", "once"] as const) {
          const result = computePass(algorithm, pass, convCase, data, runs);
          const verdict = judge(result, truth(pass), bound(pass, algorithm));
          expect(verdict.reason, `${algorithm.name}, ${pass}, ${runs}`).toBeUndefined();
        }
      }
      return passes.length > 0;
    });
    expect(computing.length).toBeGreaterThan(0);
  });
});
