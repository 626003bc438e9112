/**
 * The filter gradient on SIMD: outer products of x and dy, summed over the pixels.
 *
 * @module
 */

import type { FilterGradientMethod } from "../method.ts";
import { planFilterGradient, supportsFilterGradient } from "./plan.ts";
import { prepareFilterGradient } from "./run.ts";

/** Sums of outer products. */
export const filterGradientMethod: FilterGradientMethod = {
  supports: supportsFilterGradient,
  prepare: (engine, c) => prepareFilterGradient(engine, planFilterGradient(engine, c)),
};
