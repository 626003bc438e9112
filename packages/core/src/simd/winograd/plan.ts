/**
 * The numbers of Winograd's algorithm: tiles as cells of a coarser correlation, blocks of tiles, where V, M and U stand.
 *
 * @module
 */

import type { Runs } from "../../algorithm/algorithm.ts";
import { type Correlation, type CorrelationAxis, firstIntegers } from "../../geometry/correlation.ts";
import { cellTables } from "../blocks/cell-tables.ts";
import { type Blocks, cutIntoBlocks, LARGEST_BYTES } from "../blocks/cut.ts";
import { blockCount, shareStart, sharesOf } from "../blocks/run-blocks.ts";
import type { SimdEngine } from "../engine/engine.ts";
import {
  comesFromFar,
  type PackedPart,
  type PanelRange,
  panelRanges,
  pixelsOf,
  touchesAhead,
  unrolling,
} from "../gemm/plan.ts";
import { chooseTile, type TileShape } from "../gemm/tile-shapes.ts";
import { type AxisTile, correlationForm, type Form, pointCount, type TileSize, tapsOf } from "./points.ts";
import { type TileList, type TileRows, tileLists } from "./tile-lists.ts";

/** Image, V and M of a block that suit a second-level cache of 1 MB. */
const PREFERRED_BYTES = 1.25 * 2 ** 20;

/**
 * Target channels that are multiplied and transformed back before the next are begun, at least. M is that narrow, so
 * that V can hold more tiles: every block reads all of U, which with many channels no cache holds.
 */
const CHUNK_CHANNELS = 128;

/** With few tiles, M may hold more channels: U is soonest read without a jump. */
const CHUNK_BYTES = 300 * 1024;

/**
 * Up to this many tiles, those of the microkernel go over all panels of a far U one by one. The first brings them into cache
 * in the order of memory, which the processor foresees: twice as fast as by panels that several tiles use, where the
 * stream halts while they do. Beyond, their own rows are read too often.
 */
const FEW_TILES = 24;

/** Every share of a block's tiles reads all of U: of fewer tiles, or a larger U, the points are shared out. */
const FEWEST_SHARED_TILES = 24;
const NEAR_SHARE_BYTES = 3 * 2 ** 20;

/** U of a chunk, where it is transformed as it is needed: no more than a second-level cache and a little beyond. */
const ONCE_CHUNK_BYTES = 1.25 * 2 ** 20;

/** Source channels over which errors even out; those of F(2×2, 3×3) are small without. */
const FEWEST_CHANNELS = 16;

/** Target channels of one pass over V. */
export interface Chunk {
  readonly firstChannel: number;
  readonly channels: number;
  /** Panels, with channels counted from the first of the chunk. */
  readonly ranges: readonly PanelRange[];
  /** Where its part of U begins, and bytes from point to point of that. */
  readonly offset: number;
  readonly pointBytes: number;
}

/** Everything a run needs to know. */
export interface WinogradPlan {
  readonly form: Form;
  /** The correlation whose cells are tiles. */
  readonly correlation: Correlation;
  readonly blocks: Blocks;
  /** Microkernel of the products. */
  readonly tile: TileShape;
  readonly chunks: readonly Chunk[];
  /** Bytes of U: of all chunks, or of the largest. */
  readonly uBytes: number;
  /** The filter as direct convolution packs it. */
  readonly untransformed: PackedPart;
  /**
   * Whether every run transforms it, chunk by chunk: a U that is used once is not written to memory and read again, but
   * stays in cache.
   */
  readonly transformsAtRun: boolean;
  /** Tiles of the microkernel that share a panel while it is in the first-level cache: at most, those of one call. */
  readonly tilesPerCall: number;
  /** Turns of the microkernel's inner loop. */
  readonly turns: number;
  /** Tiles of a block. */
  readonly tiles: number;
  /** Bytes from tile to tile of V and of M. */
  readonly vTileBytes: number;
  readonly mTileBytes: number;
  /** Byte offsets of tiles in the image and the output. */
  readonly imageTable: Int32Array;
  readonly outTable: Int32Array;
  /** Rows of tiles that are computed by themselves, from image to output: all of a block, or what a thread takes. */
  readonly shares: readonly TileShare[];
  /** Whether it is the points that are shared out, after the transform of all tiles and before that back. */
  readonly sharesPoints: boolean;
}

/** Rows of tiles, and which of them need the products of finite points, of a row at infinity, of a column there, and of both. */
export interface TileShare extends TileRows {
  readonly lists: readonly TileList[];
}

/** A correlation with tiles for cells, and how it is cut. */
export type TiledCorrelation = Pick<WinogradPlan, "form" | "correlation" | "blocks">;

