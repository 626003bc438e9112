/**
 * Arrays as the scripts make them that write down what other systems compute (make-cases.py), and in the orders of axes of
 * those systems and of this package.
 *
 * @module
 */

import { type Tensor, tensor } from "@corr2d/core";

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Array number k of a case. */
export const fill = (shape: readonly number[], k: number): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7 + k * 5) % 11) - 5);

/** A tensor whose axis `i` is the axis `axes[i]` of the given one. */
function permute(shape: readonly number[], data: ArrayLike<number>, axes: readonly number[]): Tensor {
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const turned = axes.map((axis) => shape[axis]);
  const result = new Float32Array(data.length);
  for (let i = 0; i < result.length; i++) {
    let rest = i;
    let from = 0;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from += (rest % turned[axis]) * steps[axes[axis]];
      rest = Math.floor(rest / turned[axis]);
    }
    result[i] = data[from];
  }
  return { shape: turned, data: result };
}

const spatial = (rank: number): number[] => Array.from({ length: rank }, (_, i) => i + 2);

/** OIHW → HWIO, and for transposed convolutions IOHW → HWOI. */
export const turnWeights = (shape: readonly number[], data: ArrayLike<number>): Tensor =>
  permute(shape, data, [...spatial(shape.length - 2), 1, 0]);

const toChannelsLast = (shape: readonly number[], data: ArrayLike<number>): Tensor =>
  permute(shape, data, [0, ...spatial(shape.length - 2), 1]);

const LAYOUTS = { 1: ["NCW", "NWC"], 2: ["NCHW", "NHWC"], 3: ["NCDHW", "NDHWC"] } as const;

/** Each layout of a number of axes, and how activations with channels first are brought to it. */
export function layoutsOf(rank: 1 | 2 | 3): readonly {
  readonly layout: (typeof LAYOUTS)[1 | 2 | 3][number];
  readonly turn: (shape: readonly number[], data: ArrayLike<number>) => Tensor;
}[] {
  const [first, last] = LAYOUTS[rank];
  return [
    { layout: first, turn: (shape, data) => tensor(shape, Float32Array.from(data)) },
    { layout: last, turn: toChannelsLast },
  ];
}
