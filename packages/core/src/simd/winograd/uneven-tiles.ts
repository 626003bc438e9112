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
import { cellUnroll, EXTREMES_BYTES, emitSpread, imageStepOf, isEven, maskOf, spreadName } from "./spread.ts";

/** Finds the uneven tiles of a block, before there is an M. */
export type FindUneven = (at: BlockAt) => readonly number[];

/** The masks of a plan's tiles: whole ones, the last of a row, those of the last row, and the last of it. */
export function tileMasks({ form, correlation: c }: WinogradPlan): readonly Int32Array[] {
  const { outputs: height } = form.rows;
  const { outputs: width } = form.columns;
  const lastOf = ({ targetSize, step }: CorrelationAxis): number => ((targetSize - 1) % step) + 1;
  const [rows, columns] = [lastOf(c.rows), lastOf(c.columns)];
  return [
    maskOf(form, height, width),
    maskOf(form, height, columns),
    maskOf(form, rows, width),
    maskOf(form, rows, columns),
  ];
}

/** Where the extremes of tiles begin, behind the maxima of so many cells. */
function extremesOffset(cells: number): number {
  return 64 * Math.ceil(cells / 16 + 1);
}

/** Bytes that the search needs where M will be. */
export function extremesBytes({ blocks: { images, rows, columns }, tiles }: WinogradPlan): number {
  return extremesOffset(images * rows.imageSize * columns.imageSize) + EXTREMES_BYTES * tiles;
}

/** Makes the search of a plan; `masks` are the addresses of its masks, `m` that of M. */
export function unevenFinder(engine: SimdEngine, plan: WinogradPlan, m: number, masks: readonly number[]): FindUneven {
  const { form, blocks } = plan;
  const { rows, columns, sourceChannels } = blocks;
  const unroll = cellUnroll(sourceChannels);
  const variant = { form, unroll, rest: sourceChannels % 4 };
  const turns = unroll === 0 ? 0 : Math.floor(sourceChannels / (4 * unroll));
  const { measureCells, measureTiles } = engine.functions(spreadName(variant), () => emitSpread(variant));
  const rowBytes = 4 * columns.imageSize;
  const imageBytes = rows.imageSize * rowBytes;
  return ({ place, image: imageAt, shift }) => {
    const scratch = m + shift;
    measureCells!((place.images * imageBytes) / 4, turns, imageAt, scratch);
    const extremes = scratch + extremesOffset((place.images * imageBytes) / 4);
    const isLastColumn = place.column + columns.periods === columns.total;
    const whole = columns.periods - (isLastColumn ? 1 : 0);
    let to = extremes;
    for (let n = 0; n < place.images; n++) {
      for (let row = 0; row < place.rows; row++) {
        const [mask, lastMask] = place.row + row + 1 === rows.total ? masks.slice(2) : masks;
        const from = scratch + n * imageBytes + row * imageStepOf(form.rows) * rowBytes;
        if (whole > 0) measureTiles!(whole, rowBytes, from, to, mask!);
        to += EXTREMES_BYTES * whole;
        if (!isLastColumn) continue;
        measureTiles!(1, rowBytes, from + 4 * imageStepOf(form.columns) * whole, to, lastMask!);
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

/** The jumps of the direct computation, of up to nine rows of taps. */
const JUMP_BYTES = 64;

/** Bytes that the tables of the direct computation need where V was. */
export function directTableBytes({ form, tiles, tile: { mr } }: WinogradPlan): number {
  const pixels = tiles * form.rows.outputs * form.columns.outputs;
  return JUMP_BYTES + 8 * mr * Math.ceil(pixels / mr);
}

/** Makes the direct computation of a plan. Code is compiled when it is first needed. */
export function directComputer(
  engine: SimdEngine,
  plan: WinogradPlan,
  activation: Activation,
  { packed, v: vAddress, m: mAddress }: DirectPlaces,
): ComputeDirectly {
  const { form, blocks, correlation: c, chunks, imageTable } = plan;
  const { outputs: height, taps: tapRows } = form.rows;
  const { outputs: width, taps: tapColumns } = form.columns;
  const { rows, columns, sourceChannels, targetChannels } = blocks;
  const { mr } = plan.tile;
  const segment = tapColumns * sourceChannels;
  const loop = unrolling(engine, segment);
  const cellBytes = 4 * sourceChannels;
  const rowBytes = columns.imageSize * cellBytes;
  const outputs = height * width;

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
    const top = (place.row + (tileRow % rows.periods)) * height;
    const left = (place.column + (tile % columns.periods)) * width;
    for (let i = 0; i < height && top + i < c.rows.targetSize; i++) {
      for (let j = 0; j < width && left + j < c.columns.targetSize; j++) {
        const cell = (image * c.rows.targetSize + top + i) * c.columns.targetSize + left + j;
        const at = from + (i * width + j) * channels;
        target.set(floats.subarray(at, at + channels), cell * targetChannels + firstChannel);
      }
    }
  };

  return ({ place, shift }, tiles, imageAt, target) => {
    const [v, m] = [vAddress + shift, mAddress + shift];
    const pixels = tiles.length * outputs;
    const gemmTiles = Math.ceil(pixels / mr);
    const [rowTable, outTable] = [v + JUMP_BYTES, v + JUMP_BYTES + 4 * mr * gemmTiles];
    const { ints } = engine.memory;
    ints.fill(rowBytes - 4 * segment, v / 4, v / 4 + tapRows);
    for (let p = 0; p < mr * gemmTiles; p++) {
      const pixel = Math.min(p, pixels - 1);
      const output = pixel % outputs;
      const tile = tiles[(pixel - output) / outputs]!;
      const column = output % width;
      const row = (output - column) / width;
      ints[rowTable / 4 + p] =
        imageTable[tile]! + row * form.rows.stride * rowBytes + column * form.columns.stride * cellBytes;
    }
    for (const { firstChannel: firstOfChunk, channels, ranges } of chunks) {
      for (let p = 0; p < mr * gemmTiles; p++) ints[outTable / 4 + p] = 4 * channels * Math.min(p, pixels - 1);
      let weights = packed + 4 * firstOfChunk * (1 + tapRows * segment);
      for (const {
        shape: { vectors, lastLanes, fma },
        firstChannel,
        panels,
      } of ranges) {
        const shape = { mr, vectors, lastLanes, fma, ...loop, touchesAhead: false, activation };
        const { gemm } = engine.functions(microkernelName(shape), () => emitGemm(shape));
        const panelBytes = 16 * vectors * (1 + tapRows * segment);
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
          tapRows,
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
