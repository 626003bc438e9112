/**
 * Packs a filter for the microkernel of implicit GEMM: for each group, panels of NR target channels, each
 * [bias NR | term × NR] with the terms in the order (tap row, tap column, source channel). Columns past the last
 * channel are zero.
 *
 * @module
 */

import type { FloatArray } from "../../tensor.ts";
import type { Correlation } from "../correlation.ts";
import type { DirectPart } from "./plan.ts";

/** Writes the packed weights of a part, all groups, from float number `at`. */
export function packWeights(
  c: Correlation,
  part: DirectPart,
  filter: FloatArray,
  bias: FloatArray | undefined,
  floats: Float32Array,
  at: number,
): void {
  const { filter: distance, groupSourceChannels, groupTargetChannels } = c;
  let to = at;
  for (let group = 0; group < c.groups; group++) {
    for (const { shape, firstChannel, panels } of part.ranges) {
      const nr = 4 * shape.vectors;
      for (let panel = 0; panel < panels; panel++) {
        const first = firstChannel + panel * nr;
        const used = Math.min(nr, groupTargetChannels - first);
        for (let n = 0; n < nr; n++) {
          floats[to++] = n < used && bias !== undefined ? bias[group * groupTargetChannels + first + n]! : 0;
        }
        for (const tapRow of part.rows.taps) {
          for (const tapColumn of part.columns.taps) {
            let from = tapRow * distance.row + tapColumn * distance.column + group * distance.group;
            from += first * distance.targetChannel;
            for (let channel = 0; channel < groupSourceChannels; channel++, from += distance.sourceChannel) {
              for (let n = 0; n < used; n++) floats[to + n] = filter[from + n * distance.targetChannel]!;
              for (let n = used; n < nr; n++) floats[to + n] = 0;
              to += nr;
            }
          }
        }
      }
    }
  }
}
