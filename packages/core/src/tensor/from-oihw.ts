/**
 * Filters of PyTorch, ONNX and other systems whose spatial axes come last, turned to the order that is used here:
 *
 *     OIW, OIHW, OIDHW  →  WIO, HWIO, DHWIO        y[…spatial, i, o] = x[o, i, …spatial]
 *
 * @module
 */

import { sizeOf } from "./shape.ts";
import { checkTensor, dtypeOf, type FloatArray, type Owned, type Tensor, zeroArray } from "./tensor.ts";

/**
 * Turns a filter whose channels come first, as PyTorch has it, to one whose spatial axes come first: OIHW to HWIO, and so for
 * one and three spatial axes. The filter of a transposed convolution, [in, out / groups, …spatial] there, becomes
 * [...spatial, out / groups, in], which is its order here.
 *
 * @param filter `[outChannels, inChannels / groups, …spatial]`, with one to three spatial axes.
 * @returns `[…spatial, inChannels / groups, outChannels]`, in memory of its own.
 * @throws TypeError if `filter` is not a tensor; RangeError if its rank is not 3, 4 or 5.
 *
 * @example
 * ```ts
 * const filter = tensor([2, 1, 1, 3], [1, 2, 3, 10, 20, 30]); // two filters of 1 × 3 for one channel
 * fromOihw(filter).shape; // → [1, 3, 1, 2]
 * fromOihw(filter).data; // → [1, 10, 2, 20, 3, 30]
 * ```
 */
export function fromOihw<S extends readonly number[], T extends FloatArray = Float32Array>(
  filter: Tensor<S, T>,
): Tensor<S, Owned<T>> {
  const rank = Math.min(5, Math.max(3, filter?.shape?.length ?? 4));
  checkTensor("fromOihw", "filter", filter, rank);
  const [outputs, inputs, ...spatial] = filter.shape as unknown as readonly [number, number, ...number[]];
  const cells = sizeOf(spatial);
  const turned = zeroArray(dtypeOf(filter.data), filter.data.length);
  let at = 0;
  for (let cell = 0; cell < cells; cell++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) turned[at++] = filter.data[(o * inputs + i) * cells + cell]!;
    }
  }
  return { shape: [...spatial, inputs, outputs] as unknown as S, data: turned as Owned<T> };
}
