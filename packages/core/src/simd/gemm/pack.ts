/**
 * Packs a filter for the microkernel of implicit GEMM: for each group, panels of NR target channels, each
 * [bias NR | term × NR] with the terms in the order (tap row, tap column, source channel). What stands in the columns
 * past the last channel is multiplied but never stored.
 *
 * The filter goes through scratch in parts that stay in cache: forward as a matrix [term][target channel], of which the
 * panels are columns; for the input gradient as one [target channel][term], which has the panel's columns for rows.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { SimdEngine } from "../engine/engine.ts";
import { packPanelsOf, packTransposedOf } from "./emit-packing.ts";
import type { PackedPart } from "./plan.ts";

/** A part of the filter that leaves room for panels in a second-level cache. */
const PART_BYTES = 256 * 1024;

/** Writes the packed weights of a part, all groups, to `address`. */
export function packWeights(
  engine: SimdEngine,
  c: Correlation,
  part: PackedPart,
  filter: FloatArray,
  bias: FloatArray | undefined,
  address: number,
): void {
  const pack = rowsAreTargets(c) ? transposingPacker(engine, c, part, filter) : copyingPacker(engine, c, part, filter);
  const runs = tapRuns(c, part);
  for (let group = 0; group < c.groups; group++) {
    const weights = address + 4 * group * part.groupWeights;
    packBias(c, part, bias, group, engine.memory.floats, weights);
    let term = 0;
    for (const { from, terms } of runs) {
      pack(from + group * c.filter.group, terms, term, weights);
      term += terms;
    }
  }
}

/** Taps that follow one another in the filter: where the first begins, and their terms. */
interface TapRun {
  readonly from: number;
  readonly terms: number;
}

/** All taps of a part. Forward, and transposed only tap by tap, those that are neighbours are one matrix. */
function tapRuns(c: Correlation, { rows, columns }: PackedPart): readonly TapRun[] {
  const runs: { from: number; terms: number }[] = [];
  let end = Number.NaN;
  for (const tapRow of rows.taps) {
    for (const tapColumn of columns.taps) {
      const from = tapRow * c.filter.row + tapColumn * c.filter.column;
      if (from === end && !rowsAreTargets(c)) runs.at(-1)!.terms += c.groupSourceChannels;
      else runs.push({ from, terms: c.groupSourceChannels });
      end = from + c.filter.column;
    }
  }
  return runs;
}

/** Whether a tap, a matrix [input channel][output channel], has target channels for rows: in the input gradient. */
function rowsAreTargets({ filter }: Correlation): boolean {
  return filter.targetChannel !== 1;
}

/** Packs taps, a matrix that begins at `filter[from]`, as `terms` terms into the panels at an address. */
type TapPacker = (from: number, terms: number, firstTerm: number, weights: number) => void;

/** For taps whose rows are source channels. */
function copyingPacker(engine: SimdEngine, c: Correlation, part: PackedPart, filter: FloatArray): TapPacker {
  const { groupTargetChannels: targets } = c;
  const rowLength = c.filter.sourceChannel;
  const panels = panelsOf(part);
  const packers = part.ranges.map(({ shape }) => packPanelsOf(engine, shape.vectors));
  const most = Math.max(1, Math.floor(PART_BYTES / (4 * targets)));
  const { scratch } = engine.memory;
  return (from, terms, term, weights) => {
    for (let first = 0; first < terms; first += most) {
      const rows = Math.min(most, terms - first);
      gatherRows(engine, filter, from + first * rowLength, rows, rowLength, targets);
      for (const { range, firstChannel, offset, termBytes } of panels) {
        const to = weights + offset + termBytes * (1 + term + first);
        packers[range]!(1, rows, scratch + 4 * firstChannel, 4 * targets, to);
      }
    }
  };
}

/** For taps whose rows are target channels. */
function transposingPacker(engine: SimdEngine, c: Correlation, part: PackedPart, filter: FloatArray): TapPacker {
  const { groupTargetChannels: targets } = c;
  const rowLength = c.filter.targetChannel;
  const panels = panelsOf(part);
  const packers = part.ranges.map(({ shape }) => packTransposedOf(engine, shape.vectors));
  const { scratch } = engine.memory;
  return (from, terms, term, weights) => {
    for (const { range, firstChannel, offset, termBytes } of panels) {
      const rows = Math.min(termBytes / 4, targets - firstChannel);
      const most = Math.floor(PART_BYTES / (4 * termBytes)) * 4;
      for (let first = 0; first < terms; first += most) {
        const columns = Math.min(most, terms - first);
        gatherRows(engine, filter, from + firstChannel * rowLength + first, rows, rowLength, columns);
        packers[range]!(columns, scratch, 4 * columns, weights + offset + termBytes * (1 + term + first));
      }
    }
  };
}

/** Copies `columns` floats of each row of a matrix, the first from `filter[from]` on, to the beginning of scratch. */
function gatherRows(
  { memory: { floats, scratch } }: SimdEngine,
  filter: FloatArray,
  from: number,
  rows: number,
  rowLength: number,
  columns: number,
): void {
  const [pieces, length] = columns === rowLength ? [1, rows * columns] : [rows, columns];
  for (let piece = 0; piece < pieces; piece++) {
    const at = from + piece * rowLength;
    floats.set(filter.subarray(at, at + length), scratch / 4 + piece * length);
  }
}

/** Where the panels of a group stand. */
function panelsOf(part: PackedPart) {
  let offset = 0;
  return part.ranges.flatMap(({ shape, firstChannel, panels }, range) =>
    Array.from({ length: panels }, (_, n) => {
      const termBytes = 16 * shape.vectors;
      const panel = { range, firstChannel: firstChannel + 4 * n * shape.vectors, offset, termBytes };
      offset += termBytes * (1 + part.terms);
      return panel;
    }),
  );
}

/** Writes the bias of a group before each panel's terms. */
function packBias(
  c: Correlation,
  part: PackedPart,
  bias: FloatArray | undefined,
  group: number,
  floats: Float32Array,
  address: number,
): void {
  let to = address / 4;
  for (const { shape, firstChannel, panels } of part.ranges) {
    const nr = 4 * shape.vectors;
    for (let panel = 0; panel < panels; panel++) {
      const first = firstChannel + panel * nr;
      for (let n = 0; n < nr; n++) {
        const isChannel = first + n < c.groupTargetChannels;
        floats[to + n] = isChannel && bias !== undefined ? bias[group * c.groupTargetChannels + first + n]! : 0;
      }
      to += nr * (1 + part.terms);
    }
  }
}
