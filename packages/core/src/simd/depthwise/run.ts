/**
 * Running a depthwise convolution: weights and tables into memory once, then for each block of the image copy in,
 * compute, copy out.
 *
 * @module
 */

import type { Correlation } from "../../algorithms/correlation.ts";
import type { FloatArray } from "../../tensor.ts";
import { forEachBlock } from "../blocks.ts";
import { bringIn, outAddress, takeOut } from "../copies.ts";
import type { SimdEngine, SimdPlan } from "../engine.ts";
import type { MemoryRange } from "../memory.ts";
import type { Operand } from "../resident.ts";
import { depthwiseName, emitDepthwise } from "./emit.ts";
import type { DepthwisePart, DepthwisePlan } from "./plan.ts";

/** Packs a filter for a plan and makes it runnable: `run(source, target)`. */
export function prepareDepthwise(
  engine: SimdEngine,
  plan: DepthwisePlan,
  filter: FloatArray,
  bias: FloatArray | undefined,
): SimdPlan<[source: Operand, target: Operand]> {
  const { correlation: c, blocks, parts } = plan;
  const { memory } = engine;
  const sizes = parts.map((part) => 4 * (packedLength(c, part) + part.imageTable.length + part.outTable.length));
  const block = memory.allocate(sizes.reduce((sum, bytes) => sum + bytes, 0));
  let address = block.address;
  const calls = parts.map((part) => {
    const weights = address;
    const imageTable = weights + 4 * packedLength(c, part);
    const outTable = imageTable + part.imageTable.byteLength;
    address = outTable + part.outTable.byteLength;
    packWeights(c, part, filter, bias, memory.floats, weights / 4);
    memory.ints.set(part.imageTable, imageTable / 4);
    memory.ints.set(part.outTable, outTable / 4);
    const { depthwise } = engine.functions(depthwiseName(part.shape), () => emitDepthwise(part.shape));
    return { depthwise: depthwise!, weights, imageTable, outTable };
  });
  const scratch = memory.layoutScratch([blocks.imageBytes, blocks.outBytes]);
  const [image, out] = scratch.buffers as [MemoryRange, MemoryRange];

  const run = (source: Operand, target: Operand): void => {
    forEachBlock(c.batch, blocks, (place) => {
      const imageAt = bringIn(engine, source, c, blocks, place, image.address);
      const outAt = outAddress(engine, target, c, blocks, place, out.address);
      if (plan.hasEmptyParts) memory.floats.fill(0, outAt / 4, (outAt + out.bytes) / 4);
      const tiles = ((place.images - 1) * blocks.rows.periods + place.rows) * blocks.columns.periods;
      for (const { depthwise, weights, imageTable, outTable } of calls) {
        depthwise(tiles, imageTable, outTable, imageAt, outAt, weights);
      }
      takeOut(engine, target, c, blocks, place, outAt, out.address);
    });
  };
  return engine.plan(run, [block], scratch);
}

function packedLength({ groups: channels }: Correlation, { rows, columns }: DepthwisePart): number {
  return 4 * Math.ceil(channels / 4) * (1 + rows.taps.length * columns.taps.length);
}

/** Writes [bias 4 | tap × 4] for every four channels; the last four may overlap those before. */
function packWeights(
  { groups: channels, filter: distance }: Correlation,
  { rows, columns }: DepthwisePart,
  filter: FloatArray,
  bias: FloatArray | undefined,
  floats: Float32Array,
  at: number,
): void {
  let to = at;
  for (let vector = 0; vector < channels; vector += 4) {
    const first = Math.min(vector, channels - 4);
    for (let lane = 0; lane < 4; lane++) floats[to++] = bias?.[first + lane] ?? 0;
    for (const tapRow of rows.taps) {
      for (const tapColumn of columns.taps) {
        const from = tapRow * distance.row + tapColumn * distance.column + first * distance.group;
        for (let lane = 0; lane < 4; lane++) floats[to++] = filter[from + lane * distance.group]!;
      }
    }
  }
}
