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
import type { ConvAlgorithm, Pass } from "../algorithms/algorithm.ts";
import { type ConvGeometry, resolveConvGeometry } from "../geometry.ts";
import { simdAlgorithmsOf } from "./algorithms.ts";
import { type EngineOptions, SimdEngine } from "./engine.ts";
import { type SimdFeatures, simdFeatures } from "./features.ts";
import { MICROKERNELS, tileName } from "./microkernels.ts";
import { hostWebAssembly } from "./webassembly.ts";

const PASSES: readonly Pass[] = ["forward", "inputGradient", "filterGradient"];

/** Algorithms with a normwise bound: times the largest Σ|x||w| of the result. All others have one for each element. */
const NORMWISE: Readonly<Record<string, number>> = { "simd-winograd2": 2.5e-7, "simd-winograd4": 1e-6 };

/** Data of a case, and the truths about it, computed once for all variants. */
interface Problem {
  readonly data: CaseData;
  readonly truth: (pass: Pass) => Float64Array;
  readonly bound: (pass: Pass, algorithmName: string) => Float64Array | 0;
}

const PROBLEMS: ReadonlyMap<ConvCase, { readonly exact: Problem; readonly real: Problem }> = new Map(
  CASES.map((convCase) => [
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
    bound(pass, algorithmName) {
      const constant = NORMWISE[algorithmName];
      if (constant !== undefined) return new Float64Array(sums(pass).length).fill(constant * largest(sums(pass)));
      return isExact ? 0 : bounds(pass);
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
  const engine = new SimdEngine(hostWebAssembly()!, features, { ...options, guardBytes: 64 });
  describe.each(simdAlgorithmsOf(() => engine))("$name", (algorithm) => {
    it.each(PASSES)("%s", (pass) => {
      let [computed, refused] = [0, 0];
      for (const convCase of CASES) {
        if (algorithm.supports(geometryOf(convCase), pass) !== true) {
          refused++;
          expect(() => run(algorithm, pass, convCase, PROBLEMS.get(convCase)!.exact.data)).toThrow(
            `${algorithm.name}: cannot compute`,
          );
          continue;
        }
        computed++;
        for (const problem of Object.values(PROBLEMS.get(convCase)!)) {
          const { data, truth, bound } = problem;
          const verdict = judge(run(algorithm, pass, convCase, data), truth(pass), bound(pass, algorithm.name));
          expect(verdict.reason, `${pass} of ${convCase.name}`).toBeUndefined();
        }
      }
      expect(computed + refused).toBe(CASES.length);
      expect(computed > 0 || pass === "filterGradient").toBe(true);
    });
  });
});

function run(algorithm: ConvAlgorithm, pass: Pass, convCase: ConvCase, data: CaseData): Float32Array {
  const geometry = geometryOf(convCase);
  const result = new Float32Array(sizeOf(resultShapeOf(convCase, pass))).fill(Number.NaN);
  if (pass === "forward") algorithm.prepare(geometry, data.filter, data.bias).run(data.x, result);
  else if (pass === "inputGradient") algorithm.prepareInputGradient(geometry, data.filter).run(data.dy, result);
  else algorithm.prepareFilterGradient(geometry).run(data.x, data.dy, result);
  return result;
}

function geometryOf({ inputShape, filterShape, strides, padding, dilations, groups }: ConvCase): ConvGeometry {
  return resolveConvGeometry("conformance", inputShape, filterShape, { strides, padding, dilations, groups });
}
