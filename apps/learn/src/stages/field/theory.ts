/**
 * The size of a receptive field by its formula.
 *
 * @module
 */

import type { FieldLayer } from "../../engine/field.ts";

/** r = 1 + Σ d(k − 1) · strides before */
export function fieldSide(layers: readonly FieldLayer[]): number {
  let [side, step] = [1, 1];
  for (const { kernel, stride, dilation } of layers) {
    side += dilation * (kernel - 1) * step;
    step *= stride;
  }
  return side;
}
