/**
 * Cutting a correlation into blocks whose image, framed with zeros, and output fit the second-level cache.
 *
 * A block is a number of whole images, or of *periods* of one: a period is one cell of every part of an axis (of a
 * forward pass an output row, of an input gradient with stride s the s rows that one row of dy begins). The last block
 * of columns is as wide as the others and begins earlier, so one table of offsets serves all.
 *
 * Layout of the image: [image][row][column][source channel], of the output: [image][row][column][target channel].
 *
 * @module
 */

import type { Correlation, CorrelationAxis } from "../../geometry/correlation.ts";

/** Image and output of a block that leave room for weights in a cache of 1 MB. */
const PREFERRED_BYTES = 768 * 1024;

/** Image and output of a block for which scratch has room, beside guards. */
export const LARGEST_BYTES: number = 3.875 * 2 ** 20;

/** Fewer columns than this make tiles poor; a block rather grows than gets narrower. */
const FEWEST_COLUMNS = 24;

/** One axis of a block. */
export interface BlockAxis {
  /** Periods of the whole axis, and of a block. */
  readonly total: number;
  readonly periods: number;
  /** Cells of the image and of the output. */
  readonly imageSize: number;
  readonly outSize: number;
  /** Source cell of the image's first cell, for the block that starts at period 0; may be negative. */
  readonly origin: number;
  /** Image cells from period to period. */
  readonly imageStep: number;
  /** Source cells from image cell to image cell: more than 1 where a kernel of size 1 strides. */
  readonly skip: number;
}

/** How a correlation is cut. */
export interface Blocks {
  readonly images: number;
  readonly rows: BlockAxis;
  readonly columns: BlockAxis;
  readonly sourceChannels: number;
  readonly targetChannels: number;
  readonly imageBytes: number;
  readonly outBytes: number;
}

/** What a run needs beside the image and the output of a block. */
export interface BlockDemand {
  /** Scratch per cell of a part. */
  readonly cellBytes: number;
  /** Whether the output takes the place of the image, which is not needed any more when it is written. */
  readonly inPlace: boolean;
  /** What all of it should not exceed. */
  readonly preferredBytes: number;
}

const IMAGE_AND_OUTPUT: BlockDemand = { cellBytes: 0, inPlace: false, preferredBytes: PREFERRED_BYTES };

/** Cuts a correlation into blocks; undefined if even the smallest is too large for scratch. */
export function cutIntoBlocks(c: Correlation, demand: BlockDemand = IMAGE_AND_OUTPUT): Blocks | undefined {
  const { cellBytes, inPlace, preferredBytes } = demand;
  const columnTotal = periodsOf(c.columns);
  const rowTotal = periodsOf(c.rows);
  const views = { rows: viewOf(c.rows, true), columns: viewOf(c.columns, false) };
  const bytes = (rows: number, columns: number): number => {
    const { imageBytes, outBytes } = blocksOf(c, views, 1, rows, columns);
    return (inPlace ? Math.max(imageBytes, outBytes) : imageBytes + outBytes) + rows * columns * cellBytes;
  };
  let columns = columnTotal;
  // A single period may be wider than the fewest columns.
  while (bytes(1, columns) > preferredBytes && columns > 1 && columns * c.columns.step > FEWEST_COLUMNS)
    columns = Math.ceil(columns / 2);
  while (bytes(1, columns) > LARGEST_BYTES && columns > 1) columns = Math.ceil(columns / 2);
  if (bytes(1, columns) > LARGEST_BYTES) return undefined;

  const rows = evenShare(
    rowTotal,
    mostThat((count) => bytes(count, columns) <= preferredBytes, rowTotal),
  );
  const isWhole = rows === rowTotal && columns === columnTotal;
  const fitting = isWhole ? Math.floor(preferredBytes / bytes(rows, columns)) : 1;
  // An empty batch has no blocks, but they have a size.
  return blocksOf(c, views, evenShare(Math.max(1, c.batch), Math.max(1, fitting)), rows, columns);
}

