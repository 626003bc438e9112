/**
 * Correlation of one channel with one kernel on SIMD, four neighbours of a row at a time: what `corr2d` does to a
 * photograph.
 *
 * @module
 */

import type { ConvAlgorithm } from "../../algorithms/algorithm.ts";
import { allFinite, naive } from "../../algorithms/naive.ts";
import { isPadded } from "../../geometry.ts";
import { forwardCorrelation, inputGradientCorrelation } from "../correlation.ts";
import { checked, type EngineSource, supportsSimd } from "../support.ts";
import { planPlane, supportsPlane } from "./plan.ts";
import { preparePlane } from "./run.ts";

/** Makes the algorithm for an engine, which is asked for at first use. */
export function planeAlgorithm(engineOf: EngineSource): ConvAlgorithm {
  return checked({
    name: "simd-plane",
    engine: "simd",
    summary: "one channel in WebAssembly SIMD, a tile of rows by neighbouring pixels in registers",
    nonFinite: "as the reference",

    supports(g, pass) {
      const supported = supportsSimd(g);
      if (supported !== true) return supported;
      if (pass === "filterGradient") return "the filter gradient is no correlation over the image";
      return supportsPlane(pass === "forward" ? forwardCorrelation(g) : inputGradientCorrelation(g));
    },

    prepare(g, filter, bias) {
      // The frame of zeros is multiplied: 0 · Inf would be a NaN that the reference, which skips it, has not.
      if (isPadded(g) && !allFinite(filter)) return naive.prepare(g, filter, bias);
      const engine = engineOf();
      const correlation = forwardCorrelation(g);
      return preparePlane(engine, planPlane(correlation, engine.fma, "none"), correlation, filter, bias);
    },

    prepareInputGradient(g, filter) {
      if (!allFinite(filter)) return naive.prepareInputGradient(g, filter);
      const engine = engineOf();
      const correlation = inputGradientCorrelation(g);
      return preparePlane(engine, planPlane(correlation, engine.fma, "none"), correlation, filter, undefined);
    },
  });
}
