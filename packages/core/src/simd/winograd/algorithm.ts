/**
 * Winograd's minimal filtering for 3×3 kernels of stride 1, F(2×2) and F(4×4), on SIMD.
 *
 * Error: normwise |y − ŷ| ≤ c · Σ|x||w|, taken over the tile, with c of 2·10⁻⁷ for F(2×2) and 10⁻⁶ for F(4×4)
 * (the conformance test holds it to that). A NaN or infinity in x makes NaN of the tiles that see it.
 *
 * @module
 */

import type { ConvAlgorithm } from "../../algorithms/algorithm.ts";
import { allFinite, naive } from "../../algorithms/naive.ts";
import { forwardCorrelation, inputGradientCorrelation } from "../correlation.ts";
import { checked, type EngineSource, supportsSimd } from "../support.ts";
import { planWinograd, supportsWinograd } from "./plan.ts";
import type { TileSize } from "./points.ts";
import { prepareWinograd } from "./run.ts";

const NO_FILTER_GRADIENT = "the filter gradient is no convolution with a 3×3 kernel";

/** Makes F(tileSize × tileSize, 3×3) for an engine, which is asked for at first use. */
export function winogradAlgorithm<const M extends TileSize>(engineOf: EngineSource, tileSize: M): ConvAlgorithm {
  return checked({
    name: `simd-winograd${tileSize}`,
    engine: "simd",
    summary: `Winograd F(${tileSize}×${tileSize}, 3×3) in WebAssembly SIMD, ${(9 * tileSize ** 2) / (tileSize + 2) ** 2} times fewer products`,
    nonFinite: "spreads over a tile",

    supports(g, pass) {
      const supported = supportsSimd(g);
      if (supported !== true) return supported;
      if (pass === "filterGradient") return NO_FILTER_GRADIENT;
      return supportsWinograd(pass === "forward" ? forwardCorrelation(g) : inputGradientCorrelation(g), tileSize);
    },

    prepare(g, filter, bias) {
      if (!allFinite(filter)) return naive.prepare(g, filter, bias);
      const engine = engineOf();
      const correlation = forwardCorrelation(g);
      return prepareWinograd(engine, planWinograd(engine, correlation, tileSize), correlation, filter, bias, "none");
    },

    prepareInputGradient(g, filter) {
      if (!allFinite(filter)) return naive.prepareInputGradient(g, filter);
      const engine = engineOf();
      const correlation = inputGradientCorrelation(g);
      return prepareWinograd(
        engine,
        planWinograd(engine, correlation, tileSize),
        correlation,
        filter,
        undefined,
        "none",
      );
    },
  });
}
