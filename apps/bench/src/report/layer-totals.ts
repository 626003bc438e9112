/**
 * The figures that stand first: how many times as fast the subject runs the network layers of a report, one after
 * another, as each of the others. Photographs, gradients and layers at growing sizes are not among them.
 *
 * @module
 */

import { NETWORK_LAYERS, type Network, type NetworkLayer } from "@corr2d/testkit";
import {
  type Interval,
  judgeRatio,
  noiseFloor,
  type PairOfTimes,
  type RoundTimes,
  totalRatio,
  type Verdict,
} from "../statistics/ratio.ts";
import { LAYER_CLASSES, type LayerClass, layerClassOf } from "../suites/layer-class.ts";
import { isOurs } from "../variant-names.ts";
import type { BenchReport, CaseResult } from "./results.ts";
import { resultOf, variantsWith } from "./sections/speed.ts";

/** Time of a rival / time of the subject, over these layers once each. */
export interface LayerTotal extends Interval {
  readonly rival: string;
  /** How many of the layers both were timed on. */
  readonly layers: number;
  /** How far the same total of the subject's second self strays from 1. */
  readonly noiseFloor: number;
  readonly verdict: Verdict;
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

/** The layers of each network that is in a report whole, with every one of its geometries. */
export function wholeNetworks(report: BenchReport): ReadonlyMap<Network, readonly CaseResult[]> {
  const layers = networkLayers(report);
  const networks = [...new Set(NETWORK_LAYERS.map(({ network }) => network))];
  const members = networks.map((network) => {
    const wanted = NETWORK_LAYERS.filter((layer) => layer.network === network);
    const found = wanted.flatMap(({ name }) => layers.find(({ convCase }) => convCase.name === name) ?? []);
    return [network, found.length === wanted.length ? found : []] as const;
  });
  return new Map(members.filter(([, found]) => found.length > 0));
}

const OCCURRENCES: ReadonlyMap<string, number> = new Map(
  NETWORK_LAYERS.map(({ name, count }: NetworkLayer) => [name, count]),
);

/**
 * The total over `layers` for each rival, the strongest first: those that are not of ours, or as asked.
 *
 * @param asNetwork whether a layer counts as often as its geometry occurs in its network, rather than once.
 */
export function layerTotals(
  report: BenchReport,
  layers: readonly CaseResult[],
  { asNetwork = false, rivals = rivalsIn(report, layers).filter((name) => !isOurs(name)) }: TotalOptions = {},
): readonly LayerTotal[] {
  const { settings, variants } = report;
  const { subject } = settings;
  if (subject === null) return [];
  const ofSubject = roundsOf(subject);
  return rivals
    .flatMap((rival): LayerTotal[] => {
      const apart = variants.find(({ name }) => name === rival)?.apart === true;
      const ofRival = roundsOf(rival);
      const ofSelf = (found: CaseResult) => (apart ? found.twinApart : found.twin)?.rounds;
      const timed = layers.filter((found) => [ofRival, ofSubject, ofSelf].every((of) => of(found) !== undefined));
      const total = pairTotal(timed, ofRival, ofSubject, { asNetwork, apart });
      const self = pairTotal(timed, ofSelf, ofSubject, { asNetwork, apart });
      if (total === undefined || self === undefined) return [];
      const floor = noiseFloor(self);
      return [{ rival, ...total, noiseFloor: floor, verdict: judgeRatio(total, floor) }];
    })
    .sort((a, b) => a.estimate - b.estimate);
}

/** The rounds of somebody on a layer; undefined where there are none. */
export type RoundsOf = (found: CaseResult) => RoundTimes | undefined;

/** The rounds of a variant on one thread. */
export function roundsOf(variant: string): RoundsOf {
  return (found) => resultOf(found, variant)?.timing?.rounds;
}

/** How many times as long somebody takes for the layers that both were timed on as another, and how many these are. */
export function pairTotal(
  layers: readonly CaseResult[],
  numeratorOf: RoundsOf,
  denominatorOf: RoundsOf,
  { asNetwork = false, apart }: { readonly asNetwork?: boolean; readonly apart: boolean },
): (Interval & { readonly layers: number }) | undefined {
  const pairs = layers.flatMap((found): PairOfTimes[] => {
    const [numerator, denominator] = [numeratorOf(found), denominatorOf(found)];
    if (numerator === undefined || denominator === undefined) return [];
    const times = asNetwork ? (OCCURRENCES.get(found.convCase.name) ?? 1) : 1;
    return [repeated({ numerator, denominator, apart }, times)];
  });
  const total = totalRatio(pairs);
  return total && { ...total, layers: pairs.length };
}

/** What to sum. */
export interface TotalOptions {
  readonly asNetwork?: boolean;
  readonly rivals?: readonly string[];
}

/** Who has a ratio to the subject on some of these layers. */
export function rivalsIn({ settings: { subject } }: BenchReport, layers: readonly CaseResult[]): readonly string[] {
  return subject === null ? [] : variantsWith(layers, ({ ratio }) => ratio !== null);
}

/** The same thing done several times. */
function repeated(pair: PairOfTimes, times: number): PairOfTimes {
  const scale = (rounds: PairOfTimes["numerator"]) =>
    rounds.map((process) => process.map((time) => (time === null ? null : time * times)));
  return { ...pair, numerator: scale(pair.numerator), denominator: scale(pair.denominator) };
}
