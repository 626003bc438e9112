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

import { CASES, type ConvCase, judge, realData, reference } from "@corr2d/testkit";
import type { ConvAlgorithm, Pass } from "../../src/algorithm/algorithm.ts";
import { simdAlgorithmsOf } from "../../src/simd/algorithms.ts";
import { SimdEngine } from "../../src/simd/engine/engine.ts";
import { simdFeatures } from "../../src/simd/engine/features.ts";
import { GuardZones } from "../../src/simd/engine/guards.ts";
import { hostWebAssembly } from "../../src/simd/engine/webassembly.ts";
import { MICROKERNELS, tileName } from "../../src/simd/gemm/tile-shapes.ts";
import { boundsOf, computePass, geometryOf, supports } from "../case-pass.ts";

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
  if (!supports(algorithm, geometryOf(convCase), pass)) return;
  const data = realData(convCase, 1);
  const result = computePass(algorithm, pass, convCase, data);
  const verdict = judge(result, reference(convCase, pass, data), boundsOf(algorithm, pass, convCase, data));
  if (verdict.reason !== undefined) {
    throw new Error(`${algorithm.name}, ${variant}, ${pass} of ${convCase.name}: ${verdict.reason}`);
  }
  judged++;
}
