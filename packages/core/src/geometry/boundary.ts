/**
 * What stands outside the edge: five ways to continue an axis of cells, for matrices and for the padding of convolutions.
 *
 *     name         … outside | inside | outside …   OpenCV border      scipy.ndimage      numpy.pad    torch pad    scipy.signal
 *     constant     v v v v | a b c d | v v v v      CONSTANT           constant           constant     constant     fill
 *     edge         a a a a | a b c d | d d d d      REPLICATE          nearest            edge         replicate    –
 *     reflect      . d c b | a b c d | c b a .      REFLECT_101        mirror             reflect      reflect      –
 *     symmetric    d c b a | a b c d | d c b a      REFLECT            reflect            symmetric    –            symm
 *     wrap         a b c d | a b c d | a b c d      WRAP               grid-wrap          wrap         circular     wrap
 *
 * The words are NumPy's. Where a kernel reaches further than there are cells, the continuation goes on with its period: 2n − 2
 * for reflect, 2n for symmetric, n for wrap.
 *
 * @module
 */

/** What stands outside the edge. */
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

/** The names, the default first. */
export const BOUNDARIES: readonly [Boundary, ...Boundary[]] = ["constant", "edge", "reflect", "symmetric", "wrap"];

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
