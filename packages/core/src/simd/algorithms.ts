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

/** Makes all algorithms over one engine. */
export function simdAlgorithmsOf(engineOf: EngineSource): readonly ConvAlgorithm[] {
  return [
    directAlgorithm(engineOf),
    winogradAlgorithm(engineOf, 2),
    winogradAlgorithm(engineOf, 4),
    depthwiseAlgorithm(engineOf),
    planeAlgorithm(engineOf),
  ];
}

/** All algorithms over the engine of this process. */
export const simdAlgorithms: readonly ConvAlgorithm[] = /* @__PURE__ */ simdAlgorithmsOf(sharedEngine);
