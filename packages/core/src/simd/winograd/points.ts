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
 * are left out: F(4, 7) and F(2, 9), which err by 1.3·10⁻⁶, F(4×4, 5×5), F(6×6, 3×3).
 *
 * Long kernels of one axis are computed as if they had two: with m the outputs of the inner transform, output m·I + i of
 * taps m·A + a sees input m·(I + A) + i + a, so that stretches of m outputs are rows, and stretches of m taps; the last one,
 * as the inner transform has more, may have a tap more. F(3, 2) around F(3, 4) is F(9, 7), with 24 products for 63.
 *
 * With stride 2, output i sees input 2i + a with tap a: the even inputs with the even taps, and the odd ones with the odd. These
 * are *strands*, correlations of stride 1 that add up; so do their products, before the transform back, of which there is one.
 * A strand that has a tap less has none at ∞: for 4×4 F(3×3, 2×2) has 64 products for 144, for 5×5 F(4×4, 3×3) 121 for 400. Kernels of 7
 * columns, which see pictures of few channels, are transformed along their rows only, as sums over few channels do not pay for
 * the transform back of tiles: each kernel row is two strands, and 7×7 by F(5, 4) has 112 products for 245.
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
  readonly stride: number;
  readonly taps: number;
  readonly inputs: number;
}

/** A part of a kernel that is transformed by itself: its first tap, and how many it has along each axis. */
export interface Strand {
  readonly row: number;
  readonly column: number;
  readonly rowTaps: number;
  readonly columnTaps: number;
}

/** Some strands that follow one another. */
interface StrandRange {
  readonly first: number;
  readonly count: number;
}

