/**
 * Running a correlation of planes: weights into memory once, then for each block of rows copy in, compute,
 * copy out.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import { type BlockAt, blockCount, planBlocks, shareStart, sharesOf } from "../blocks/run-blocks.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import type { Operand } from "../engine/resident.ts";
import { emitPlane, type PlaneShape, planeName } from "./emit.ts";
import type { PlanePlan } from "./plan.ts";

/** Packs a kernel for a plan and makes it runnable: `run(source, target)`. */
export function preparePlane(
  engine: SimdEngine,
  plan: PlanePlan,
  c: Correlation,
  filter: FloatArray,
  bias: FloatArray | undefined,
): SimdPlan<[source: Operand, target: Operand]> {
  const { blocks, shape } = plan;
  const { rows: rowAxis, columns } = blocks;
  const { memory } = engine;
  const channels = c.groups;
  const block = memory.allocateWith(16 * shape.phases * (1 + shape.tapRows * shape.tapColumns), []);
  const weights = block.address;
  packWeights(c, shape.phases, filter, bias, memory.floats, weights / 4);
  const scratch = memory.layoutScratch([blocks.imageBytes, blocks.outBytes]);
  // What the microkernel takes for the columns of a plane.
  const [imageWidth, outWidth] = [columns.imageSize * channels, columns.outSize * channels];
  const correlate = planeOf(engine, shape, imageWidth, outWidth);
  const shares = sharesOf(engine, blockCount(plan.correlation, blocks), blocks.images * rowAxis.periods);
  const imageRow = 4 * rowAxis.imageStep * imageWidth;
  const outRow = 4 * plan.correlation.rows.step * outWidth;
  const compute = (at: BlockAt, share: number): void => {
    const end = shareStart(at.rows, shares, share + 1);
    for (let row = shareStart(at.rows, shares, share); row < end; ) {
      const inImage = row % rowAxis.periods;
      const rows = Math.min(rowAxis.periods - inImage, end - row);
      const n = (row - inImage) / rowAxis.periods;
      const image = at.image + 4 * n * rowAxis.imageSize * imageWidth + inImage * imageRow;
      const out = at.out + 4 * n * rowAxis.outSize * outWidth + inImage * outRow;
      correlate(rows, image, out, weights);
      row += rows;
    }
  };
  const work = { phases: [shares], compute };
  return planBlocks(engine, { ...plan, block, scratch }, scratch.buffers[1]!, false, work);
}

/** The microkernel for planes so wide, of the image and of the output: over rows of tiles, from address to address. */
export function planeOf(
  engine: SimdEngine,
  shape: PlaneShape,
  imageWidth: number,
  outWidth: number,
): (tileRows: number, image: number, output: number, weights: number) => void {
  const { correlate } = engine.functions(planeName(shape), () => emitPlane(shape));
  const tileWidth = 4 * shape.vectors;
  const tiles = Math.ceil(outWidth / tileWidth);
  const lastTile = 4 * (outWidth - tileWidth);
  return (tileRows, image, output, weights) =>
    correlate!(tileRows, tiles, lastTile, image, output, weights, 4 * imageWidth, 4 * outWidth);
}

/** Writes the bias and every weight: that of its channel into each lane of each phase. */
function packWeights(
  { groups, rows, columns, filter: distance }: Correlation,
  phases: number,
  filter: FloatArray,
  bias: FloatArray | undefined,
  floats: Float32Array,
  at: number,
): void {
  let to = at;
  for (let lane = 0; lane < 4 * phases; lane++) floats[to++] = bias?.[lane % groups] ?? 0;
  for (const tapRow of rows.parts[0]!.taps) {
    for (const tapColumn of columns.parts[0]!.taps) {
      const from = tapRow * distance.row + tapColumn * distance.column;
      for (let lane = 0; lane < 4 * phases; lane++) floats[to++] = filter[from + (lane % groups) * distance.group]!;
    }
  }
}
