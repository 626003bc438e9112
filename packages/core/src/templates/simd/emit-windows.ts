/**
 * What template matching asks of every window, as WebAssembly: sums of its cells and of their squares in float64, the reciprocal of
 * its deviation, and the scores themselves. Tiles of a picture are brought to where a transform takes them.
 *
 * A window's sum is the sum of two runs that lie within it, as in `window-sums.ts`: downwards first, for whole rows, then across. A
 * cell's value and its square travel together, as the two lanes of a vector: a *pair*.
 *
 * @module
 */

import {
  type FunctionBuilder,
  f32x4,
  f64x2,
  floatVectors,
  type I32Local,
  i32,
  type Local,
  ModuleBuilder,
  v128,
} from "../../simd/engine/assembler.ts";

/** Bytes of a pair. */
export const PAIR_BYTES = 16;

/** Constants that the functions read, by their places: floats of 64 bits, twice each; from `score` on floats of 32, four times. */
export const CONSTANT = { offset: 0, scale: 16, share: 32, least: 48, factor: 64, limit: 80 } as const;
export const CONSTANT_BYTES = 96;

/** A variance that is less than this part of the sum of squares has lost six digits of sixteen. */
const LEAST_SHARE = 1e-6;

type V = Local<"v128">;

/** Parameters of `upwards` and `downwards`: sums of rows, to which one row is added. Cells are counted in twos. */
type RowParameters = [
  cells: I32Local, // floats of a row of the picture
  from: I32Local, // pairs, sums before
  to: I32Local, // pairs, sums with the row: may be `from`
  other: I32Local, // pairs that are added to what goes to `line`, of `downwards`
  line: I32Local,
  twos: I32Local,
  constants: I32Local,
];

/** Parameters of `across`: sums of w neighbours of a line, in blocks as wide. */
type AcrossParameters = [
  line: I32Local,
  suffixes: I32Local, // room for w pairs
  windows: I32Local, // pairs
  width: I32Local, // w
  blocks: I32Local, // whole ones, of which there may be none
  rest: I32Local, // columns behind them, of which there may be none
];

/** Parameters of `deviations`: from sums to 1/√(Σ(x − x̄)²), NaN where that is not to be had so. */
type DeviationParameters = [windows: I32Local, to: I32Local, fours: I32Local, constants: I32Local];

/** Parameters of `score`: products to scores, NaN where a deviation is too small. */
type ScoreParameters = [
  products: I32Local,
  productsRow: I32Local,
  deviations: I32Local,
  deviationsRow: I32Local,
  fours: I32Local, // of a row
  rows: I32Local,
  constants: I32Local,
  flags: I32Local, // address of four integers that become other than 0 where there was a NaN
];

/** Parameters of `bring`: cells about an offset, and their greatest magnitude and sum of squares, of each lane. */
type BringParameters = [
  from: I32Local,
  fromRow: I32Local,
  to: I32Local,
  toRow: I32Local,
  fours: I32Local, // of a row
  rows: I32Local,
  constants: I32Local, // offset and scale, four floats each; greatest and squares behind them
];

