/**
 * Second principle: to know what is at a place one need not look far from it.
 *
 *     v[a, b] = 0        for |a| > Δ or |b| > Δ                                                        (4)
 *     H[i, j] = u + Σ_{a = −Δ … Δ} Σ_{b = −Δ … Δ} v[a, b] · X[i + a, j + b]
 *
 * which is a convolution layer: `corr2d(x, v, { mode: "same" })` of a (2Δ + 1) × (2Δ + 1) kernel. Weights that obey (4) are a
 * subspace, too; the projection onto it sets the others to zero, and what it discards is their energy.
 *
 * @module
 */

import { requireInteger } from "../geometry/options.ts";
import type { Shape2 } from "../tensor/shape.ts";
import { checkShape, checkTensor, dtypeOf, type FloatArray, type Matrix, zeroArray } from "../tensor/tensor.ts";
import { checkRelative, forEachWeight, type RelativeWeights } from "./translation-invariance.ts";

/**
 * The weights within distance Δ, the others zero: V[i, j, a, b] where |a| ≤ Δ and |b| ≤ Δ, equation (4) of the derivation for
 * weights that need not be shared. This is the orthogonal projection onto locally connected layers.
 *
 * @param relative V, as `toRelative` gives it.
 * @throws TypeError, RangeError if `relative` is not V or Δ not an integer of 0 or more.
 *
 * @example
 * ```ts
 * const relative = tensor([1, 2, 1, 3], [0, 10, 11, 20, 21, 0]);
 * localize(relative, 0).data; // → [0, 10, 0, 0, 21, 0]
 * ```
 */
export function localize<T extends FloatArray = Float32Array>(
  relative: RelativeWeights<T>,
  delta: number,
): RelativeWeights<T> {
  const isLocal = localityOf("localize", relative, delta);
  const data = zeroArray(dtypeOf(relative.data), relative.data.length) as T;
  forEachWeight(relative.shape, (index) => {
    if (isLocal(index)) data[index] = relative.data[index];
  });
  return { shape: [...relative.shape] as const, data };
}

/**
 * What locality discards: the part of the energy Σ V² that weights further than Δ have, from 0 to 1.
 *
 * @throws as {@link localize}.
 *
 * @example
 * ```ts
 * const relative = tensor([1, 2, 1, 3], [0, 3, 4, 0, 5, 0]);
 * energyBeyond(relative, 0); // → 0.32
 * energyBeyond(relative, 1); // → 0
 * ```
 */
export function energyBeyond(relative: RelativeWeights<FloatArray>, delta: number): number {
  const isLocal = localityOf("energyBeyond", relative, delta);
  let beyond = 0;
  let whole = 0;
  forEachWeight(relative.shape, (index) => {
    const energy = relative.data[index] ** 2;
    whole += energy;
    if (!isLocal(index)) beyond += energy;
  });
  return whole === 0 ? 0 : beyond / whole;
}

/**
 * The kernel within distance Δ of shared weights: `corr2d(x, kernel, { mode: "same" })` is the layer with these weights.
 *
 * @param shared v, as `shareWeights` gives it, of as many hidden units as pixels.
 * @returns `[2Δ + 1, 2Δ + 1]`; zero at distances that do not occur in so small an image.
 * @throws TypeError, RangeError if `shared` is not a matrix of odd sides or Δ not an integer of 0 or more.
 *
 * @example
 * ```ts
 * localKernel(tensor([1, 5], [1, 2, 3, 4, 5]), 1).data; // → [0, 0, 0, 2, 3, 4, 0, 0, 0]
 * ```
 */
export function localKernel<T extends FloatArray = Float32Array>(shared: Matrix<T>, delta: number): Matrix<T> {
  checkTensor("localKernel", "shared", shared, 2);
  requireInteger("localKernel", "delta", delta, 0);
  const [down, across] = shared.shape;
  if (down % 2 === 0 || across % 2 === 0) {
    throw new RangeError(
      `localKernel: shared must have odd sides, as many distances on either side of 0, got [${shared.shape}]`,
    );
  }
  const side = 2 * delta + 1;
  const shape: Shape2 = [side, side];
  checkShape("localKernel", "kernel", shape, 2);
  const data = zeroArray(dtypeOf(shared.data), side * side) as T;
  for (let a = -delta; a <= delta; a++) {
    for (let b = -delta; b <= delta; b++) {
      const row = a + (down - 1) / 2;
      const column = b + (across - 1) / 2;
      if (row < 0 || row >= down || column < 0 || column >= across) continue;
      data[(a + delta) * side + b + delta] = shared.data[row * across + column];
    }
  }
  return { shape, data };
}

/** Whether the weight at an index of V is within Δ, after checks. */
function localityOf(
  operation: string,
  relative: RelativeWeights<FloatArray>,
  delta: number,
): (index: number) => boolean {
  checkRelative(operation, relative);
  requireInteger(operation, "delta", delta, 0);
  const [hiddenHeight, hiddenWidth, down, across] = relative.shape;
  return (index) =>
    Math.abs((Math.floor(index / across) % down) - hiddenHeight + 1) <= delta &&
    Math.abs((index % across) - hiddenWidth + 1) <= delta;
}
