/**
 * Which SIMD algorithm computes a pass soonest, and why.
 *
 * Planes and depthwise convolutions have an algorithm of their own. Between direct and Winograd decides an estimate:
 *
 *     time = max(multiply-adds / throughput, bytes of weights / bandwidth) + transformed values · cost of one
 *            + (of Winograd, what beginning takes) + (packing the weights, if the plan runs once)
 *
 * The bandwidth is why F(4×4), with four times the weights of the filter itself, is not best everywhere: with many
 * channels and few pixels they are read once for little work.
 *
 * @module
 */

import type { ChoiceOptions, Pass, Preparations, Proposal, Runs } from "../algorithm/algorithm.ts";
import { describeTime } from "../algorithm/expected-time.ts";
import { type Correlation, tapCount } from "../geometry/correlation.ts";
import type { ConvGeometry } from "../geometry/planes.ts";
import { type SimdAlgorithms, simdAlgorithms } from "./algorithms.ts";
import { simdFeatures } from "./engine/features.ts";
import { correlationOf, hostSupports, type SimdAlgorithm } from "./engine/method.ts";
import { CHUNK_PIXELS } from "./filter-gradient/plan.ts";
import { errsLittle, suitsWinograd, tileCount, transformsAtRun } from "./winograd/plan.ts";
import { correlationForm, type Form, isTransformed, pointCount, strandsAt } from "./winograd/points.ts";
import { mostTilesOf, suitsWinogradGradient } from "./winograd-gradient/plan.ts";

/** An algorithm, what it prepares, and the reason it was taken. */
export interface SimdChoice<P extends Pass> {
  readonly algorithm: SimdAlgorithms[number];
  readonly prepare: Preparations[P];
  readonly reason: string;
}

/** Measured 2026-11-23 on an AMD EPYC (Zen 4), Node 24 (V8 13.6): nanoseconds. */
const COST = {
  /** With operations of 128 bits, and of 256. */
  multiplyAdd: { narrow: 1 / 27.5, wide: 1 / 50 },
  /** Per value of V and M, or E: reading, transforming, writing; of two transforms inside one another by the most points. */
  transform: { single: 0.25, 4: 0.09, 6: 0.31, 8: 0.37 },
  /**
   * Of Winograd's filter gradient: a term of its sums in multiply-adds (tiles lie far apart); beginning a sum, which is not
   * read, in terms; and per sum writing, transforming back, adding.
   */
  tileSums: { term: 1.17, terms: 2, sum: 0.15 },
  /** Beginning a run of Winograd's: looking for what differs too much, and a call for each point. */
  begin: { sums: 2000, filterGradient: 5000 },
  /** Per byte of packed weights, out of memory. */
  weightByte: 0.03,
  /** Packing, per weight of the filter as it is, or of U by the points of a transform. */
  pack: { direct: 1.1, 4: 0.875, 6: 0.72, 8: 0.72 },
  /** The latter where a run transforms the filter as it goes. */
  transformAtRun: { 4: 0.8, 6: 0.44, 8: 0.44 },
  /** Filling and emptying a tile of sums, in terms of the sum. */
  tileTerms: 8,
} as const;

/** Chooses among all SIMD algorithms; or says why none of them computes the pass. */
export function chooseSimd<P extends Pass>(
  g: ConvGeometry,
  pass: P,
  { precision, runs = "many" }: ChoiceOptions = {},
): SimdChoice<P> | string {
  const host = hostSupports(g);
  if (host !== true) return host;
  const c = correlationOf(g, pass);
  const [direct, winograd2, winograd4, depthwise, singleChannel] = simdAlgorithms;
  const refusals: string[] = [];
  const proposed = (algorithm: SimdAlgorithms[number], reason: string): SimdChoice<P> | undefined => {
    const prepare: Proposal<P> = (algorithm as SimdAlgorithm).proposeOver[pass](g, c, runs);
    if (typeof prepare !== "string") return { algorithm, prepare, reason };
    refusals.push(`${algorithm.name}: ${prepare}`);
    return undefined;
  };
  const special =
    proposed(singleChannel, "one channel, one kernel: runs along the row") ??
    proposed(depthwise, "one filter for each channel");
  if (special !== undefined) return special;

  const suits = precision === "strict" ? "precision is strict" : suitsWinograd(c);
  if (suits !== true) return proposed(direct, `no Winograd: ${suits}`) ?? refusals.join("; ");

  const estimates = pass === "filterGradient" ? GRADIENT_ESTIMATES : ESTIMATES;
  const candidates: { readonly algorithm: SimdAlgorithms[number]; readonly time: number }[] = [];
  const withoutWinograd: string[] = [];
  for (const [algorithm, tileSize] of [
    [winograd2, 2],
    [winograd4, 4],
  ] as const) {
    const form = correlationForm(c, tileSize);
    const precise = typeof form === "string" ? form : estimates.errsLittle(c, form);
    if (precise !== true) withoutWinograd.push(`${algorithm.name}: ${precise}`);
    else candidates.push({ algorithm, time: estimates.winogradTime(c, form as Form, runs) });
  }
  if (candidates.length === 0) return proposed(direct, withoutWinograd.join("; ")) ?? refusals.join("; ");

  candidates.unshift({ algorithm: direct, time: estimates.directTime(c, runs) });
  const times = candidates.map(({ algorithm: { name }, time }) => `${name} ${describeTime(time)}`).join(", ");
  for (const { algorithm } of candidates.sort((a, b) => a.time - b.time)) {
    const choice = proposed(algorithm, `least estimated time (${times})`);
    if (choice !== undefined) return choice;
  }
  return refusals.join("; ");
}

