/**
 * Running the filter gradient: for each block of the image copy x and dy in, for each chunk of its pixels pack dy and
 * add the outer products; copy the sums out at the end.
 *
 * @module
 */

import type { FloatArray } from "../../tensor/tensor.ts";
import { planSums } from "../blocks/run-blocks.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import type { Operand } from "../engine/resident.ts";
import { packPanelsOf } from "../gemm/emit-packing.ts";
import { emitOuterProduct, outerProductName } from "./emit.ts";
import type { FilterGradientPlan } from "./plan.ts";

/** Makes a plan runnable: `run(x, dy, dw)`. */
export function prepareFilterGradient(
  engine: SimdEngine,
  plan: FilterGradientPlan,
): SimdPlan<[x: Operand, dy: Operand, dw: Operand]> {
  const { correlation: c, blocks, segmentTable, rowTable, chunkRows, tiles, panels } = plan;
  const { memory } = engine;
  const sumFloats = c.groups * plan.sumGroup;
  const block = memory.allocateWith(4 * sumFloats, [segmentTable, rowTable]);
  const [segmentAddress, rowAddress] = block.tables as [number, number];
  const shape = { ...plan.tile, fma: engine.fma, adds: true };
  const packPanels = packPanelsOf(engine, plan.tile.vectors);
  const { accumulate } = engine.functions(outerProductName(shape), () => emitOuterProduct(shape));

  const pixelsPerRow = blocks.columns.periods;
  const chunkBytes = 4 * chunkRows * pixelsPerRow * plan.sumRow;
  const scratch = memory.layoutScratch([blocks.imageBytes, blocks.outBytes, chunkBytes]);
  const packed = scratch.buffers[2]!.address;
  const sourceBytes = 4 * blocks.sourceChannels;
  const targetBytes = 4 * blocks.targetChannels;
  const targetRow = pixelsPerRow * blocks.targetChannels;

  const add = (imageAt: number, dyAt: number, rows: number): void => {
    for (let row = 0; row < rows; row += chunkRows) {
      const count = Math.min(chunkRows, rows - row);
      for (let group = 0; group < c.groups; group++) {
        const from = dyAt + 4 * (row * targetRow + group * c.groupTargetChannels);
        packPanels(panels, count * pixelsPerRow, from, targetBytes, packed);
        accumulate!(
          segmentTable.length,
          segmentAddress,
          tiles,
          panels,
          count,
          rowAddress + 4 * row,
          pixelsPerRow,
          imageAt + 4 * group * c.groupSourceChannels,
          sourceBytes * blocks.columns.imageStep,
          packed,
          block.address + 4 * group * plan.sumGroup,
          4 * plan.sumRow,
        );
      }
    }
  };
  return planSums(engine, { correlation: c, blocks, block, scratch }, sumFloats, add, (floats, from, dw) =>
    copySums(plan, floats, from, dw),
  );
}

/** Copies the sums to the filter's layout, without the rows and columns that only fill tiles. */
function copySums(plan: FilterGradientPlan, floats: Float32Array, sums: number, dw: FloatArray): void {
  const { correlation: c, segmentLength, segmentTable, sumRow } = plan;
  const columns = c.groups * c.groupTargetChannels;
  for (let group = 0; group < c.groups; group++) {
    for (let segment = 0; segment < segmentTable.length; segment++) {
      const from = sums + group * plan.sumGroup + segment * plan.sumSegment;
      const to = segment * segmentLength * columns + group * c.groupTargetChannels;
      if (c.groups === 1 && sumRow === columns) {
        dw.set(floats.subarray(from, from + segmentLength * columns), to);
        continue;
      }
      for (let k = 0; k < segmentLength; k++) {
        for (let o = 0; o < c.groupTargetChannels; o++) dw[to + k * columns + o] = floats[from + k * sumRow + o]!;
      }
    }
  }
}
