/**
 * The filter gradient of a depthwise convolution on SIMD.
 *
 * @module
 */

import { suitsDepthwise } from "../depthwise/plan.ts";
import type { FilterGradientMethod } from "../engine/method.ts";
import { cutForSums } from "../filter-gradient/plan.ts";
import { prepareDepthwiseGradient } from "./run.ts";

/** Products of x and dy, channel by channel. */
export const depthwiseGradientMethod: FilterGradientMethod = {
  propose(c) {
    const suits = suitsDepthwise(c);
    if (suits !== true) return suits;
    const blocks = cutForSums(c);
    if (blocks === undefined) return "one row of the image exceeds scratch memory";
    return (engine) => prepareDepthwiseGradient(engine, c, blocks);
  },
};
