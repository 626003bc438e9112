/**
 * Winograd's minimal filtering for 3×3 kernels of stride 1, F(2×2) and F(4×4), on SIMD.
 *
 * Error: |y − ŷ| ≤ c · max|x| · Σ|w|, and, where the choice of algorithms takes it (`errsLittle`), ≤ c · max Σ|x||w|, the
 * largest over the result, with c of 2.5·10⁻⁷ for F(2×2) and 10⁻⁶ for F(4×4); tests hold it to that. (Of an element's own
 * Σ|x||w| it can be any multiple: the products of a tile are rounded together, also for an element at the border, where
 * most taps meet zeros.) A NaN or infinity in x makes NaN of all tiles that see it.
 *
 * @module
 */

import type { CorrelationMethod } from "../method.ts";
import { planWinograd, supportsWinograd } from "./plan.ts";
import { pointCount, type TileSize } from "./points.ts";
import { prepareWinograd } from "./run.ts";

/**
 * What measured errors stay below, the largest found being F(2×2) 2.0·10⁻⁷, F(4×4) 6.7·10⁻⁷ in the shapes of networks and
 * in 80,000 random ones of few pixels and channels; of filter gradients (`winograd-gradient`) 8.0·10⁻⁷ and 2.8·10⁻⁶.
 */
const ERROR_CONSTANTS: Readonly<Record<TileSize, { readonly constant: number; readonly filterConstant: number }>> = {
  2: { constant: 2.5e-7, filterConstant: 1.1e-6 },
  4: { constant: 1e-6, filterConstant: 3.75e-6 },
};

/** F(2×2, 3×3). */
export const winograd2Method: CorrelationMethod<"simd-winograd2"> = /* @__PURE__ */ winogradMethod("simd-winograd2", 2);

/** F(4×4, 3×3). */
export const winograd4Method: CorrelationMethod<"simd-winograd4"> = /* @__PURE__ */ winogradMethod("simd-winograd4", 4);

function winogradMethod<Name extends string>(name: Name, tileSize: TileSize): CorrelationMethod<Name> {
  const saving = (9 * tileSize ** 2) / pointCount(tileSize) ** 2;
  return {
    name,
    summary: `Winograd F(${tileSize}×${tileSize}, 3×3) in WebAssembly SIMD, ${saving} times fewer products`,
    nonFinite: "spreads over a tile",
    errorBound: { kind: "normwise", ...ERROR_CONSTANTS[tileSize] },
    supports: (c) => supportsWinograd(c, tileSize),
    prepare: (engine, c, filter, bias, activation) =>
      prepareWinograd(engine, planWinograd(engine, c, tileSize), c, filter, bias, activation),
  };
}
