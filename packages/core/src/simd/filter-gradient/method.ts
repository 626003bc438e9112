/**
 * The filter gradient on SIMD: outer products of x and dy, summed over the pixels.
 *
 * @module
 */

import type { FilterGradientMethod } from "../engine/method.ts";
import { cutFilterGradient, planFilterGradient } from "./plan.ts";
import { prepareFilterGradient } from "./run.ts";

/** Sums of outer products. */
export const filterGradientMethod: FilterGradientMethod = {
  propose(c) {
    const blocks = cutFilterGradient(c);
    if (typeof blocks === "string") return blocks;
    return (engine) => prepareFilterGradient(engine, planFilterGradient(engine, c, blocks));
  },
};
