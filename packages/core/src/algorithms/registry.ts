/**
 * All algorithms, the reference first. This array is the whole registration: names, `auto`, the conformance suite, the
 * parity run and the benchmark are derived from it.
 *
 * @module
 */

import { im2col } from "./im2col.ts";
import { naive } from "./naive.ts";
import { tiled } from "./tiled.ts";
import { winograd2, winograd4 } from "./winograd.ts";

/** The reference, then what is faster. */
export const algorithms: readonly [typeof naive, typeof im2col, typeof tiled, typeof winograd2, typeof winograd4] = [
  naive,
  im2col,
  tiled,
  winograd2,
  winograd4,
];

/** A registered algorithm. */
export type RegisteredAlgorithm = (typeof algorithms)[number];

/** Name of a registered algorithm. */
export type AlgorithmName = RegisteredAlgorithm["name"];
