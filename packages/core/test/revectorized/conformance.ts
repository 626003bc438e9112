/**
 * Every case, pass and wide tile on code that V8 has re-vectorised, held to the bound of each algorithm. It runs in a
 * process of its own, since the flags hold for all of it, and without the compiler that comes before the optimiser:
 *
 *     node --no-liftoff --experimental-wasm-revectorize --conditions=@corr2d/source conformance.ts
 *
 * Says how many results it has judged; throws at the first that is wrong.
 *
 * @module
 */

import {
  CASES,
  type ConvCase,
  elementBounds,
  judge,
  normwiseBounds,
  realData,
  reference,
  resultShapeOf,
  sizeOf,
} from "@corr2d/testkit";
import type { ConvAlgorithm, Pass } from "../../src/algorithms/algorithm.ts";
import { type ConvGeometry, resolveConvGeometry } from "../../src/geometry.ts";
import { simdAlgorithmsOf } from "../../src/simd/algorithms.ts";
import { SimdEngine } from "../../src/simd/engine.ts";
import { simdFeatures } from "../../src/simd/features.ts";
import { GuardZones } from "../../src/simd/guards.ts";
import { MICROKERNELS, tileName } from "../../src/simd/microkernels.ts";
import { hostWebAssembly } from "../../src/simd/webassembly.ts";

const PASSES = ["forward", "inputGradient", "filterGradient"] as const satisfies readonly Pass[];
const wideTiles = MICROKERNELS.filter(({ vectors }) => vectors % 2 === 0).map(tileName);
const features = { ...simdFeatures(), revectorizes: true };

let judged = 0;
for (const microkernel of wideTiles) {
  for (const fma of [true, false]) {
    const engine = new SimdEngine(hostWebAssembly()!, features, { microkernel, fma, guards: new GuardZones(64) });
    for (const algorithm of simdAlgorithmsOf(() => engine)) {
      for (const convCase of CASES) {
        for (const pass of PASSES) check(algorithm, convCase, pass, `${microkernel}, fma ${fma}`);
      }
    }
  }
}
console.log(`${judged} judged`);

function check(algorithm: ConvAlgorithm, convCase: ConvCase, pass: Pass, variant: string): void {
  const { inputShape, filterShape, strides, padding, dilations, groups } = convCase;
  const g = resolveConvGeometry("revectorized", inputShape, filterShape, { strides, padding, dilations, groups });
  if (algorithm.supports(g, pass) !== true) return;
  const data = realData(convCase, 1);
  const result = new Float32Array(sizeOf(resultShapeOf(convCase, pass))).fill(Number.NaN);
  if (pass === "forward") algorithm.prepare(g, data.filter, data.bias).run(data.x, result);
  else if (pass === "inputGradient") algorithm.prepareInputGradient(g, data.filter).run(data.dy, result);
  else algorithm.prepareFilterGradient(g).run(data.x, data.dy, result);
  const verdict = judge(result, reference(convCase, pass, data), boundsOf(algorithm, g, convCase, pass));
  if (verdict.reason !== undefined) {
    throw new Error(`${algorithm.name}, ${variant}, ${pass} of ${convCase.name}: ${verdict.reason}`);
  }
  judged++;
}

function boundsOf({ errorBound }: ConvAlgorithm, g: ConvGeometry, convCase: ConvCase, pass: Pass): Float64Array {
  const data = realData(convCase, 1);
  if (errorBound.kind === "element") return elementBounds(convCase, pass, data);
  return normwiseBounds(convCase, pass, data, errorBound.constant(g, pass));
}
