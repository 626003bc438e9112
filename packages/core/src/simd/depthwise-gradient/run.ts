/**
 * Running the filter gradient of a depthwise convolution: for each block of the image copy x and dy in and add the
 * products; copy the sums out at the end.
 *
 * @module
 */

import type { Correlation } from "../../algorithms/correlation.ts";
import type { FloatArray } from "../../tensor.ts";
import { type Blocks, forEachBlock } from "../blocks.ts";
import { bringIn, copyRowsIn } from "../copies.ts";
import type { SimdEngine, SimdPlan } from "../engine.ts";
import { rowOffsets } from "../filter-gradient/plan.ts";
import type { MemoryRange } from "../memory.ts";
import { arrayOf, type Operand } from "../resident.ts";
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
  const block = memory.allocate(4 * sumFloats + rowTable.byteLength);
  const rowAddress = block.address + 4 * sumFloats;
  memory.ints.set(rowTable, rowAddress / 4);
  const scratch = memory.layoutScratch([blocks.imageBytes, blocks.outBytes]);
  const [image, outputGradient] = scratch.buffers as [MemoryRange, MemoryRange];

  const run = (x: Operand, dy: Operand, dw: Operand): void => {
    const { floats } = memory;
    floats.fill(0, block.address / 4, block.address / 4 + sumFloats);
    forEachBlock(c.batch, blocks, (place) => {
      const imageAt = bringIn(engine, x, c, blocks, place, image.address);
      const rows = copyRowsIn(engine, dy, blocks, place, outputGradient.address);
      accumulate!(rows, rowAddress, blocks.columns.periods, imageAt, outputGradient.address, block.address);
    });
    copySums(floats, block.address / 4, shape, arrayOf(dw));
  };
  return engine.plan(run, [block], scratch);
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
