/**
 * The numbers of an implicit GEMM: blocks, tables of offsets, and where packed weights stand. Pure: nothing is
 * allocated or computed here.
 *
 * @module
 */

import type { AxisPart, Correlation } from "../../geometry/correlation.ts";
import { type CellTables, cellTables } from "../blocks/cell-tables.ts";
import type { Blocks } from "../blocks/cut.ts";
import type { Activation } from "../engine/emit-activation.ts";
import type { SimdEngine } from "../engine/engine.ts";
import type { MicrokernelShape } from "./emit.ts";
import { chooseTile, type TileShape } from "./tile-shapes.ts";

/** Segments up to this length are unrolled whole, where the compiler folds offsets. */
const LONGEST_UNROLLED_SEGMENT = 24;

/** Weights that a second-level cache of 1 MB holds, or that the processor foresees: up to here touching gains nothing. */
const NEAR_WEIGHT_BYTES = 3 * 2 ** 20;

/** Channels of the target that one microkernel computes. */
export interface PanelRange {
  readonly shape: MicrokernelShape;
  /** First channel within the group, and how many panels follow. */
  readonly firstChannel: number;
  readonly panels: number;
}

/** The filter of a pair of parts, one of each axis, in panels. */
export interface PackedPart {
  readonly rows: AxisPart;
  readonly columns: AxisPart;
  /** Terms per output value. */
  readonly terms: number;
  readonly ranges: readonly PanelRange[];
  /** Floats of packed weights of one group. */
  readonly groupWeights: number;
}

/** A pair of parts: target pixels that use the same taps; tables are of whole tiles. */
export interface DirectPart extends PackedPart, CellTables {
  /** Bytes from the end of each segment to the start of the next; of the last one, anything. */
  readonly jumps: Int32Array;
  /** Turns of the inner loop per segment. */
  readonly turns: number;
}

/** Everything a run needs to know. */
export interface DirectPlan {
  readonly correlation: Correlation;
  readonly blocks: Blocks;
  readonly tile: TileShape;
  /** Parts that have taps. */
  readonly parts: readonly DirectPart[];
  /** Whether some target cells have no taps and stay zero. */
  readonly hasEmptyParts: boolean;
}

/** Plans a correlation that is cut into blocks. */
export function planDirect(engine: SimdEngine, c: Correlation, blocks: Blocks, activation: Activation): DirectPlan {
  const tile = chooseTile(engine, pixelsOf(blocks), c.groupTargetChannels);
  const pairs = c.rows.parts.flatMap((rows) => c.columns.parts.map((columns) => ({ rows, columns })));
  const used = pairs.filter(({ rows, columns }) => rows.taps.length > 0 && columns.taps.length > 0);
  const parts = used.map(({ rows, columns }) => planPart(engine, c, blocks, tile, rows, columns, activation));
  return { correlation: c, blocks, tile, parts, hasEmptyParts: used.length < pairs.length };
}

function planPart(
  engine: SimdEngine,
  c: Correlation,
  blocks: Blocks,
  tile: TileShape,
  rows: AxisPart,
  columns: AxisPart,
  activation: Activation,
): DirectPart {
  // Taps side by side in a row of the image are one segment, if their channels are.
  const isRun = c.groups === 1 && (c.columns.tapStep === 1 || columns.taps.length === 1);
  const length = isRun ? columns.taps.length * c.groupSourceChannels : c.groupSourceChannels;
  const segmentsPerRow = isRun ? 1 : columns.taps.length;
  const terms = rows.taps.length * columns.taps.length * c.groupSourceChannels;
  const ranges = panelRanges(c.groupTargetChannels, {
    ...tile,
    ...unrolling(engine, length),
    fma: engine.fma,
    touchesAhead: pixelsOf(blocks) > tile.mr && touchesAhead(engine) && comesFromFar(4 * terms * c.groupTargetChannels),
    activation,
  });
  return {
    rows,
    columns,
    terms,
    ...cellTables(c, blocks, rows, columns, tile.mr),
    jumps: segmentJumps(c, blocks, rows.taps.length, segmentsPerRow, length),
    turns: Math.floor(length / ranges[0]!.shape.unroll),
    ranges,
    groupWeights: ranges.reduce((sum, { panels, shape }) => sum + panels * 4 * shape.vectors * (1 + terms), 0),
  };
}

/** Target cells of one part in a block. */
export function pixelsOf({ images, rows, columns }: Blocks): number {
  return images * rows.periods * columns.periods;
}

/** Whether weights come from beyond the second-level cache each time they are used. */
export function comesFromFar(weightBytes: number): boolean {
  return weightBytes > NEAR_WEIGHT_BYTES;
}

/**
 * Whether a microkernel should touch the next panel, if weights come from far away and several tiles use a panel. (A
 * single tile reads all of the weights in order, which the processor foresees. The panels of wide tiles fill the
 * first-level cache, whence the next one would drive them.)
 */
export function touchesAhead({ features }: SimdEngine): boolean {
  return !features.revectorizes;
}

/** Bytes of the next panel to touch per turn of the inner loop, for a call of `tiles` tiles. */
export function touchStep(panelBytes: number, tiles: number, segments: number, turns: number): number {
  return Math.floor(panelBytes / (tiles * segments * turns));
}

/** How the loop over a segment is unrolled. */
export function unrolling(engine: SimdEngine, length: number): Pick<MicrokernelShape, "unroll" | "remainder"> {
  if (!engine.features.foldsOffsets) return { unroll: 1, remainder: 0 };
  if (length <= LONGEST_UNROLLED_SEGMENT) return { unroll: length, remainder: 0 };
  return { unroll: 4, remainder: length % 4 };
}

/** Whole panels, and one narrower microkernel for the channels left over. */
export function panelRanges(channels: number, shape: Omit<MicrokernelShape, "lastLanes">): PanelRange[] {
  const nr = 4 * shape.vectors;
  const panels = Math.floor(channels / nr);
  const left = channels - panels * nr;
  const ranges: PanelRange[] = [];
  if (panels > 0) ranges.push({ shape: { ...shape, lastLanes: 4 }, firstChannel: 0, panels });
  if (left > 0) {
    const narrow = { ...shape, vectors: Math.ceil(left / 4), lastLanes: ((left - 1) % 4) + 1 };
    ranges.push({ shape: narrow, firstChannel: panels * nr, panels: 1 });
  }
  return ranges;
}

function segmentJumps(
  c: Correlation,
  { columns, sourceChannels }: Blocks,
  rowTaps: number,
  segmentsPerRow: number,
  length: number,
): Int32Array {
  const nextColumn = c.columns.tapStep * sourceChannels;
  const nextRow = c.rows.tapStep * columns.imageSize * sourceChannels;
  return Int32Array.from({ length: rowTaps * segmentsPerRow }, (_, segment) => {
    const isRowEnd = (segment + 1) % segmentsPerRow === 0;
    return 4 * ((isRowEnd ? nextRow - (segmentsPerRow - 1) * nextColumn : nextColumn) - length);
  });
}
