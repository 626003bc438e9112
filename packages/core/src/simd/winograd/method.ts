/**
 * Winograd's minimal filtering on SIMD: at stride 1 for kernels of 3, 5 or 7 taps along one axis or both, or 9 along one; at stride 2
 * for kernels of 4 to 6 taps along both, or 7 along rows. One way has tiles of 2 outputs along each axis that is transformed, the
 * other of 4 along one of them at least, or more; at stride 2 each may have one more.
 *
 * Error: `error.ts` has the bound for the worst case, and what errors stay below where signs vary: of the largest Σ|x||w|
 * of a result 2.5·10⁻⁷ for F(2×2, 3×3) and 10⁻⁶ for the others, wherever the choice of algorithms takes them
 * (`errsLittle`). (Of an element's own Σ|x||w| it can be any multiple: the products of a tile are rounded together, also
 * for an element at the border, where most taps meet zeros.) Tiles of which the values differ too much in magnitude, or are
 * not finite, are computed directly (`spread.ts`).
 *
 * @module
 */

import { accepted } from "../../algorithm/algorithm.ts";
import type { CorrelationMethod } from "../engine/method.ts";
import { directMethod } from "../gemm/method.ts";
import { errorConstant } from "./error.ts";
import { planWinograd, tileWinograd } from "./plan.ts";
import { type Form, formName, formOf, pointCount, type TileSize, tapsOf } from "./points.ts";
import { prepareWinograd } from "./run.ts";

/** Tiles of 2 outputs along each axis of the kernel. */
export const winograd2Method: CorrelationMethod<"winograd2"> = /* @__PURE__ */ winogradMethod("winograd2", 2);

/** Tiles of 4 along one of them at least. */
export const winograd4Method: CorrelationMethod<"winograd4"> = /* @__PURE__ */ winogradMethod("winograd4", 4);

function winogradMethod<Name extends string>(name: Name, tileSize: TileSize): CorrelationMethod<Name> {
  const example = formOf(3, 3, tileSize) as Form;
  const saving = (tapsOf(example) * tileSize ** 2) / pointCount(example);
  return {
    name,
    summary: `Winograd in WebAssembly SIMD, of 3×3 kernels ${formName(example)} with ${saving} times fewer products`,
    errorBound: { kind: "normwise", constant: (g, pass) => errorConstant(tileSize, g, pass) },
    propose(c, runs) {
      const tiles = tileWinograd(c, tileSize);
      if (typeof tiles === "string") return tiles;
      return (engine, filter, bias, activation) => {
        // Threads share the transform out: whoever computes reads all of it.
        const plan = planWinograd(engine, c, tiles, engine.team === undefined ? runs : "many");
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
