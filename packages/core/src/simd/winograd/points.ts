/**
 * Winograd's minimal filtering. F(m, r) gives m outputs of a kernel of r taps from n = m + r − 1 products per channel
 * instead of m·r; one such transform inside another gives a tile of outputs of a kernel of two axes:
 *
 *     Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 *
 * All are one family, built on n points, which are 0, pairs ±p, and ∞ (Cook–Toom). Row by row, with one index for each
 * point:
 *
 *     Bᵀ: coefficients of Π (x − a_l) over the other finite points; for ∞ over all of them
 *     G : powers a⁰ … aʳ⁻¹ over Π (a − a_l); for ∞ (0 … 0 1)
 *     Aᵀ: powers of the points; for ∞ (0 … 0 1)
 *
 * Products by ±a share their even and odd halves (`formulas.ts`). Points near one another lose digits and points far from 1
 * grow: 0, ±5/8, ±3/2 keep the error of F(4×4, 3×3) at a third of that of 0, ±1, ±2. Sums of few powers of two, they and
 * their products are exact in float32. What is rounded at a point ξ reaches output i times |A[ξ, i]|, and is as large as
 * ‖G[ξ]‖ · ‖B[ξ]‖: the points are those for which the root of Σ_ξ A² ‖G‖² ‖B‖² is least, or nearly, in the worst output.
 * Divided by the root of r it foretells the errors of all forms from that of one; those that would exceed 10⁻⁶ of Σ|x||w|
 * are left out: F(4, 7), F(4×4, 5×5).
 *
 * Long kernels of one axis are computed as if they had two: with m the outputs of the inner transform, output m·I + i of
 * taps m·A + a sees input m·(I + A) + i + a, so that stretches of m outputs are rows, and stretches of m taps; the last one,
 * as the inner transform has more, may have a tap more. F(3, 2) around F(3, 4) is F(9, 7), with 24 products for 63.
 *
 * Sources: A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308; B. Barabasz et
 * al., "Error Analysis and Improving the Accuracy of Winograd Convolution", arXiv:1803.10986.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";

/** How large tiles are: 2 outputs along each axis where the kernel has several taps, or 4 and more along one of them at least. */
export type TileSize = 2 | 4;

/** F(outputs, taps): a transform of one dimension. */
export interface AxisForm {
  readonly outputs: number;
  readonly taps: number;
  /** Inputs, and products. */
  readonly points: number;
}

/** What a tile is along an axis of an image. */
export interface AxisTile {
  readonly outputs: number;
  readonly taps: number;
  readonly inputs: number;
}

/** How tiles are computed. */
export interface Form {
  readonly rows: AxisTile;
  readonly columns: AxisTile;
  /** Of kernels with one axis, a transform of one point around that which does all; or both go along it. */
  readonly outer: AxisForm;
  readonly inner: AxisForm;
}

/** The pairs ± of finite points beside 0, by how many points there are. */
const PAIRS: Readonly<Record<number, readonly number[]>> = { 1: [], 4: [1], 6: [5 / 8, 3 / 2], 8: [1 / 2, 1, 2] };

/** Long kernels of one axis, by their taps: two transforms that both go along it. */
const NESTED: Readonly<Record<number, Pick<Form, "outer" | "inner">>> = {
  7: { outer: /* @__PURE__ */ transform(3, 2), inner: /* @__PURE__ */ transform(3, 4) },
  9: { outer: /* @__PURE__ */ transform(3, 2), inner: /* @__PURE__ */ transform(4, 5) },
};

/** The pairs ± of finite points of a transform. */
export function pairsOf({ points }: AxisForm): readonly number[] {
  return PAIRS[points]!;
}

/** The form of kernels of so many taps, or why there is none. */
export function formOf(rowTaps: number, columnTaps: number, tileSize: TileSize): Form | string {
  if (rowTaps * columnTaps === 1) return "the kernel is 1×1";
  const nested = NESTED[Math.max(rowTaps, columnTaps)];
  if (Math.min(rowTaps, columnTaps) === 1 && tileSize === 4 && nested !== undefined)
    return { rows: nestedTile(rowTaps, nested), columns: nestedTile(columnTaps, nested), ...nested };
  const isPlane = Math.min(rowTaps, columnTaps) > 1;
  const outer = transform(isPlane && Math.max(rowTaps, columnTaps) > 3 ? 2 : tileSize, rowTaps);
  const inner = transform(tileSize, columnTaps);
  // Two large transforms inside one another err too much.
  const areLarge = tileSize === 4 && isPlane && outer.points + inner.points > 14;
  if (PAIRS[outer.points] === undefined || PAIRS[inner.points] === undefined || areLarge)
    return `there are no tiles of ${tileSize} for kernels of ${rowTaps}×${columnTaps}`;
  const [rows, columns] = [tileOf(outer), tileOf(inner)];
  return isTransformed(inner) ? { rows, columns, outer, inner } : { rows, columns, outer: inner, inner: outer };
}

/** The form by which a correlation of stride 1 is computed, or why there is none. */
export function correlationForm({ rows, columns }: Correlation, tileSize: TileSize): Form | string {
  return formOf(rows.parts[0]?.taps.length ?? 0, columns.parts[0]?.taps.length ?? 0, tileSize);
}

/** Of so many outputs, if there is anything to transform. */
function transform(tileOutputs: number, taps: number): AxisForm {
  const outputs = taps > 1 ? tileOutputs : 1;
  return { outputs, taps, points: outputs + taps - 1 };
}

function tileOf({ outputs, taps, points }: AxisForm): AxisTile {
  return { outputs, taps, inputs: points };
}

function nestedTile(taps: number, { outer, inner }: Pick<Form, "outer" | "inner">): AxisTile {
  return tileOf(transform(outer.outputs * inner.outputs, taps));
}

/** As it is written: F(4×4, 3×3). */
export function formName({ rows, columns }: Form): string {
  return `F(${rows.outputs}×${columns.outputs}, ${rows.taps}×${columns.taps})`;
}

/** Products per channel of a tile. */
export function pointCount({ outer, inner }: Form): number {
  return outer.points * inner.points;
}

/** Taps of the kernel. */
export function tapsOf({ rows, columns }: Form): number {
  return rows.taps * columns.taps;
}

/** Whether there is anything to transform along an axis. */
export function isTransformed({ taps }: Pick<AxisForm, "taps">): boolean {
  return taps > 1;
}

/** Whether both transforms go along one axis. */
export function isNested({ rows, columns, outer }: Form): boolean {
  return isTransformed(outer) && !(isTransformed(rows) && isTransformed(columns));
}

/** What lies a row and a column apart, as the outer and the inner transform go along it. */
export function stepsOf(
  { rows, columns, inner }: Form,
  row: number,
  column: number,
): readonly [outer: number, inner: number] {
  if (isTransformed(rows) && isTransformed(columns)) return [row, column];
  const step = isTransformed(columns) ? column : row;
  return [inner.outputs * step, step];
}
