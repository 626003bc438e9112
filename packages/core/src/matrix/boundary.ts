/**
 * What lies outside a matrix: five ways to continue it over its edge, and reading a rectangle that reaches outside.
 *
 *     name         … outside | inside | outside …   OpenCV border      scipy.ndimage      numpy.pad    torch pad    scipy.signal
 *     constant     v v v v | a b c d | v v v v      CONSTANT           constant           constant     constant     fill
 *     edge         a a a a | a b c d | d d d d      REPLICATE          nearest            edge         replicate    –
 *     reflect      . d c b | a b c d | c b a .      REFLECT_101        mirror             reflect      reflect      –
 *     symmetric    d c b a | a b c d | d c b a      REFLECT            reflect            symmetric    –            symm
 *     wrap         a b c d | a b c d | a b c d      WRAP               grid-wrap          wrap         circular     wrap
 *
 * The words are NumPy's, for matrices as for the padding of convolution layers. Where a kernel reaches further than the
 * matrix is large, the continuation goes on with its period: 2n − 2 for reflect, 2n for symmetric, n for wrap.
 *
 * @module
 */

import type { Shape2 } from "../shape.ts";
import type { FloatArray } from "../tensor.ts";

/** How a matrix goes on outside its edge. */
export type Boundary =
  /** One value everywhere outside; the default, with value 0. */
  | "constant"
  /** The edge cell for ever: `a a a | a b c`. */
  | "edge"
  /** Backwards, the edge cell not repeated: `c b | a b c`. */
  | "reflect"
  /** Backwards, the edge cell repeated: `c b a | a b c`. */
  | "symmetric"
  /** From the other side: `a b c | a b c`. */
  | "wrap";

/** Which inside cell stands for cell `i` of an axis of `size` cells, by boundary; −1 for none. */
const continuations = {
  constant: (i, size) => (i >= 0 && i < size ? i : -1),
  edge: (i, size) => Math.min(Math.max(i, 0), size - 1),
  // The period of a single cell is 0, and what NaN becomes in an Int32Array is right.
  reflect: (i, size) => fold(modulo(i, 2 * size - 2), 2 * size - 2),
  symmetric: (i, size) => fold(modulo(i, 2 * size), 2 * size - 1),
  wrap: modulo,
} as const satisfies Record<Boundary, (i: number, size: number) => number>;

/** The names, for messages. */
export const BOUNDARIES: readonly [Boundary, ...Boundary[]] = /* @__PURE__ */ Object.keys(continuations) as [Boundary];

function modulo(i: number, period: number): number {
  return ((i % period) + period) % period;
}

/** The way back of a path that turns round in the middle. */
function fold(i: number, last: number): number {
  return Math.min(i, last - i);
}

/** The inside cells that stand for cells `first` … `first + count − 1` of an axis. */
export function continuedIndices(boundary: Boundary, first: number, count: number, size: number): Int32Array {
  const indices = new Int32Array(count);
  for (let i = 0; i < count; i++) indices[i] = continuations[boundary](first + i, size);
  return indices;
}

/** How matrices of a shape go on. */
export interface ContinuedShape {
  readonly shape: Shape2;
  readonly boundary: Boundary;
  readonly fillValue: number;
}

/** A matrix without an edge. */
export interface ContinuedMatrix extends ContinuedShape {
  readonly source: FloatArray;
}

/**
 * Copies the rectangle of `rows` × `columns` cells from (`top`, `left`), which may lie outside, into `target`, whose rows
 * are `pitch` elements apart.
 */
export function readRectangle(
  matrix: ContinuedMatrix,
  top: number,
  left: number,
  rows: number,
  columns: number,
  target: Float64Array,
  pitch: number,
): void {
  const {
    source,
    shape: [height, width],
    boundary,
    fillValue,
  } = matrix;
  const rowIndices = continuedIndices(boundary, top, rows, height);
  const columnIndices = continuedIndices(boundary, left, columns, width);
  for (let i = 0; i < rows; i++) {
    const at = i * pitch;
    const row = rowIndices[i] * width;
    if (row < 0) target.fill(fillValue, at, at + columns);
    else {
      for (let j = 0; j < columns; j++) {
        const column = columnIndices[j];
        target[(at + j) | 0] = column < 0 ? fillValue : source[(row + column) | 0];
      }
    }
  }
}
