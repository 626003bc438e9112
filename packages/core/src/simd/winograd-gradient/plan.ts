/**
 * The numbers of Winograd's filter gradient: blocks of tiles, chunks of channels, where V, E and S stand.
 *
 * @module
 */

import { type Correlation, type CorrelationAxis, firstIntegers } from "../../geometry/correlation.ts";
import { cellTables } from "../blocks/cell-tables.ts";
import { type BlockAxis, type Blocks, evenShare, LARGEST_BYTES } from "../blocks/cut.ts";
import type { SimdEngine } from "../engine/engine.ts";
import { cutIntoWholeRows } from "../filter-gradient/plan.ts";
import { pixelsOf } from "../gemm/plan.ts";
import { chooseTile, type TileShape } from "../gemm/tile-shapes.ts";
import { oddLines, suitsWinograd, type TiledCorrelation, tileBytes, tileCorrelation } from "../winograd/plan.ts";
import {
  type AxisTile,
  correlationForm,
  type Form,
  formName,
  isNested,
  pointCount,
  type TileSize,
} from "../winograd/points.ts";

/** S of a chunk of channels, which is written and read at once. */
const CHUNK_BYTES = 300 * 1024;

/** Output channels of a chunk; S has room for some twenty input channels then. */
const CHUNK_CHANNELS = 128;

/**
 * Image, V and E of a block: all that scratch holds beside S. The more tiles share a block, the more products pay for each
 * sum that is transformed, and that gains more than a second-level cache does.
 */
const BLOCK_BYTES = LARGEST_BYTES - CHUNK_BYTES;

/**
 * Tiles of a block of few channels, unless a row has more: sums of sums lose fewer digits than one long sum, and first-level
 * caches hold what a microkernel reads of this many.
 */
const MOST_TILES = 256;

/** Points of both transforms together up to which errors are no larger than the head of this algorithm says. */
const MOST_POINTS = 14;

/** Channels of the widest panel: E is rounded up to whole ones. */
const WIDEST_PANEL = 16;

/** Everything a run needs to know. */
export interface WinogradGradientPlan {
  readonly form: Form;
  /** The forward correlation with tiles for cells, and how it is cut. */
  readonly correlation: Correlation;
  readonly blocks: Blocks;
  /** The same for reading dy as the image: tiles side by side. */
  readonly outputCorrelation: Correlation;
  readonly outputBlocks: Blocks;
  /** Microkernel of the products. */
  readonly tile: TileShape;
  /** Panels of output channels, and how many of them and of input channels a chunk has. */
  readonly panels: number;
  readonly chunkPanels: number;
  readonly chunkRows: number;
  /** Bytes of a row of S, and from point to point. */
  readonly sumRowBytes: number;
  readonly sumPointBytes: number;
  /** Bytes from tile to tile of V. */
  readonly vTileBytes: number;
  /** Byte offsets of tiles in the image and in dy. */
  readonly imageTable: Int32Array;
  readonly outTable: Int32Array;
}

/** Cuts a forward correlation into blocks of tiles, or says why Winograd's algorithm does not compute its filter gradient. */
export function tileWinogradGradient(c: Correlation, tileSize: TileSize): TiledCorrelation | string {
  const suits = suitsWinograd(c);
  if (suits !== true) return suits;
  const form = correlationForm(c, tileSize);
  if (typeof form === "string") return form;
  const suitsGradient = suitsWinogradGradient(form);
  if (suitsGradient !== true) return suitsGradient;
  const correlation = tileCorrelation(c, form);
  const blocks = cut(correlation, form);
  return blocks === undefined ? "a row of its tiles exceeds scratch memory" : { form, correlation, blocks };
}

/** True, or why filter gradients are not computed by a form. */
export function suitsWinogradGradient(form: Form): true | string {
  if (form.columns.stride > 1) return "it computes no filter gradient of strides";
  if (isNested(form)) return "it computes no filter gradient by two transforms along one axis";
  return form.outer.points + form.inner.points <= MOST_POINTS || `filter gradients by ${formName(form)} err too much`;
}

