/**
 * The definition of convolution in any number of axes, cell by cell and in float64, sharing no code with the package. It
 * is a sum over *triples*: an output cell, a tap and the input cell under it.
 *
 * @module
 */

import type { Boundary, Rounding } from "@corr2d/core";

/** A convolution, channels last. */
export interface Problem {
  readonly inputSizes: readonly number[];
  readonly kernelSizes: readonly number[];
  readonly outputSizes: readonly number[];
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: readonly (readonly [before: number, after: number])[];
  readonly paddingMode: Boundary;
}

/** Output size along an axis. */
export function outputSize(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  [before, after]: readonly [number, number],
  rounding: Rounding,
): number {
  return Math[rounding]((size + before + after - (dilation * (kernel - 1) + 1)) / stride) + 1;
}

/** All index tuples below `sizes`, in row-major order. */
export function indices(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (tuples, size) => tuples.flatMap((tuple) => Array.from({ length: size }, (_, i) => [...tuple, i])),
    [[]],
  );
}

const offset = (sizes: readonly number[], index: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum * sizes[axis] + i, 0);

/** Where the cell at `position` along an axis is read from; undefined where it is absent. */
function source(
  position: number,
  size: number,
  [before, after]: readonly number[],
  mode: Boundary,
): number | undefined {
  if (position < -before || position >= size + after) return undefined;
  // One step after the other, until it is inside: what lies outside looks like what lies a step nearer.
  let inside = position;
  while (inside < 0 || inside >= size) {
    if (mode === "constant") return undefined;
    if (mode === "edge" || size === 1) inside = inside < 0 ? 0 : size - 1;
    else if (mode === "wrap") inside += inside < 0 ? size : -size;
    else if (mode === "symmetric") inside = inside < 0 ? -1 - inside : 2 * size - 1 - inside;
    else inside = inside < 0 ? -inside : 2 * (size - 1) - inside;
  }
  return inside;
}

/** Calls `visit` with the offsets of output element, input element and weight of every product of the definition. */
function forEachProduct(p: Problem, visit: (y: number, x: number, w: number) => void): void {
  const [inGroup, outGroup] = [p.inChannels / p.groups, p.outChannels / p.groups];
  for (const cell of indices(p.outputSizes)) {
    for (const tap of indices(p.kernelSizes)) {
      const read = cell.map((o, axis) =>
        source(
          o * p.strides[axis] + tap[axis] * p.dilations[axis] - p.padding[axis][0],
          p.inputSizes[axis],
          p.padding[axis],
          p.paddingMode,
        ),
      );
      if (read.includes(undefined)) continue;
      for (let n = 0; n < p.batch; n++) {
        for (let o = 0; o < p.outChannels; o++) {
          for (let c = 0; c < inGroup; c++) {
            const channel = Math.floor(o / outGroup) * inGroup + c;
            visit(
              offset([p.batch, ...p.outputSizes, p.outChannels], [n, ...cell, o]),
              offset([p.batch, ...p.inputSizes, p.inChannels], [n, ...(read as number[]), channel]),
              offset([...p.kernelSizes, inGroup, p.outChannels], [...tap, c, o]),
            );
          }
        }
      }
    }
  }
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** y of a convolution. */
export function convolve(p: Problem, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const y = new Float64Array(p.batch * product(p.outputSizes) * p.outChannels);
  forEachProduct(p, (i, j, k) => {
    y[i] += x[j] * w[k];
  });
  return y;
}

/** The transpose: `y` stands where the output of the convolution does, and its input is computed. */
export function convolveTransposed(p: Problem, y: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const x = new Float64Array(p.batch * product(p.inputSizes) * p.inChannels);
  forEachProduct(p, (i, j, k) => {
    x[j] += y[i] * w[k];
  });
  return x;
}

/** Σ a·b. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
