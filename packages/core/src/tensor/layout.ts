/**
 * The order of the axes of activations. Everything is computed with channels last; activations with channels first are
 * converted at the door:
 *
 *     last[n, …, c] = first[n, c, …]
 *
 * @module
 */

import { describe, type FloatArray } from "./tensor.ts";

/** Number of spatial axes of a convolution. */
export type SpatialRank = 1 | 2 | 3;

/** One value for each spatial axis. */
export type AxisTuple<R extends SpatialRank, T = number> = R extends 1
  ? readonly [width: T]
  : R extends 2
    ? readonly [height: T, width: T]
    : readonly [depth: T, height: T, width: T];

/** Order of the axes of activations: channels last or channels first. */
export type Layout<R extends SpatialRank = 2> = R extends 1
  ? "NWC" | "NCW"
  : R extends 2
    ? "NHWC" | "NCHW"
    : "NDHWC" | "NCDHW";

/** The spatial axes, outermost first. */
export const AXIS_NAMES: Readonly<Record<SpatialRank, readonly ("depth" | "height" | "width")[]>> = {
  1: ["width"],
  2: ["height", "width"],
  3: ["depth", "height", "width"],
};

/** The layouts of each rank: channels last, channels first. */
export const LAYOUTS: { readonly [R in SpatialRank]: readonly [last: Layout<R>, first: Layout<R>] } = {
  1: ["NWC", "NCW"],
  2: ["NHWC", "NCHW"],
  3: ["NDHWC", "NCDHW"],
};

/**
 * Checks a layout, channels last by default, and says whether channels come first.
 *
 * @throws RangeError if it is none of this rank.
 */
export function isChannelsFirst(operation: string, rank: SpatialRank, layout: unknown): boolean {
  const [last, first] = LAYOUTS[rank];
  if (layout === undefined || layout === last) return false;
  if (layout === first) return true;
  throw new RangeError(
    `${operation}: layout must be "${last}" or "${first}", got ${describe(layout)}${meantLayout(layout, [last, first])}`,
  );
}

/** Names of other systems, and of other ranks, tell the order as well. */
function meantLayout(layout: unknown, [last, first]: readonly [string, string]): string {
  if (typeof layout !== "string") return "";
  const name = layout.toLowerCase();
  if (/^(channels_?last|n[dhw]+c)$/.test(name)) return `; did you mean "${last}"?`;
  if (/^(channels_?first|nc[dhw]+)$/.test(name)) return `; did you mean "${first}"?`;
  return "";
}

/** A shape with its channels last. */
export function channelsLastShape(shape: readonly number[], channelsFirst: boolean): readonly number[] {
  return channelsFirst ? [shape[0], ...shape.slice(2), shape[1]] : shape;
}

/** The reverse of {@link channelsLastShape}. */
export function shapeInLayout(shape: readonly number[], channelsFirst: boolean): readonly number[] {
  return channelsFirst ? [shape[0], shape.at(-1)!, ...shape.slice(1, -1)] : shape;
}

/** Writes activations with channels last into `target`; `shape` is the source's, channels first. */
export function moveChannelsLast(source: FloatArray, shape: readonly number[], target: FloatArray): void {
  transposeInner(source, shape[0], shape[1], target);
}

/** The reverse of {@link moveChannelsLast}; `shape` is the target's, channels first. */
export function moveChannelsFirst(source: FloatArray, shape: readonly number[], target: FloatArray): void {
  const cells = shape.slice(2).reduce((product, size) => product * size, 1);
  transposeInner(source, shape[0], cells, target);
}

/** `[batch, rows, columns]` → `[batch, columns, rows]`. */
function transposeInner(source: FloatArray, batch: number, rows: number, target: FloatArray): void {
  const columns = source.length / (batch * rows);
  for (let n = 0; n < batch; n++) {
    const base = n * rows * columns;
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) target[base + c * rows + r] = source[base + r * columns + c];
    }
  }
}