/** Cuts a correlation into blocks of tiles, or says why Winograd's algorithm does not compute it. */
export function tileWinograd(c: Correlation, tileSize: TileSize): TiledCorrelation | string {
  const suits = suitsWinograd(c);
  if (suits !== true) return suits;
  const form = correlationForm(c, tileSize);
  if (typeof form === "string") return form;
  const correlation = tileCorrelation(c, form);
  const blocks = cut(correlation, form);
  return blocks === undefined ? "a row of its tiles exceeds scratch memory" : { form, correlation, blocks };
}

/** True, or what of the kernel or the channels is not what Winograd's algorithm needs, however large its tiles. */
export function suitsWinograd(c: Correlation): true | string {
  for (const { step, sourceStep, tapStep } of [c.rows, c.columns]) {
    if (step > 1 || sourceStep > 1) return "the stride is not 1";
    if (tapStep > 1) return "the kernel is dilated";
  }
  const [small, large] = [correlationForm(c, 2), correlationForm(c, 4)];
  if (typeof small === "string" && typeof large === "string") return small === large ? small : `${small}, or of 4`;
  if (c.groups !== 1) return "the channels are grouped";
  if (c.groupSourceChannels % 4 !== 0 || c.groupTargetChannels % 4 !== 0) {
    return `the channels ${c.groupSourceChannels} and ${c.groupTargetChannels} are not multiples of 4`;
  }
  return true;
}

/** True, or why the error of a supported correlation may be a larger part of the largest Σ|x||w| than it is elsewhere. */
export function errsLittle({ rows, columns, groupSourceChannels }: Correlation, form: Form): true | string {
  // The transform of a kernel is rounded as a whole, so some sum must see the whole kernel.
  const seesLess = ({ sourceSize, targetSize }: CorrelationAxis, { taps }: AxisTile): boolean =>
    Math.min(sourceSize, targetSize) < taps;
  if (seesLess(rows, form.rows) || seesLess(columns, form.columns))
    return "fewer rows or columns than the kernel has see only a part of it, but err by all of it";
  return (
    groupSourceChannels >= FEWEST_CHANNELS ||
    pointCount(form) === 16 ||
    `sums over ${groupSourceChannels} channels are too short for errors to even out`
  );
}

/** Plans a correlation and its tiles. */
export function planWinograd(
  engine: SimdEngine,
  c: Correlation,
  { form, correlation, blocks }: TiledCorrelation,
  runs: Runs = "many",
): WinogradPlan {
  const tiles = pixelsOf(blocks);
  const tile = chooseTile(engine, tiles, c.groupTargetChannels);
  const onceChannels = runs === "once" ? onceChannelsOf(c, blocks, form, tile.vectors) : undefined;
  const isFar = onceChannels === undefined && comesFromFar(filterBytes(c, form));
  const isStreamed = isFar && tiles <= FEW_TILES;
  const loop = unrolling(engine, c.groupSourceChannels);
  const shape = {
    ...tile,
    ...loop,
    fma: engine.fma,
    touchesAhead: isFar && !isStreamed && touchesAhead(engine),
    activation: undefined, // it belongs to the output transform, not to the products
  };
  const vTileBytes = tileBytes(form, c.groupSourceChannels);
  const chunkChannels =
    onceChannels ?? chunkChannelsOf(c, blocks, form, tile.vectors, isStreamed ? LARGEST_BYTES : CHUNK_BYTES);
  const terms = tapsOf(form) * c.groupSourceChannels;
  const channelBytes = 4 * (1 + c.groupSourceChannels);
  const points = pointCount(form);
  const chunks: Chunk[] = [];
  for (let firstChannel = 0; firstChannel < c.groupTargetChannels; firstChannel += chunkChannels) {
    const channels = Math.min(chunkChannels, c.groupTargetChannels - firstChannel);
    const offset = onceChannels === undefined ? points * firstChannel * channelBytes : 0;
    chunks.push({
      firstChannel,
      channels,
      ranges: panelRanges(channels, shape),
      offset,
      pointBytes: channels * channelBytes,
    });
  }
  const mTileBytes = tileBytes(form, chunkChannels);
  const tileRows = blocks.images * blocks.rows.periods;
  const fewShares = onceChannels !== undefined || filterBytes(c, form) > NEAR_SHARE_BYTES;
  const mostShares = fewShares ? 1 : Math.min(tileRows, Math.floor(tiles / FEWEST_SHARED_TILES));
  const shareCount = sharesOf(engine, blockCount(correlation, blocks), mostShares);
  return {
    form,
    correlation,
    blocks,
    tile,
    chunks,
    untransformed: {
      rows: c.rows.parts[0]!,
      columns: c.columns.parts[0]!,
      terms,
      ranges: panelRanges(c.groupTargetChannels, shape),
      groupWeights: c.groupTargetChannels * (1 + terms),
    },
    transformsAtRun: onceChannels !== undefined,
    uBytes: points * (onceChannels ?? c.groupTargetChannels) * channelBytes,
    tilesPerCall: isStreamed ? 1 : tiles,
    turns: Math.floor(c.groupSourceChannels / loop.unroll),
    tiles,
    vTileBytes,
    mTileBytes,
    ...cellTables(correlation, blocks),
    shares: Array.from({ length: shareCount }, (_, share) => {
      const [first, end] = [share, share + 1].map((n) => shareStart(tileRows, shareCount, n)) as [number, number];
      const rows = { first, rows: end - first };
      return { ...rows, lists: tileLists(correlation, blocks, tile.mr, vTileBytes, mTileBytes, rows) };
    }),
    sharesPoints: shareCount === 1 && sharesOf(engine, blockCount(correlation, blocks), 2) > 1,
  };
}

