/**
 * Winograd's filter gradient at stride 1 on SIMD: the forward pass is linear in g, and its transpose is
 *
 *     dw = Gᵀ [ Σ (Bᵀ d B) ⊗ (A dy Aᵀ) ] G          Σ over tiles, ⊗ at each point the outer product over the channels
 *
 * with the matrices of `winograd/points.ts`, and as many times fewer products as forward.
 *
 * Error: as `winograd/error.ts` bounds it; measured, at most 1.1·10⁻⁶ of the largest Σ|x||dy| for F(2×2, 3×3) and 3.75·10⁻⁶
 * for all others. Where signs vary and pixels are many it is a tenth of that. F(4×4, 3×3) comes near if a single pixel of dy
 * is not zero, F(2×2, 3×3) with 200,000 pixels of one sign, whose roundings add up; but blocks of tiles keep the sums short,
 * and there outer products over the pixels lose 30 times as much. What differs too much in magnitude, or is not finite, is computed directly (`spread.ts`).
 *
 * @module
 */

import { accepted } from "../../algorithm/algorithm.ts";
import type { FilterGradientMethod } from "../engine/method.ts";
import { filterGradientMethod } from "../filter-gradient/method.ts";
import type { TileSize } from "../winograd/points.ts";
import { planWinogradGradient, tileWinogradGradient } from "./plan.ts";
import { prepareWinogradGradient } from "./run.ts";

/** With tiles of `tileSize`² outputs. */
export function winogradGradientMethod(tileSize: TileSize): FilterGradientMethod {
  return {
    propose(c) {
      const tiles = tileWinogradGradient(c, tileSize);
      if (typeof tiles === "string") return tiles;
      return (engine) => {
        const plan = prepareWinogradGradient(engine, planWinogradGradient(engine, c, tiles));
        const run = (...arrays: Parameters<typeof plan.run>): void => {
          plan.run(...arrays);
          if (plan.wasEven()) return;
          const direct = engine.memory.taking(() =>
            accepted("direct: cannot take the place of Winograd", filterGradientMethod.propose(c))(engine),
          );
          try {
            direct.run(...arrays);
          } finally {
            direct[Symbol.dispose]();
          }
        };
        return { ...plan, run };
      };
    },
  };
}
