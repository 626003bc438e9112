/**
 * Masks: which cells of a matrix or pixels of a picture there are.
 *
 * @module
 */

import { describe } from "../../tensor/tensor.ts";

/** Checks a mask of so many cells, if there is one. */
export function checkMask(operation: string, mask: unknown, cells: number): ArrayLike<number> | undefined {
  if (mask === undefined) return undefined;
  const kinds = ["Uint8Array", "Uint8ClampedArray", "Float32Array", "Float64Array"];
  const kind = ArrayBuffer.isView(mask) ? (mask as Uint8Array)[Symbol.toStringTag] : "";
  if (!kinds.includes(kind)) {
    throw new TypeError(`${operation}: mask must be a Uint8Array, or floats, got ${describe(mask)}`);
  }
  const { length } = mask as Uint8Array;
  if (length !== cells)
    throw new RangeError(`${operation}: mask must have ${cells} elements, one a cell, got ${length}`);
  return mask as Uint8Array;
}
