/**
 * Who is right. The truth is testkit's float64 reference; an oracle is a witness. Each answer is held against the truth
 * on the strongest rung that applies, and the verdict follows:
 *
 *     bit-exact           both promise the same order and precision of summation: the same bits
 *     exact by data       integers so small that no sum is ever rounded: equality with the truth
 *     per-element bound   |y − ŷ| ≤ γ_k · (Σ|x||w| + |b|), k = number of terms + 2
 *
 * @module
 */

import { type Judgement, judge } from "@corr2d/testkit";

/** Who is right. `undecided` cannot happen (two values within a bound of the truth are within two of each other). */
export type Verdict = "agree" | "ours is wrong" | "tfjs is wrong" | "undecided";

/** What an answer is held to, the strongest first. */
export type Rung = "bit-exact" | "exact by data" | "per-element bound";

/** The right result, and how far from it each element may lie: not at all (0), or by its own bound. */
export interface Evidence {
  readonly truth: Float64Array;
  readonly bounds: Float64Array | 0;
}

/** What an implementation answered, judged; or why it failed to. */
export type Answer = { readonly values: Float32Array; readonly judgement: Judgement } | { readonly failure: string };

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
export function judgeValues(values: Float32Array, { truth, bounds }: Evidence): Answer {
  return { values, judgement: judge(values, truth, bounds) };
}

/**
 * Decides between our answer and a witness's. Where both are wrong, ours is wrong: that is for us to mend.
 *
 * @param sameBits whether both promise the same order and precision of summation.
 */
export function decide(ours: Answer, theirs: Answer, evidence: Evidence, sameBits: boolean): Decision {
  const rung: Rung = sameBits ? "bit-exact" : evidence.bounds === 0 ? "exact by data" : "per-element bound";
  const [ourFault, theirFault] = [faultOf(ours), faultOf(theirs)];
  if (ourFault !== undefined) {
    const reason = theirFault === undefined ? ourFault : `${ourFault} (the oracle is wrong too: ${theirFault})`;
    return { verdict: "ours is wrong", rung, reason };
  }
  if (theirFault !== undefined) return { verdict: "tfjs is wrong", rung, reason: theirFault };

  const [ourValues, theirValues] = [valuesOf(ours), valuesOf(theirs)];
  const different = sameBits ? ourValues.findIndex((value, i) => !Object.is(value, theirValues[i])) : -1;
  if (different >= 0) {
    const [got, expected] = [ourValues[different], theirValues[different]];
    const reason = `not the same bits, though both are within their bound: at ${different} got ${got}, the oracle ${expected}`;
    return { verdict: "ours is wrong", rung, reason };
  }
  const distance = judge(ourValues, Float64Array.from(theirValues), sumOfBounds(evidence.bounds));
  return distance.ok
    ? { verdict: "agree", rung, reason: undefined }
    : { verdict: "undecided", rung, reason: `both within their bound, yet further apart: ${distance.reason}` };
}

function sumOfBounds(bounds: Evidence["bounds"]): Evidence["bounds"] {
  return bounds === 0 ? 0 : bounds.map((bound) => 2 * bound * ROUNDING_SLACK);
}

function faultOf(answer: Answer): string | undefined {
  return "failure" in answer ? `threw: ${answer.failure}` : answer.judgement.reason;
}

function valuesOf(answer: Answer): Float32Array {
  return "failure" in answer ? new Float32Array() : answer.values;
}