/** Writes the module. */
export function emitWindows(fma: boolean): Uint8Array<ArrayBuffer> {
  const v = floatVectors("float64", false);
  const module = new ModuleBuilder();
  /** Two pairs of the two next cells of a row. */
  const pairsOf = (f: FunctionBuilder, cells: I32Local, offset: V, scale: V) => {
    const [centred, squares] = [f.v128(), f.v128()];
    return (): readonly [ReturnType<typeof v128.shuffle>, ReturnType<typeof v128.shuffle>] => {
      f.set(centred, v.mul(v.sub(f64x2.promoteLow(v128.load64Splat(cells, 0)), offset), scale));
      f.set(squares, v.mul(centred, centred));
      return [v128.shuffle(centred, squares, [0, 1, 4, 5]), v128.shuffle(centred, squares, [2, 3, 6, 7])];
    };
  };
  for (const isDown of [false, true]) {
    module.function<RowParameters>(
      isDown ? "downwards" : "upwards",
      7,
      (f, cells, from, to, other, line, twos, constants) => {
        const [offset, scale, sum] = f.v128s(3) as [V, V, V];
        f.set(offset, v128.load(constants, CONSTANT.offset));
        f.set(scale, v128.load(constants, CONSTANT.scale));
        const next = pairsOf(f, cells, offset, scale);
        f.repeat(twos, () => {
          for (const [k, pair] of next().entries()) {
            f.set(sum, v.add(v128.load(from, PAIR_BYTES * k), pair));
            f.store(to, sum, PAIR_BYTES * k);
            if (!isDown) continue;
            f.set(sum, v.add(sum, v128.load(other, PAIR_BYTES * k)));
            f.store(line, sum, PAIR_BYTES * k);
          }
          f.advance(cells, 8);
          for (const pointer of isDown ? [from, to, other, line] : [from, to]) f.advance(pointer, 2 * PAIR_BYTES);
        });
      },
    );
  }
  module.function<AcrossParameters>("across", 6, (f, line, suffixes, windows, width, blocks, rest) => {
    const [bytes, read, write, count] = f.i32s(4) as [I32Local, I32Local, I32Local, I32Local];
    const [sum, result, zero] = f.v128s(3) as [V, V, V];
    f.set(bytes, i32.mul(width, PAIR_BYTES));
    /** The first `columns` windows of the block that begins at `line`. */
    const block = (columns: I32Local): void => {
      f.set(read, i32.add(line, bytes));
      f.set(write, i32.add(suffixes, bytes));
      f.set(count, width);
      f.set(sum, zero);
      f.repeat(count, () => {
        f.advance(read, -PAIR_BYTES);
        f.advance(write, -PAIR_BYTES);
        f.set(sum, v.add(sum, v128.load(read, 0)));
        f.store(write, sum, 0);
      });
      f.set(read, i32.add(line, bytes));
      f.set(count, columns);
      f.set(sum, zero);
      f.repeat(count, () => {
        f.set(result, v.add(v128.load(write, 0), sum));
        f.store(windows, result, 0);
        // Behind the last window this is a pair that nobody asks for.
        f.set(sum, v.add(sum, v128.load(read, 0)));
        for (const pointer of [write, windows, read]) f.advance(pointer, PAIR_BYTES);
      });
    };
    f.when(blocks, () =>
      f.repeat(blocks, () => {
        block(width);
        f.advance(line, bytes);
      }),
    );
    f.when(rest, () => block(rest));
  });
  module.function<DeviationParameters>("deviations", 4, (f, windows, to, fours, constants) => {
    const [share, least, one, none] = f.v128s(4) as [V, V, V, V];
    const [sums, squares, variance, result] = f.v128s(4) as [V, V, V, V];
    const [variances, areRight] = [f.v128s(2), f.v128s(2)] as unknown as readonly [[V, V], [V, V]];
    f.set(share, v128.load(constants, CONSTANT.share));
    f.set(least, v128.load(constants, CONSTANT.least));
    f.set(one, v128.splat(1));
    f.set(none, v128.splat(Number.NaN));
    f.repeat(fours, () => {
      for (const half of [0, 1] as const) {
        const [a, b] = [0, 1].map((k) => v128.load(windows, PAIR_BYTES * (2 * half + k)));
        f.set(sums, v128.shuffle(a!, b!, [0, 1, 4, 5]));
        f.set(squares, v128.shuffle(a!, b!, [2, 3, 6, 7]));
        f.set(variance, v.sub(squares, v.mul(v.mul(sums, sums), share)));
        f.set(variances[half], f64x2.demote(variance));
        f.set(
          areRight[half],
          v128.and(f64x2.greater(variance, v.mul(squares, v128.splat64(LEAST_SHARE))), f64x2.greater(variance, least)),
        );
      }
      f.set(result, f32x4.div(one, f32x4.sqrt(v128.shuffle(variances[0], variances[1], [0, 1, 4, 5]))));
      f.set(result, v128.select(result, none, v128.shuffle(areRight[0], areRight[1], [0, 2, 4, 6])));
      f.store(to, result, 0);
      f.advance(windows, 4 * PAIR_BYTES);
      f.advance(to, 16);
    });
  });
  module.function<ScoreParameters>("score", 8, (f, ...parameters) => {
    const [products, productsRow, deviations, deviationsRow, fours, rows, constants, flags] = parameters;
    const [write, read, count] = f.i32s(3) as [I32Local, I32Local, I32Local];
    const [factor, limit, bad, deviation, isRight, result] = f.v128s(6) as [V, V, V, V, V, V];
    const [none, ones, most, least] = f.v128s(4) as [V, V, V, V];
    f.set(factor, v128.load(constants, CONSTANT.factor));
    f.set(limit, v128.load(constants, CONSTANT.limit));
    f.set(bad, v128.load(flags, 0));
    f.set(none, v128.splat(Number.NaN));
    f.set(ones, v128.splatBits(-1));
    f.set(most, v128.splat(1));
    f.set(least, v128.splat(-1));
    f.repeat(rows, () => {
      f.set(write, products);
      f.set(read, deviations);
      f.set(count, fours);
      f.repeat(count, () => {
        f.set(deviation, v128.load(read, 0));
        f.set(isRight, f32x4.greater(limit, deviation));
        f.set(result, f32x4.mul(v128.load(write, 0), f32x4.mul(deviation, factor)));
        f.set(result, f32x4.pmax(f32x4.pmin(result, most), least));
        f.set(result, v128.select(result, none, isRight));
        f.set(bad, v128.or(bad, v128.andnot(ones, isRight)));
        f.store(write, result, 0);
        f.advance(write, 16);
        f.advance(read, 16);
      });
      f.advance(products, productsRow);
      f.advance(deviations, deviationsRow);
    });
    f.store(flags, bad, 0);
  });
  module.function<BringParameters>("bring", 7, (f, from, fromRow, to, toRow, fours, rows, constants) => {
    const [offset, scale, x, most, squares, sign] = f.v128s(6) as [V, V, V, V, V, V];
    const [read, write, count] = f.i32s(3) as [I32Local, I32Local, I32Local];
    const w = floatVectors("float32", fma);
    f.set(offset, v128.load(constants, 0));
    f.set(scale, v128.load(constants, 16));
    f.set(most, v128.load(constants, 32));
    f.set(squares, v128.load(constants, 48));
    f.set(sign, v128.splat(-0));
    f.repeat(rows, () => {
      f.set(read, from);
      f.set(write, to);
      f.set(count, fours);
      f.repeat(count, () => {
        f.set(x, w.mul(w.sub(v128.load(read, 0), offset), scale));
        f.set(most, w.pmax(most, v128.andnot(x, sign)));
        f.set(squares, w.multiplyAdd(x, x, squares));
        f.store(write, x, 0);
        f.advance(read, 16);
        f.advance(write, 16);
      });
      f.advance(from, fromRow);
      f.advance(to, toRow);
    });
    f.store(constants, most, 32);
    f.store(constants, squares, 48);
  });
  return module.toBytes();
}
