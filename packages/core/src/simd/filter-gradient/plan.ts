/**
 * The numbers of the filter gradient: blocks of the image, chunks of pixels, where the sums stand.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";
import { type BlockDemand, type Blocks, cutIntoBlocks, LARGEST_BYTES } from "../blocks/cut.ts";
import type { SimdEngine } from "../engine/engine.ts";
import { chooseTile, type TileShape } from "../gemm/tile-shapes.ts";

/** Image and dy of a block, which leave room for a packed chunk of dy. */
const BLOCK_BYTES = LARGEST_BYTES / 2;

/** What is asked of blocks if a row does not fit those that caches prefer. */
const LARGE_BLOCKS: BlockDemand = { cellBytes: 0, inPlace: false, preferredBytes: BLOCK_BYTES };

/** Pixels of a chunk: their x for a tile of rows stays in the first-level cache while all panels of dy pass. */
export const CHUNK_PIXELS = 256;

/** Channels of the widest panel: packing rounds up to whole ones. */
const WIDEST_PANEL = 16;

/** In grouped convolutions, fewer sums per tap than this leave most of a tile empty. */
const FEWEST_GROUP_SUMS = 16;

/** Everything a run needs to know. */
export interface FilterGradientPlan {
  readonly correlation: Correlation;
  readonly blocks: Blocks;
  readonly tile: TileShape;
  /** Rows of the filter that stand side by side in the image, and the byte offset of each such run from a pixel. */
  readonly segmentLength: number;
  readonly segmentTable: Int32Array;
  /** Byte offset of each row of pixels of a block in the image. */
  readonly rowTable: Int32Array;
  /** Rows of pixels of a chunk. */
  readonly chunkRows: number;
  /** Tiles per segment and panels per group. */
  readonly tiles: number;
  readonly panels: number;
  /** Floats of one row, of one segment, and of one group of the sums. */
  readonly sumRow: number;
  readonly sumSegment: number;
  readonly sumGroup: number;
}

/** Cuts a forward correlation into blocks, or says why its filter gradient is not computed. */
export function cutFilterGradient(c: Correlation): Blocks | string {
  const groupSums = c.groupSourceChannels * c.groupTargetChannels;
  if (c.groups > 1 && groupSums < FEWEST_GROUP_SUMS)
    return `groups of ${groupSums} weights per tap leave its tiles empty`;
  const blocks = cutForSums(c);
  // There must be room for a packed chunk of dy.
  const packedRow = 4 * (blocks?.columns.periods ?? 0) * (c.groupTargetChannels + WIDEST_PANEL);
  if (blocks === undefined || packedRow > BLOCK_BYTES) return "one row of the image exceeds scratch memory";
  return blocks;
}

/** Plans the filter gradient of a forward correlation that is cut into blocks. */
export function planFilterGradient(engine: SimdEngine, c: Correlation, blocks: Blocks): FilterGradientPlan {
  const { images, rows, columns, sourceChannels } = blocks;
  const rowTaps = c.rows.parts[0]!.taps.length;
  const columnTaps = c.columns.parts[0]!.taps.length;
  const isRun = c.groups === 1 && (c.columns.tapStep === 1 || columnTaps === 1);
  const segmentsPerRow = isRun ? 1 : columnTaps;
  const segmentLength = (isRun ? columnTaps : 1) * c.groupSourceChannels;
  const tile = chooseTile(engine, segmentLength, c.groupTargetChannels);
  const tiles = Math.ceil(segmentLength / tile.mr);
  const panels = Math.ceil(c.groupTargetChannels / (4 * tile.vectors));
  const sumRow = panels * 4 * tile.vectors;
  const sumSegment = tiles * tile.mr * sumRow;
  return {
    correlation: c,
    blocks,
    tile,
    segmentLength,
    segmentTable: Int32Array.from({ length: rowTaps * segmentsPerRow }, (_, segment) => {
      const row = Math.floor(segment / segmentsPerRow) * c.rows.tapStep;
      const column = (segment % segmentsPerRow) * c.columns.tapStep;
      return 4 * (row * columns.imageSize + column) * sourceChannels;
    }),
    rowTable: rowOffsets(blocks),
    chunkRows: Math.max(1, Math.min(images * rows.periods, Math.floor(CHUNK_PIXELS / columns.periods))),
    tiles,
    panels,
    sumRow,
    sumSegment,
    sumGroup: rowTaps * segmentsPerRow * sumSegment,
  };
}

/** Byte offset of each row of pixels of a block in its image. */
export function rowOffsets({ images, rows, columns, sourceChannels }: Blocks): Int32Array {
  return Int32Array.from({ length: images * rows.periods }, (_, row) => {
    const imageRow = Math.floor(row / rows.periods) * rows.imageSize + (row % rows.periods) * rows.imageStep;
    return 4 * imageRow * columns.imageSize * sourceChannels;
  });
}

/** Blocks of whole rows if a row fits, or of parts of one, which may overlap: `copyRowsIn` sees to it that a pixel counts once. */
export function cutForSums(c: Correlation): Blocks | undefined {
  const whole = cutIntoWholeRows(c);
  if (whole !== undefined) return whole;
  const parts = cutIntoBlocks(c);
  return parts !== undefined && parts.imageBytes + parts.outBytes <= BLOCK_BYTES ? parts : undefined;
}

/** Blocks of whole rows, if a row fits. */
export function cutIntoWholeRows(
  c: Correlation,
  demands: readonly (BlockDemand | undefined)[] = [undefined, LARGE_BLOCKS],
): Blocks | undefined {
  for (const demand of demands) {
    const blocks = cutIntoBlocks(c, demand);
    if (blocks?.columns.periods === blocks?.columns.total) return blocks;
  }
  return undefined;
}
