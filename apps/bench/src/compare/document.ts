/**
 * A comparison as a table, for the terminal and for Markdown.
 *
 * @module
 */

import { type Cell, cell, column, numbers, type Table } from "../report/document.ts";
import { percent, range, threeDigits, times } from "../report/number-format.ts";
import { beyondThreshold, type Comparison, type LayerComparison } from "./comparison.ts";

/** Finds the comment that an earlier run has left on a pull request. */
export const COMMENT_MARK = "<!-- corr2d-bench-comparison -->";

/** One sentence: what a reader wants to know first. */
export function verdictOf(comparison: Comparison): string {
  const { layers, threshold } = comparison;
  const count = (verdict: string) => layers.filter((layer) => layer.verdict === verdict).length;
  const [faster, slower] = [count("faster"), count("slower")];
  const of = `of ${layers.length} ${layers.length === 1 ? "layer" : "layers"}`;
  const beyond = beyondThreshold(comparison).length;
  const gate =
    threshold === null ? "" : ` ${beyond === 0 ? "None" : beyond} slower by more than ${percent(threshold)}.`;
  if (layers.length === 0) return `Nothing was compared.${gate}`;
  if (faster + slower === 0) return `No difference ${of} is more than chance.${gate}`;
  return `Head is faster on ${faster} and slower on ${slower} ${of}; the others are not told from chance.${gate}`;
}

/** The table, what is slower first, then what is faster, then the rest. */
export function comparisonTable(comparison: Comparison): Table {
  const { base, head, yardstick, machine, host, processes, layers, missing } = comparison;
  const inRun = yardstick === null;
  const order = { slower: 0, faster: 1, "~": 2 } as const;
  const sorted = layers.toSorted(
    (a, b) => order[a.verdict] - order[b.verdict] || Math.abs(Math.log(b.estimate)) - Math.abs(Math.log(a.estimate)),
  );
  return {
    caption: `How many times as fast head (${head}) is as base (${base})`,
    columns: [
      column("layer"),
      ...(inRun ? [numbers("base ms"), numbers("head ms")] : []),
      numbers("speed"),
      numbers("95 % interval"),
      numbers("p, adjusted"),
      column("verdict"),
    ],
    rows: sorted.map((layer) => ({
      cells: [
        cell(layer.name),
        ...(inRun ? [layer.baseMs, layer.headMs].map((ms) => cell(ms === null ? "–" : threeDigits(ms))) : []),
        speedCell(layer),
        cell(range(layer.low, layer.high)),
        cell(layer.adjustedP < 0.001 ? "< 0.001" : layer.adjustedP.toFixed(3)),
        cell(layer.verdict, layer.verdict === "slower" ? "bad" : layer.verdict === "faster" ? "good" : "muted"),
      ],
    })),
    notes: [
      `${inRun ? `Timed in turn in ${processes} processes of one run` : `Compared by their ratios to ${yardstick}`} on ${machine}, ${host}. ` +
        "~ stands for a difference that chance explains; probabilities are adjusted for the number of layers (Holm), so that in one of " +
        "a hundred comparisons of equals something is seen.",
      ...[...new Set(missing.map(({ reason }) => reason))].map((reason) => {
        const names = missing.filter((layer) => layer.reason === reason).map(({ name }) => name);
        return `Not compared: ${names.join(", ")} (${reason}).`;
      }),
    ],
    folded: false,
  };
}

function speedCell({ estimate, verdict }: LayerComparison): Cell {
  const tone = { faster: "good", slower: "bad", "~": "muted" } as const;
  return cell(times(estimate), tone[verdict]);
}
