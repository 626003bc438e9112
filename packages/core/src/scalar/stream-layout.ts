/**
 * How a block of the image stands in the stream of the {@link registerTile}, so that the taps of an output cell are few,
 * long runs of neighbours.
 *
 * - As *rows*, `[row][column][channel]`: the image as it is. The taps of one kernel row are kw·C neighbours.
 * - As *strips*, `[output row][column][kernel row][channel]`: what an output row sees, with the kh pixels that stand above
 *   each other side by side. All kh·kw·C taps are neighbours, but each pixel is copied for every kernel row that meets it.
 *
 * Runs are taken by fours, and filled up with zero weights. With three channels or one that is a third of the work: three
 * runs of 9 terms take 36, one of 27 takes 28. Strips are taken where they save {@link WORTHWHILE} of the terms, or cost
 * nothing. They are the rows of another correlation, of one kernel row and kh·C channels.
 *
 * @module
 */

import { type PartCorrelation, type Run, runsOf } from "../geometry/correlation-parts.ts";
import type { FloatArray } from "../tensor/tensor.ts";
import { CACHED_LENGTH, inFours, registerTile } from "./register-tile.ts";

/** Elements of a block that leave room for the lanes in a 1 MiB cache: 384 KiB. */
const PREFERRED_BLOCK = 49152;
/** The part of its terms that a correlation must save to be copied as strips. */
const WORTHWHILE = 0.1;

/** A correlation as it is computed, and how its block is copied. */
export interface BlockLayout {
  /** The correlation itself, or that of the strips. */
  readonly correlation: PartCorrelation;
  readonly runs: readonly Run[];
  /** Terms of a cell, each run filled up to a multiple of four. */
  readonly terms: number;
  /** Rows of the source from one row of the block to the next. */
  readonly sourceRowStep: number;
  /** Rows of the source that stand side by side in one row of the block, relative to the first. */
  readonly parts: readonly number[];
  /** Channels of each part. */
  readonly partChannels: number;
}

/** Chooses rows or strips. */
export function layoutOf(k: PartCorrelation): BlockLayout {
  const runs = runsOf(k);
  const rows = { correlation: k, runs, terms: termsOf(runs), sourceRowStep: 1, parts: [0], partChannels: k.channels };
  const correlation = stripsOf(k);
  const stripRuns = runsOf(correlation);
  const terms = termsOf(stripRuns);
  // Strips of a single kernel row copy no pixel twice, and leave out the rows that its stride passes over.
  const single = correlation.channels === k.channels;
  if (!single && terms > (1 - WORTHWHILE) * rows.terms) return rows;
  return {
    correlation,
    runs: stripRuns,
    terms,
    sourceRowStep: k.rowStep,
    parts: kernelRowsOf(k).map(({ row }) => row),
    partChannels: k.channels,
  };
}

function termsOf(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + inFours(run.length), 0);
}

/** One tap of each kernel row. */
function kernelRowsOf({ taps }: PartCorrelation): readonly { readonly row: number; readonly kernelRow: number }[] {
  return taps.filter(({ column }) => column === taps[0].column);
}

/** The same sums as a correlation of one kernel row, in which a pixel has the channels of all kernel rows. */
function stripsOf(k: PartCorrelation): PartCorrelation {
  const kernelRows = kernelRowsOf(k);
  return {
    ...k,
    channels: kernelRows.length * k.channels,
    rowStep: 1,
    extentRows: 1,
    taps: k.taps.filter(({ row }) => row === k.taps[0].row),
    weightIndex(tap, group, channel, outChannel) {
      const { kernelRow } = kernelRows[Math.floor(channel / k.channels)];
      return k.weightIndex({ ...tap, kernelRow }, group, channel % k.channels, outChannel);
    },
  };
}

