/**
 * A {@link Correlation} taken apart: a pair of parts, one of each axis, is a grid of outputs that see the source through
 * the same taps,
 *
 *     target[r, c, o] = Σ_{tap, channel} weight[tap, channel, o] · source[origin + (r, c) · step + tap, channel]
 *
 * The forward pass is one such grid; the input gradient is one for each residue of row and column modulo the stride that
 * some tap reaches.
 *
 * @module
 */

import {
  type AxisPart,
  type Correlation,
  type CorrelationAxis,
  forwardCorrelation,
  inputGradientCorrelation,
} from "./correlation.ts";
import type { ConvGeometry } from "./planes.ts";

/** A tap of the kernel, at its distance from the first source cell that an output looks at. */
export interface Tap {
  readonly row: number;
  readonly column: number;
  readonly kernelRow: number;
  readonly kernelColumn: number;
}

/** See the head of this file. Rows and columns are those of the grid; channels are those of one group. */
export interface PartCorrelation {
  readonly sourceHeight: number;
  readonly sourceWidth: number;
  readonly sourceChannels: number;
  readonly channels: number;
  readonly outChannels: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStep: number;
  readonly columnStep: number;
  readonly originRow: number;
  readonly originColumn: number;
  /** In the order of the packed weights: by row, then column. */
  readonly taps: readonly Tap[];
  /** Source rows and columns between the first tap and the last, both included. */
  readonly extentRows: number;
  readonly extentColumns: number;
  /** Where the weight of a tap stands in the filter (HWIO). */
  weightIndex(tap: Tap, group: number, channel: number, outChannel: number): number;
  /** Where channel 0 of a grid cell stands in the target. */
  targetIndex(n: number, row: number, column: number): number;
  /** Elements of the target between neighbouring grid cells of a row. */
  readonly targetColumnStep: number;
}

/** The forward pass. */
export function forwardPart(g: ConvGeometry): PartCorrelation {
  return partsOf(forwardCorrelation(g))[0];
}

/** The gradient with respect to the input; cells that no tap reaches belong to none of its parts. */
export function inputGradientParts(g: ConvGeometry): readonly PartCorrelation[] {
  return partsOf(inputGradientCorrelation(g));
}

function partsOf(c: Correlation): readonly PartCorrelation[] {
  const reached = ({ parts }: CorrelationAxis): readonly AxisPart[] => parts.filter(({ taps }) => taps.length > 0);
  return reached(c.rows).flatMap((rows) => reached(c.columns).map((columns) => partOf(c, rows, columns)));
}

function partOf(c: Correlation, rows: AxisPart, columns: AxisPart): PartCorrelation {
  const { filter } = c;
  const targetChannels = c.groups * c.groupTargetChannels;
  return {
    sourceHeight: c.rows.sourceSize,
    sourceWidth: c.columns.sourceSize,
    sourceChannels: c.groups * c.groupSourceChannels,
    channels: c.groupSourceChannels,
    outChannels: c.groupTargetChannels,
    rows: cellsOf(c.rows, rows),
    columns: cellsOf(c.columns, columns),
    rowStep: c.rows.sourceStep,
    columnStep: c.columns.sourceStep,
    originRow: rows.sourceStart,
    originColumn: columns.sourceStart,
    taps: rows.taps.flatMap((kernelRow, a) =>
      columns.taps.map((kernelColumn, b) => {
        return { row: a * c.rows.tapStep, column: b * c.columns.tapStep, kernelRow, kernelColumn };
      }),
    ),
    extentRows: (rows.taps.length - 1) * c.rows.tapStep + 1,
    extentColumns: (columns.taps.length - 1) * c.columns.tapStep + 1,
    weightIndex: (tap, group, channel, outChannel) =>
      tap.kernelRow * filter.row +
      tap.kernelColumn * filter.column +
      group * filter.group +
      channel * filter.sourceChannel +
      outChannel * filter.targetChannel,
    targetIndex: (n, row, column) =>
      ((n * c.rows.targetSize + rows.start + row * c.rows.step) * c.columns.targetSize +
        columns.start +
        column * c.columns.step) *
      targetChannels,
    targetColumnStep: c.columns.step * targetChannels,
  };
}

/** Target cells of a part. */
function cellsOf({ targetSize, step }: CorrelationAxis, { start }: AxisPart): number {
  return Math.ceil((targetSize - start) / step);
}

/** Terms that are neighbours in every block of the source, and how many. */
export interface Run {
  readonly row: number;
  readonly column: number;
  readonly length: number;
}

/** The taps as runs: neighbouring taps of one row are one run of neighbouring terms. */
export function runsOf(k: PartCorrelation): readonly Run[] {
  const runs: { row: number; column: number; length: number }[] = [];
  for (const { row, column } of k.taps) {
    const last = runs.at(-1);
    if (last !== undefined && last.row === row && last.column + last.length / k.channels === column) {
      last.length += k.channels;
    } else runs.push({ row, column, length: k.channels });
  }
  return runs;
}
