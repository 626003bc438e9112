/**
 * The filter gradient of a depthwise convolution on SIMD.
 *
 * @module
 */

import { supportsDepthwise } from "../depthwise/plan.ts";
import { cutIntoWholeRows } from "../filter-gradient/plan.ts";
import type { FilterGradientMethod } from "../method.ts";
import { prepareDepthwiseGradient } from "./run.ts";

/** Products of x and dy, channel by channel. */
export const depthwiseGradientMethod: FilterGradientMethod = {
  supports(c) {
    const supported = supportsDepthwise(c);
    if (supported !== true) return supported;
    return cutIntoWholeRows(c) === undefined ? "one row of the image exceeds scratch memory" : true;
  },
  prepare: (engine, c) => prepareDepthwiseGradient(engine, c, cutIntoWholeRows(c)!),
};
