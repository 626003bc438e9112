/**
 * All algorithms, the reference first. This array is the whole registration: names, `auto`, the conformance suite, the
 * parity run and the benchmark are derived from it.
 *
 * @module
 */

import { grouped } from "../scalar/grouped.ts";
import { im2col } from "../scalar/im2col.ts";
import { naive } from "../scalar/naive.ts";
import { tiled } from "../scalar/tiled.ts";
import { type SimdAlgorithms, simdAlgorithms } from "../simd/algorithms.ts";

/** The reference, then what is faster, then what is faster for some geometries, then those on SIMD. */
export const algorithms: readonly [typeof naive, typeof im2col, typeof tiled, typeof grouped, ...SimdAlgorithms] =
  /* @__PURE__ */ (() => [naive, im2col, tiled, grouped, ...simdAlgorithms] as const)();

/** A registered algorithm. */
export type RegisteredAlgorithm = (typeof algorithms)[number];

/** Name of a registered algorithm. */
export type AlgorithmName = RegisteredAlgorithm["name"];
