/**
 * Direct convolution as implicit GEMM on SIMD: any stride, dilation, padding, groups, channels and batch. Nothing is
 * unfolded: a block of the image is copied once, framed with zeros, and the microkernel reads its terms where they lie.
 *
 * @module
 */

import { cutIntoBlocks } from "../blocks/cut.ts";
import type { CorrelationMethod } from "../engine/method.ts";
import { planDirect } from "./plan.ts";
import { prepareDirect } from "./run.ts";

/** Implicit GEMM. */
export const directMethod: CorrelationMethod<"direct"> = {
  name: "direct",
  summary: "implicit GEMM in WebAssembly SIMD, a tile of pixels by channels in registers",
  errorBound: { kind: "element" },
  propose(c) {
    const blocks = cutIntoBlocks(c);
    if (blocks === undefined) return "one row of the image exceeds scratch memory";
    return (engine, filter, bias, activation) =>
      prepareDirect(engine, planDirect(engine, c, blocks, activation), filter, bias);
  },
};
