/**
 * Running Winograd's algorithm: the transformed filter U into memory once, then for each block of tiles copy in,
 * V = Bᵀ d B, one product per point M = V · U, Y = Aᵀ M A, copy out.
 *
 * @module
 */

import type { Correlation } from "../../algorithms/correlation.ts";
import type { FloatArray } from "../../tensor.ts";
import type { Activation } from "../activation.ts";
import { forEachBlock } from "../blocks.ts";
import { bringIn, outAddress, takeOut } from "../copies.ts";
import { type PanelRange, touchStep } from "../direct/plan.ts";
import { gemmOf } from "../direct/run.ts";
import type { SimdEngine, SimdPlan } from "../engine.ts";
import { gatherFilter } from "../gather-filter.ts";
import type { MemoryRange } from "../memory.ts";
import type { Operand } from "../resident.ts";
import { emitTransforms, transformsName } from "./emit.ts";
import type { Chunk, WinogradPlan } from "./plan.ts";
import { pointCount } from "./points.ts";

/** Source channels are transformed in slices of the filter that stay in a second-level cache. */
const SLICE_BYTES = 256 * 1024;

/** Transforms a filter for a plan and makes it runnable: `run(source, target)`. */
export function prepareWinograd(
  engine: SimdEngine,
  plan: WinogradPlan,
  c: Correlation,
  filter: FloatArray,
  bias: FloatArray | undefined,
  activation: Activation,
): SimdPlan<[source: Operand, target: Operand]> {
  const { memory } = engine;
  const { blocks, tileSize } = plan;
  const points = pointCount(tileSize) ** 2;
  const variant = { tileSize, fma: engine.fma, activation };
  const transforms = engine.functions(transformsName(variant), () => emitTransforms(variant));

  const tables = [plan.imageTable, plan.outTable, plan.vTable, plan.mTable, Int32Array.of(0)];
  const tableBytes = tables.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const block = memory.allocate(points * plan.pointBytes + 4 * blocks.targetChannels + tableBytes);
  const u = block.address;
  packFilter(engine, plan, c, transforms.transformFilter!, filter, u);
  const biasAddress = u + points * plan.pointBytes;
  const biasFloats = memory.floats.subarray(biasAddress / 4, biasAddress / 4 + blocks.targetChannels);
  if (bias === undefined) biasFloats.fill(0);
  else biasFloats.set(bias);
  let address = biasAddress + 4 * blocks.targetChannels;
  const [imageTable, outTable, vTable, mTable, jumps] = tables.map((table) => {
    memory.ints.set(table, address / 4);
    address += table.byteLength;
    return address - table.byteLength;
  }) as [number, number, number, number, number];

  const scratch = memory.layoutScratch([
    Math.max(blocks.imageBytes, blocks.outBytes),
    plan.tiles * plan.vTileBytes,
    plan.tiles * plan.mTileBytes,
  ]);
  // When the output is written, the image has become V.
  const [image, v, m] = scratch.buffers as [MemoryRange, MemoryRange, MemoryRange];
  const out = image;
  const { transformInput, transformOutput } = transforms;
  const chunks = plan.chunks.map((chunk) => ({
    ...chunk,
    products: chunk.ranges.map((range) => ({ gemm: gemmOf(engine, range), ...range })),
  }));
  const sourceBytes = 4 * blocks.sourceChannels;
  const targetBytes = 4 * blocks.targetChannels;

  const run = (source: Operand, target: Operand): void => {
    forEachBlock(c.batch, blocks, (place) => {
      const imageAt = bringIn(engine, source, plan.correlation, blocks, place, image.address);
      const outAt = outAddress(engine, target, plan.correlation, blocks, place, out.address);
      const rows = (place.images - 1) * blocks.rows.periods + place.rows;
      const tiles = rows * blocks.columns.periods;
      transformInput!(
        tiles,
        blocks.sourceChannels / 4,
        imageTable,
        imageAt,
        v.address,
        blocks.columns.imageSize * sourceBytes,
        sourceBytes,
        sourceBytes,
        plan.vTileBytes,
      );
      const gemmTiles = Math.ceil(tiles / plan.tile.mr);
      for (const { firstChannel: first, channels, products } of chunks) {
        for (let point = 0; point < points; point++) {
          const input = v.address + point * sourceBytes;
          const output = m.address + point * 4 * channels;
          let weights = u + point * plan.pointBytes + 4 * first * (1 + blocks.sourceChannels);
          for (const { gemm, panels, firstChannel, shape } of products) {
            const panelBytes = 16 * shape.vectors * (1 + blocks.sourceChannels);
            gemm(
              gemmTiles,
              panels,
              vTable,
              mTable,
              input,
              output + 4 * firstChannel,
              weights,
              jumps,
              1,
              plan.turns,
              panelBytes,
              touchStep(panelBytes, gemmTiles, 1, plan.turns),
            );
            weights += panels * panelBytes;
          }
        }
        transformOutput!(
          tiles,
          channels / 4,
          outTable,
          outAt + 4 * first,
          m.address,
          blocks.columns.outSize * targetBytes,
          targetBytes,
          4 * channels,
          plan.mTileBytes,
          biasAddress + 4 * first,
        );
      }
      takeOut(engine, target, plan.correlation, blocks, place, outAt, out.address);
    });
  };
  return engine.plan(run, [block], scratch);
}

