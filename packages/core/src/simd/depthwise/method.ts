/**
 * Depthwise convolution on SIMD, four channels at a time: any kernel that can be unrolled, stride, dilation, padding.
 *
 * @module
 */

import type { CorrelationMethod } from "../engine/method.ts";
import { proposePlane } from "../single-channel/method.ts";
import { planDepthwise, tileDepthwise } from "./plan.ts";
import { prepareDepthwise } from "./run.ts";

/** One filter for each channel. */
export const depthwiseMethod: CorrelationMethod<"depthwise"> = {
  name: "depthwise",
  summary:
    "depthwise in WebAssembly SIMD, a tile of pixels by four channels in registers, up to four channels along the row",
  errorBound: { kind: "element" },
  propose(c) {
    // A few channels go along the row, as one does, where they can.
    const plane = c.groups > 1 ? proposePlane(c) : "one channel has an algorithm of its own";
    if (typeof plane !== "string") return plane;
    const tiles = tileDepthwise(c);
    if (typeof tiles === "string") return tiles;
    return (engine, filter, bias, activation) =>
      prepareDepthwise(engine, planDepthwise(c, tiles, engine.fma, activation), filter, bias);
  },
};
