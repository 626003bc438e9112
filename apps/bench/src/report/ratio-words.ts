/**
 * How a ratio is said: in a cell of a table, and in the large type at the top. The page says them anew when a reader chooses
 * another baseline.
 *
 * @module
 */

import type { Interval, Verdict } from "../statistics/verdict.ts";
import { type Cell, cell, type KeyFigure } from "./document.ts";
import { range, times } from "./number-format.ts";

/** A ratio to a subject, and what it says of that. */
export interface JudgedRatio extends Interval {
  readonly verdict: Verdict;
}

const TONES = { faster: "good", slower: "bad", "no detectable difference": "muted" } as const;

/** A cell; `≈` where nothing is seen. `detail` is said after the interval. */
export function ratioCell(ratio: JudgedRatio | null, detail: string = ""): Cell {
  if (ratio === null) return cell("–", "muted");
  const { estimate, low, high, verdict } = ratio;
  const sign = verdict === "no detectable difference" ? "≈ " : "";
  return cell(`${sign}${times(estimate)}`, TONES[verdict], `${range(low, high)}${detail}`);
}

/** How many of the layers of a kind both were timed on, where that is not all. */
export function someOf(layers: number, members: number): string {
  return layers === members ? "" : `, ${layers} of ${members}`;
}

/** As many rivals as fit into the first screen. */
export const MOST_FIGURES = 4;

/** A total over network layers, large; how many these are is said where they are not all `of` them. */
export function keyFigure(
  rival: string,
  { estimate, low, high, verdict, layers, noiseFloor }: JudgedTotal,
  of: number,
): KeyFigure {
  const interval = `${range(low, high)}${someOf(layers, of)}`;
  return verdict === "no detectable difference"
    ? {
        value: "≈",
        isSpeed: true,
        label: `no detectable difference from ${rival}`,
        detail: `${interval}, noise floor ${times(noiseFloor)}`,
      }
    : { value: times(estimate), isSpeed: true, label: `as fast as ${rival}`, detail: interval };
}

/** A total, judged. */
export interface JudgedTotal extends JudgedRatio {
  readonly layers: number;
  readonly noiseFloor: number;
}

/** What all large figures have in common. */
export function figuresNote(subject: string, layers: number): string {
  const counted = layers === 1 ? "one network layer" : `${layers} network layers, one after the other`;
  return `${subject} on ${counted}; below each figure its 95 % interval.`;
}

/** A figure in a sentence. */
export function figureWords({ value, label, detail }: KeyFigure): string {
  return `${value} ${label}${detail === undefined ? "" : ` (${detail})`}`;
}