/** How tiles are computed. */
export interface Form {
  readonly rows: AxisTile;
  readonly columns: AxisTile;
  /** Of kernels transformed along one axis, a transform of one point around that which does all; or both go along it. */
  readonly outer: AxisForm;
  readonly inner: AxisForm;
  /** In the order in which V has them, and U: those that any point needs follow one another. */
  readonly strands: readonly Strand[];
  /** Rows of a kernel that is transformed along its rows only, of which the products add up; else 1. */
  readonly segments: number;
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

/**
 * Taps along each axis of kernels of stride 2 that are transformed along both, by tiles of 2 and of 4, and columns of those that are
 * along their rows only. Strands of two taps err more by larger tiles, and are not sooner done. 3×3 is not there: F(3×3, 2×2)
 * has 49 products for 81, but reads seven times the weights and fits 28, 14 and 7 outputs badly: 0.9 to 1.2 times as fast as direct.
 */
const STRIDED = { fewest: { 2: 4, 4: 5 }, most: 6, columns: 7 } as const;

/** The form of kernels of so many taps, or why there is none. */
export function formOf(rowTaps: number, columnTaps: number, tileSize: TileSize, stride: 1 | 2 = 1): Form | string {
  if (stride === 2) return stridedForm(rowTaps, columnTaps, tileSize);
  if (rowTaps * columnTaps === 1) return "the kernel is 1×1";
  const nested = NESTED[Math.max(rowTaps, columnTaps)];
  const whole = { strands: [{ row: 0, column: 0, rowTaps, columnTaps }], segments: 1 };
  if (Math.min(rowTaps, columnTaps) === 1 && tileSize === 4 && nested !== undefined)
    return { rows: nestedTile(rowTaps, nested), columns: nestedTile(columnTaps, nested), ...nested, ...whole };
  const isPlane = Math.min(rowTaps, columnTaps) > 1;
  const outer = transform(isPlane && Math.max(rowTaps, columnTaps) > 3 ? 2 : tileSize, rowTaps);
  const inner = transform(tileSize, columnTaps);
  // Two large transforms inside one another err too much.
  const areLarge = tileSize === 4 && isPlane && outer.points + inner.points > 14;
  if (PAIRS[outer.points] === undefined || PAIRS[inner.points] === undefined || areLarge)
    return `there are no tiles of ${tileSize} for kernels of ${rowTaps}×${columnTaps}`;
  const [rows, columns] = [tileOf(outer), tileOf(inner)];
  const [around, inside] = isTransformed(inner) ? [outer, inner] : [inner, outer];
  return { rows, columns, outer: around, inner: inside, ...whole };
}

/** The form of kernels of stride 2. Points are of even number: tiles have an output more where they would not be. */
function stridedForm(rowTaps: number, columnTaps: number, tileSize: TileSize): Form | string {
  const half = (taps: number): AxisForm => {
    const halfTaps = Math.ceil(taps / 2);
    return transform(tileSize + ((tileSize + halfTaps - 1) % 2), halfTaps);
  };
  const stridedTile = (taps: number, { outputs, points }: AxisForm): AxisTile => ({
    outputs,
    stride: 2,
    taps,
    inputs: 2 * points,
  });
  const { fewest, most, columns } = STRIDED;
  const inner = half(columnTaps);
  if (columnTaps === columns && rowTaps >= fewest[2] && rowTaps <= columns) {
    return {
      rows: { outputs: 1, stride: 2, taps: rowTaps, inputs: rowTaps },
      columns: stridedTile(columnTaps, inner),
      outer: transform(1, 1),
      inner,
      strands: Array.from({ length: 2 * rowTaps }, (_, n) => {
        const column = n % 2;
        return { row: (n - column) / 2, column, rowTaps: 1, columnTaps: tapsFrom(column, columnTaps) };
      }),
      segments: rowTaps,
    };
  }
  if (Math.min(rowTaps, columnTaps) < fewest[tileSize] || Math.max(rowTaps, columnTaps) > most)
    return `there are no tiles of ${tileSize} for kernels of ${rowTaps}×${columnTaps} with stride 2`;
  const outer = half(rowTaps);
  return {
    rows: stridedTile(rowTaps, outer),
    columns: stridedTile(columnTaps, inner),
    outer,
    inner,
    strands: AROUND.map(([row, column]) => ({
      row,
      column,
      rowTaps: tapsFrom(row, rowTaps),
      columnTaps: tapsFrom(column, columnTaps),
    })),
    segments: 1,
  };
}

/** First taps of strands of both axes, row and column: neighbours have one of them in common. */
const AROUND = [
  [1, 0],
  [0, 0],
  [0, 1],
  [1, 1],
] as const;

/** Every second tap from one on. */
function tapsFrom(first: number, taps: number): number {
  return Math.ceil((taps - first) / 2);
}

/** The form by which a correlation of one stride along both axes is computed, or why there is none. */
export function correlationForm({ rows, columns }: Correlation, tileSize: TileSize): Form | string {
  const stride = rows.sourceStep === 2 ? 2 : 1;
  return formOf(rows.parts[0]?.taps.length ?? 0, columns.parts[0]?.taps.length ?? 0, tileSize, stride);
}

/** Of so many outputs, if there is anything to transform. */
function transform(tileOutputs: number, taps: number): AxisForm {
  const outputs = taps > 1 ? tileOutputs : 1;
  return { outputs, taps, points: outputs + taps - 1 };
}

function tileOf({ outputs, taps, points }: AxisForm): AxisTile {
  return { outputs, stride: 1, taps, inputs: points };
}

function nestedTile(taps: number, { outer, inner }: Pick<Form, "outer" | "inner">): AxisTile {
  return tileOf(transform(outer.outputs * inner.outputs, taps));
}

/** As it is written: F(4×4, 3×3); F(3×3, 3×3)/2 with stride 2. */
export function formName({ rows, columns }: Form): string {
  const stride = columns.stride === 1 ? "" : `/${columns.stride}`;
  return `F(${rows.outputs}×${columns.outputs}, ${rows.taps}×${columns.taps})${stride}`;
}

/** The form as the transform of a strand's taps has it. */
export function strandForm(form: Form, { rowTaps, columnTaps }: Strand): Form {
  if (form.columns.stride === 1) return form;
  const { outer, inner } = form;
  const ofRows = isTransformed(outer) ? { ...outer, taps: rowTaps } : outer;
  return { ...form, outer: ofRows, inner: { ...inner, taps: columnTaps } };
}

/** The strands that have products at a point: of the others the transformed taps are zero there. */
export function strandsAt(form: Form, point: number): StrandRange {
  const { outer, inner, strands } = form;
  // A kernel that is one strand has all taps of its transforms, whichever goes along which axis.
  if (strands.length === 1) return { first: 0, count: 1 };
  const { atOuter, atInner } = infinityOf(form, point);
  const needed = strands.map(
    ({ rowTaps, columnTaps }) => !((atOuter && rowTaps < outer.taps) || (atInner && columnTaps < inner.taps)),
  );
  const first = needed.indexOf(true);
  return { first, count: needed.lastIndexOf(true) + 1 - first };
}

/** Whether a point is that at infinity of the outer, and of the inner transform. */
export function infinityOf(
  { outer, inner }: Form,
  point: number,
): { readonly atOuter: boolean; readonly atInner: boolean } {
  return {
    atOuter: isTransformed(outer) && point >= (outer.points - 1) * inner.points,
    atInner: (point + 1) % inner.points === 0,
  };
}

/** Products per channel of a tile. */
export function pointCount({ outer, inner }: Form): number {
  return outer.points * inner.points;
}

/** Taps of the kernel. */
export function tapsOf({ rows, columns }: Form): number {
  return rows.taps * columns.taps;
}

/** Whether there are several taps along an axis. */
export function isTransformed({ taps }: Pick<AxisForm, "taps">): boolean {
  return taps > 1;
}

/** Whether both transforms go along one axis. */
export function isNested({ rows, columns, outer }: Form): boolean {
  return isTransformed(outer) && !(isTransformed(rows) && isTransformed(columns));
}

/** From cell to cell of a strand, as the outer and the inner transform go along it, where rows and columns lie so far apart. */
export function stepsOf(form: Form, row: number, column: number): readonly [outer: number, inner: number] {
  return outputStepsOf(form, form.rows.stride * row, form.columns.stride * column);
}

/** The same from output to output of a tile. */
export function outputStepsOf(
  { rows, columns, inner }: Form,
  row: number,
  column: number,
): readonly [outer: number, inner: number] {
  if (isTransformed(rows) && isTransformed(columns)) return [row, column];
  const step = isTransformed(columns) ? column : row;
  return [inner.outputs * step, step];
}
