/**
 * Running an implicit GEMM: weights and tables into memory once, then for each block of the image copy in, multiply,
 * copy out.
 *
 * @module
 */

import type { FloatArray } from "../../tensor/tensor.ts";
import { type BlockAt, blockCount, planBlocks, shareStart, sharesOf } from "../blocks/run-blocks.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import type { Operand } from "../engine/resident.ts";
import { emitGemm, microkernelName } from "./emit.ts";
import { packWeights } from "./pack.ts";
import { type DirectPart, type DirectPlan, type PanelRange, pixelsOf, touchStep } from "./plan.ts";

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
  /** Bytes of the output from panel to panel. */
  readonly nrBytes: number;
}

/** A share of fewer tiles reads a panel too seldom. */
const FEWEST_TILES = 4;

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
  const share = shareOut(engine, plan, calls);
  const compute = (at: BlockAt, n: number): void => {
    const tiles = Math.ceil((at.rows * blocks.columns.periods) / tile.mr);
    const column = n % share.columns;
    const first = shareStart(tiles, share.columns, column);
    const end = shareStart(tiles, share.columns, column + 1);
    if (first === end) return;
    for (const { call, firstPanel, panels } of share.panels[(n - column) / share.columns]!) {
      call.gemm(
        end - first,
        panels,
        call.rowTable + 4 * tile.mr * first,
        call.outTable + 4 * tile.mr * first,
        at.image + call.inputOffset,
        at.out + call.outputOffset + firstPanel * call.nrBytes,
        call.weights + firstPanel * call.panelBytes,
        call.jumps,
        call.segments,
        call.turns,
        call.panelBytes,
        touchStep(call.panelBytes, end - first, call.segments, call.turns),
      );
    }
  };
  const work = { phases: [share.columns * share.panels.length], compute };
  return planBlocks(engine, { ...plan, block, scratch }, scratch.buffers[1]!, plan.hasEmptyParts, work);
}

/** Panels of a call that belong to a share. */
interface PanelShare {
  readonly call: GemmCall;
  readonly firstPanel: number;
  readonly panels: number;
}

/**
 * How a block is shared out: its tiles, or if their image is smaller than the weights, or they are too few, its panels. Shares
 * are numbered along the tiles first.
 */
function shareOut(
  engine: SimdEngine,
  { correlation, blocks, tile, parts }: DirectPlan,
  calls: readonly GemmCall[],
): { readonly columns: number; readonly panels: readonly (readonly PanelShare[])[] } {
  const tiles = Math.ceil(pixelsOf(blocks) / tile.mr);
  const total = calls.reduce((sum, { panels }) => sum + panels, 0);
  const shares = sharesOf(engine, blockCount(correlation, blocks), tiles * total);
  const weightBytes = 4 * correlation.groups * parts.reduce((sum, { groupWeights }) => sum + groupWeights, 0);
  const columns =
    weightBytes > blocks.imageBytes && total >= shares ? 1 : Math.min(shares, Math.ceil(tiles / FEWEST_TILES));
  const rows = Math.min(total, Math.ceil(shares / columns));
  let before = 0;
  const spans = calls.map((call) => ({ call, from: before, to: (before += call.panels) }));
  const panels = Array.from({ length: rows }, (_, row) => {
    const [begin, end] = [shareStart(total, rows, row), shareStart(total, rows, row + 1)];
    return spans.flatMap(({ call, from, to }) => {
      const [first, last] = [Math.max(begin, from), Math.min(end, to)];
      return first < last ? [{ call, firstPanel: first - from, panels: last - first }] : [];
    });
  });
  return { columns, panels };
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
        nrBytes: 16 * range.shape.vectors,
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
