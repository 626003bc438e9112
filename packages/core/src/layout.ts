/**
 * The door: activations in the user's layout become NHWC before they are computed on, and back after.
 *
 *     NHWC[n, h, w, c] = NCHW[n, c, h, w]
 *
 * @module
 */

import type { Layout } from "./geometry.ts";
import type { NhwcShape, Shape4 } from "./shape.ts";
import { dtypeOf, type FloatArray, zeros } from "./tensor.ts";

/** The shape of NHWC activations in the user's layout. */
export function shapeInLayout([n, h, w, c]: NhwcShape, layout: Layout): Shape4 {
  return layout === "NHWC" ? [n, h, w, c] : [n, c, h, w];
}

/** Activations in NHWC: the same array if they are so already, else a new one. `shape` is the NHWC shape. */
export function toNhwc<T extends FloatArray>(data: T, [n, h, w, c]: NhwcShape, layout: Layout): T {
  return layout === "NHWC" ? data : transposeInner(data, n, c, h * w);
}

/** The reverse of {@link toNhwc}. */
export function fromNhwc<T extends FloatArray>(data: T, [n, h, w, c]: NhwcShape, layout: Layout): T {
  return layout === "NHWC" ? data : transposeInner(data, n, h * w, c);
}

/** `[batch, rows, columns]` → `[batch, columns, rows]`, in a new array. */
function transposeInner<T extends FloatArray>(data: T, batch: number, rows: number, columns: number): T {
  const result = zeros(dtypeOf(data), data.length);
  for (let n = 0; n < batch; n++) {
    const base = n * rows * columns;
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) result[base + c * rows + r] = data[base + r * columns + c];
    }
  }
  return result as T;
}
