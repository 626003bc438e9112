/**
 * Passes over activations computed part by part, as `tiled` and `grouped` do. What they have in common is here: the parts
 * that some tap reaches, cells that none reaches, and what zeros would spoil left to the reference.
 *
 * @module
 */

import type { Pass, Proposals } from "../algorithm/algorithm.ts";
import { forwardPart, inputGradientParts, type PartCorrelation } from "../geometry/correlation-parts.ts";
import { type ConvGeometry, isPadded } from "../geometry/planes.ts";
import type { FloatArray } from "../tensor/tensor.ts";
import { allFinite, naive } from "./naive.ts";

/** A part with its weights packed. */
export interface PackedPart {
  /** Zero weights fill up its terms: they meet values that the reference does not look at. */
  readonly ragged: boolean;
  run(source: FloatArray, target: FloatArray): void;
}

/** A way to compute a part. */
export interface PartMethod {
  /** True, or why a part is not computed. */
  holds(k: PartCorrelation): true | string;
  /** `filter` is read here and not kept, `bias` is. */
  pack(k: PartCorrelation, g: ConvGeometry, filter: FloatArray, bias: FloatArray | undefined): PackedPart;
  scratchBytes(): number;
}

/** The parts of a pass over activations; or why one of them is not computed. */
function partsOf(method: PartMethod, g: ConvGeometry, pass: Pass): readonly PartCorrelation[] | string {
  const parts = pass === "forward" ? [forwardPart(g)] : inputGradientParts(g);
  for (const part of parts) {
    const held = method.holds(part);
    if (held !== true) return held;
  }
  return parts;
}

/** The passes over activations by a method. */
export function partwise(method: PartMethod): Pick<Proposals, "forward" | "inputGradient"> {
  return {
    forward(g) {
      const parts = partsOf(method, g, "forward");
      if (typeof parts === "string") return parts;
      return (filter, bias) => {
        if (isPadded(g) && !allFinite(filter)) return naive.propose.forward(g)(filter, bias);
        const part = method.pack(parts[0], g, filter, bias?.slice());
        const reference = part.ragged ? naive.propose.forward(g)(filter, bias) : undefined;
        return {
          scratchBytes: method.scratchBytes(),
          run(x, y) {
            if (reference !== undefined && !allFinite(x)) reference.run(x, y);
            else part.run(x, y);
          },
        };
      };
    },

    inputGradient(g) {
      const parts = partsOf(method, g, "inputGradient");
      if (typeof parts === "string") return parts;
      return (filter) => {
        if (!allFinite(filter)) return naive.propose.inputGradient(g)(filter);
        const packed = parts.map((part) => method.pack(part, g, filter, undefined));
        const reference = packed.some(({ ragged }) => ragged) ? naive.propose.inputGradient(g)(filter) : undefined;
        return {
          scratchBytes: method.scratchBytes(),
          run(dy, dx) {
            if (reference !== undefined && !allFinite(dy)) {
              reference.run(dy, dx);
              return;
            }
            dx.fill(0); // cells that no tap reaches
            for (const part of packed) part.run(dy, dx);
          },
        };
      };
    },
  };
}
