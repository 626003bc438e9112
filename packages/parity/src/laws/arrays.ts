/**
 * Dense arrays, cut, flipped and added, as the laws need them.
 *
 * @module
 */

import { sizeOf } from "@corr2d/testkit";

/** A shape with one axis longer. */
export function grow(shape: readonly number[], axis: number, by: number): readonly number[] {
  return shape.with(axis, shape[axis] + by);
}

/** As many zeros as there are values. */
export function zerosLike(values: ArrayLike<number>): Float64Array {
  return new Float64Array(values.length);
}

/** a + b. */
export function add(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  return Float64Array.from(a, (value, i) => value + b[i]);
}

/** Σ of(a)·of(b). */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>, of: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += of(a[i]) * of(b[i]);
  return sum;
}

/** `count` cells of one axis of a dense array, from the `first` on. */
export function slice<T extends Float32Array | Float64Array>(
  array: T,
  shape: readonly number[],
  axis: number,
  first: number,
  count: number,
): T {
  const inner = sizeOf(shape.slice(axis + 1));
  return array.filter((_, i) => {
    const cell = Math.floor(i / inner) % shape[axis];
    return cell >= first && cell < first + count;
  }) as T;
}

/** A dense array [...outer, ...spatial, ...inner] with all its spatial axes reversed; `inner` is what is left. */
export function flipSpatial<T extends Float32Array | Float64Array>(
  array: T,
  outer: readonly number[],
  spatial: readonly number[],
): T {
  const cells = sizeOf(spatial);
  const inner = array.length / (sizeOf(outer) * cells);
  // Reversing every axis of a dense block reverses the block.
  return array.map((_, i) => {
    const [block, rest] = [Math.floor(i / (cells * inner)), i % (cells * inner)];
    const cell = cells - 1 - Math.floor(rest / inner);
    return array[(block * cells + cell) * inner + (rest % inner)];
  }) as T;
}