/** Writes where in a block, whose rows are `pitch` elements apart, each four terms begin. */
export function fillOffsets(runs: readonly Run[], pitch: number, channels: number): void {
  const { offsets } = registerTile();
  let quad = 0;
  for (const run of runs) {
    for (let t = 0; t < run.length; t += 4) offsets[quad++] = run.row * pitch + run.column * channels + t;
  }
}

/** Rows and columns of output computed from one copy of the input: whole rows where they fit. */
export function chooseBlock(k: PartCorrelation): readonly [rows: number, columns: number] {
  const fits = (rows: number, columns: number, limit: number): boolean =>
    ((rows - 1) * k.rowStep + k.extentRows) * ((columns - 1) * k.columnStep + k.extentColumns) * k.channels <= limit;
  let columns = Math.max(1, k.columns);
  while (columns > 1 && !fits(1, columns, CACHED_LENGTH)) columns = Math.ceil(columns / 2);
  let rows = 1;
  while (rows < k.rows && fits(rows + 1, columns, PREFERRED_BLOCK)) rows++;
  return [rows, columns];
}

/** Copies one group's channels of a rectangle of the source into the stream; what lies outside the source is zero. */
export function copyBlock(
  source: FloatArray,
  { correlation: k, sourceRowStep, parts, partChannels }: BlockLayout,
  n: number,
  group: number,
  firstRow: number,
  firstColumn: number,
  blockHeight: number,
  pitch: number,
): void {
  const { stream } = registerTile();
  const top = firstRow * k.rowStep * sourceRowStep + k.originRow;
  const left = firstColumn * k.columnStep + k.originColumn;
  const blockWidth = pitch / k.channels;
  const fromColumn = Math.min(blockWidth, Math.max(0, -left));
  const toColumn = Math.max(fromColumn, Math.min(blockWidth, k.sourceWidth - left));
  const columns = toColumn - fromColumn;
  stream.fill(0, blockHeight * pitch, blockHeight * pitch + 3); // what zero weights of the last run may meet
  for (let i = 0; i < blockHeight; i++) {
    const start = i * pitch;
    stream.fill(0, start, start + fromColumn * k.channels);
    stream.fill(0, start + toColumn * k.channels, start + pitch);
    for (let part = 0; part < parts.length; part++) {
      const row = top + i * sourceRowStep + parts[part];
      const at = start + fromColumn * k.channels + part * partChannels;
      if (row < 0 || row >= k.sourceHeight) {
        copyPixels(stream, at, k.channels, undefined, 0, 0, columns, partChannels);
        continue;
      }
      const pixel = (n * k.sourceHeight + row) * k.sourceWidth + left + fromColumn;
      const from = pixel * k.sourceChannels + group * partChannels;
      // Where all channels of neighbouring pixels are neighbours on both sides, they are one long pixel.
      if (partChannels === k.sourceChannels && parts.length === 1) {
        copyPixels(stream, at, 0, source, from, 0, 1, columns * partChannels);
      } else copyPixels(stream, at, k.channels, source, from, k.sourceChannels, columns, partChannels);
    }
  }
}

/** Copies some channels of neighbouring pixels; without a source, zeros. */
function copyPixels(
  stream: Float64Array,
  at: number,
  step: number,
  source: FloatArray | undefined,
  from: number,
  sourceStep: number,
  pixels: number,
  channels: number,
): void {
  // A pixel of few channels is too short a loop; more of them would be read from too many places in turn.
  if (channels * 8 <= pixels) {
    for (let c = 0; c < channels; c++) {
      if (source === undefined) for (let j = 0; j < pixels; j++) stream[at + c + j * step] = 0;
      else for (let j = 0; j < pixels; j++) stream[at + c + j * step] = source[from + c + j * sourceStep];
    }
    return;
  }
  const { widen } = registerTile();
  for (let j = 0; j < pixels; j++) {
    const to = at + j * step;
    if (source === undefined) stream.fill(0, to, to + channels);
    else widen(source, from + j * sourceStep, to, channels);
  }
}
