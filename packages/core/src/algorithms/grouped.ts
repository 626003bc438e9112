/**
 * Direct convolution for groups of few channels, depthwise convolution above all: the inner loop runs along the groups, as
 * `grouped-correlation.ts` has it. The gradient with respect to the input is the same on dy, for each residue of the input
 * cells modulo the stride. Depthwise 3×3 kernels, forward and at stride one backward, have faster loops in `depthwise.ts`.
 *
 * @module
 */

import { type ConvGeometry, isPadded } from "../geometry.ts";
import type { FloatArray } from "../tensor.ts";
import type { ConvAlgorithm } from "./algorithm.ts";
import { channelTile } from "./channel-tile.ts";
import { DepthwiseCorrelation } from "./depthwise.ts";
import { canHold, GroupedCorrelation } from "./grouped-correlation.ts";
import { allFinite, naive } from "./naive.ts";
import { forwardPart, inputGradientParts, type PartCorrelation } from "./part-correlation.ts";

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

  supports(g, pass) {
    for (const k of pass === "inputGradient" ? inputGradientParts(g) : [forwardPart(g)]) {
      const held = canHold(k);
      if (held !== true) return held;
    }
    return true;
  },

  prepare(g, filter, bias) {
    if (isPadded(g) && !allFinite(filter)) return naive.prepare(g, filter, bias);
    const part = correlationOf(forwardPart(g), g, filter.slice(), bias?.slice());
    const reference = part.ragged ? naive.prepare(g, filter, bias) : undefined;
    return {
      scratchBytes: channelTile().bytes,
      run(x, y) {
        if (reference !== undefined && !allFinite(x)) reference.run(x, y);
        else part.run(x, y);
      },
    };
  },

  prepareInputGradient(g, filter) {
    if (!allFinite(filter)) return naive.prepareInputGradient(g, filter);
    const w = filter.slice();
    const parts = inputGradientParts(g).map((k) => correlationOf(k, g, w, undefined));
    const reference = parts.some((part) => part.ragged) ? naive.prepareInputGradient(g, filter) : undefined;
    return {
      scratchBytes: channelTile().bytes,
      run(dy, dx) {
        if (reference !== undefined && !allFinite(dy)) {
          reference.run(dy, dx);
          return;
        }
        dx.fill(0); // cells that no tap reaches
        for (const part of parts) part.run(dy, dx);
      },
    };
  },

  prepareFilterGradient(g) {
    const part = new GroupedCorrelation(forwardPart(g), g, undefined, undefined);
    return {
      scratchBytes: channelTile().bytes,
      run(x, dy, dw) {
        if (allFinite(x) && allFinite(dy)) part.runFilterGradient(x, dy, dw);
        else naive.prepareFilterGradient(g).run(x, dy, dw);
      },
    };
  },
};

function correlationOf(
  k: PartCorrelation,
  g: ConvGeometry,
  filter: FloatArray,
  bias: FloatArray | undefined,
): DepthwiseCorrelation | GroupedCorrelation {
  return DepthwiseCorrelation.of(k, g, filter, bias) ?? new GroupedCorrelation(k, g, filter, bias);
}
