/**
 * Who is right. The truth is testkit's float64 reference; an oracle is a witness. Each answer is held against the truth
 * on the strongest rung that applies, and the verdict follows:
 *
 *     bit-exact           both promise the same order and precision of summation: the same bits
 *     exact by data       integers so small that no sum is ever rounded: equality with the truth
 *     per-element bound   |y − ŷ| ≤ γ_k · (Σ|x||w| + |b|), k = number of terms + 2
 *     normwise bound      |y − ŷ| ≤ c · (max|x| · Σ|w| + |b|), c as the algorithm derives it
 *
 * @module
 */

import { type Judgement, judge } from "@corr2d/testkit";
import { SLACK, unlikely } from "./statistics.ts";

/** Who is right. `undecided` cannot happen (two values within a bound of the truth are within two of each other). */
export type Verdict = "agree" | "ours is wrong" | "tfjs is wrong" | "undecided";

/** What an answer is held to, the strongest first. */
export const RUNGS = ["bit-exact", "exact by data", "per-element bound", "normwise bound"] as const;

/** What an answer is held to. */
export type Rung = (typeof RUNGS)[number];

/** The right result, and how far from it each element may lie. */
export interface Evidence {
  readonly truth: Float64Array;
  /** Not at all (0), or by a bound of its own. */
  readonly bounds: Float64Array | 0;
  /** Shape of the result as its array lies. */
  readonly shape?: readonly number[];
  /** Where the bounds come from; by default each element's own, or exactness where there are none. */
  readonly rung?: Rung;
  /** 1 where NaN is right as well, zeros of the padding being multiplied. */
  readonly nanByPadding?: Uint8Array;
  /** The variance of the error that rounding makes in each element, where the values are random. */
  readonly variances?: Float64Array;
}

/** What an implementation answered, judged; or why it failed to. */
export type Answer = JudgedAnswer | { readonly failure: string; readonly rung: Rung };

/** Values with what they were held to. */
export interface JudgedAnswer {
  readonly values: Float32Array;
  readonly judgement: Judgement;
  readonly rung: Rung;
  readonly bounds: Evidence["bounds"];
}

/** A verdict with its grounds. */
export interface Decision {
  readonly verdict: Verdict;
  readonly rung: Rung;
  /** What is wrong; undefined if they agree. */
  readonly reason: string | undefined;
}

/** float64 rounds the sum and the distance that `undecided` compares; this is more than it can. */
const ROUNDING_SLACK = 1 + 2 ** -40;

/** Holds a result against the truth. */
export function judgeValues(values: Float32Array, evidence: Evidence): JudgedAnswer {
  const { bounds, nanByPadding, shape } = evidence;
  const rung = rungOf(evidence);
  const truth =
    nanByPadding === undefined
      ? evidence.truth
      : evidence.truth.map((value, i) => (nanByPadding[i] === 1 && Number.isNaN(values[i]) ? Number.NaN : value));
  const judgement = judge(values, truth, bounds, shape);
  const reason = judgement.ok ? improbability(values, evidence, rung) : undefined;
  return { values, judgement: reason === undefined ? judgement : { ...judgement, ok: false, reason }, rung, bounds };
}

/** Why errors within their bounds are yet not those of float32; undefined if they may be. */
function improbability(values: Float32Array, { truth, variances }: Evidence, rung: Rung): string | undefined {
  if (variances === undefined || rung === "exact by data") return undefined;
  return unlikely(values, truth, variances, rung === "normwise bound" ? SLACK.normwise : SLACK.element);
}

/** The answer of an implementation that threw. */
export function failedAnswer(error: unknown, evidence: Evidence): Answer {
  return { failure: error instanceof Error ? error.message : String(error), rung: rungOf(evidence) };
}

function rungOf({ bounds, rung }: Evidence): Rung {
  return rung ?? (bounds === 0 ? "exact by data" : "per-element bound");
}

/**
 * Decides between our answer and a witness's. Where both are wrong, ours is wrong: that is for us to mend.
 *
 * @param sameBits whether both promise the same order and precision of summation.
 */
export function decide(ours: Answer, theirs: Answer, sameBits: boolean): Decision {
  const rung: Rung = sameBits ? "bit-exact" : ours.rung;
  const [ourFault, theirFault] = [faultOf(ours), faultOf(theirs)];
  if (ourFault !== undefined) {
    const reason = theirFault === undefined ? ourFault : `${ourFault} (the oracle is wrong too: ${theirFault})`;
    return { verdict: "ours is wrong", rung, reason };
  }
  if (theirFault !== undefined) return { verdict: "tfjs is wrong", rung, reason: theirFault };

  const [our, their] = [ours as JudgedAnswer, theirs as JudgedAnswer];
  const different = sameBits ? our.values.findIndex((value, i) => !isSame(value, their.values[i])) : -1;
  if (different >= 0) {
    const [got, expected] = [our.values[different], their.values[different]];
    const reason = `not the same bits, though both are within their bound: at ${different} got ${got}, the oracle ${expected}`;
    return { verdict: "ours is wrong", rung, reason };
  }
  const apart = firstApart(our, their);
  if (apart < 0) return { verdict: "agree", rung, reason: undefined };
  const [got, expected] = [our.values[apart], their.values[apart]];
  const reason = `both within their bound, yet further apart: at ${apart} got ${got}, the oracle ${expected}`;
  return { verdict: "undecided", rung, reason };
}

/** The same bits, a zero of either sign and every NaN being one. */
function isSame(a: number, b: number): boolean {
  return a === b || Object.is(a, b);
}

/** The first element in which two answers are further apart than their bounds together allow; −1 if none is. */
function firstApart(ours: JudgedAnswer, theirs: JudgedAnswer): number {
  const { values } = ours;
  for (let i = 0; i < values.length; i++) {
    const [our, their] = [values[i], theirs.values[i]];
    // Where both are right and one is NaN, one of them multiplies padding.
    if (isSame(our, their) || Number.isNaN(our) || Number.isNaN(their)) continue;
    const allowed = (boundAt(ours, i) + boundAt(theirs, i)) * ROUNDING_SLACK;
    // Written so that NaN is too far.
    if (!(Math.abs(our - their) <= allowed)) return i;
  }
  return -1;
}

function boundAt({ bounds }: JudgedAnswer, element: number): number {
  return bounds === 0 ? 0 : bounds[element];
}

/** What is wrong with an answer by itself; undefined if nothing is. */
export function faultOf(answer: Answer): string | undefined {
  return "failure" in answer ? `threw: ${answer.failure}` : answer.judgement.reason;
}
