/**
 * The numbers of Winograd's algorithm: tiles as cells of a coarser correlation, blocks of tiles, where V, M and U stand.
 *
 * @module
 */

import type { Runs } from "../../algorithm/algorithm.ts";
import { type Correlation, type CorrelationAxis, firstIntegers } from "../../geometry/correlation.ts";
import { type CellTables, cellTables } from "../blocks/cell-tables.ts";
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
import { type AxisTile, correlationForm, type Form, pointCount, strandsAt, type TileSize, tapsOf } from "./points.ts";
import { vectorStarts } from "./spread.ts";
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
  /** Terms of a product: the source channels of all strands. */
  readonly terms: number;
  /** Those of them that stand side by side in V. */
  readonly segmentTerms: number;
  /** Bytes from the end of each segment to the next. */
  readonly jumps: Int32Array;
  /** What of the image becomes a segment, as vectors side by side. */
  readonly stretches: readonly Stretch[];
  /** At each point the terms of a segment that count there, from the first on, and the turns of the microkernel's inner loop. */
  readonly products: readonly { readonly firstTerm: number; readonly turns: number }[];
  /** Tiles of a block. */
  readonly tiles: number;
  /** Rows of V for the first so many rows of tiles of a block; each has a part for each tile of a row. */
  readonly vRows: (rows: number) => number;
  /** Bytes from part to part of V, and from tile to tile of M. */
  readonly vTileBytes: number;
  readonly mTileBytes: number;
  /** Byte offsets in the image of what becomes a part of V. */
  readonly vImageTable: Int32Array;
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

/** Channels of a tile that are transformed at once: bytes from the tile's first in the image, and in V; and vectors of them. */
export interface Stretch {
  readonly imageBytes: number;
  readonly vBytes: number;
  readonly vectors: number;
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
    if (step > 1) return "the input gradient has strides";
    if (sourceStep > 2 || sourceStep !== c.rows.sourceStep) return "the strides are neither both 1 nor both 2";
    if (tapStep > 1) return "the kernel is dilated";
  }
  const [small, large] = [correlationForm(c, 2), correlationForm(c, 4)];
  if (typeof small === "string" && typeof large === "string") return small === large ? small : `${small}, or of 4`;
  if (c.groups !== 1) return "the channels are grouped";
  // Of kernels that are transformed along their rows only, cells side by side are read together.
  const fitsVectors =
    c.groupSourceChannels % 4 === 0 || (typeof small !== "string" && small.segments > 1 && c.groupSourceChannels > 1);
  if (!fitsVectors || c.groupTargetChannels % 4 !== 0) {
    return `the channels ${c.groupSourceChannels} and ${c.groupTargetChannels} are not multiples of 4`;
  }
  return true;
}

/** Terms of a product at a point: the source channels of all strands. */
function termsOf({ groupSourceChannels }: Correlation, { strands }: Form): number {
  return strands.length * groupSourceChannels;
}

/** True, or why the error of a supported correlation may be a larger part of the largest Σ|x||w| than it is elsewhere. */
export function errsLittle({ rows, columns, groupSourceChannels }: Correlation, form: Form): true | string {
  // The transform of a kernel is rounded as a whole, so some sum must see the whole kernel.
  const seesLess = ({ sourceSize, targetSize }: CorrelationAxis, { taps }: AxisTile): boolean =>
    Math.min(sourceSize, targetSize) < taps;
  if (seesLess(rows, form.rows) || seesLess(columns, form.columns))
    return "fewer rows or columns than the kernel has see only a part of it, but err by all of it";
  return (
    form.segments * groupSourceChannels >= FEWEST_CHANNELS ||
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
  const terms = termsOf(c, form);
  const tables = cellTables(correlation, blocks);
  const input = form.segments > 1 ? inputByRows(c, form, blocks) : inputByTiles(c, form, blocks, tables);
  const loop = unrolling(engine, input.segmentTerms);
  // Strands that have no products at a point are left out, if turns begin and end with them.
  const skips = input.segmentTerms === terms && c.groupSourceChannels % loop.unroll === 0;
  const productsAt = (point: number): WinogradPlan["products"][number] => {
    const { first, count } = skips ? strandsAt(form, point) : { first: 0, count: input.segmentTerms };
    const channels = skips ? c.groupSourceChannels : 1;
    return { firstTerm: first * channels, turns: Math.floor((count * channels) / loop.unroll) };
  };
  const shape = {
    ...tile,
    ...loop,
    fma: engine.fma,
    touchesAhead: isFar && !isStreamed && touchesAhead(engine),
    activation: undefined, // it belongs to the output transform, not to the products
  };
  const chunkChannels =
    onceChannels ?? chunkChannelsOf(c, blocks, form, tile.vectors, isStreamed ? LARGEST_BYTES : CHUNK_BYTES);
  const untransformedTerms = tapsOf(form) * c.groupSourceChannels;
  const channelBytes = 4 * (1 + terms);
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
  // Neighbouring rows of tiles have rows of V in common.
  const mostShares = fewShares || form.segments > 1 ? 1 : Math.min(tileRows, Math.floor(tiles / FEWEST_SHARED_TILES));
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
      terms: untransformedTerms,
      ranges: panelRanges(c.groupTargetChannels, shape),
      groupWeights: c.groupTargetChannels * (1 + untransformedTerms),
    },
    transformsAtRun: onceChannels !== undefined,
    uBytes: points * (onceChannels ?? c.groupTargetChannels) * channelBytes,
    tilesPerCall: isStreamed ? 1 : tiles,
    terms,
    ...input,
    products: firstIntegers(points).map(productsAt),
    tiles,
    mTileBytes,
    ...tables,
    shares: Array.from({ length: shareCount }, (_, share) => {
      const [first, end] = [share, share + 1].map((n) => shareStart(tileRows, shareCount, n)) as [number, number];
      const rows = { first, rows: end - first };
      return { ...rows, lists: tileLists(correlation, blocks, tile.mr, input.vOffset, mTileBytes, rows) };
    }),
    sharesPoints: shareCount === 1 && sharesOf(engine, blockCount(correlation, blocks), 2) > 1,
  };
}

