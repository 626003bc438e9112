/**
 * The ratios between any two engines, which the page shows when a reader chooses another baseline: small enough to be sent along, and
 * unpacked there.
 *
 * @module
 */

import { type Interval, judgeRatio, type Verdict } from "../statistics/verdict.ts";

/** What the page is given. */
export interface PageRatios {
  /** The engine that the page speaks about as it comes, by its place among all. */
  readonly subject: number;
  readonly names: readonly string[];
  /** Those that had processes of their own. */
  readonly apart: readonly number[];
  readonly rows: Readonly<Record<string, PackedRow>>;
}

/** The ratios of one layer, or of one kind of layers. */
export interface PackedRow {
  readonly name: string;
  /** How far the subject strays from itself in the same processes, and in processes of its own. */
  readonly floors: readonly [together: number | null, apart: number | null];
  /** Of a kind, how many layers it has. */
  readonly members?: number;
  /** Who was timed, by place. */
  readonly timed: readonly number[];
  /** Of each two of them, the first before the second: {@link packRatio}, by semicolon. */
  readonly pairs: string;
}

/** A ratio of two engines, unpacked. */
export interface PairRatio extends Interval {
  readonly verdict: Verdict;
  readonly noiseFloor: number;
  /** Of a kind, how many of its layers both were timed on. */
  readonly layers: number;
}

const PER_LOG = 1e4;

/** Logarithms of the estimate and of half the interval, which is as wide to both sides; and of a kind the number of layers. */
export function packRatio({ estimate, high }: Interval, layers?: number): string {
  const [middle, half] = [Math.log(estimate), Math.log(high / estimate)].map((log) => Math.round(log * PER_LOG));
  return layers === undefined ? `${middle},${half}` : `${middle},${half},${layers}`;
}

/** How many times as fast one engine is as another; undefined where both were not timed together. */
export function unpackRatio(
  { apart }: Pick<PageRatios, "apart">,
  { floors, timed, pairs }: PackedRow,
  baseline: number,
  other: number,
): PairRatio | undefined {
  const [place, partner] = [timed.indexOf(baseline), timed.indexOf(other)];
  if (place < 0 || partner < 0 || place === partner) return undefined;
  const [first, second] = [Math.min(place, partner), Math.max(place, partner)];
  // Before those of `first` stand the pairs of all before it.
  const index = first * timed.length - (first * (first + 1)) / 2 + second - first - 1;
  const packed = pairs.split(";")[index];
  if (!packed) return undefined;
  const [middle = 0, half = 0, layers = 1] = packed.split(",").map(Number);
  const sign = place === first ? 1 : -1;
  const at = (log: number): number => Math.exp(log / PER_LOG);
  const ratio = { estimate: at(sign * middle), low: at(sign * middle - half), high: at(sign * middle + half) };
  const noiseFloor = floors[apart.includes(baseline) || apart.includes(other) ? 1 : 0];
  if (noiseFloor === null) return undefined;
  return { ...ratio, verdict: judgeRatio(ratio, noiseFloor), noiseFloor, layers };
}