/** The largest count from 1 to `limit` that fits, if any above 1 does; what fits must fit in part. */
function mostThat(fits: (count: number) => boolean, limit: number): number {
  if (fits(limit)) return limit;
  let [low, high] = [1, limit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The size of equal shares, as few of them as shares of `atMost` need. */
export function evenShare(total: number, atMost: number): number {
  return Math.ceil(total / Math.ceil(total / atMost));
}

/** What the image of a block sees along an axis, however many periods it has. */
interface AxisView extends Pick<BlockAxis, "origin" | "imageStep" | "skip"> {
  /** Image cells of one period. */
  readonly reach: number;
}

function blocksOf(
  c: Correlation,
  views: { readonly rows: AxisView; readonly columns: AxisView },
  images: number,
  rowPeriods: number,
  columnPeriods: number,
): Blocks {
  const rows = blockAxis(c.rows, views.rows, rowPeriods);
  const columns = blockAxis(c.columns, views.columns, columnPeriods);
  const sourceChannels = c.groups * c.groupSourceChannels;
  const targetChannels = c.groups * c.groupTargetChannels;
  return {
    images,
    rows,
    columns,
    sourceChannels,
    targetChannels,
    imageBytes: 4 * images * rows.imageSize * columns.imageSize * sourceChannels,
    outBytes: 4 * images * rows.outSize * columns.outSize * targetChannels,
  };
}

function periodsOf(axis: CorrelationAxis): number {
  return Math.ceil(axis.targetSize / axis.step);
}

function viewOf(axis: CorrelationAxis, maySkip: boolean): AxisView {
  let [origin, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { taps, sourceStart } of axis.parts) {
    if (taps.length === 0) continue;
    origin = Math.min(origin, sourceStart);
    last = Math.max(last, sourceStart + (taps.length - 1) * axis.tapStep);
  }
  // Parts without taps look at nothing; if all are so, one cell of the image stands for it.
  if (origin > last) origin = last = 0;
  const skips = maySkip && last === origin;
  return {
    origin,
    reach: last - origin + 1,
    imageStep: skips ? 1 : axis.sourceStep,
    skip: skips ? axis.sourceStep : 1,
  };
}

function blockAxis(axis: CorrelationAxis, { origin, reach, imageStep, skip }: AxisView, periods: number): BlockAxis {
  return {
    total: periodsOf(axis),
    periods,
    imageSize: reach + (periods - 1) * imageStep,
    outSize: (periods - 1) * axis.step + axis.span,
    origin,
    imageStep,
    skip,
  };
}

/** A block by its place: first image, first period of rows and of columns, and how many images and rows it has. */
export interface BlockPlace {
  readonly image: number;
  readonly images: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
}

/** Visits all blocks; those of one image one after the other. */
export function forEachBlock(batch: number, b: Blocks, visit: (place: BlockPlace) => void): void {
  for (let image = 0; image < batch; image += b.images) {
    const images = Math.min(b.images, batch - image);
    for (let row = 0; row < b.rows.total; row += b.rows.periods) {
      const rows = Math.min(b.rows.periods, b.rows.total - row);
      for (let from = 0; from < b.columns.total; from += b.columns.periods) {
        visit({ image, images, row, rows, column: Math.min(from, b.columns.total - b.columns.periods) });
      }
    }
  }
}

/** Rows of periods from the first image of a block to the last row of the last. */
export function rowsOf({ rows }: Blocks, place: BlockPlace): number {
  return (place.images - 1) * rows.periods + place.rows;
}

/** Columns of periods that a block has in common with the one before: the last of a row begins earlier, to be as wide. */
export function countedBefore({ columns }: Pick<Blocks, "columns">, { column }: Pick<BlockPlace, "column">): number {
  return (columns.periods - (column % columns.periods)) % columns.periods;
}

/** Whether blocks have columns in common. */
export function overlap({ columns }: Pick<Blocks, "columns">): boolean {
  return columns.total % columns.periods !== 0;
}
