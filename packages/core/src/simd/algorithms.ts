/**
 * The algorithms of the SIMD engine, for the registry. Importing this compiles nothing: the engine is made when the
 * first plan is prepared.
 *
 * @module
 */

import type { ConvAlgorithm } from "../algorithms/algorithm.ts";
import { depthwiseAlgorithm } from "./depthwise/algorithm.ts";
import { directAlgorithm } from "./direct/algorithm.ts";
import { sharedEngine } from "./engine.ts";
import { planeAlgorithm } from "./plane/algorithm.ts";
import type { EngineSource } from "./support.ts";
import { winogradAlgorithm } from "./winograd/algorithm.ts";

/** An algorithm whose name the compiler knows. */
type Named<N extends string> = ConvAlgorithm & { readonly name: N };

/** All algorithms, in no order of preference: `chooseSimd` prefers. */
export type SimdAlgorithms = readonly [
  Named<"simd-direct">,
  Named<"simd-winograd2">,
  Named<"simd-winograd4">,
  Named<"simd-depthwise">,
  Named<"simd-plane">,
];

/** Name of a SIMD algorithm. */
export type SimdAlgorithmName = SimdAlgorithms[number]["name"];

/** Makes all algorithms over one engine. */
export function simdAlgorithmsOf(engineOf: EngineSource): SimdAlgorithms {
  return [
    { ...directAlgorithm(engineOf), name: "simd-direct" },
    { ...winogradAlgorithm(engineOf, 2), name: "simd-winograd2" },
    { ...winogradAlgorithm(engineOf, 4), name: "simd-winograd4" },
    { ...depthwiseAlgorithm(engineOf), name: "simd-depthwise" },
    { ...planeAlgorithm(engineOf), name: "simd-plane" },
  ];
}

/** All algorithms over the engine of this process. */
export const simdAlgorithms: SimdAlgorithms = /* @__PURE__ */ simdAlgorithmsOf(sharedEngine);
