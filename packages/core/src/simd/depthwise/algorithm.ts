/**
 * Depthwise convolution on SIMD, four channels at a time: any kernel that can be unrolled, stride, dilation, padding.
 *
 * @module
 */

import type { ConvAlgorithm } from "../../algorithms/algorithm.ts";
import { allFinite, naive } from "../../algorithms/naive.ts";
import { isPadded } from "../../geometry.ts";
import { forwardCorrelation, inputGradientCorrelation } from "../correlation.ts";
import { checked, type EngineSource, supportsSimd } from "../support.ts";
import { planDepthwise, supportsDepthwise } from "./plan.ts";
import { prepareDepthwise } from "./run.ts";

/** Makes the algorithm for an engine, which is asked for at first use. */
export function depthwiseAlgorithm(engineOf: EngineSource): ConvAlgorithm {
  return checked({
    name: "simd-depthwise",
    engine: "simd",
    summary: "depthwise in WebAssembly SIMD, a tile of pixels by four channels in registers",
    nonFinite: "as the reference",

    supports(g, pass) {
      const supported = supportsSimd(g);
      if (supported !== true) return supported;
      if (pass === "filterGradient") return "the filter gradient is no correlation over the image";
      return supportsDepthwise(pass === "forward" ? forwardCorrelation(g) : inputGradientCorrelation(g));
    },

    prepare(g, filter, bias) {
      // The frame of zeros is multiplied: 0 · Inf would be a NaN that the reference, which skips it, has not.
      if (isPadded(g) && !allFinite(filter)) return naive.prepare(g, filter, bias);
      const engine = engineOf();
      return prepareDepthwise(engine, planDepthwise(forwardCorrelation(g), engine.fma, "none"), filter, bias);
    },

    prepareInputGradient(g, filter) {
      if (!allFinite(filter)) return naive.prepareInputGradient(g, filter);
      const engine = engineOf();
      return prepareDepthwise(
        engine,
        planDepthwise(inputGradientCorrelation(g), engine.fma, "none"),
        filter,
        undefined,
      );
    },
  });
}
