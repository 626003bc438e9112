/**
 * Running Winograd's algorithm: the transformed filter U into memory once, then for each block of tiles copy in,
 * V = Bᵀ d B of every strand, one product per point M = V · U of the tiles that need it, Y = Aᵀ M A, copy out; and then the tiles that must be
 * computed directly. For them every plan has the filter in memory as it is; one for a single run transforms it as it goes.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import { type BlockAt, type BlockWork, planBlocks, shareStart, sharesOf } from "../blocks/run-blocks.ts";
import type { Activation } from "../engine/emit-activation.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import { aligned, type MemoryRange } from "../engine/memory.ts";
import { arrayOf, type Operand } from "../engine/resident.ts";
import { packWeights } from "../gemm/pack.ts";
import { touchStep } from "../gemm/plan.ts";
import { gemmOf } from "../gemm/run.ts";
import { emitTransforms, matrixBytes, transformsName } from "./emit.ts";
import { chunkTransformer, weightsAreEven } from "./pack.ts";
import type { Chunk, WinogradPlan } from "./plan.ts";
import { outputStepsOf, pointCount, stepsOf } from "./points.ts";
import { weightMaximaBytes } from "./spread.ts";
import { countBelow, listOf } from "./tile-lists.ts";
import { directComputer, directTableBytes, extremesBytes, tileMasks, unevenFinder } from "./uneven-tiles.ts";

/**
 * Transforms a filter for a plan and makes it runnable: `run(source, target)`; undefined if its weights are too far apart for
 * that (`spread.ts`).
 */
