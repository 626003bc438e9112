/**
 * The tiles of a block whose image spans too much for Winograd's algorithm (`spread.ts`): finding them before anything is
 * computed, and computing them by implicit GEMM, pixel by pixel, when the output of the block is out.
 *
 * The filter as it was packed before its transform is what that microkernel reads, bias included. Everything else stands
 * where V and M were: in V its tables, in M the sums, [tile][row][column][channel] of a chunk of channels.
 *
 * @module
 */

import type { CorrelationAxis } from "../../geometry/correlation.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { BlockPlace } from "../blocks/cut.ts";
import type { BlockAt } from "../blocks/run-blocks.ts";
import type { Activation } from "../engine/emit-activation.ts";
import type { SimdEngine } from "../engine/engine.ts";
import { emitGemm, microkernelName } from "../gemm/emit.ts";
import { unrolling } from "../gemm/plan.ts";
import type { WinogradPlan } from "./plan.ts";
import { cellUnroll, EXTREMES_BYTES, emitSpread, isEven, maskOf, spreadName } from "./spread.ts";

/** Finds the uneven tiles of a block, before there is an M. */
export type FindUneven = (at: BlockAt) => readonly number[];

/** The masks of a plan's tiles: whole ones, the last of a row, those of the last row, and the last of it. */
export function tileMasks({ tileSize, correlation: c }: WinogradPlan): readonly Int32Array[] {
  const lastOf = ({ targetSize }: CorrelationAxis): number => ((targetSize - 1) % tileSize) + 1;
  const [rows, columns] = [lastOf(c.rows), lastOf(c.columns)];
  return [maskOf(tileSize, tileSize), maskOf(tileSize, columns), maskOf(rows, tileSize), maskOf(rows, columns)];
}

/** Makes the search of a plan; `masks` are the addresses of its masks, `m` that of M. */
export function unevenFinder(engine: SimdEngine, plan: WinogradPlan, m: number, masks: readonly number[]): FindUneven {
  const { tileSize, blocks } = plan;
  const { rows, columns, sourceChannels } = blocks;
  const unroll = cellUnroll(sourceChannels);
  const variant = { tileSize, unroll };
  const { measureCells, measureTiles } = engine.functions(spreadName(variant), () => emitSpread(variant));
  const rowBytes = 4 * columns.imageSize;
  const imageBytes = rows.imageSize * rowBytes;
  return ({ place, image: imageAt, shift }) => {
    const scratch = m + shift;
    measureCells!((place.images * imageBytes) / 4, sourceChannels / (4 * unroll), imageAt, scratch);
    const extremes = scratch + 64 * Math.ceil((place.images * imageBytes) / 64 + 1);
    const isLastColumn = place.column + columns.periods === columns.total;
    const whole = columns.periods - (isLastColumn ? 1 : 0);
    let to = extremes;
    for (let n = 0; n < place.images; n++) {
      for (let row = 0; row < place.rows; row++) {
        const [mask, lastMask] = place.row + row + 1 === rows.total ? masks.slice(2) : masks;
        const from = scratch + n * imageBytes + row * tileSize * rowBytes;
        if (whole > 0) measureTiles!(whole, rowBytes, from, to, mask!);
        to += EXTREMES_BYTES * whole;
        if (!isLastColumn) continue;
        measureTiles!(1, rowBytes, from + 4 * tileSize * whole, to, lastMask!);
        to += EXTREMES_BYTES;
      }
    }
    const { floats } = engine.memory;
    const uneven: number[] = [];
    for (let at = extremes; at < to; at += EXTREMES_BYTES) {
      if (!isEven(floats[at / 4]!, floats[at / 4 + 1]!)) uneven.push((at - extremes) / EXTREMES_BYTES);
    }
    return uneven;
  };
}

/** Computes tiles of a block whose image has been brought in again, and writes them to where they belong in `target`. */
export type ComputeDirectly = (at: BlockAt, tiles: readonly number[], imageAt: number, target: FloatArray) => void;

