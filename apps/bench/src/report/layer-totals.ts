/**
 * The figures that stand first: how many times as fast the subject runs the network layers of a report, one after
 * another, as each of the others. Photographs, gradients and layers at growing sizes are not among them.
 *
 * @module
 */

import { NETWORK_LAYERS, seededRandom } from "@corr2d/testkit";
import { type Interval, totalRatio } from "../statistics/ratio.ts";
import { LAYER_CLASSES, type LayerClass, layerClassOf } from "../suites/layer-class.ts";
import type { BenchReport, CaseResult } from "./results.ts";
import { resultOf, variantsWith } from "./sections/speed.ts";

/** Time of a rival / time of the subject, over these layers once each. */
export interface LayerTotal extends Interval {
  readonly rival: string;
  /** How many of the layers both were timed on. */
  readonly layers: number;
}

/** The layers of real networks in a report, forward. */
export function networkLayers({ cases, settings }: BenchReport): readonly CaseResult[] {
  const names = new Set(NETWORK_LAYERS.map(({ name }) => name));
  const layers = cases.filter(
    ({ convCase, pass }) => names.has(convCase.name) && (pass ?? settings.pass) === settings.pass,
  );
  return [...new Map(layers.map((found) => [found.convCase.name, found])).values()];
}

/** The network layers by class, in the order of classes; without classes that have none. */
export function networkLayersByClass(report: BenchReport): ReadonlyMap<LayerClass, readonly CaseResult[]> {
  const layers = networkLayers(report);
  const members = LAYER_CLASSES.map((name) => [name, layers.filter((found) => layerClassOf(found) === name)] as const);
  return new Map(members.filter(([, found]) => found.length > 0));
}

/** The total over `layers` for each rival that is not of ours, the strongest first. */
export function layerTotals({ settings }: BenchReport, layers: readonly CaseResult[]): readonly LayerTotal[] {
  const { subject, seed } = settings;
  if (subject === null) return [];
  const rivals = variantsWith(layers, ({ ratio }) => ratio !== null).filter((name) => !name.startsWith("corr2d/"));
  return rivals
    .flatMap((rival): LayerTotal[] => {
      const pairs = layers.flatMap((found) => {
        const numerator = resultOf(found, rival)?.timing?.rounds;
        const denominator = resultOf(found, subject)?.timing?.rounds;
        return numerator === undefined || denominator === undefined ? [] : [{ numerator, denominator }];
      });
      const total = totalRatio(pairs, seededRandom(seed, `${rival}/total`).uniform);
      return total === undefined ? [] : [{ rival, layers: pairs.length, ...total }];
    })
    .sort((a, b) => a.median - b.median);
}
