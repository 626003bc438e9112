/**
 * Cases in which every two values of two different factors meet at least once: most faults need one or two conditions, not
 * seven at a time (D. R. Kuhn, D. R. Wallace and A. M. Gallo, "Software fault interactions and implications for software
 * testing", IEEE Trans. Softw. Eng. 30(6), 2004). About thirty cases do what their product would take a million for.
 *
 * @module
 */

import { createRequire } from "node:module";
import { describeCase, type SpatialCase } from "@corr2d/testkit";

// A CommonJS package whose default export Node and bundlers take for different things.
const { make } = createRequire(import.meta.url)("covertable") as typeof import("covertable");

/** What is varied, and its values. */
export const FACTORS = {
  rank: [1, 2, 3],
  layout: ["channels last", "channels first"],
  padding: ["valid", "same", "number", "pairs"],
  stride: ["1", "2", "differs by axis", "past the kernel"],
  dilation: ["1", "2", "differs by axis"],
  groups: ["one", "two", "depthwise", "depthwise ×2"],
  rounding: ["floor", "round", "ceil"],
  kernel: ["one tap", "odd", "even", "differs by axis"],
  image: ["ample", "as large as the kernel", "one cell wide", "one channel per group"],
  batch: [0, 1, 3],
  bias: [true, false],
} as const;

/** One value of each factor. */
export type FactorRow = { readonly [F in keyof typeof FACTORS]: (typeof FACTORS)[F][number] };

/** Cells beyond the kernel in an ample image. */
const AMPLE = 5;
const PADDING = 2;
/** On each side of each axis another number. */
const PAIRS = [
  [1, 2],
  [0, 3],
  [2, 1],
] as const;

let rows: readonly FactorRow[] | undefined;

/** One row for each case. */
export function pairwiseRows(): readonly FactorRow[] {
  rows ??= make({ ...FACTORS } as unknown as Record<string, (string | number | boolean)[]>) as unknown as FactorRow[];
  return rows;
}

/** The cases of all rows. */
export function pairwiseCases(): readonly SpatialCase[] {
  return pairwiseRows().map((row, index) => {
    const built = caseOfRow(row);
    return { name: `pairwise ${index + 1}: ${describeCase(built)}`, ...built };
  });
}

function caseOfRow(row: FactorRow): Omit<SpatialCase, "name"> {
  const axes = Array.from({ length: row.rank }, (_, axis) => axis);
  const isOneCell = (axis: number): boolean => row.image === "one cell wide" && axis === row.rank - 1;
  const kernels = axes.map((axis) => {
    // Where there is one cell and no padding, there is room for one tap.
    if (isOneCell(axis) && row.padding === "valid") return 1;
    return { "one tap": 1, odd: 3, even: 2, "differs by axis": axis + 2 }[row.kernel];
  });
  const dilations = axes.map((axis) => ({ 1: 1, 2: 2, "differs by axis": 1 + (axis % 2) })[row.dilation]);
  const strides = axes.map(
    (axis) => ({ 1: 1, 2: 2, "differs by axis": 2 - (axis % 2), "past the kernel": kernels[axis] + 1 })[row.stride],
  );
  const reaches = axes.map((axis) => (kernels[axis] - 1) * dilations[axis] + 1);
  const cells = axes.map((axis) => {
    if (row.image === "as large as the kernel") return reaches[axis];
    if (isOneCell(axis)) return 1;
    return reaches[axis] + AMPLE;
  });
  const groups = { one: 1, two: 2, depthwise: 4, "depthwise ×2": 4 }[row.groups];
  const depth =
    row.image === "one channel per group" ? 1 : { one: 3, two: 2, depthwise: 1, "depthwise ×2": 1 }[row.groups];
  const groupOut = { one: 5, two: 3, depthwise: 1, "depthwise ×2": 2 }[row.groups];
  // Padding makes up for an image of one cell.
  const room = axes.map((axis) => Math.max(PADDING, Math.ceil((reaches[axis] - cells[axis]) / 2)));
  const padding: SpatialCase["padding"] =
    row.padding === "number"
      ? Math.max(...room)
      : row.padding === "pairs"
        ? axes.map((axis) => [PAIRS[axis][0], PAIRS[axis][1] + room[axis]] as const)
        : row.padding;
  return {
    inputShape: [row.batch, ...cells, depth * groups],
    filterShape: [...kernels, depth, groupOut * groups],
    strides,
    padding,
    dilations,
    groups,
    bias: row.bias,
    layout: row.layout,
    rounding: row.rounding,
  };
}