/** Estimates of a pass, in nanoseconds, and whether Winograd's algorithm computes it and errs as little as its head says. */
interface Estimates {
  readonly directTime: (c: Correlation, runs: Runs) => number;
  readonly winogradTime: (c: Correlation, form: Form, runs: Runs) => number;
  readonly errsLittle: (c: Correlation, form: Form) => true | string;
}

const ESTIMATES: Estimates = { directTime, winogradTime, errsLittle };

const GRADIENT_ESTIMATES: Estimates = {
  directTime: directGradientTime,
  winogradTime: winogradGradientTime,
  errsLittle: (_, form) => suitsWinogradGradient(form),
};

/** Outer products over the pixels, chunk by chunk. */
function directGradientTime(c: Correlation): number {
  const cells = c.batch * c.rows.targetSize * c.columns.targetSize;
  const weights = tapCount(c) * c.groupSourceChannels * c.groupTargetChannels * c.groups;
  return productTime((cells + Math.ceil(cells / CHUNK_PIXELS) * COST.tileTerms) * weights, 0);
}

/** Outer products over the tiles, block by block. */
function winogradGradientTime(c: Correlation, form: Form): number {
  const { groupSourceChannels: sources, groupTargetChannels: targets } = c;
  const points = pointCount(form);
  const tiles = tileCount(c, form);
  const blocks = Math.ceil(tiles / mostTilesOf(c, form));
  const sums = points * sources * targets;
  const { term, terms, sum } = COST.tileSums;
  const products = productTime(term * (tiles + blocks * terms) * sums, 0);
  const transforms = tiles * points * (sources + targets) * transformTime(form);
  return COST.begin.filterGradient + products + transforms + blocks * sums * sum;
}

function directTime(c: Correlation, runs: Runs): number {
  const cells = c.batch * c.rows.targetSize * c.columns.targetSize;
  const terms = tapCount(c) * c.groupSourceChannels;
  const columns = c.groupTargetChannels * c.groups;
  const weights = terms * columns;
  const packing = runs === "once" ? weights * COST.pack.direct : 0;
  return productTime(cells * (terms + COST.tileTerms) * columns, 4 * weights) + packing;
}

function winogradTime(c: Correlation, form: Form, runs: Runs): number {
  const tiles = tileCount(c, form);
  const points = pointCount(form);
  const { groupSourceChannels: sources, groupTargetChannels: targets } = c;
  const terms = form.strands.length * sources;
  const weights = points * terms * targets;
  let strands = points;
  // Not all have products at all points.
  if (form.strands.length > 1) {
    strands = 0;
    for (let point = 0; point < points; point++) strands += strandsAt(form, point).count;
  }
  const products = productTime(tiles * (strands * sources + points * COST.tileTerms) * targets, 4 * weights);
  const transforms = tiles * points * (terms + targets) * transformTime(form);
  const filter =
    runs === "once" ? weights * (transformsAtRun(c, form) ? COST.transformAtRun : COST.pack)[mostPoints(form)] : 0;
  return COST.begin.sums + products + transforms + filter;
}

/** Per value. */
function transformTime(form: Form): number {
  return COST.transform[isTransformed(form.outer) ? mostPoints(form) : "single"];
}

/** Points of the larger transform. */
function mostPoints({ outer, inner }: Form): 4 | 6 | 8 {
  return Math.max(outer.points, inner.points) as 4 | 6 | 8;
}

/** Multiplying goes on while weights are on their way. */
function productTime(multiplyAdds: number, weightBytes: number): number {
  const { narrow, wide } = COST.multiplyAdd;
  return Math.max(multiplyAdds * (simdFeatures().revectorizes ? wide : narrow), weightBytes * COST.weightByte);
}
