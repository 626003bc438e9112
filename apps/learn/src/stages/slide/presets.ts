/**
 * Kernels worth knowing, and the numbers they are first tried on.
 *
 * @module
 */

import type { Rows } from "../../codecs.ts";

/** The kernels. */
export const PRESETS = {
  upright: [[1, -1]],
  sobel: [
    [-1, 0, 1],
    [-2, 0, 2],
    [-1, 0, 1],
  ],
  laplace: [
    [0, 1, 0],
    [1, -4, 1],
    [0, 1, 0],
  ],
  box: Array.from({ length: 5 }, () => Array.from({ length: 5 }, () => 0.04)),
  gauss: [
    [0.0625, 0.125, 0.0625],
    [0.125, 0.25, 0.125],
    [0.0625, 0.125, 0.0625],
  ],
  sharp: [
    [0, -1, 0],
    [-1, 5, -1],
    [0, -1, 0],
  ],
  emboss: [
    [-2, -1, 0],
    [-1, 1, 1],
    [0, 1, 2],
  ],
  same: [[1]],
} as const satisfies Record<string, Rows>;

/** Side of the matrix that the window slides over. */
export const SIDE = 12;

/** A bright disc with a soft edge on a dark ground, from 0 to 9. */
export const DISC: Rows = Array.from({ length: SIDE }, (_, i) =>
  Array.from({ length: SIDE }, (_, j) => {
    const distance = Math.hypot(i - 5.5, j - 5.5);
    return Math.round(9 * Math.max(0, Math.min(1, (5 - distance) / 1.6)));
  }),
);
