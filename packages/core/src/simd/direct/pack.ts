/**
 * Packs a filter for the microkernel of implicit GEMM: for each group, panels of NR target channels, each
 * [bias NR | term × NR] with the terms in the order (tap row, tap column, source channel). What stands in the columns
 * past the last channel is multiplied but never stored.
 *
 * The filter goes through scratch in slices that stay in cache, as a matrix [term][target channel], of which the panels
 * are columns.
 *
 * @module
 */

import type { Correlation } from "../../algorithms/correlation.ts";
import type { FloatArray } from "../../tensor.ts";
import type { SimdEngine } from "../engine.ts";
import { gatherFilter } from "../gather-filter.ts";
import { packPanelsOf } from "../panels.ts";
import type { DirectPart } from "./plan.ts";

/** A slice of the filter that leaves room for panels in a second-level cache. */
const SLICE_BYTES = 256 * 1024;

/** Writes the packed weights of a part, all groups, to `address`. */
export function packWeights(
  engine: SimdEngine,
  c: Correlation,
  part: DirectPart,
  filter: FloatArray,
  bias: FloatArray | undefined,
  address: number,
): void {
  const { groupSourceChannels: sources, groupTargetChannels: targets } = c;
  const { floats } = engine.memory;
  const packers = part.ranges.map(({ shape }) => packPanelsOf(engine, shape.vectors));
  const slice = Math.min(sources, Math.max(1, Math.floor(SLICE_BYTES / (4 * targets))));
  let groupAddress = address;
  for (let group = 0; group < c.groups; group++) {
    packBias(c, part, bias, group, floats, groupAddress);
    let term = 0;
    for (const tapRow of part.rows.taps) {
      for (const tapColumn of part.columns.taps) {
        for (let first = 0; first < sources; first += slice) {
          const count = Math.min(slice, sources - first);
          const from = tapRow * c.filter.row + tapColumn * c.filter.column + group * c.filter.group;
          gatherFilter(c, filter, from + first * c.filter.sourceChannel, count, floats, 0);
          let panel = groupAddress;
          for (const [i, { shape, firstChannel, panels }] of part.ranges.entries()) {
            const termBytes = 16 * shape.vectors;
            for (let n = 0; n < panels; n++) {
              packers[i]!(1, count, 4 * firstChannel + n * termBytes, 4 * targets, panel + termBytes * (1 + term));
              panel += termBytes * (1 + part.terms);
            }
          }
          term += count;
        }
      }
    }
    groupAddress += 4 * part.groupWeights;
  }
}

/** Writes the bias of a group before each panel's terms. */
function packBias(
  c: Correlation,
  part: DirectPart,
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
