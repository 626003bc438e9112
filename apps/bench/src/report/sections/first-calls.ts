/**
 * The section on first calls: what a user waits for before a layer is as fast as the other tables say.
 *
 * @module
 */

import type { Interval } from "../../statistics/ratio.ts";
import { type Cell, cell, column, numbers, type Section, type Table } from "../document.ts";
import { range, threeDigits } from "../number-format.ts";
import type { BenchReport } from "../results.ts";

/** A section, or none where first calls were not timed. */
export function firstCallSections(bench: BenchReport): readonly Section[] {
  const blocks = firstCallTables(bench).map((table) => ({ kind: "table", table }) as const);
  return blocks.length === 0 ? [] : [{ id: "first-calls", heading: "First calls", blocks }];
}

/** The table of that section, or none. */
export function firstCallTables({ firstCalls = [], settings: { subject } }: BenchReport): readonly Table[] {
  if (firstCalls.length === 0) return [];
  return [
    {
      caption: `By how many milliseconds the first call of a layer, which prepares it and runs it once, takes longer than a later run of ${subject}: median over the layers of a class and its 95 % interval`,
      columns: [
        column("class of layer"),
        numbers("first layer of a process"),
        numbers("a further layer"),
        numbers("processes"),
      ],
      rows: firstCalls.map(({ layerClass, first, further, processes }) => ({
        cells: [cell(layerClass), millisecondsCell(first), millisecondsCell(further), cell(String(processes))],
      })),
      notes: [
        "Every figure is of processes of its own, in which the layers of the class take turns; the package was imported before.",
      ],
      folded: false,
    },
  ];
}

function millisecondsCell(interval: Interval | null): Cell {
  if (interval === null) return cell("–", "muted");
  return cell(threeDigits(interval.estimate), "plain", range(interval.low, interval.high));
}
