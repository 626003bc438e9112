/**
 * The algorithms of the SIMD engine, for the registry. Importing this compiles nothing: the engine is made when the
 * first plan is prepared.
 *
 * @module
 */

import { depthwiseMethod } from "./depthwise/method.ts";
import { depthwiseGradientMethod } from "./depthwise-gradient/method.ts";
import { type SimdEngine, sharedEngine } from "./engine/engine.ts";
import { algorithmOf, type SimdAlgorithm } from "./engine/method.ts";
import { filterGradientMethod } from "./filter-gradient/method.ts";
import { directMethod } from "./gemm/method.ts";
import { planeMethod } from "./single-channel/method.ts";
import { winograd2Method, winograd4Method } from "./winograd/method.ts";
import { winogradGradientMethod } from "./winograd-gradient/method.ts";

/** All algorithms, in no order of preference: `chooseSimd` prefers. */
export type SimdAlgorithms = readonly [
  SimdAlgorithm<"direct">,
  SimdAlgorithm<"winograd2">,
  SimdAlgorithm<"winograd4">,
  SimdAlgorithm<"depthwise">,
  SimdAlgorithm<"single-channel">,
];

/** Name of a SIMD algorithm. */
export type SimdAlgorithmName = SimdAlgorithms[number]["name"];

/** Makes all algorithms over one engine. */
export function simdAlgorithmsOf(engineOf: () => SimdEngine): SimdAlgorithms {
  return [
    algorithmOf(directMethod, engineOf, filterGradientMethod),
    algorithmOf(winograd2Method, engineOf, winogradGradientMethod(2)),
    algorithmOf(winograd4Method, engineOf, winogradGradientMethod(4)),
    algorithmOf(depthwiseMethod, engineOf, depthwiseGradientMethod),
    algorithmOf(planeMethod, engineOf),
  ];
}

/** All algorithms over the engine of this process. */
export const simdAlgorithms: SimdAlgorithms = /* @__PURE__ */ simdAlgorithmsOf(sharedEngine);
