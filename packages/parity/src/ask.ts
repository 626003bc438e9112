/**
 * One question, one answer: how it is put to an implementation, and what the answer is held to.
 *
 * @module
 */

import {
  type CaseData,
  type CasePass,
  type ConvCase,
  elementBounds,
  gamma,
  normwiseBounds,
  reference,
  type SpatialCase,
  termsOf,
  UNIT_ROUNDOFF,
} from "@corr2d/testkit";
import type { ConvAdapter } from "./adapter.ts";
import type { DataKind } from "./generate/problem.ts";
import { compute, interrogate } from "./interrogate.ts";
import { shapeInMemory } from "./result-shape.ts";
import { errorVariances } from "./statistics.ts";
import { type Answer, type Evidence, failedAnswer, faultOf, judgeValues } from "./verdict.ts";
import { nanByPadding } from "./zero-padding.ts";

/** Puts one question to an adapter and holds the answer against the evidence. */
export async function ask(
  adapter: ConvAdapter,
  convCase: SpatialCase,
  pass: CasePass,
  data: CaseData,
  evidence: Evidence,
): Promise<Answer> {
  try {
    return judged(adapter, await compute(adapter, convCase, pass, data), evidence);
  } catch (error) {
    return failedAnswer(error, evidence);
  }
}

/** Values that show whether an implementation stands by its answers; others are asked for once. */
const INTERROGATED_KINDS: readonly DataKind[] = ["exact", "integers", "real", "given"];

/** Products up to which an implementation is asked all there is, and up to which it is put beside another layer. */
const PRODUCTS = { all: 2 ** 14, beside: 2 ** 17 };

/** How often a question of so many products is run: larger ones cost, and show no more. */
function runsFor(products: number): number {
  if (products <= PRODUCTS.all) return 9;
  return products <= PRODUCTS.beside ? 6 : 2;
}

/** Puts one question to an adapter and holds its answer against the evidence, and against what it answers in other company. */
export async function askThoroughly(
  adapter: ConvAdapter,
  convCase: SpatialCase,
  { pass, kind, data, evidence }: { pass: CasePass; kind: DataKind; data: CaseData; evidence: Evidence },
): Promise<Answer> {
  if (!INTERROGATED_KINDS.includes(kind)) return ask(adapter, convCase, pass, data, evidence);
  const judge = (others: CaseData, result: Float32Array): string | undefined => {
    const own = evidenceOf(convCase, pass, others, evidence.bounds === 0);
    return faultOf(judgeValues(result, evidenceFor(adapter, convCase, { pass, data: others, evidence: own })));
  };
  const runs = runsFor(evidence.truth.length * termsOf(convCase, pass));
  try {
    const accepts = (first: Float32Array): boolean => judgeValues(first, evidence).judgement.ok;
    return judged(adapter, await interrogate(adapter, convCase, pass, data, { judge, accepts, runs }), evidence);
  } catch (error) {
    return failedAnswer(error, evidence);
  }
}

/** Numbers of float64 are told as float32 would have them (precision/float64.ts), which whoever reads them must know. */
function judged({ computesIn }: ConvAdapter, values: Float32Array, evidence: Evidence): Answer {
  const answer = judgeValues(values, evidence);
  const { reason } = answer.judgement;
  if (computesIn === undefined || reason === undefined) return answer;
  return {
    ...answer,
    judgement: { ...answer.judgement, reason: `${reason} (errors of float64 are told 2²⁹ times as large)` },
  };
}

/** What an adapter's answer is held to: what everybody's is, or what it promises where that is less. */
export function evidenceFor(
  adapter: ConvAdapter,
  convCase: SpatialCase,
  { pass, data, evidence }: { pass: CasePass; data: CaseData; evidence: Evidence },
): Evidence {
  const { nanByPadding, ...strict } = evidence;
  const own = adapter.skipsPadding || nanByPadding === undefined ? strict : evidence;
  if (convCase.pool !== undefined) return own;
  const { normwise } = adapter.promises?.(convCase as ConvCase, pass) ?? {};
  if (normwise === undefined) return own;
  const bounds = normwiseBounds(convCase, pass, data, Math.min(normwise, largestNormwise(convCase, pass)));
  return { ...own, bounds, rung: "normwise bound" };
}

/** α² of Winograd's F(6×6, 3×3), the widest tile that is published, and what its transforms round besides their sums. */
const WIDEST_AMPLIFICATION = 39.5 ** 2;
const WIDEST_ROUNDINGS = 64;

/** The largest normwise constant that a published family of algorithms has; whoever promises less is held to this. */
function largestNormwise(convCase: SpatialCase, pass: CasePass): number {
  const taps = convCase.filterShape.slice(0, -2).reduce((product, size) => product * size, 1);
  const summed = pass === "filterGradient" ? termsOf(convCase, pass) : termsOf(convCase, pass) / taps;
  const roundings = Math.ceil(summed) + WIDEST_ROUNDINGS;
  return roundings * UNIT_ROUNDOFF < 1 ? gamma(roundings) * WIDEST_AMPLIFICATION : Number.POSITIVE_INFINITY;
}

/** The truth about a question, and the bound that any order of summation keeps. */
export function evidenceOf(
  convCase: SpatialCase,
  pass: CasePass,
  data: CaseData,
  areSumsExact: boolean,
  kind?: DataKind,
): Evidence {
  const truth = reference(convCase, pass, data);
  // A mean is rounded whatever its sum is.
  const isExact = areSumsExact && convCase.pool === undefined;
  const byPadding = isExact || convCase.pool !== undefined ? undefined : nanByPadding(convCase, pass, data);
  return {
    truth,
    shape: shapeInMemory(convCase, pass),
    bounds: isExact ? 0 : elementBounds(convCase, pass, data),
    ...(byPadding && { nanByPadding: byPadding }),
    // The model is of random values.
    ...(kind === "real" && convCase.pool === undefined && { variances: errorVariances(convCase, pass, data, truth) }),
  };
}
