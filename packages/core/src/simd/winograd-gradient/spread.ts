/**
 * Whether Winograd's filter gradient is as good as a plain sum for the values at hand.
 *
 * An element of dw sees x[p + tap] · dy[p] at the pixels p, but the tile that a pixel is in is transformed as a whole: its
 * error is a part of max|x| · max|dy| over the tile, though the element may not see the one (at a border), or the other may be
 * 0 beside it. With X and Y the largest magnitudes of the channels of a cell,
 *
 *     risk      = Σ over tiles of max X · max Y
 *     seen[tap] = Σ over pixels p of even tiles of X[p + tap] · Y[p]
 *
 * where a tile is *even* if neither the X of three cells in a row (of tiles one cell wide, of a cell) nor the Y of a cell is
 * much smaller than the largest of the tile, unless it is 0. The gradient is computed directly unless risk ≤ {@link SPREAD} · seen of every tap and everything
 * stays within float32. Both are sums over all blocks, so nobody knows before the end; but ordinary data are hardly ever taken
 * for others.
 *
 * @module
 */

import {
  type FunctionBuilder,
  f32x4,
  type I32Local,
  type Local,
  ModuleBuilder,
  u32x4,
  type V128,
  v128,
} from "../engine/assembler.ts";
import type { SimdEngine } from "../engine/engine.ts";
import { type Form, formName, isTransformed, tapsOf } from "../winograd/points.ts";
import { emitMeasureCells, IMAGE_SPREAD, reduceLanes, vectorStarts } from "../winograd/spread.ts";

/** By how much the risk may exceed what an element sees: errors are a few millionths of the risk. */
const SPREAD = 64;

/** Magnitudes of x and dy, and of their products, between which the transforms stay within the normal numbers of float32. */
const LEAST = 2 ** -100;
const MOST = 2 ** 100;

/** What is written: seen of each tap, in four parts; then in the first float of four the risk, the largest X and Y. */
function sumCount(form: Form): number {
  return tapsOf(form) + 3;
}

/** Bytes of the sums. */
export function spreadBytes(form: Form): number {
  return 16 * sumCount(form);
}

/** Whether the sums at an address say that Winograd's algorithm may be used. */
export function isEven({ memory: { floats } }: SimdEngine, form: Form, sums: number): boolean {
  const at = (n: number): number => floats[sums / 4 + n]!;
  const taps = tapsOf(form);
  const [risk, x, dy] = [at(4 * taps), at(4 * taps + 4), at(4 * taps + 8)] as const;
  if (x === 0 || dy === 0) return true;
  if (![risk, x, dy].every((value) => value === 0 || (value >= LEAST && value <= MOST))) return false;
  for (let tap = 0; tap < taps; tap++) {
    const seen = at(4 * tap) + at(4 * tap + 1) + at(4 * tap + 2) + at(4 * tap + 3);
    if (!(risk <= SPREAD * seen)) return false;
  }
  return true;
}

/** What the code depends on. */
export interface GradientSpreadVariant {
  readonly form: Form;
  /** Vectors of channels of x and of dy that are read in one turn. */
  readonly unrolls: readonly [x: number, dy: number];
}

/** Name of the module: unique in an engine. */
export function gradientSpreadName({ form, unrolls }: GradientSpreadVariant): string {
  return `winograd-gradient-spread-${formName(form)}-k${unrolls.join("-")}`;
}

/** Writes the module: `measureX`, `measureDy`, `addTiles`. */
export function emitGradientSpread({ form, unrolls }: GradientSpreadVariant): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  emitMeasureCells(module, unrolls[0], "measureX");
  emitMeasureCells(module, unrolls[1], "measureDy");
  emitAddTiles(module, form);
  return module.toBytes();
}

/** Parameters of the emitted function `addTiles`, in order. */
type AddTilesParameters = [
  tiles: I32Local, // at least 1, side by side
  xRowBytes: I32Local, // from row to row of X
  x: I32Local, // address of the first tile's first X
  dyRowBytes: I32Local, // the same of Y
  dy: I32Local,
  sums: I32Local, // address of the sums
];

