/**
 * Direct convolution for groups of few channels, depthwise convolution above all: the inner loop runs along the groups, as
 * `grouped-correlation.ts` has it. The gradient with respect to the input is the same on dy, for each residue of the input
 * cells modulo the stride.
 *
 * @module
 */

import type { ConvAlgorithm } from "../algorithm/algorithm.ts";
import { forwardPart } from "../geometry/correlation-parts.ts";
import type { ConvGeometry } from "../geometry/planes.ts";
import { partwise } from "./by-parts.ts";
import { channelTile } from "./group-tile.ts";
import { canHold, GroupedCorrelation } from "./grouped-part.ts";
import { allFinite, naive } from "./naive.ts";

/** The most pairs of an input and an output channel of a group with which this is the faster way, as measured on 3×3 kernels. */
const FEW_PAIRS = 16;

/** Whether groups are so small that they are computed faster along the groups than each by itself. */
export function hasSmallGroups(g: ConvGeometry): boolean {
  return g.groups > 1 && g.groupInChannels * g.groupOutChannels <= FEW_PAIRS;
}

/** Direct, along the groups. */
export const grouped: ConvAlgorithm<"grouped"> = {
  name: "grouped",
  engine: "scalar",
  summary: "direct, along the groups, for depthwise convolution and groups of few channels",
  errorBound: { kind: "element" },
  propose: /* @__PURE__ */ (() => ({
    ...partwise({
      holds: canHold,
      pack: (k, g, filter, bias) => new GroupedCorrelation(k, g, filter.slice(), bias),
      scratchBytes: () => channelTile().bytes,
    }),
    filterGradient(g) {
      const k = forwardPart(g);
      const held = canHold(k);
      if (held !== true) return held;
      return () => {
        const part = new GroupedCorrelation(k, g, undefined, undefined);
        return {
          scratchBytes: channelTile().bytes,
          run(x, dy, dw) {
            if (allFinite(x) && allFinite(dy)) part.runFilterGradient(x, dy, dw);
            else naive.propose.filterGradient(g)().run(x, dy, dw);
          },
        };
      };
    },
  }))(),
};
