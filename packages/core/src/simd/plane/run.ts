/**
 * Running a correlation of planes: weights and tables into memory once, then for each block of rows copy in, compute,
 * copy out.
 *
 * @module
 */

import type { FloatArray } from "../../tensor.ts";
import { copyIn, copyOut, forEachBlock } from "../blocks.ts";
import type { Correlation } from "../correlation.ts";
import type { SimdEngine, SimdPlan } from "../engine.ts";
import type { MemoryRange } from "../memory.ts";
import { emitPlane, planeName } from "./emit.ts";
import type { PlanePlan } from "./plan.ts";

/** Packs a kernel for a plan and makes it runnable: `run(source, target)`. */
export function preparePlane(
  engine: SimdEngine,
  plan: PlanePlan,
  c: Correlation,
  filter: FloatArray,
  bias: FloatArray | undefined,
): SimdPlan<[source: Float32Array, target: Float32Array]> {
  const { blocks, shape, tilesPerRow } = plan;
  const { memory } = engine;
  const weightBytes = 16 * (1 + shape.tapRows * shape.tapColumns);
  const block = memory.allocate(weightBytes + plan.imageTable.byteLength + plan.outTable.byteLength);
  const weights = block.address;
  const imageTable = weights + weightBytes;
  const outTable = imageTable + plan.imageTable.byteLength;
  packWeights(c, filter, bias, memory.floats, weights / 4);
  memory.ints.set(plan.imageTable, imageTable / 4);
  memory.ints.set(plan.outTable, outTable / 4);
  const { correlate } = engine.functions(planeName(shape), () => emitPlane(shape));
  const scratch = memory.layoutScratch([blocks.imageBytes, blocks.outBytes]);
  const [image, out] = scratch.buffers as [MemoryRange, MemoryRange];
  const imageRow = 4 * blocks.columns.imageSize;
  const outRow = 4 * blocks.columns.outSize;

  const run = (source: FloatArray, target: FloatArray): void => {
    const { floats } = memory;
    forEachBlock(c.batch, blocks, (place) => {
      copyIn(source, plan.correlation, blocks, place, floats, image.address);
      const tiles = ((place.images - 1) * blocks.rows.periods + place.rows) * tilesPerRow;
      correlate!(tiles, imageTable, outTable, image.address, out.address, weights, imageRow, outRow);
      copyOut(target, plan.correlation, blocks, place, floats, out.address);
    });
  };
  return engine.plan(run, [block], scratch);
}

/** Writes the bias and every weight four times. */
function packWeights(
  c: Correlation,
  filter: FloatArray,
  bias: FloatArray | undefined,
  floats: Float32Array,
  at: number,
): void {
  let to = at;
  floats.fill(bias?.[0] ?? 0, to, (to += 4));
  for (const tapRow of c.rows.parts[0]!.taps) {
    for (const tapColumn of c.columns.parts[0]!.taps) {
      floats.fill(filter[tapRow * c.filter.row + tapColumn * c.filter.column]!, to, (to += 4));
    }
  }
}
