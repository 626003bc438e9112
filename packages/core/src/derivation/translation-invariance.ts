/**
 * First principle: what a hidden unit looks for should not depend on where it looks.
 *
 * To say so, a weight must be named by the distance from the unit to the pixel instead of by the pixel:
 *
 *     V[i, j, a, b] = W[i, j, i + a, j + b]                                                            (2)
 *     H[i, j] = U[i, j] + Σ_{a, b} V[i, j, a, b] · X[i + a, j + b]
 *
 * which changes nothing but the names. The distances run over all that occur, −(hiddenHeight − 1) ≤ a < height, and likewise
 * b; where pixel (i + a, j + b) is outside the image there is no weight. Now the principle is short:
 *
 *     V[i, j, a, b] = v[a, b]                                                                          (3)
 *
 * The weights that obey (3) are a linear subspace. The nearest to given ones are had by the orthogonal projection on it,
 * which is the mean over all units that have that weight:
 *
 *     v[a, b] = mean of V[i, j, a, b] over the (i, j) with pixel (i + a, j + b) inside the image
 *
 * Layout of V: `[hiddenHeight, hiddenWidth, hiddenHeight + height − 1, hiddenWidth + width − 1]`, distance (a, b) at
 * `[…, a + hiddenHeight − 1, b + hiddenWidth − 1]`; zero where there is no weight.
 *
 * @module
 */

import type { Shape2, Shape4 } from "../tensor/shape.ts";
import {
  checkShape,
  checkTensor,
  dtypeOf,
  type FloatArray,
  type Matrix,
  type Tensor,
  zeroArray,
} from "../tensor/tensor.ts";
import type { DenseWeights } from "./dense-layer.ts";

/** V: weights of a fully connected layer named by distance. See the head of this module for the layout. */
export type RelativeWeights<T extends FloatArray = Float32Array> = Tensor<Shape4, T>;

/**
 * Names the weights by distance, equation (2) of the derivation: V[i, j, a, b] = W[i, j, i + a, j + b].
 *
 * @throws TypeError, RangeError if `weights` is not a tensor of rank 4 with elements.
 *
 * @example
 * ```ts
 * // Two units on two pixels, in one row: each looks at itself and at the other.
 * const weights = tensor([1, 2, 1, 2], [10, 11, 20, 21]);
 * // Distances −1, 0 and 1: the first unit has no pixel to its left, the second none to its right.
 * toRelative(weights).data; // → [0, 10, 11, 20, 21, 0]
 * ```
 */
export function toRelative<T extends FloatArray = Float32Array>(weights: DenseWeights<T>): RelativeWeights<T> {
  checkTensor("toRelative", "weights", weights, 4);
  const [hiddenHeight, hiddenWidth, height, width] = weights.shape;
  requireElements("toRelative", "weights", weights.shape);
  const shape: Shape4 = [hiddenHeight, hiddenWidth, hiddenHeight + height - 1, hiddenWidth + width - 1];
  const data = zeroArray(dtypeOf(weights.data), checkShape("toRelative", "result", shape, 4)) as T;
  forEachWeight(shape, (relative, absolute) => {
    data[relative] = weights.data[absolute];
  });
  return { shape, data };
}

/**
 * Names the weights by pixel again, the reverse of {@link toRelative}: W[i, j, k, l] = V[i, j, k − i, l − j]. Values of V where
 * there is no pixel are left out.
 *
 * @throws TypeError, RangeError if `relative` is not a tensor of rank 4 with room for every distance.
 *
 * @example
 * ```ts
 * toAbsolute(tensor([1, 2, 1, 3], [0, 10, 11, 20, 21, 0])).data; // → [10, 11, 20, 21]
 * ```
 */
export function toAbsolute<T extends FloatArray = Float32Array>(relative: RelativeWeights<T>): DenseWeights<T> {
  checkRelative("toAbsolute", relative);
  const [hiddenHeight, hiddenWidth] = relative.shape;
  const shape: Shape4 = [hiddenHeight, hiddenWidth, ...imageShapeOf(relative.shape)];
  const data = zeroArray(dtypeOf(relative.data), checkShape("toAbsolute", "result", shape, 4)) as T;
  forEachWeight(relative.shape, (from, to) => {
    data[to] = relative.data[from];
  });
  return { shape, data };
}

/**
 * The shared weights nearest to given ones: v[a, b] is the mean of V[i, j, a, b] over the units that have this weight.
 *
 * @returns v, `[hiddenHeight + height − 1, hiddenWidth + width − 1]`, distance (a, b) at
 *   `[a + hiddenHeight − 1, b + hiddenWidth − 1]`.
 * @throws TypeError, RangeError if `relative` is not what {@link toRelative} gives.
 *
 * @example
 * ```ts
 * shareWeights(tensor([1, 2, 1, 3], [0, 10, 11, 20, 21, 0])).data; // → [20, 15.5, 11]
 * ```
 */
