/**
 * Direct convolution as implicit GEMM on SIMD: any stride, dilation, padding, groups, channels and batch. Nothing is
 * unfolded: a block of the image is copied once, framed with zeros, and the microkernel reads its terms where they lie.
 *
 * @module
 */

import type { ConvAlgorithm } from "../../algorithms/algorithm.ts";
import { allFinite, naive } from "../../algorithms/naive.ts";
import { isPadded } from "../../geometry.ts";
import type { FloatArray } from "../../tensor.ts";
import { cutIntoBlocks } from "../blocks.ts";
import { forwardCorrelation, inputGradientCorrelation } from "../correlation.ts";
import { planFilterGradient, supportsFilterGradient } from "../filterGradient/plan.ts";
import { prepareFilterGradient } from "../filterGradient/run.ts";
import { checked, type EngineSource, supportsSimd } from "../support.ts";
import { planDirect } from "./plan.ts";
import { prepareDirect } from "./run.ts";

/** Makes the algorithm for an engine, which is asked for at first use. */
export function directAlgorithm(engineOf: EngineSource): ConvAlgorithm {
  return checked({
    name: "simd-direct",
    engine: "simd",
    summary: "implicit GEMM in WebAssembly SIMD, a tile of pixels by channels in registers",
    nonFinite: "as the reference",

    supports(g, pass) {
      const supported = supportsSimd(g);
      if (supported !== true) return supported;
      if (pass === "filterGradient") return supportsFilterGradient(forwardCorrelation(g));
      const correlation = pass === "forward" ? forwardCorrelation(g) : inputGradientCorrelation(g);
      return cutIntoBlocks(correlation) === undefined ? "one row of a block exceeds scratch memory" : true;
    },

    prepare(g, filter, bias) {
      // The frame of zeros is multiplied: 0 · Inf would be a NaN that the reference, which skips it, has not.
      if (isPadded(g) && !allFinite(filter)) return naive.prepare(g, filter, bias);
      const engine = engineOf();
      return prepareDirect(engine, planDirect(engine, forwardCorrelation(g), "none")!, filter, bias);
    },

    prepareInputGradient(g, filter) {
      if (!allFinite(filter)) return naive.prepareInputGradient(g, filter);
      const engine = engineOf();
      return prepareDirect(engine, planDirect(engine, inputGradientCorrelation(g), "none")!, filter, undefined);
    },

    prepareFilterGradient(g) {
      const engine = engineOf();
      const plan = prepareFilterGradient(engine, planFilterGradient(engine, forwardCorrelation(g)));
      if (!isPadded(g)) return plan;
      const run = (x: FloatArray, dy: FloatArray, dw: FloatArray): void => {
        // The frame of zeros is multiplied by dy: the same rule, for data that is seen only now.
        if (allFinite(dy)) plan.run(x, dy, dw);
        else naive.prepareFilterGradient(g).run(x, dy, dw);
      };
      return { ...plan, run };
    },
  });
}