/** U = G g Gᵀ in the layout of the microkernel's weights (with zeros for bias), through slices of scratch. */
function packFilter(
  engine: SimdEngine,
  { chunks, pointBytes, tileSize }: WinogradPlan,
  c: Correlation,
  transformFilter: (...args: number[]) => void,
  filter: FloatArray,
  u: number,
): void {
  const { groupSourceChannels: sources, groupTargetChannels: targets } = c;
  const { floats } = engine.memory;
  const sourceBytes = 4 * targets;
  const perSlice = Math.max(1, Math.min(sources, Math.floor(SLICE_BYTES / (9 * sourceBytes))));
  for (let first = 0; first < sources; first += perSlice) {
    const count = Math.min(perSlice, sources - first);
    gatherSlice(c, filter, first, count, floats);
    let panel = u;
    for (const { shape, firstChannel, panels } of allRanges(chunks)) {
      const termBytes = 16 * shape.vectors;
      for (let n = 0; n < panels; n++) {
        if (first === 0) clearBias(floats, panel, termBytes, pointBytes, pointCount(tileSize) ** 2);
        const from = 4 * firstChannel + n * termBytes;
        const to = panel + termBytes * (1 + first);
        transformFilter(count, shape.vectors, from, count * sourceBytes, sourceBytes - termBytes, to, pointBytes);
        panel += termBytes * (1 + sources);
      }
    }
  }
}

/** Zeros where the microkernel looks for a panel's bias, at every point. */
function clearBias(floats: Float32Array, panel: number, bytes: number, pointBytes: number, points: number): void {
  for (let point = 0; point < points; point++) {
    const at = (panel + point * pointBytes) / 4;
    floats.fill(0, at, at + bytes / 4);
  }
}

/** The panels of all chunks, with channels counted from the first of all. */
function allRanges(chunks: readonly Chunk[]): readonly PanelRange[] {
  return chunks.flatMap((chunk) =>
    chunk.ranges.map((range) => ({ ...range, firstChannel: chunk.firstChannel + range.firstChannel })),
  );
}

/** Copies so many source channels of all taps to the beginning of memory: [tap][source channel][target channel]. */
function gatherSlice(c: Correlation, filter: FloatArray, first: number, count: number, floats: Float32Array): void {
  const { filter: distance, groupTargetChannels: targets } = c;
  let to = 0;
  for (const tapRow of c.rows.parts[0]!.taps) {
    for (const tapColumn of c.columns.parts[0]!.taps) {
      const from = tapRow * distance.row + tapColumn * distance.column + first * distance.sourceChannel;
      gatherFilter(c, filter, from, count, floats, to);
      to += count * targets;
    }
  }
}