export function prepareWinograd(
  engine: SimdEngine,
  plan: WinogradPlan,
  c: Correlation,
  filter: FloatArray,
  bias: FloatArray | undefined,
  activation: Activation,
): SimdPlan<[source: Operand, target: Operand]> | undefined {
  const { memory } = engine;
  const { blocks, form, untransformed, transformsAtRun } = plan;
  const points = pointCount(form);
  const { points: across } = form.inner;
  const variant = { form, fma: engine.fma, activation };
  const transforms = engine.functions(transformsName(variant), () => emitTransforms(variant));

  const uOffset = aligned(4 * untransformed.groupWeights);
  const biasOffset = uOffset + (transformsAtRun ? 0 : plan.uBytes);
  const measuresOffset = biasOffset + 4 * blocks.targetChannels;
  const listTables = plan.shares.flatMap(({ lists }) => lists.flatMap(({ vTable, mTable }) => [vTable, mTable]));
  const tables = [plan.vImageTable, plan.outTable, plan.jumps, ...tileMasks(plan), ...listTables];
  const block = memory.allocateWith(measuresOffset + weightMaximaBytes(form), tables);
  const [vImageTable, outTable, jumps] = block.tables as [number, number, number];
  const [masks, listAddresses] = [block.tables.slice(3, 7), block.tables.slice(7)];
  const packed = block.address;
  const biasAddress = packed + biasOffset;
  packWeights(engine, c, untransformed, filter, bias, packed);
  if (!weightsAreEven(engine, plan, c, packed, packed + measuresOffset)) {
    memory.free(block);
    return undefined;
  }
  const { transformInput, transformOutput } = transforms;
  const biasFloats = memory.floats.subarray(biasAddress / 4, biasAddress / 4 + blocks.targetChannels);
  if (bias === undefined) biasFloats.fill(0);
  else biasFloats.set(bias);
  const isShared = plan.shares.length > 1;
  const mostShares = sharesOf(engine, 1, points);
  const scratch = memory.layoutScratch([
    Math.max(blocks.imageBytes, blocks.outBytes),
    Math.max(plan.vImageTable.length * plan.vTileBytes, directTableBytes(plan)),
    Math.max(plan.tiles * plan.mTileBytes, extremesBytes(plan)),
    sharesOf(engine, 1, Number.POSITIVE_INFINITY) * aligned(matrixBytes(form)),
    transformsAtRun ? plan.uBytes : 0,
    isShared ? blocks.outBytes : 0,
  ]);
  const [image, v, m, squares, uOfChunk, ownOutput] = scratch.buffers as [
    MemoryRange,
    MemoryRange,
    MemoryRange,
    MemoryRange,
    MemoryRange,
    MemoryRange,
  ];
  const between = (shift: number, share: number): number =>
    squares.address + shift + share * aligned(matrixBytes(form));
  const u = transformsAtRun ? uOfChunk.address : packed + uOffset;
  const transform = chunkTransformer(engine, plan, c, transforms, packed, u, between);
  if (!transformsAtRun) plan.chunks.forEach(transform);
  const findUneven = unevenFinder(engine, plan, m.address, masks);
  const computeDirectly = directComputer(engine, plan, activation, { packed, v: v.address, m: m.address });
  const chunks = plan.chunks.map((chunk) => ({
    ...chunk,
    products: chunk.ranges.map((range) => ({ gemm: gemmOf(engine, range), ...range })),
  }));
  const sourceBytes = 4 * blocks.sourceChannels;
  const targetBytes = 4 * blocks.targetChannels;
  const segmentBytes = 4 * plan.segmentTerms;
  const imageSteps = stepsOf(form, blocks.columns.imageSize * sourceBytes, sourceBytes);
  const outSteps = outputStepsOf(form, blocks.columns.outSize * targetBytes, targetBytes);

  /** Some parts of V of a block. */
  const transformParts = ({ image: imageAt, shift }: BlockAt, first: number, parts: number, share: number): void => {
    for (const { imageBytes, vBytes, vectors } of plan.stretches) {
      transformInput!(
        parts,
        vectors,
        imageAt + imageBytes,
        vImageTable + 4 * first,
        ...imageSteps,
        v.address + shift + first * plan.vTileBytes + vBytes,
        plan.vTileBytes,
        across * segmentBytes,
        segmentBytes,
        between(shift, share),
        0,
      );
    }
  };

  /** M of a chunk of channels at some points, of the tiles of a share that the block has. */
  const multiply = (
    { rows, shift }: BlockAt,
    { channels, products, offset, pointBytes }: (typeof chunks)[number],
    tileShare: number,
    firstPoint: number,
    endPoint: number,
  ): void => {
    for (let point = firstPoint; point < endPoint; point++) {
      const list = listOf(form, point);
      const needed = countBelow(plan.shares[tileShare]!.lists[list]!, rows * blocks.columns.periods);
      const gemmTiles = Math.ceil(needed / plan.tile.mr);
      const { firstTerm, turns } = plan.products[point]!;
      const input = v.address + shift + point * segmentBytes + 4 * firstTerm;
      const output = m.address + shift + point * 4 * channels;
      const vTable = listAddresses[8 * tileShare + 2 * list]!;
      const mTable = listAddresses[8 * tileShare + 2 * list + 1]!;
      let weights = u + offset + point * pointBytes;
      for (const { gemm, panels, firstChannel, shape } of products) {
        const panelBytes = 16 * shape.vectors * (1 + plan.terms);
        // Before the first term are zeros, as products begin with: of strands that have none at this point.
        const begin = weights + 16 * shape.vectors * firstTerm;
        for (let first = 0; first < gemmTiles; first += plan.tilesPerCall) {
          const count = Math.min(plan.tilesPerCall, gemmTiles - first);
          const rowBytes = 4 * plan.tile.mr * first;
          gemm(
            count,
            panels,
            vTable + rowBytes,
            mTable + rowBytes,
            input,
            output + 4 * firstChannel,
            begin,
            jumps,
            plan.jumps.length,
            turns,
            panelBytes,
            touchStep(panelBytes, count, plan.jumps.length, turns),
          );
        }
        weights += panels * panelBytes;
      }
    }
  };

  /** Y of a chunk of channels, of some tiles. */
  const transformBack = (
    { out: outAt, shift }: BlockAt,
    { firstChannel, channels }: Chunk,
    first: number,
    tiles: number,
    share: number,
  ): void =>
    transformOutput!(
      tiles,
      channels / 4,
      m.address + shift + first * plan.mTileBytes,
      plan.mTileBytes,
      4 * across * channels,
      4 * channels,
      outAt + 4 * firstChannel,
      outTable + 4 * first,
      ...outSteps,
      between(shift, share),
      biasAddress + 4 * firstChannel,
    );

  /** All of some rows of tiles. */
  const computeRows = (at: BlockAt, share: number): void => {
    const { first: firstRow, rows } = plan.shares[share]!;
    const first = firstRow * blocks.columns.periods;
    const tiles = Math.min(rows, at.rows - firstRow) * blocks.columns.periods;
    if (tiles <= 0) return;
    transformParts(at, first, plan.vRows(tiles / blocks.columns.periods) * blocks.columns.periods, share);
    for (const chunk of chunks) {
      if (transformsAtRun) transform(chunk);
      multiply(at, chunk, share, 0, points);
      transformBack(at, chunk, first, tiles, share);
    }
  };

  /** Phases: the transform of tiles, and for each chunk the products of points and the transform back. */
  const computePoints = (at: BlockAt, share: number, phase: number): void => {
    const chunk = chunks[(phase - 1) >> 1]!;
    if (phase % 2 === 1) {
      multiply(at, chunk, 0, shareStart(points, mostShares, share), shareStart(points, mostShares, share + 1));
      return;
    }
    const count = (phase === 0 ? plan.vRows(at.rows) : at.rows) * blocks.columns.periods;
    const [first, end] = [shareStart(count, mostShares, share), shareStart(count, mostShares, share + 1)];
    if (first === end) return;
    if (phase === 0) transformParts(at, first, end - first, share);
    else transformBack(at, chunk, first, end - first, share);
  };

  /** Tiles of the blocks in hand that must be computed directly. */
  const uneven = new Map<BlockAt, readonly number[]>();
  const work: BlockWork = {
    phases: plan.sharesPoints ? Array.from({ length: 1 + 2 * chunks.length }, () => mostShares) : [plan.shares.length],
    inspect(at) {
      const tiles = findUneven(at);
      if (tiles.length > 0) uneven.set(at, tiles);
      return tiles.length < at.rows * blocks.columns.periods;
    },
    compute: plan.sharesPoints ? computePoints : computeRows,
    finish(at, bringImage, target) {
      const tiles = uneven.get(at);
      uneven.delete(at);
      if (tiles !== undefined) computeDirectly(at, tiles, bringImage(), arrayOf(target));
    },
  };
  // When the output is written, the image has become V; not so where others read the image still.
  return planBlocks(engine, { ...plan, block, scratch }, isShared ? ownOutput : image, false, work);
}
