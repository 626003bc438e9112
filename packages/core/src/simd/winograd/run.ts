/**
 * Running Winograd's algorithm: the transformed filter U into memory once, then for each block of tiles copy in,
 * V = Bᵀ d B, one product per point M = V · U of the tiles that need it, Y = Aᵀ M A, copy out; and then the tiles that must be
 * computed directly. For them every plan has the filter in memory as it is; one for a single run transforms it as it goes.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { BlockPlace } from "../blocks/cut.ts";
import { planBlocks } from "../blocks/run-blocks.ts";
import type { Activation } from "../engine/emit-activation.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import { aligned, type MemoryRange } from "../engine/memory.ts";
import { arrayOf, type Operand } from "../engine/resident.ts";
import { packWeights } from "../gemm/pack.ts";
import { touchStep } from "../gemm/plan.ts";
import { gemmOf } from "../gemm/run.ts";
import { emitTransforms, squareBytes, transformsName } from "./emit.ts";
import { transformChunk, weightsAreEven } from "./pack.ts";
import type { Chunk, WinogradPlan } from "./plan.ts";
import { pointCount } from "./points.ts";
import { directComputer, tileMasks, unevenFinder } from "./uneven-tiles.ts";

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
  const { blocks, tileSize, untransformed, transformsAtRun } = plan;
  const size = pointCount(tileSize);
  const points = size ** 2;
  const variant = { tileSize, fma: engine.fma, activation };
  const transforms = engine.functions(transformsName(variant), () => emitTransforms(variant));

  const uOffset = aligned(4 * untransformed.groupWeights);
  const biasOffset = uOffset + (transformsAtRun ? 0 : plan.uBytes);
  const betweenOffset = biasOffset + 4 * blocks.targetChannels;
  const listTables = plan.tileLists.flatMap(({ vTable, mTable }) => [vTable, mTable]);
  const tables = [plan.imageTable, plan.outTable, Int32Array.of(0), ...tileMasks(plan), ...listTables];
  const block = memory.allocateWith(betweenOffset + squareBytes(), tables);
  const [imageTable, outTable, jumps] = block.tables as [number, number, number];
  const [masks, listAddresses] = [block.tables.slice(3, 7), block.tables.slice(7)];
  const packed = block.address;
  const biasAddress = packed + biasOffset;
  const between = packed + betweenOffset;
  packWeights(engine, c, untransformed, filter, bias, packed);
  if (!weightsAreEven(engine, plan, c, packed, between)) {
    memory.free(block);
    return undefined;
  }
  const { transformFilter, transformInput, transformOutput } = transforms;
  const biasFloats = memory.floats.subarray(biasAddress / 4, biasAddress / 4 + blocks.targetChannels);
  if (bias === undefined) biasFloats.fill(0);
  else biasFloats.set(bias);
  const scratch = memory.layoutScratch([
    Math.max(blocks.imageBytes, blocks.outBytes),
    plan.tiles * plan.vTileBytes,
    plan.tiles * plan.mTileBytes,
    ...(transformsAtRun ? [plan.uBytes] : []),
  ]);
  // When the output is written, the image has become V.
  const [image, v, m, uOfChunk] = scratch.buffers as [MemoryRange, MemoryRange, MemoryRange, MemoryRange?];
  const u = uOfChunk?.address ?? packed + uOffset;
  const transform = (chunk: Chunk): void =>
    transformChunk(engine, plan, c, chunk, transformFilter!, packed, u, between);
  if (!transformsAtRun) plan.chunks.forEach(transform);
  const findUneven = unevenFinder(engine, plan, m.address, masks);
  const computeDirectly = directComputer(engine, plan, activation, { packed, v: v.address, m: m.address });
  const chunks = plan.chunks.map((chunk) => ({
    ...chunk,
    products: chunk.ranges.map((range) => ({ gemm: gemmOf(engine, range), ...range })),
  }));
  const sourceBytes = 4 * blocks.sourceChannels;
  const targetBytes = 4 * blocks.targetChannels;

  /** Tiles of the block at hand that must be computed directly. */
  let uneven: readonly number[] = [];
  const compute = (imageAt: number, outAt: number, rows: number, place: BlockPlace): void => {
    const tiles = rows * blocks.columns.periods;
    uneven = findUneven(place, imageAt);
    if (uneven.length === tiles) return;
    transformInput!(
      tiles,
      blocks.sourceChannels / 4,
      imageAt,
      imageTable,
      blocks.columns.imageSize * sourceBytes,
      sourceBytes,
      v.address,
      plan.vTileBytes,
      size * sourceBytes,
      sourceBytes,
      between,
      0,
    );
    for (const chunk of chunks) {
      const { firstChannel: firstOfChunk, channels, products } = chunk;
      if (transformsAtRun) transform(chunk);
      for (let point = 0; point < points; point++) {
        const list = (point < points - size ? 0 : 1) + ((point + 1) % size > 0 ? 0 : 2);
        const needed = (plan.tileLists[list]!.count * tiles) / plan.tiles;
        const gemmTiles = Math.ceil(needed / plan.tile.mr);
        const input = v.address + point * sourceBytes;
        const output = m.address + point * 4 * channels;
        let weights = u + chunk.offset + point * chunk.pointBytes;
        for (const { gemm, panels, firstChannel, shape } of products) {
          const panelBytes = 16 * shape.vectors * (1 + blocks.sourceChannels);
          for (let first = 0; first < gemmTiles; first += plan.tilesPerCall) {
            const count = Math.min(plan.tilesPerCall, gemmTiles - first);
            const rowBytes = 4 * plan.tile.mr * first;
            gemm(
              count,
              panels,
              listAddresses[2 * list]! + rowBytes,
              listAddresses[2 * list + 1]! + rowBytes,
              input,
              output + 4 * firstChannel,
              weights,
              jumps,
              1,
              plan.turns,
              panelBytes,
              touchStep(panelBytes, count, 1, plan.turns),
            );
          }
          weights += panels * panelBytes;
        }
      }
      transformOutput!(
        tiles,
        channels / 4,
        m.address,
        plan.mTileBytes,
        4 * size * channels,
        4 * channels,
        outAt + 4 * firstOfChunk,
        outTable,
        blocks.columns.outSize * targetBytes,
        targetBytes,
        between,
        biasAddress + 4 * firstOfChunk,
      );
    }
  };
  const finish = (bringImage: () => number, target: Operand, place: BlockPlace): void => {
    if (uneven.length > 0) computeDirectly(place, uneven, bringImage(), arrayOf(target));
  };
  return planBlocks(engine, { ...plan, block, scratch }, image, false, compute, finish);
}
