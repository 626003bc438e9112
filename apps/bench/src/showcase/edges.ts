/**
 * The first thing convolution was ever good for, and the principle behind it, on a real picture.
 *
 * Edges: two small kernels (I. Sobel and G. Feldman, 1968) answer how fast the grey level grows to the right and
 * downwards; the length of that gradient is the edge picture. The kernels are applied by cross-correlation.
 *
 * Translation invariance: a detector that is the same everywhere gives the same answer wherever the thing is. So with
 * T the shift of a picture, corr2d(T x) = T corr2d(x), wherever the kernel sees no cell that the shift brought in or
 * dropped. Not nearly: each output sums the same products in the same order, so the float32 are equal.
 *
 * @module
 */

import { corr2d, type Matrix, tensor } from "@corr2d/core";

const SOBEL_RIGHT = tensor([3, 3], [-1, 0, 1, -2, 0, 2, -1, 0, 1]);
const SOBEL_DOWN = tensor([3, 3], [-1, -2, -1, 0, 0, 0, 1, 2, 1]);

/** The kernels are 3×3: they see one cell beyond the one they are centred on. */
const REACH = 1;

/** A shift by whole cells: down and to the right where positive. */
export interface Shift {
  readonly down: number;
  readonly right: number;
}

/** What became of the response when the picture was shifted. */
export interface ShiftFinding {
  readonly shift: Shift;
  /** Cells in which both responses are determined by the same part of the picture. */
  readonly compared: number;
  /** Cells in which they differ at all. */
  readonly different: number;
  readonly largestDifference: number;
}

/**
 * Length of the grey level's gradient, √(gₓ² + g_y²), in grey levels; as large as the picture. Outside the picture lies
 * black, so its border is an edge.
 */
export function detectEdges(picture: Matrix): Matrix {
  const right = corr2d(picture, SOBEL_RIGHT, { mode: "same" });
  const down = corr2d(picture, SOBEL_DOWN, { mode: "same" });
  return { shape: picture.shape, data: right.data.map((value, i) => Math.hypot(value, down.data[i])) };
}

/** The picture moved by `shift`; black comes in where nothing was. */
export function shiftPicture({ shape, data }: Matrix, { down, right }: Shift): Matrix {
  const [height, width] = shape;
  const shifted = new Float32Array(data.length);
  for (let row = Math.max(0, down); row < Math.min(height, height + down); row++) {
    for (let column = Math.max(0, right); column < Math.min(width, width + right); column++) {
      shifted[row * width + column] = data[(row - down) * width + column - right];
    }
  }
  return { shape, data: shifted };
}

/**
 * Compares the response to the shifted picture with the shifted response, over the cells whose kernel saw the same part
 * of the picture both times.
 */
export function compareShifted(response: Matrix, responseToShifted: Matrix, shift: Shift): ShiftFinding {
  const [height, width] = response.shape;
  const { down, right } = shift;
  let [compared, different, largestDifference] = [0, 0, 0];
  for (let row = REACH + Math.max(0, down); row < height - REACH + Math.min(0, down); row++) {
    for (let column = REACH + Math.max(0, right); column < width - REACH + Math.min(0, right); column++) {
      const expected = response.data[(row - down) * width + column - right];
      const difference = Math.abs(responseToShifted.data[row * width + column] - expected);
      compared++;
      if (difference !== 0) different++;
      largestDifference = Math.max(largestDifference, difference);
    }
  }
  return { shift, compared, different, largestDifference };
}

/**
 * Edges as ink on paper: no gradient is white; the gradient that only one cell in two hundred exceeds, and all above
 * it, is black.
 */
export function edgesAsInk({ shape, data }: Matrix): Matrix {
  const sorted = Float32Array.from(data).sort();
  const darkest = sorted[Math.floor(0.995 * (sorted.length - 1))] || 1;
  return { shape, data: data.map((value) => 255 * (1 - Math.min(1, value / darkest))) };
}
