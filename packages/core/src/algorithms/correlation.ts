/**
 * Forward and backward as one shape of work: at every cell of a grid of outputs, a fixed set of taps on a source.
 *
 *     target[r, c, o] = Σ_{tap, channel} weight[tap, channel, o] · source[origin + (r, c) · step + tap, channel]
 *
 * The forward pass is one such correlation. The gradient with respect to the input is one for each residue of the input
 * row and column modulo the stride: dx[u − p] sees dy[t − (a·d − ρ) / s] for u = ρ + s·t through the taps a with
 * a·d ≡ ρ (mod s), at step one.
 *
 * @module
 */

import type { ConvGeometry } from "../geometry.ts";

/** A tap of the kernel, at its distance from the first source cell that an output looks at. */
export interface Tap {
  readonly row: number;
  readonly column: number;
  readonly kernelRow: number;
  readonly kernelColumn: number;
}

/** See the head of this file. Rows and columns are those of the source; channels are those of one group. */
export interface Correlation {
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
export function forwardCorrelation(g: ConvGeometry): Correlation {
  const rowTaps = range(g.kernelHeight).map((a) => ({ offset: a * g.dilationHeight, tap: a }));
  const columnTaps = range(g.kernelWidth).map((b) => ({ offset: b * g.dilationWidth, tap: b }));
  return {
    sourceHeight: g.inHeight,
    sourceWidth: g.inWidth,
    sourceChannels: g.inChannels,
    channels: g.groupInChannels,
    outChannels: g.groupOutChannels,
    rows: g.outHeight,
    columns: g.outWidth,
    rowStep: g.strideHeight,
    columnStep: g.strideWidth,
    originRow: -g.padTop,
    originColumn: -g.padLeft,
    taps: crossTaps(rowTaps, columnTaps),
    extentRows: (g.kernelHeight - 1) * g.dilationHeight + 1,
    extentColumns: (g.kernelWidth - 1) * g.dilationWidth + 1,
    weightIndex: (tap, group, channel, outChannel) =>
      ((tap.kernelRow * g.kernelWidth + tap.kernelColumn) * g.groupInChannels + channel) * g.outChannels +
      group * g.groupOutChannels +
      outChannel,
    targetIndex: (n, row, column) => ((n * g.outHeight + row) * g.outWidth + column) * g.outChannels,
    targetColumnStep: g.outChannels,
  };
}

/** The gradient with respect to the input: one correlation for each residue that some tap reaches. */
export function backwardCorrelations(g: ConvGeometry): readonly Correlation[] {
  const rowPhases = phasesOf(g.inHeight, g.kernelHeight, g.strideHeight, g.dilationHeight, g.padTop);
  const columnPhases = phasesOf(g.inWidth, g.kernelWidth, g.strideWidth, g.dilationWidth, g.padLeft);
  return rowPhases.flatMap((vertical) =>
    columnPhases.map((horizontal) => ({
      sourceHeight: g.outHeight,
      sourceWidth: g.outWidth,
      sourceChannels: g.outChannels,
      channels: g.groupOutChannels,
      outChannels: g.groupInChannels,
      rows: vertical.count,
      columns: horizontal.count,
      rowStep: 1,
      columnStep: 1,
      originRow: vertical.origin,
      originColumn: horizontal.origin,
      taps: crossTaps(vertical.taps, horizontal.taps),
      extentRows: vertical.extent,
      extentColumns: horizontal.extent,
      weightIndex: (tap: Tap, group: number, channel: number, outChannel: number) =>
        ((tap.kernelRow * g.kernelWidth + tap.kernelColumn) * g.groupInChannels + outChannel) * g.outChannels +
        group * g.groupOutChannels +
        channel,
      targetIndex: (n: number, row: number, column: number) =>
        ((n * g.inHeight + vertical.first + row * g.strideHeight) * g.inWidth +
          horizontal.first +
          column * g.strideWidth) *
        g.inChannels,
      targetColumnStep: g.strideWidth * g.inChannels,
    })),
  );
}

interface AxisTap {
  readonly offset: number;
  readonly tap: number;
}

interface Phase {
  /** First input cell of this residue, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** Output cell that the first tap of the first input cell looks at; may lie outside. */
  readonly origin: number;
  readonly extent: number;
  readonly taps: readonly AxisTap[];
}

/** Along one axis: input cells by their residue modulo the stride, with the taps that reach them. */
function phasesOf(inSize: number, kernelSize: number, stride: number, dilation: number, pad: number): readonly Phase[] {
  return range(Math.min(stride, inSize)).flatMap((first) => {
    const residue = (first + pad) % stride;
    const reaching = range(kernelSize).filter((tap) => (tap * dilation - residue) % stride === 0);
    if (reaching.length === 0) return [];
    const shifts = reaching.map((tap) => (tap * dilation - residue) / stride);
    const largest = shifts[shifts.length - 1];
    // Later taps look at earlier output cells, so offsets grow backwards.
    const taps = reaching.map((tap, i) => ({ offset: largest - shifts[i], tap })).reverse();
    return [
      {
        first,
        count: Math.ceil((inSize - first) / stride),
        origin: (first + pad - residue) / stride - largest,
        extent: largest - shifts[0] + 1,
        taps,
      },
    ];
  });
}

function crossTaps(rows: readonly AxisTap[], columns: readonly AxisTap[]): readonly Tap[] {
  return rows.flatMap((r) =>
    columns.map((c) => ({ row: r.offset, column: c.offset, kernelRow: r.tap, kernelColumn: c.tap })),
  );
}

/** Terms that are neighbours in every block of the source, and how many. */
export interface Run {
  readonly row: number;
  readonly column: number;
  readonly length: number;
}

/** The taps as runs: neighbouring taps of one row are one run of neighbouring terms. */
export function runsOf(k: Correlation): readonly Run[] {
  const runs: { row: number; column: number; length: number }[] = [];
  for (const { row, column } of k.taps) {
    const last = runs.at(-1);
    if (last !== undefined && last.row === row && last.column + last.length / k.channels === column) {
      last.length += k.channels;
    } else runs.push({ row, column, length: k.channels });
  }
  return runs;
}

/** 0 … count − 1. */
function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
