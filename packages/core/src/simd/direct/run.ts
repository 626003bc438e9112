/**
 * Running an implicit GEMM: weights and tables into memory once, then for each block of the image copy in, multiply,
 * copy out.
 *
 * @module
 */

import type { FloatArray } from "../../tensor.ts";
import { forEachBlock } from "../blocks.ts";
import { bringIn, outAddress, takeOut } from "../copies.ts";
import type { SimdEngine, SimdPlan } from "../engine.ts";
import type { Operand } from "../resident.ts";
import { emitGemm, microkernelName } from "./emit.ts";
import { packWeights } from "./pack.ts";
import { type DirectPart, type DirectPlan, type PanelRange, touchStep } from "./plan.ts";

/** One call of a microkernel's `gemm` for a block: what does not depend on the block. */
interface GemmCall {
  readonly gemm: (...args: number[]) => void;
  readonly panels: number;
  readonly rowTable: number;
  readonly outTable: number;
  readonly inputOffset: number;
  readonly outputOffset: number;
  readonly weights: number;
  readonly jumps: number;
  readonly segments: number;
  readonly turns: number;
  readonly panelBytes: number;
}

/** Packs a filter for a plan and makes it runnable: `run(source, target)`. */
export function prepareDirect(
  engine: SimdEngine,
  plan: DirectPlan,
  filter: FloatArray,
  bias: FloatArray | undefined,
): SimdPlan<[source: Operand, target: Operand]> {
  const { correlation, blocks, tile, parts } = plan;
  const { memory } = engine;
  const block = memory.allocate(4 * parts.reduce((sum, part) => sum + floatsOf(correlation.groups, part), 0));
  const calls: GemmCall[] = [];
  let address = block.address;
  for (const part of parts) {
    packWeights(engine, correlation, part, filter, bias, address);
    const weights = address;
    const rowTable = weights + 4 * correlation.groups * part.groupWeights;
    const outTable = rowTable + part.rowTable.byteLength;
    const jumps = outTable + part.outTable.byteLength;
    memory.ints.set(part.rowTable, rowTable / 4);
    memory.ints.set(part.outTable, outTable / 4);
    memory.ints.set(part.jumps, jumps / 4);
    address = jumps + part.jumps.byteLength;
    calls.push(...gemmCalls(engine, plan, part, { weights, rowTable, outTable, jumps }));
  }
  const scratch = memory.layoutScratch([blocks.imageBytes, blocks.outBytes]);
  const [image, out] = scratch.buffers as [(typeof scratch.buffers)[0], (typeof scratch.buffers)[0]];
  const pixelsPerRow = blocks.columns.periods;

  const run = (source: Operand, target: Operand): void => {
    forEachBlock(correlation.batch, blocks, (place) => {
      const imageAt = bringIn(engine, source, correlation, blocks, place, image.address);
      const outAt = outAddress(engine, target, correlation, blocks, place, out.address);
      if (plan.hasEmptyParts) memory.floats.fill(0, outAt / 4, (outAt + out.bytes) / 4);
      // Whole blocks but the last are full; the last uses the beginning of the tables.
      const rows = (place.images - 1) * blocks.rows.periods + place.rows;
      const tiles = Math.ceil((rows * pixelsPerRow) / tile.mr);
      for (const call of calls) {
        call.gemm(
          tiles,
          call.panels,
          call.rowTable,
          call.outTable,
          imageAt + call.inputOffset,
          outAt + call.outputOffset,
          call.weights,
          call.jumps,
          call.segments,
          call.turns,
          call.panelBytes,
          touchStep(call.panelBytes, tiles, call.segments, call.turns),
        );
      }
      takeOut(engine, target, correlation, blocks, place, outAt, out.address);
    });
  };
  return engine.plan(run, [block], scratch);
}

function floatsOf(groups: number, part: DirectPart): number {
  return groups * part.groupWeights + part.rowTable.length + part.outTable.length + part.jumps.length;
}

/** The calls of a part: one for each group and range of channels. */
function gemmCalls(
  engine: SimdEngine,
  { correlation: c }: DirectPlan,
  part: DirectPart,
  addresses: Pick<GemmCall, "weights" | "rowTable" | "outTable" | "jumps">,
): GemmCall[] {
  const { jumps, turns } = part;
  let { weights } = addresses;
  const calls: GemmCall[] = [];
  for (let group = 0; group < c.groups; group++) {
    for (const range of part.ranges) {
      const panelBytes = 16 * range.shape.vectors * (1 + part.terms);
      calls.push({
        ...addresses,
        gemm: gemmOf(engine, range),
        panels: range.panels,
        inputOffset: 4 * group * c.groupSourceChannels,
        outputOffset: 4 * (group * c.groupTargetChannels + range.firstChannel),
        weights,
        segments: jumps.length,
        turns,
        panelBytes,
      });
      weights += range.panels * panelBytes;
    }
  }
  return calls;
}

/** The emitted function of a range's microkernel. */
export function gemmOf(engine: SimdEngine, { shape }: PanelRange): (...args: number[]) => void {
  return engine.functions(microkernelName(shape), () => emitGemm(shape)).gemm!;
}
