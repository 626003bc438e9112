/**
 * Running an implicit GEMM: weights and tables into memory once, then for each block of the image copy in, multiply,
 * copy out.
 *
 * @module
 */

import type { FloatArray } from "../../tensor/tensor.ts";
import { planBlocks } from "../blocks/run-blocks.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import type { Operand } from "../engine/resident.ts";
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
  const block = memory.allocateWith(
    4 * correlation.groups * parts.reduce((sum, { groupWeights }) => sum + groupWeights, 0),
    parts.flatMap((part) => [part.imageTable, part.outTable, part.jumps]),
  );
  let weights = block.address;
  const calls = parts.flatMap((part, n) => {
    const [rowTable, outTable, jumps] = block.tables.slice(3 * n) as [number, number, number];
    const addresses = { weights, rowTable, outTable, jumps };
    packWeights(engine, correlation, part, filter, bias, weights);
    weights += 4 * correlation.groups * part.groupWeights;
    return gemmCalls(engine, plan, part, addresses);
  });
  const scratch = memory.layoutScratch([blocks.imageBytes, blocks.outBytes]);
  const compute = (imageAt: number, outAt: number, rows: number): void => {
    const tiles = Math.ceil((rows * blocks.columns.periods) / tile.mr);
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
  };
  return planBlocks(engine, { ...plan, block, scratch }, scratch.buffers[1]!, plan.hasEmptyParts, compute);
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