/** Plans the filter gradient of a forward correlation and its tiles. */
export function planWinogradGradient(
  engine: SimdEngine,
  c: Correlation,
  { form, correlation, blocks }: TiledCorrelation,
): WinogradGradientPlan {
  const points = pointCount(form);
  const tile = chooseTile(engine, c.groupSourceChannels, c.groupTargetChannels);
  const panelChannels = 4 * tile.vectors;
  const panels = Math.ceil(c.groupTargetChannels / panelChannels);
  const chunkPanels = evenShare(panels, CHUNK_CHANNELS / panelChannels);
  const sumRow = chunkPanels * panelChannels;
  const fittingTiles = Math.floor(CHUNK_BYTES / (4 * points * tile.mr * sumRow));
  const chunkRows = tile.mr * evenShare(Math.ceil(c.groupSourceChannels / tile.mr), fittingTiles);
  return {
    form,
    correlation,
    blocks,
    outputCorrelation: {
      ...correlation,
      rows: tiledAxis(c.rows, form.rows),
      columns: tiledAxis(c.columns, form.columns),
      groupSourceChannels: c.groupTargetChannels,
    },
    // What is an output of the forward pass is brought in here.
    outputBlocks: {
      ...blocks,
      rows: tiledBlocks(blocks.rows, form.rows),
      columns: tiledBlocks(blocks.columns, form.columns),
      sourceChannels: c.groupTargetChannels,
      imageBytes: blocks.outBytes,
    },
    tile,
    panels,
    chunkPanels,
    chunkRows,
    sumRowBytes: 4 * sumRow,
    sumPointBytes: oddLines(4 * chunkRows * sumRow),
    vTileBytes: tileBytes(form, c.groupSourceChannels),
    ...cellTables(correlation, blocks),
  };
}

/** Bytes from point to point of E for a number of tiles. */
export function pointBytesOf({ panels, tile }: WinogradGradientPlan, tiles: number): number {
  return oddLines(16 * panels * tile.vectors * tiles);
}

/** Tiles that a block holds, but for what whole rows of them round off or need. */
export function mostTilesOf(c: Correlation, form: Form): number {
  return Math.min(MOST_TILES, Math.max(1, Math.floor(BLOCK_BYTES / cellBytesOf(c, form))));
}

/** Blocks of whole rows of tiles that leave room for S. */
function cut(c: Correlation, form: Form): Blocks | undefined {
  const cellBytes = cellBytesOf(c, form);
  const demand = { cellBytes, inPlace: true, preferredBytes: Math.min(BLOCK_BYTES, MOST_TILES * cellBytes) };
  const blocks = cutIntoWholeRows(c, [demand, { ...demand, preferredBytes: BLOCK_BYTES }]);
  if (blocks === undefined) return undefined;
  const bytes = Math.max(blocks.imageBytes, blocks.outBytes) + pixelsOf(blocks) * cellBytes;
  return bytes > BLOCK_BYTES ? undefined : blocks;
}

/** Bytes of a tile of V and E. */
function cellBytesOf(c: Correlation, form: Form): number {
  return tileBytes(form, c.groupSourceChannels) + tileBytes(form, c.groupTargetChannels + WIDEST_PANEL);
}

function tiledAxis({ targetSize }: CorrelationAxis, { outputs }: AxisTile): CorrelationAxis {
  return {
    sourceSize: targetSize,
    targetSize,
    span: outputs,
    step: outputs,
    sourceStep: outputs,
    tapStep: 1,
    parts: [{ start: 0, sourceStart: 0, taps: firstIntegers(outputs) }],
  };
}

function tiledBlocks(axis: BlockAxis, { outputs }: AxisTile): BlockAxis {
  return { ...axis, imageSize: axis.outSize, origin: 0, imageStep: outputs };
}
