/**
 * Running the filter gradient: for each block of the image copy x and dy in, for each chunk of its pixels pack dy and
 * add the outer products; copy the sums out at the end.
 *
 * @module
 */

import type { FloatArray } from "../../tensor/tensor.ts";
import { type BlockAt, planSums, shareStart, sharesOf } from "../blocks/run-blocks.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import type { Operand } from "../engine/resident.ts";
import { packPanelsOf } from "../gemm/emit-packing.ts";
import { emitOuterProduct, outerProductName } from "./emit.ts";
import type { FilterGradientPlan } from "./plan.ts";

/** What shares may pack of dy, all together. */
const MOST_PACKED_BYTES = 2 * 2 ** 20;

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
  const panelFloats = chunkRows * pixelsPerRow * 4 * plan.tile.vectors;
  const chunkBytes = 4 * panels * panelFloats;
  // Panels are shared out; if they are few, tiles of the sums as well, and each packs dy for itself.
  const lines = segmentTable.length * tiles;
  const shares = sharesOf(engine, 1, panels * lines);
  const panelShares = Math.min(panels, shares);
  const lineShares = Math.min(lines, Math.ceil(shares / panelShares), Math.floor(MOST_PACKED_BYTES / chunkBytes) || 1);
  const scratch = memory.layoutScratch([blocks.imageBytes, blocks.outBytes, lineShares * chunkBytes]);
  const sourceBytes = 4 * blocks.sourceChannels;
  const targetBytes = 4 * blocks.targetChannels;
  const targetRow = pixelsPerRow * blocks.targetChannels;
  const runs = Array.from({ length: lineShares }, (_, n) => segmentRuns(plan, lineShares, n));

  const compute = ({ image, out: dyAt, rows, shift }: BlockAt, share: number): void => {
    const panelShare = share % panelShares;
    const lineShare = (share - panelShare) / panelShares;
    const firstPanel = shareStart(panels, panelShares, panelShare);
    const panelCount = shareStart(panels, panelShares, panelShare + 1) - firstPanel;
    const firstColumn = 4 * plan.tile.vectors * firstPanel;
    const packed = scratch.buffers[2]!.address + shift + lineShare * chunkBytes + 4 * firstPanel * panelFloats;
    for (let row = 0; row < rows; row += chunkRows) {
      const count = Math.min(chunkRows, rows - row);
      for (let group = 0; group < c.groups; group++) {
        const from = dyAt + 4 * (row * targetRow + group * c.groupTargetChannels + firstColumn);
        packPanels(panelCount, count * pixelsPerRow, from, targetBytes, packed);
        for (const { segment, segments, tile, tiles } of runs[lineShare]!) {
          accumulate!(
            segments,
            segmentAddress + 4 * segment,
            tiles,
            panelCount,
            count,
            rowAddress + 4 * row,
            pixelsPerRow,
            image + 4 * (group * c.groupSourceChannels + tile * plan.tile.mr),
            sourceBytes * blocks.columns.imageStep,
            packed,
            block.address +
              4 * (group * plan.sumGroup + segment * plan.sumSegment + tile * plan.tile.mr * plan.sumRow + firstColumn),
            4 * plan.sumRow,
          );
        }
      }
    }
  };
  const work = { phases: [panelShares * lineShares], compute };
  return planSums(engine, { correlation: c, blocks, block, scratch }, sumFloats, work, (floats, from, dw) =>
    copySums(plan, floats, from, dw),
  );
}

/** Whole segments, or some tiles of one. */
interface SegmentRun {
  readonly segment: number;
  readonly segments: number;
  readonly tile: number;
  readonly tiles: number;
}

/** What one of some shares has of the tiles of all segments. */
function segmentRuns({ segmentTable, tiles }: FilterGradientPlan, shares: number, share: number): SegmentRun[] {
  if (shares === 1) return [{ segment: 0, segments: segmentTable.length, tile: 0, tiles }];
  const lines = segmentTable.length * tiles;
  const end = shareStart(lines, shares, share + 1);
  const runs: SegmentRun[] = [];
  for (let line = shareStart(lines, shares, share); line < end; ) {
    const tile = line % tiles;
    const count = Math.min(tiles - tile, end - line);
    runs.push({ segment: (line - tile) / tiles, segments: 1, tile, tiles: count });
    line += count;
  }
  return runs;
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
