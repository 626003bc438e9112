/**
 * Pooling: the mean or the largest of the cells that a window sees. The windows are those of a depthwise convolution of the same
 * shapes; its padding is no cell, so it counts in no mean and is never the largest:
 *
 *     average    y[i] = Σ x[h] / n(i)          ∂x[h] = Σ over the windows i that see h of dy[i] / n(i)
 *     max        y[i] = max x[h]               ∂x[h] = Σ over the windows i whose first largest cell is h of dy[i]
 *
 * with n(i) the number of cells that window i sees.
 *
 * @module
 */

import { type ResolvedAxis, resolveCase, sizeOf } from "./arithmetic.ts";
import type { CasePass, SpatialCase } from "./case.ts";
import { fromChannelsLast, toChannelsLast } from "./layout.ts";
import { type ReferenceData, reference } from "./reference.ts";

/** The depthwise convolution that has the windows of a case. */
export function windowsOf({ pool: _, ...convolution }: SpatialCase): SpatialCase {
  return convolution;
}

/** Whether every window sees a cell: of none there is no mean, and no largest. */
export function seesCells(convCase: SpatialCase): boolean {
  const { depth, height, width } = resolveCase(windowsOf(convCase));
  return [depth, height, width].every((axis) => cellsOf(axis).every(({ length }) => length > 0));
}

/**
 * A pass of pooling in float64.
 *
 * @throws RangeError for a gradient with respect to a filter or a bias, of which there is none.
 */
export function pooled(convCase: SpatialCase, pass: CasePass, { x = [], dy = [] }: ReferenceData): Float64Array {
  if (pass !== "forward" && pass !== "inputGradient") {
    throw new RangeError(`reference: case "${convCase.name}" pools, so it has no ${pass}`);
  }
  if (convCase.pool === "max") return largest(convCase, pass, x, dy);
  const windows = { ...windowsOf(convCase), bias: false };
  const filter = new Float64Array(sizeOf(windows.filterShape)).fill(1);
  const ones = new Float64Array(sizeOf(windows.inputShape)).fill(1);
  const counts = reference(windows, "forward", { x: ones, filter });
  if (pass === "forward") return reference(windows, pass, { x, filter }).map((sum, i) => sum / counts[i]!);
  return reference(windows, pass, { filter, dy: counts.map((count, i) => dy[i]! / count) });
}

/** For each output of an axis, the cells that it sees. */
function cellsOf({ input, kernel, output, stride, dilation, before }: ResolvedAxis): readonly (readonly number[])[] {
  return Array.from({ length: output }, (_, i) =>
    Array.from({ length: kernel }, (_tap, a) => i * stride + a * dilation - before).filter((h) => h >= 0 && h < input),
  );
}

function largest(
  convCase: SpatialCase,
  pass: "forward" | "inputGradient",
  given: ArrayLike<number>,
  dy: ArrayLike<number>,
): Float64Array {
  const windows = windowsOf(convCase);
  const { batch, depth, height, width, inChannels } = resolveCase(windows);
  const x = toChannelsLast(Float64Array.from(given), windows, "inputGradient");
  const incoming = toChannelsLast(Float64Array.from(dy), windows, "forward");
  const [planes, rows, columns] = [depth, height, width].map(cellsOf) as [number[][], number[][], number[][]];
  const result = new Float64Array(
    pass === "forward" ? batch * planes.length * rows.length * columns.length * inChannels : x.length,
  );
  let element = 0;
  for (let n = 0; n < batch; n++) {
    for (const plane of planes) {
      for (const row of rows) {
        for (const column of columns) {
          for (let c = 0; c < inChannels; c++, element++) {
            let most = -1;
            for (const d of plane) {
              for (const h of row) {
                for (const w of column) {
                  const at = (((n * depth.input + d) * height.input + h) * width.input + w) * inChannels + c;
                  if (most < 0 || x[at]! > x[most]!) most = at;
                }
              }
            }
            if (pass === "forward") result[element] = x[most]!;
            else result[most]! += incoming[element]!;
          }
        }
      }
    }
  }
  return fromChannelsLast(result, windows, pass);
}
