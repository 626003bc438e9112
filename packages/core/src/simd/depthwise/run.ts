/**
 * Running a depthwise convolution: weights and tables into memory once, then for each block of the image copy in,
 * compute, copy out.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import { type BlockAt, blockCount, planBlocks, shareStart, sharesOf } from "../blocks/run-blocks.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import type { Operand } from "../engine/resident.ts";
import { pixelsOf } from "../gemm/plan.ts";
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
  const lengths = parts.map((part) => packedLength(c, part));
  const block = memory.allocateWith(
    4 * lengths.reduce((sum, length) => sum + length, 0),
    parts.flatMap(({ imageTable, outTable }) => [imageTable, outTable]),
  );
  let address = block.address;
  const calls = parts.map((part, n) => {
    const weights = address;
    address += 4 * lengths[n]!;
    packWeights(c, part, filter, bias, memory.floats, weights / 4);
    const { depthwise } = engine.functions(depthwiseName(part.shape), () => emitDepthwise(part.shape));
    return { depthwise: depthwise!, weights, imageTable: block.tables[2 * n]!, outTable: block.tables[2 * n + 1]! };
  });
  const scratch = memory.layoutScratch([blocks.imageBytes, blocks.outBytes]);
  const shares = sharesOf(engine, blockCount(c, blocks), pixelsOf(blocks));
  const compute = ({ image, out, rows }: BlockAt, share: number): void => {
    const cells = rows * blocks.columns.periods;
    const first = shareStart(cells, shares, share);
    const end = shareStart(cells, shares, share + 1);
    if (first === end) return;
    for (const { depthwise, weights, imageTable, outTable } of calls) {
      depthwise(end - first, imageTable + 4 * first, outTable + 4 * first, image, out, weights);
    }
  };
  const work = { phases: [shares], compute };
  return planBlocks(engine, { ...plan, block, scratch }, scratch.buffers[1]!, plan.hasEmptyParts, work);
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
