/**
 * Running the filter gradient of a depthwise convolution: for each block of the image copy x and dy in and add the
 * products; copy the sums out at the end.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { Blocks } from "../blocks/cut.ts";
import { type BlockAt, planSums, shareStart, sharesOf } from "../blocks/run-blocks.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import type { Operand } from "../engine/resident.ts";
import { rowOffsets } from "../filter-gradient/plan.ts";
import { type DepthwiseGradientShape, depthwiseGradientName, emitDepthwiseGradient } from "./emit.ts";

/** Makes the gradient of a depthwise correlation runnable over blocks of whole rows: `run(x, dy, dw)`. */
export function prepareDepthwiseGradient(
  engine: SimdEngine,
  c: Correlation,
  blocks: Blocks,
): SimdPlan<[x: Operand, dy: Operand, dw: Operand]> {
  const { memory } = engine;
  const channels = c.groups;
  const shape = shapeOf(c, blocks, engine.fma);
  const { accumulate } = engine.functions(depthwiseGradientName(shape), () => emitDepthwiseGradient(shape));
  const rowTable = rowOffsets(blocks);
  const sumFloats = 4 * Math.ceil(channels / 4) * shape.taps.length;
  const block = memory.allocateWith(4 * sumFloats, [rowTable]);
  const scratch = memory.layoutScratch([blocks.imageBytes, blocks.outBytes]);
  const vectors = Math.ceil(channels / 4);
  const shares = sharesOf(engine, 1, vectors);
  const compute = ({ image, out: dy, rows }: BlockAt, share: number): void => {
    const first = shareStart(vectors, shares, share);
    const end = shareStart(vectors, shares, share + 1);
    // The last vector of channels begins earlier rather than reach past the last channel.
    const lastStep = end === vectors ? 4 * channels - 16 * vectors : 0;
    const sums = block.address + 16 * first * shape.taps.length;
    accumulate!(rows, block.tables[0]!, blocks.columns.periods, image, dy, sums, end - first, 16 * first, lastStep);
  };
  return planSums(
    engine,
    { correlation: c, blocks, block, scratch },
    sumFloats,
    { phases: [shares], compute },
    (floats, from, dw) => copySums(floats, from, shape, dw),
  );
}

function shapeOf(c: Correlation, { columns, sourceChannels }: Blocks, fma: boolean): DepthwiseGradientShape {
  const pixelBytes = 4 * sourceChannels;
  const rowBytes = columns.imageSize * pixelBytes;
  const taps = c.rows.parts[0]!.taps.flatMap((a) =>
    c.columns.parts[0]!.taps.map((b) => a * c.rows.tapStep * rowBytes + b * c.columns.tapStep * pixelBytes),
  );
  return { channels: c.groups, taps, pixelBytes: c.columns.sourceStep * pixelBytes, fma };
}

/** Sums are [four channels][tap], the filter is [tap][channel]; the last four channels may overlap those before. */
function copySums(
  floats: Float32Array,
  sums: number,
  { channels, taps }: DepthwiseGradientShape,
  dw: FloatArray,
): void {
  let from = sums;
  for (let vector = 0; vector < channels; vector += 4) {
    const first = Math.min(vector, channels - 4);
    for (let tap = 0; tap < taps.length; tap++) {
      for (let lane = 0; lane < 4; lane++) dw[tap * channels + first + lane] = floats[from++]!;
    }
  }
}
