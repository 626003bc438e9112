/**
 * The one form that the forward pass and the input gradient share, for scalar algorithms and SIMD: a *correlation* of a source
 * with taps,
 *
 *     target[n, i, j, o] = bias[o] + Σ_{a, b, c} w[a, b, c, o] · source[n, i', j', c]
 *
 * where along each axis the target cells fall into parts, and in a part cell number t stands at `start + step·t` and
 * its tap number k looks at source cell `sourceStart + sourceStep·t + tapStep·k`. Cells outside the source are absent.
 *
 * Forward there is one part per axis: start 0, step 1, source start −p, source step s, tap step d. The input gradient
 * with stride s has s parts: cell i takes output o with tap a exactly if o·s + a·d − p = i, so the taps with
 * a·d ≡ i + p (mod s) belong to i, and every (s / gcd(s, d))-th tap is one of them. As a grows o falls: the taps are
 * taken in reverse, which makes the gradient a correlation again (arXiv:1603.07285, section 4).
 *
 * @module
 */

import type { ConvGeometry } from "./planes.ts";

/** Cells of one axis of the target that use the same taps. */
export interface AxisPart {
  /** First target cell. */
  readonly start: number;
  /** Source cell of tap 0 for the first target cell; may lie outside. */
  readonly sourceStart: number;
  /** Indices into the filter, in the order of growing source cell; may be empty. */
  readonly taps: readonly number[];
}

/** One axis of a correlation. */
export interface CorrelationAxis {
  readonly sourceSize: number;
  readonly targetSize: number;
  /** Target cells from the first to the last of one period (one cell of every part), both counted. */
  readonly span: number;
  /** Target cells from one cell of a part to its next. */
  readonly step: number;
  /** Source cells from one cell of a part to its next. */
  readonly sourceStep: number;
  /** Source cells from tap to tap. */
  readonly tapStep: number;
  readonly parts: readonly AxisPart[];
}

/** A correlation in plain numbers. */
export interface Correlation {
  readonly batch: number;
  readonly rows: CorrelationAxis;
  readonly columns: CorrelationAxis;
  readonly groups: number;
  /** Channels of the source and of the target that a group holds. */
  readonly groupSourceChannels: number;
  readonly groupTargetChannels: number;
  /** Distances in the HWIO filter, in floats. */
  readonly filter: {
    readonly row: number;
    readonly column: number;
    readonly sourceChannel: number;
    readonly targetChannel: number;
    readonly group: number;
  };
}

/** y from x. */
export function forwardCorrelation(g: ConvGeometry): Correlation {
  return {
    batch: g.batch,
    rows: forwardAxis(g.inHeight, g.outHeight, g.kernelHeight, g.strideHeight, g.dilationHeight, g.padTop),
    columns: forwardAxis(g.inWidth, g.outWidth, g.kernelWidth, g.strideWidth, g.dilationWidth, g.padLeft),
    groups: g.groups,
    groupSourceChannels: g.groupInChannels,
    groupTargetChannels: g.groupOutChannels,
    filter: { ...filterDistances(g), sourceChannel: g.outChannels, targetChannel: 1 },
  };
}

/** dx from dy. */
export function inputGradientCorrelation(g: ConvGeometry): Correlation {
  return {
    batch: g.batch,
    rows: gradientAxis(g.inHeight, g.outHeight, g.kernelHeight, g.strideHeight, g.dilationHeight, g.padTop),
    columns: gradientAxis(g.inWidth, g.outWidth, g.kernelWidth, g.strideWidth, g.dilationWidth, g.padLeft),
    groups: g.groups,
    groupSourceChannels: g.groupOutChannels,
    groupTargetChannels: g.groupInChannels,
    filter: { ...filterDistances(g), sourceChannel: 1, targetChannel: g.outChannels },
  };
}

function filterDistances(g: ConvGeometry): { row: number; column: number; group: number } {
  const column = g.groupInChannels * g.outChannels;
  return { row: g.kernelWidth * column, column, group: g.groupOutChannels };
}

function forwardAxis(
  inSize: number,
  outSize: number,
  kernelSize: number,
  stride: number,
  dilation: number,
  padBefore: number,
): CorrelationAxis {
  return {
    sourceSize: inSize,
    targetSize: outSize,
    span: 1,
    step: 1,
    sourceStep: stride,
    tapStep: dilation,
    parts: [{ start: 0, sourceStart: -padBefore, taps: firstIntegers(kernelSize) }],
  };
}

function gradientAxis(
  inSize: number,
  outSize: number,
  kernelSize: number,
  stride: number,
  dilation: number,
  padBefore: number,
): CorrelationAxis {
  const parts: AxisPart[] = [];
  for (let start = 0; start < Math.min(stride, inSize); start++) {
    const taps: number[] = [];
    for (let tap = kernelSize - 1; tap >= 0; tap--) {
      if ((start + padBefore - tap * dilation) % stride === 0) taps.push(tap);
    }
    const last = taps[0] ?? 0;
    parts.push({ start, sourceStart: taps.length === 0 ? 0 : (start + padBefore - last * dilation) / stride, taps });
  }
  return {
    sourceSize: outSize,
    targetSize: inSize,
    span: parts.length,
    step: stride,
    sourceStep: 1,
    tapStep: dilation / greatestCommonDivisor(stride, dilation),
    parts,
  };
}

/** An axis whose cells are `outputs` of the other's, seeing all that those see. */
export function coarsened(axis: CorrelationAxis, outputs: number): CorrelationAxis {
  const lead = (outputs - 1) * axis.sourceStep;
  return {
    ...axis,
    span: (outputs - 1) * axis.step + axis.span,
    step: outputs * axis.step,
    sourceStep: outputs * axis.sourceStep,
    tapStep: 1,
    parts: axis.parts.map((part) => {
      const extent = part.taps.length === 0 ? 0 : lead + (part.taps.length - 1) * axis.tapStep + 1;
      return { ...part, taps: firstIntegers(extent) };
    }),
  };
}

/** Taps of a cell, on average over the parts. */
export function tapCount({ rows, columns }: Correlation): number {
  const mean = (parts: readonly AxisPart[]): number =>
    parts.reduce((sum, { taps }) => sum + taps.length, 0) / parts.length;
  return mean(rows.parts) * mean(columns.parts);
}

/** Products of the definition, frames of zeros included. */
export function productCount(c: Correlation): number {
  const cells = c.batch * c.rows.targetSize * c.columns.targetSize;
  return cells * tapCount(c) * c.groupSourceChannels * c.groupTargetChannels * c.groups;
}

/** 0, 1, …, count − 1, by a loop: plans are made for single runs, too. */
export function firstIntegers(count: number): readonly number[] {
  const integers: number[] = [];
  for (let i = 0; i < count; i++) integers.push(i);
  return integers;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