export function shareWeights<T extends FloatArray = Float32Array>(relative: RelativeWeights<T>): Matrix<T> {
  checkRelative("shareWeights", relative);
  const shape: Shape2 = [relative.shape[2], relative.shape[3]];
  const distances = shape[0] * shape[1];
  const sums = new Float64Array(distances);
  const counts = new Float64Array(distances);
  forEachWeight(relative.shape, (index) => {
    sums[index % distances] += relative.data[index];
    counts[index % distances]++;
  });
  const data = zeroArray(dtypeOf(relative.data), distances) as T;
  for (let i = 0; i < distances; i++) data[i] = sums[i] / counts[i];
  return { shape, data };
}

/**
 * Gives every unit the same weights: V[i, j, a, b] = v[a, b], equation (3) of the derivation, zero where there is no
 * pixel. After {@link shareWeights} this is the orthogonal projection of V onto the layers that are translation invariant.
 *
 * @param shared v, as {@link shareWeights} gives it.
 * @param hiddenShape `[hiddenHeight, hiddenWidth]`.
 * @throws TypeError, RangeError if `shared` is not a matrix with room for every distance.
 *
 * @example
 * ```ts
 * unshareWeights(tensor([1, 3], [20, 15.5, 11]), [1, 2]).data; // → [0, 15.5, 11, 20, 15.5, 0]
 * ```
 */
export function unshareWeights<T extends FloatArray = Float32Array>(
  shared: Matrix<T>,
  hiddenShape: Shape2,
): RelativeWeights<T> {
  checkTensor("unshareWeights", "shared", shared, 2);
  checkShape("unshareWeights", "hiddenShape", hiddenShape, 2);
  const shape: Shape4 = [hiddenShape[0], hiddenShape[1], shared.shape[0], shared.shape[1]];
  requireRoom("unshareWeights", shape);
  const data = zeroArray(dtypeOf(shared.data), checkShape("unshareWeights", "result", shape, 4)) as T;
  forEachWeight(shape, (index) => {
    data[index] = shared.data[index % shared.data.length];
  });
  return { shape, data };
}

/**
 * How far weights are from translation invariant: the part of them that no shared weights explain,
 *
 *     ‖V − shared V‖ / ‖V‖        with the 2-norm over all weights and the projection of {@link shareWeights}
 *
 * 0 for a convolution; 1 if the units' weights cancel on average; √(1 − 1/n) is expected of independent weights that n
 * units each have. Zero weights are invariant.
 *
 * @throws TypeError, RangeError if `relative` is not what {@link toRelative} gives.
 *
 * @example
 * ```ts
 * translationVariance(toRelative(tensor([1, 2, 1, 2], [1, 0, 0, 1]))); // → 0
 * translationVariance(toRelative(tensor([1, 2, 1, 2], [1, 0, 0, -1]))); // → 1
 * ```
 */
export function translationVariance(relative: RelativeWeights<FloatArray>): number {
  checkRelative("translationVariance", relative);
  const { data: shared } = shareWeights(relative);
  let apart = 0;
  let whole = 0;
  forEachWeight(relative.shape, (index) => {
    const weight = relative.data[index];
    apart += (weight - shared[index % shared.length]) ** 2;
    whole += weight * weight;
  });
  return whole === 0 ? 0 : Math.sqrt(apart / whole);
}

/** Checks that a tensor has the layout of V. */
export function checkRelative(operation: string, relative: RelativeWeights<FloatArray>): void {
  checkTensor(operation, "relative", relative, 4);
  requireElements(operation, "relative", relative.shape);
  requireRoom(operation, relative.shape);
}

function requireElements(operation: string, parameter: string, shape: readonly number[]): void {
  if (shape.includes(0)) throw new RangeError(`${operation}: ${parameter} [${shape}] is empty`);
}

function requireRoom(operation: string, shape: Shape4): void {
  const [hiddenHeight, hiddenWidth, distancesDown, distancesAcross] = shape;
  if (distancesDown >= hiddenHeight && distancesAcross >= hiddenWidth) return;
  throw new RangeError(
    `${operation}: hidden units [${hiddenHeight},${hiddenWidth}] need at least as many distances, ` +
      `got [${distancesDown},${distancesAcross}]`,
  );
}

/** `[height, width]` of the image that weights by distance look at. */
export function imageShapeOf([hiddenHeight, hiddenWidth, distancesDown, distancesAcross]: Shape4): Shape2 {
  return [distancesDown - hiddenHeight + 1, distancesAcross - hiddenWidth + 1];
}

/** Visits every weight: where it stands in V, of the given shape, and in W. */
export function forEachWeight(shape: Shape4, visit: (relative: number, absolute: number) => void): void {
  const [hiddenHeight, hiddenWidth, distancesDown, distancesAcross] = shape;
  const [height, width] = imageShapeOf(shape);
  let absolute = 0;
  for (let i = 0; i < hiddenHeight; i++) {
    for (let j = 0; j < hiddenWidth; j++) {
      const unit = (i * hiddenWidth + j) * distancesDown;
      for (let k = 0; k < height; k++) {
        // a = k − i stands at a + hiddenHeight − 1, and likewise b.
        const row = (unit + k - i + hiddenHeight - 1) * distancesAcross - j + hiddenWidth - 1;
        for (let l = 0; l < width; l++) visit(row + l, absolute++);
      }
    }
  }
}
