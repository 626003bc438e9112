/**
 * Which of the scalar algorithms computes a pass soonest, and why: groups of few channels have an algorithm of their own, the
 * gradient of a filter is unfolded, everything else is tiled, unless a cell sums more terms than a tile holds.
 *
 * @module
 */

import type { ConvAlgorithm, Pass, Preparations, Proposal } from "../algorithm/algorithm.ts";
import type { ConvGeometry } from "../geometry/planes.ts";
import { grouped, hasSmallGroups } from "./grouped.ts";
import { im2col } from "./im2col.ts";
import { naive } from "./naive.ts";
import { tiled } from "./tiled.ts";

/** An algorithm, what it prepares, and the reason it was taken. */
export interface ScalarChoice<P extends Pass> {
  readonly algorithm: typeof grouped | typeof tiled | typeof im2col | typeof naive;
  readonly prepare: Preparations[P];
  readonly reason: string;
}

/** Chooses among the scalar algorithms; the reference supports everything. */
export function chooseScalar<P extends Pass>(g: ConvGeometry, pass: P): ScalarChoice<P> {
  const refusals: string[] = [];
  for (const algorithm of candidatesFor(g, pass)) {
    const prepare = proposalOf(algorithm, g, pass);
    if (typeof prepare !== "string") {
      const { groupInChannels, groupOutChannels } = g;
      const groups = algorithm === grouped ? `groups of ${groupInChannels}→${groupOutChannels} channels: ` : "";
      return { algorithm, prepare, reason: [groups + algorithm.summary, ...refusals].join("; ") };
    }
    refusals.push(`not ${algorithm.name}: ${prepare}`);
  }
  return { algorithm: naive, prepare: naive.propose[pass](g), reason: [naive.summary, ...refusals].join("; ") };
}

/** What might be faster than the reference, the fastest first. */
function candidatesFor(g: ConvGeometry, pass: Pass): readonly (typeof grouped | typeof tiled | typeof im2col)[] {
  const usual = pass === "filterGradient" ? [im2col] : [tiled, im2col];
  return hasSmallGroups(g) ? [grouped, ...usual] : usual;
}

function proposalOf<P extends Pass>(algorithm: ConvAlgorithm, g: ConvGeometry, pass: P): Proposal<P> {
  return algorithm.propose[pass](g);
}
