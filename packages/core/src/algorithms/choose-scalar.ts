/**
 * Which of the scalar algorithms computes a pass soonest, and why: groups of few channels and gradients of 1×1 filters have an
 * algorithm of their own, everything else is tiled, unless a cell sums more terms than a tile holds.
 *
 * @module
 */

import type { ConvGeometry } from "../geometry.ts";
import type { Pass } from "./algorithm.ts";
import { grouped, hasSmallGroups } from "./grouped.ts";
import { im2col } from "./im2col.ts";
import { naive } from "./naive.ts";
import { tiled } from "./tiled.ts";

/** A name and its reason. */
export interface ScalarChoice {
  readonly name: (typeof grouped | typeof tiled | typeof im2col | typeof naive)["name"];
  readonly reason: string;
}

/** Chooses among the scalar algorithms; the reference supports everything. */
export function chooseScalar(g: ConvGeometry, pass: Pass): ScalarChoice {
  if (hasSmallGroups(g) && grouped.supports(g, pass) === true) {
    return {
      name: grouped.name,
      reason: `groups of ${g.groupInChannels}→${g.groupOutChannels} channels: ${grouped.summary}`,
    };
  }
  if (pass === "filterGradient" && g.kernelHeight * g.kernelWidth === 1 && im2col.supports(g, pass) === true) {
    // A kernel of one tap has nothing to unfold, and copying channels apart costs tiled a third to a half of its time.
    return { name: im2col.name, reason: `${im2col.summary}; a 1×1 kernel leaves nothing to unfold` };
  }
  const tiles = tiled.supports(g, pass);
  if (tiles === true) return { name: tiled.name, reason: tiled.summary };
  const unfolds = im2col.supports(g, pass);
  if (unfolds === true) return { name: im2col.name, reason: `${im2col.summary}; not tiled: ${tiles}` };
  return { name: naive.name, reason: `${naive.summary}; not tiled: ${tiles}; not im2col: ${unfolds}` };
}