function emitAddTiles(module: ModuleBuilder, form: Form): void {
  const { rows: down, columns: across } = form;
  module.function<AddTilesParameters>("addTiles", 6, (f, tiles, xRowBytes, x, dyRowBytes, dy, sums) => {
    const totals = f.v128s(sumCount(form));
    const [risk, mostX, mostDy] = totals.slice(-3) as [Local<"v128">, Local<"v128">, Local<"v128">];
    const rows = f.v128s(down.outputs);
    const shifted = f.v128s(across.taps);
    const largest = { x: f.v128(), dy: f.v128() };
    const smallest = { x: f.v128(), dy: f.v128() };
    const uneven = f.v128();
    const at = f.i32();
    const inTile = laneFilter(f, across.outputs);
    const begin = (): void => {
      for (const name of ["x", "dy"] as const) {
        f.set(largest[name], v128.splatBits(0));
        f.set(smallest[name], v128.splatBits(-1));
      }
    };
    const includeLargest = (name: "x" | "dy", values: V128): void =>
      f.set(largest[name], u32x4.max(largest[name], values));
    /** Less 1, a zero is the largest integer. */
    const includeSmallest = (name: "x" | "dy", values: V128): void =>
      f.set(smallest[name], u32x4.min(smallest[name], u32x4.add(values, v128.splatBits(-1))));
    /** Where the extremes are too far apart, bits of 1; in the first lane. */
    const isUneven = (name: "x" | "dy"): V128 => {
      reduceLanes(f, u32x4.max, largest[name], 4);
      reduceLanes(f, u32x4.min, smallest[name], 4);
      const nonzero = u32x4.add(smallest[name], v128.splatBits(1));
      return f32x4.greater(largest[name], f32x4.mul(nonzero, f.constant(IMAGE_SPREAD)));
    };
    const loadShifted = (): void => {
      for (const [b, cells] of shifted.entries()) f.set(cells, inTile(v128.load(at, 4 * b)));
    };
    /** Threes of a row of x, as many of them as four outputs or a tile have. */
    const threes = (first: number): V128 => {
      const three = [0, 1, 2].map((b) => v128.load(at, 4 * (first + b))).reduce(u32x4.max);
      return across.inputs - 2 < 4 ? inTile(three) : three;
    };
    for (const [n, total] of totals.entries()) f.set(total, v128.load(sums, 16 * n));
    f.repeat(tiles, () => {
      begin();
      f.set(at, dy);
      for (const row of rows) {
        f.set(row, inTile(v128.load(at, 0)));
        includeLargest("dy", row);
        includeSmallest("dy", row);
        f.advance(at, dyRowBytes);
      }
      f.set(at, x);
      for (let i = 0; i < down.inputs; i++) {
        loadShifted();
        for (const cells of shifted) includeLargest("x", cells);
        if (isTransformed(across)) {
          for (const first of vectorStarts(across.inputs - 2)) includeSmallest("x", threes(first));
        } else includeSmallest("x", shifted[0]!);
        f.advance(at, xRowBytes);
      }
      f.set(uneven, v128.or(isUneven("x"), isUneven("dy")));
      f.set(uneven, v128.shuffle(uneven, uneven, [0, 0, 0, 0]));
      f.set(risk, f32x4.add(risk, f32x4.mul(largest.x, largest.dy)));
      f.set(mostX, u32x4.max(mostX, largest.x));
      f.set(mostDy, u32x4.max(mostDy, largest.dy));
      for (const row of rows) f.set(row, v128.select(v128.splatBits(0), row, uneven));
      f.set(at, x);
      for (let i = 0; i < down.inputs; i++) {
        loadShifted();
        f.advance(at, xRowBytes);
        for (let a = 0; a < down.taps; a++) {
          const row = rows[i - a];
          if (row === undefined) continue;
          for (const [b, cells] of shifted.entries()) {
            const total = totals[across.taps * a + b]!;
            f.set(total, f32x4.add(total, f32x4.mul(cells, row)));
          }
        }
      }
      f.advance(x, 4 * across.outputs);
      f.advance(dy, 4 * across.outputs);
    });
    for (const [n, total] of totals.entries()) f.store(sums, total, 16 * n);
  });
}

/** Clears the floats of a vector that belong to the next tile. */
function laneFilter(f: FunctionBuilder, outputs: number): (cells: V128) => V128 {
  if (outputs === 4) return (cells) => cells;
  const zero = f.v128();
  return (cells) => v128.shuffle(cells, zero, outputs === 2 ? [0, 1, 4, 5] : [0, 4, 5, 6]);
}