/** Where a plan has what it computes from and with. */
export interface DirectPlaces {
  /** The filter with its bias, as direct convolution packs it. */
  readonly packed: number;
  readonly v: number;
  readonly m: number;
}

/** Makes the direct computation of a plan. Code is compiled when it is first needed. */
export function directComputer(
  engine: SimdEngine,
  plan: WinogradPlan,
  activation: Activation,
  { packed, v: vAddress, m: mAddress }: DirectPlaces,
): ComputeDirectly {
  const { tileSize, blocks, correlation: c, chunks, imageTable } = plan;
  const { rows, columns, sourceChannels, targetChannels } = blocks;
  const { mr } = plan.tile;
  const segment = 3 * sourceChannels;
  const loop = unrolling(engine, segment);
  const cellBytes = 4 * sourceChannels;
  const rowBytes = columns.imageSize * cellBytes;
  const outputs = tileSize ** 2;

  /** Copies what a tile has of some channels, `from` being its first float; what lies outside the target is left. */
  const copyTile = (
    tile: number,
    place: BlockPlace,
    from: number,
    firstChannel: number,
    channels: number,
    target: FloatArray,
  ): void => {
    const { floats } = engine.memory;
    const tileRow = Math.floor(tile / columns.periods);
    const image = place.image + Math.floor(tileRow / rows.periods);
    const top = (place.row + (tileRow % rows.periods)) * tileSize;
    const left = (place.column + (tile % columns.periods)) * tileSize;
    for (let i = 0; i < tileSize && top + i < c.rows.targetSize; i++) {
      for (let j = 0; j < tileSize && left + j < c.columns.targetSize; j++) {
        const cell = (image * c.rows.targetSize + top + i) * c.columns.targetSize + left + j;
        const at = from + (i * tileSize + j) * channels;
        target.set(floats.subarray(at, at + channels), cell * targetChannels + firstChannel);
      }
    }
  };

  return ({ place, shift }, tiles, imageAt, target) => {
    const [v, m] = [vAddress + shift, mAddress + shift];
    const pixels = tiles.length * outputs;
    const gemmTiles = Math.ceil(pixels / mr);
    const [rowTable, outTable] = [v + 64, v + 64 + 4 * mr * gemmTiles];
    const { ints } = engine.memory;
    ints.fill(rowBytes - 4 * segment, v / 4, v / 4 + 3);
    for (let p = 0; p < mr * gemmTiles; p++) {
      const pixel = Math.min(p, pixels - 1);
      const output = pixel % outputs;
      const tile = tiles[(pixel - output) / outputs]!;
      const column = output % tileSize;
      ints[rowTable / 4 + p] = imageTable[tile]! + ((output - column) / tileSize) * rowBytes + column * cellBytes;
    }
    for (const { firstChannel: firstOfChunk, channels, ranges } of chunks) {
      for (let p = 0; p < mr * gemmTiles; p++) ints[outTable / 4 + p] = 4 * channels * Math.min(p, pixels - 1);
      let weights = packed + 4 * firstOfChunk * (1 + 3 * segment);
      for (const {
        shape: { vectors, lastLanes, fma },
        firstChannel,
        panels,
      } of ranges) {
        const shape = { mr, vectors, lastLanes, fma, ...loop, touchesAhead: false, activation };
        const { gemm } = engine.functions(microkernelName(shape), () => emitGemm(shape));
        const panelBytes = 16 * vectors * (1 + 3 * segment);
        const output = m + 4 * firstChannel;
        gemm!(
          gemmTiles,
          panels,
          rowTable,
          outTable,
          imageAt,
          output,
          weights,
          v,
          3,
          Math.floor(segment / loop.unroll),
          panelBytes,
          0,
        );
        weights += panels * panelBytes;
      }
      for (const [n, tile] of tiles.entries())
        copyTile(tile, place, m / 4 + n * outputs * channels, firstOfChunk, channels, target);
    }
  };
}