/** Whether a plan for a single run transforms a filter as it goes: if U is large, and few tiles read it. */
export function transformsAtRun(c: Correlation, form: Form): boolean {
  return comesFromFar(filterBytes(c, form)) && tileCount(c, form) <= FEW_TILES;
}

/** Tiles of all images. */
export function tileCount({ batch, rows, columns }: Correlation, form: Form): number {
  return batch * Math.ceil(rows.targetSize / form.rows.outputs) * Math.ceil(columns.targetSize / form.columns.outputs);
}

/** Channels of a chunk that is transformed as it is needed; undefined if none is, or scratch has no room. */
function onceChannelsOf(c: Correlation, blocks: Blocks, form: Form, vectors: number): number | undefined {
  const tiles = pixelsOf(blocks);
  if (!transformsAtRun(c, form) || tiles < tileCount(c, form)) return undefined;
  const panel = 4 * vectors;
  const channelBytes = 4 * pointCount(form) * (1 + c.groupSourceChannels);
  const channels = Math.max(1, Math.floor(ONCE_CHUNK_BYTES / channelBytes / panel)) * panel;
  const productBytes = tiles * tileBytes(form, channels);
  const bytes = bytesWithoutProducts(c, blocks, form) + productBytes + channels * channelBytes;
  return bytes > LARGEST_BYTES ? undefined : Math.min(channels, c.groupTargetChannels);
}

/** Whole panels, as many as a chunk of M may have. */
function chunkChannelsOf(c: Correlation, blocks: Blocks, form: Form, vectors: number, chunkBytes: number): number {
  const panel = 4 * vectors;
  const tiles = pixelsOf(blocks);
  const left = LARGEST_BYTES - bytesWithoutProducts(c, blocks, form) - MOST_PADDING * tiles;
  const fitting = Math.min(chunkBytes, left) / (4 * tiles * pointCount(form));
  return Math.min(c.groupTargetChannels, Math.floor(Math.max(CHUNK_CHANNELS, fitting) / panel) * panel);
}

/** Bytes of a block's image or output, and of V. */
function bytesWithoutProducts(c: Correlation, blocks: Blocks, form: Form): number {
  return Math.max(blocks.imageBytes, blocks.outBytes) + pixelsOf(blocks) * tileBytes(form, c.groupSourceChannels);
}

/** Bytes of one tile of V or M. */
export function tileBytes(form: Form, channels: number): number {
  return oddLines(4 * channels * pointCount(form));
}

/** What {@link oddLines} adds, at most. */
const MOST_PADDING = 128;

/** Bytes rounded up to an odd number of cache lines: multiples of it do not fall into the same cache sets. */
export function oddLines(bytes: number): number {
  const lines = Math.ceil(bytes / 64);
  return 64 * (lines + 1 - (lines % 2));
}

function cut(c: Correlation, form: Form): Blocks | undefined {
  const { groupSourceChannels: sources, groupTargetChannels: targets } = c;
  return cutIntoBlocks(c, {
    cellBytes: tileBytes(form, sources) + tileBytes(form, Math.min(targets, CHUNK_CHANNELS)),
    inPlace: true,
    preferredBytes: Math.min(Math.max(PREFERRED_BYTES, filterBytes(c, form)), LARGEST_BYTES),
  });
}

/** Bytes of U. */
function filterBytes(c: Correlation, form: Form): number {
  return 4 * c.groupSourceChannels * c.groupTargetChannels * pointCount(form);
}

/** The same correlation with a tile of outputs for each cell. */
export function tileCorrelation(c: Correlation, form: Form): Correlation {
  return { ...c, rows: tileAxis(c.rows, form.rows), columns: tileAxis(c.columns, form.columns) };
}

function tileAxis(axis: CorrelationAxis, { outputs, inputs }: AxisTile): CorrelationAxis {
  const part = { ...axis.parts[0]!, taps: firstIntegers(inputs) };
  return { ...axis, span: outputs, step: outputs, sourceStep: outputs, parts: [part] };
}