/** What V holds, and how it comes from the image. */
interface InputPlan
  extends Pick<WinogradPlan, "segmentTerms" | "jumps" | "stretches" | "vRows" | "vTileBytes" | "vImageTable"> {
  /** Byte offset of a tile in V. */
  readonly vOffset: (tile: number) => number;
}

/** V has a part for each tile, strand by strand. */
function inputByTiles(c: Correlation, form: Form, blocks: Blocks, { imageTable }: CellTables): InputPlan {
  const { sourceChannels: channels } = blocks;
  const segmentTerms = termsOf(c, form);
  const vTileBytes = partBytes(c, form);
  return {
    segmentTerms,
    jumps: Int32Array.of(0),
    stretches: form.strands.map(({ row, column }, n) => ({
      imageBytes: 4 * channels * (row * blocks.columns.imageSize + column),
      vBytes: 4 * channels * n,
      vectors: channels / 4,
    })),
    vRows: (rows) => rows,
    vTileBytes,
    vOffset: (tile) => tile * vTileBytes,
    vImageTable: imageTable,
  };
}

/**
 * V has a part for each row of the image and each tile of a row: those of a kernel's rows are segments. Cells side by side are
 * read together, as many as the stride: there need not be whole vectors of channels.
 */
function inputByRows(c: Correlation, form: Form, { images, rows, columns, sourceChannels }: Blocks): InputPlan {
  const { stride, taps } = form.rows;
  const across = columns.periods;
  const segmentTerms = form.columns.stride * sourceChannels;
  const vTileBytes = partBytes(c, form);
  const firsts = segmentTerms % 4 === 0 ? [0] : vectorStarts(segmentTerms);
  const vRows = (tileRows: number): number => {
    const last = tileRows - 1;
    return Math.floor(last / rows.periods) * rows.imageSize + (last % rows.periods) * stride + taps;
  };
  const imageRowBytes = 4 * columns.imageSize * sourceChannels;
  const stepBytes = 4 * columns.imageStep * sourceChannels;
  const start = 4 * (c.columns.parts[0]!.sourceStart - columns.origin) * sourceChannels;
  return {
    segmentTerms,
    jumps: new Int32Array(taps).fill(across * vTileBytes - 4 * segmentTerms),
    stretches: firsts.map((first) => ({
      imageBytes: 4 * first,
      vBytes: 4 * first,
      vectors: firsts.length === 1 ? segmentTerms / 4 : 1,
    })),
    vRows,
    vTileBytes,
    vOffset: (tile) => {
      const row = Math.floor(tile / across);
      return ((vRows(row + 1) - taps) * across + (tile % across)) * vTileBytes;
    },
    vImageTable: Int32Array.from(
      { length: images * rows.imageSize * across },
      (_, n) => start + Math.floor(n / across) * imageRowBytes + (n % across) * stepBytes,
    ),
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
  const channelBytes = 4 * pointCount(form) * (1 + termsOf(c, form));
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
  return Math.max(blocks.imageBytes, blocks.outBytes) + inputBytes(c, form, blocks);
}

/** Bytes of V. */
function inputBytes(c: Correlation, form: Form, blocks: Blocks): number {
  if (form.segments === 1) return pixelsOf(blocks) * partBytes(c, form);
  return blocks.images * blocks.rows.imageSize * blocks.columns.periods * partBytes(c, form);
}

/** Bytes of a part of V. */
function partBytes(c: Correlation, form: Form): number {
  return tileBytes(form, form.segments > 1 ? form.columns.stride * c.groupSourceChannels : termsOf(c, form));
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
  return cutIntoBlocks(c, {
    cellBytes: form.segments * partBytes(c, form) + tileBytes(form, Math.min(c.groupTargetChannels, CHUNK_CHANNELS)),
    inPlace: true,
    preferredBytes: Math.min(Math.max(PREFERRED_BYTES, filterBytes(c, form)), LARGEST_BYTES),
  });
}

/** Bytes of U. */
function filterBytes(c: Correlation, form: Form): number {
  return 4 * form.strands.length * c.groupSourceChannels * c.groupTargetChannels * pointCount(form);
}

/** The same correlation with a tile of outputs for each cell. */
export function tileCorrelation(c: Correlation, form: Form): Correlation {
  return { ...c, rows: tileAxis(c.rows, form.rows), columns: tileAxis(c.columns, form.columns) };
}

function tileAxis(axis: CorrelationAxis, { outputs, stride, inputs }: AxisTile): CorrelationAxis {
  const part = { ...axis.parts[0]!, taps: firstIntegers(inputs) };
  return { ...axis, span: outputs, step: outputs, sourceStep: outputs * stride, parts: [part] };
}
