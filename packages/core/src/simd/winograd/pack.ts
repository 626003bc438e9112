/**
 * Transforms a filter for Winograd's algorithm: U = G g Gᵀ in the layout of the microkernel's weights, for each point
 * panels of [zeros NR | source channel × NR].
 *
 * The filter goes through scratch in parts that stay in cache, all nine taps of so many source channels: forward as
 * matrices [source channel][target channel], of which the panels are columns; for the input gradient the taps of a
 * panel are transposed first.
 *
 * @module
 */

import type { Correlation } from "../../algorithms/correlation.ts";
import type { FloatArray } from "../../tensor.ts";
import type { SimdEngine } from "../engine.ts";
import { gatherFilter, rowsAreTargets } from "../gather-filter.ts";
import { packTransposedOf } from "../panels.ts";
import type { WinogradPlan } from "./plan.ts";
import { pointCount } from "./points.ts";

/** A part of the filter that leaves room for U in a second-level cache. */
const PART_BYTES = 256 * 1024;

/** Writes U to an address. */
export function packFilter(
  engine: SimdEngine,
  plan: WinogradPlan,
  c: Correlation,
  transformFilter: (...args: number[]) => void,
  filter: FloatArray,
  u: number,
  between: number,
): void {
  const { floats } = engine.memory;
  const { pointBytes } = plan;
  const size = pointCount(plan.tileSize);
  const panels = panelsOf(plan, u);
  for (const { termBytes, address } of panels) {
    for (let point = 0; point < size ** 2; point++) {
      const bias = (address + point * pointBytes) / 4;
      floats.fill(0, bias, bias + termBytes / 4);
    }
  }
  const transform: SliceTransform = (channels, { vectors, termBytes, address }, first, from, rowBytes, tapBytes) => {
    const to = address + termBytes * (1 + first);
    const rows = [rowBytes, 3 * tapBytes, tapBytes] as const;
    transformFilter(channels, vectors, from, ...rows, to, termBytes, size * pointBytes, pointBytes, between, 0);
  };
  if (rowsAreTargets(c)) packTransposing(engine, c, transform, filter, panels);
  else packCopying(engine, c, transform, filter, panels);
}

/** Transforms so many source channels from `first` on for a panel; taps and rows of the slice are as many bytes apart. */
type SliceTransform = (
  channels: number,
  panel: Panel,
  first: number,
  from: number,
  rowBytes: number,
  tapBytes: number,
) => void;

/** A panel: its first channel, its width, and where U's first point has it. */
interface Panel {
  readonly firstChannel: number;
  readonly vectors: number;
  readonly termBytes: number;
  readonly address: number;
}

function panelsOf({ chunks, correlation }: WinogradPlan, u: number): readonly Panel[] {
  let address = u;
  return chunks.flatMap((chunk) =>
    chunk.ranges.flatMap(({ shape, firstChannel, panels }) =>
      Array.from({ length: panels }, (_, n) => {
        const termBytes = 16 * shape.vectors;
        const first = chunk.firstChannel + firstChannel + 4 * n * shape.vectors;
        const panel = { firstChannel: first, vectors: shape.vectors, termBytes, address };
        address += termBytes * (1 + correlation.groupSourceChannels);
        return panel;
      }),
    ),
  );
}

function packCopying(
  engine: SimdEngine,
  c: Correlation,
  transform: SliceTransform,
  filter: FloatArray,
  panels: readonly Panel[],
): void {
  const { groupSourceChannels: sources, groupTargetChannels: targets } = c;
  const rowBytes = 4 * targets;
  const most = Math.max(1, Math.floor(PART_BYTES / (9 * rowBytes)));
  const taps = tapsOf(c);
  for (let first = 0; first < sources; first += most) {
    const rows = Math.min(most, sources - first);
    const tapBytes = rows * rowBytes;
    const matrix = { firstRow: first, rows, firstColumn: 0, columns: targets };
    for (const [i, tap] of taps.entries())
      gatherFilter(c, filter, tap, matrix, engine.memory.floats, (i * tapBytes) / 4);
    for (const panel of panels) transform(rows, panel, first, 4 * panel.firstChannel, rowBytes, tapBytes);
  }
}

function packTransposing(
  engine: SimdEngine,
  c: Correlation,
  transform: SliceTransform,
  filter: FloatArray,
  panels: readonly Panel[],
): void {
  const { groupSourceChannels: sources, groupTargetChannels: targets } = c;
  const taps = tapsOf(c);
  for (const panel of panels) {
    const { firstChannel, vectors, termBytes } = panel;
    const packTransposed = packTransposedOf(engine, vectors);
    const most = Math.floor(PART_BYTES / (40 * termBytes)) * 4;
    for (let first = 0; first < sources; first += most) {
      const columns = Math.min(most, sources - first);
      const rows = Math.min(4 * vectors, targets - firstChannel);
      const matrix = { firstRow: firstChannel, rows, firstColumn: first, columns };
      const tapBytes = columns * termBytes;
      // Each tap comes to the beginning of memory, and transposed behind those before.
      for (const [i, tap] of taps.entries()) {
        gatherFilter(c, filter, tap, matrix, engine.memory.floats, 0);
        packTransposed(columns, 0, 4 * columns, (1 + i) * tapBytes);
      }
      transform(columns, panel, first, tapBytes, termBytes, tapBytes);
    }
  }
}

/** Where the taps begin in the filter, in the order of the source cells they see. */
function tapsOf({ rows, columns, filter }: Correlation): readonly number[] {
  return rows.parts[0]!.taps.flatMap((row) =>
    columns.parts[0]!.taps.map((column) => row * filter.row + column * filter.column),
  );
}
