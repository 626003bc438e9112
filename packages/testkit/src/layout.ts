/**
 * Activations in either order of axes. Everything is computed with channels last:
 *
 *     last[n, …, c] = first[n, c, …]
 *
 * @module
 */

import { resultShapeOf, sizeOf } from "./arithmetic.ts";
import type { CasePass, Numbers, SpatialCase } from "./case.ts";

/** The input ("inputGradient" has its shape) or output ("forward") of a case, brought to channels last. */
export function toChannelsLast<T extends Numbers>(array: T, convCase: SpatialCase, of: CasePass): T {
  const { batch, cells, channels, moves } = order(convCase, of);
  return moves ? transposeEach(array, batch, channels, cells) : array;
}

/** The reverse of {@link toChannelsLast}: an input or output, brought from channels last to the layout of its case. */
export function fromChannelsLast<T extends Numbers>(array: T, convCase: SpatialCase, of: CasePass): T {
  const { batch, cells, channels, moves } = order(convCase, of);
  return moves ? transposeEach(array, batch, cells, channels) : array;
}

/** `count` matrices [rows, columns] one after the other, each turned into [columns, rows]. */
export function transposeEach<T extends Numbers>(matrices: T, count: number, rows: number, columns: number): T {
  const turned = new (matrices.constructor as new (length: number) => T)(matrices.length);
  let to = 0;
  for (let n = 0; n < count; n++) {
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++) turned[to++] = matrices[(n * rows + row) * columns + column];
    }
  }
  return turned;
}

function order(
  convCase: SpatialCase,
  of: CasePass,
): { readonly batch: number; readonly cells: number; readonly channels: number; readonly moves: boolean } {
  const shape = resultShapeOf(convCase, of);
  // The gradients of filter and bias have no layout.
  const isActivation = of === "forward" || of === "inputGradient";
  return {
    batch: shape[0],
    cells: sizeOf(shape.slice(1, -1)),
    channels: shape[shape.length - 1],
    moves: isActivation && convCase.layout === "channels first",
  };
}
