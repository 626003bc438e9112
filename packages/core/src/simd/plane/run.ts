/**
 * Running a correlation of planes: weights and tables into memory once, then for each block of rows copy in, compute,
 * copy out.
 *
 * @module
 */

import type { Correlation } from "../../algorithms/correlation.ts";
import type { FloatArray } from "../../tensor.ts";
import { planBlocks } from "../block-plan.ts";
import type { SimdEngine, SimdPlan } from "../engine.ts";
import type { Operand } from "../resident.ts";
import { emitPlane, planeName } from "./emit.ts";
import type { PlanePlan } from "./plan.ts";

/** Packs a kernel for a plan and makes it runnable: `run(source, target)`. */
export function preparePlane(
  engine: SimdEngine,
  plan: PlanePlan,
  c: Correlation,
  filter: FloatArray,
  bias: FloatArray | undefined,
): SimdPlan<[source: Operand, target: Operand]> {
  const { blocks, shape, tilesPerRow } = plan;
  const { memory } = engine;
  const weightBytes = 16 * (1 + shape.tapRows * shape.tapColumns);
  const block = memory.allocateWith(weightBytes, [plan.imageTable, plan.outTable]);
  const weights = block.address;
  const [imageTable, outTable] = block.tables as [number, number];
  packWeights(c, filter, bias, memory.floats, weights / 4);
  const { correlate } = engine.functions(planeName(shape), () => emitPlane(shape));
  const scratch = memory.layoutScratch([blocks.imageBytes, blocks.outBytes]);
  const imageRow = 4 * blocks.columns.imageSize;
  const outRow = 4 * blocks.columns.outSize;
  const compute = (imageAt: number, outAt: number, rows: number): void =>
    correlate!(rows * tilesPerRow, imageTable, outTable, imageAt, outAt, weights, imageRow, outRow);
  return planBlocks(engine, { ...plan, block, scratch }, scratch.buffers[1]!, false, compute);
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
