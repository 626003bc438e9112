/**
 * Tiles by the products that they need.
 *
 * The products whose row is the point at infinity go into the last row of a tile of outputs, and nowhere else (the last
 * column of Aᵀ is zero but for its last row). A tile whose last row is outside does not need them, and so with columns: of
 * 16 tiles on 14×14 outputs F(4×4) has 529 products, not 576. Blocks that are not whole images are taken for complete.
 *
 * @module
 */

import { type Correlation, type CorrelationAxis, firstIntegers } from "../../geometry/correlation.ts";
import type { BlockAxis, Blocks } from "../blocks/cut.ts";
import { type Form, infinityOf, isNested, isTransformed } from "./points.ts";

/** Rows of tiles of a block. */
export interface TileRows {
  readonly first: number;
  readonly rows: number;
}

/** Some of the tiles of such rows. */
export interface TileList {
  /** Which they are, counted from the first of the block. */
  readonly tiles: readonly number[];
  /** Their byte offsets in V and in M, whole microkernel tiles, the last repeated. */
  readonly vTable: Int32Array;
  readonly mTable: Int32Array;
}

/** The tiles that need the products of finite points, of a row at infinity, of a column there, and of both. */
export function tileLists(
  { rows, columns }: Correlation,
  blocks: Blocks,
  mr: number,
  vOffset: (tile: number) => number,
  mTileBytes: number,
  { first, rows: rowCount }: TileRows = { first: 0, rows: blocks.images * blocks.rows.periods },
): readonly TileList[] {
  const { rows: down, columns: across } = blocks;
  const isWhole = down.periods === down.total && across.periods === across.total;
  const withoutLast = (
    tiles: readonly number[],
    { targetSize, step }: CorrelationAxis,
    { periods }: BlockAxis,
    stride: number,
  ): readonly number[] =>
    isWhole && targetSize % step > 0 ? tiles.filter((t) => (Math.floor(t / stride) + 1) % periods > 0) : tiles;
  const all = firstIntegers(rowCount * across.periods).map((tile) => first * across.periods + tile);
  const withoutRow = withoutLast(all, rows, down, across.periods);
  const withoutColumn = [all, withoutRow].map((tiles) => withoutLast(tiles, columns, across, 1));
  return [all, withoutRow, ...withoutColumn].map((tiles) => {
    const offsets = (offsetOf: (tile: number) => number): Int32Array => {
      const table = new Int32Array(Math.ceil(tiles.length / mr) * mr);
      for (let t = 0; t < table.length; t++) table[t] = offsetOf(tiles[Math.min(t, tiles.length - 1)]!);
      return table;
    };
    return { tiles, vTable: offsets(vOffset), mTable: offsets((tile) => tile * mTileBytes) };
  });
}

/** Which of the lists has the tiles that need the products of a point. */
export function listOf(form: Form, point: number): number {
  const [all, row, column] = [0, 1, 2];
  if (isNested(form)) return all;
  const { atOuter, atInner } = infinityOf(form, point);
  return (atOuter ? row : all) + (atInner ? (isTransformed(form.columns) ? column : row) : all);
}

/** How many of a list belong to the first `tiles` of their block. */
export function countBelow({ tiles }: TileList, limit: number): number {
  if (tiles.length === 0 || tiles.at(-1)! < limit) return tiles.length;
  return tiles.findIndex((tile) => tile >= limit);
}
