/**
 * Winograd's minimal filtering for 3×3 kernels of stride 1, F(2×2) and F(4×4), on SIMD.
 *
 * Error: `error.ts` has the bound for the worst case, and what errors stay below where signs vary: of the largest Σ|x||w|
 * of a result 2.5·10⁻⁷ for F(2×2) and 10⁻⁶ for F(4×4), wherever the choice of algorithms takes it (`errsLittle`). (Of an
 * element's own Σ|x||w| it can be any multiple: the products of a tile are rounded together, also for an element at the
 * border, where most taps meet zeros.) Tiles of which the values differ too much in magnitude, or are not finite, are computed
 * directly (`spread.ts`).
 *
 * @module
 */

import { accepted } from "../../algorithm/algorithm.ts";
import type { CorrelationMethod } from "../engine/method.ts";
import { directMethod } from "../gemm/method.ts";
import { errorConstant } from "./error.ts";
import { planWinograd, tileWinograd } from "./plan.ts";
import { pointCount, type TileSize } from "./points.ts";
import { prepareWinograd } from "./run.ts";

/** F(2×2, 3×3). */
export const winograd2Method: CorrelationMethod<"winograd2"> = /* @__PURE__ */ winogradMethod("winograd2", 2);

/** F(4×4, 3×3). */
export const winograd4Method: CorrelationMethod<"winograd4"> = /* @__PURE__ */ winogradMethod("winograd4", 4);

function winogradMethod<Name extends string>(name: Name, tileSize: TileSize): CorrelationMethod<Name> {
  const saving = (9 * tileSize ** 2) / pointCount(tileSize) ** 2;
  return {
    name,
    summary: `Winograd F(${tileSize}×${tileSize}, 3×3) in WebAssembly SIMD, ${saving} times fewer products`,
    errorBound: { kind: "normwise", constant: (g, pass) => errorConstant(tileSize, g, pass) },
    propose(c, runs) {
      const tiles = tileWinograd(c, tileSize);
      if (typeof tiles === "string") return tiles;
      return (engine, filter, bias, activation) => {
        // Threads share the transform out: whoever computes reads all of it.
        const plan = planWinograd(engine, c, tiles, tileSize, engine.team === undefined ? runs : "many");
        const prepared = prepareWinograd(engine, plan, c, filter, bias, activation);
        if (prepared !== undefined) return prepared;
        const direct = accepted("direct: cannot take the place of Winograd", directMethod.propose(c, runs))(
          engine,
          filter,
          bias,
          activation,
        );
        return {
          ...direct,
          instead: { algorithm: directMethod.name, because: "its weights differ too much in magnitude" },
        };
      };
    },
  };
}
