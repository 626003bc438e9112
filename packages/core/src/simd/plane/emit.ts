/**
 * The microkernel for one channel in and one out, a plane correlated with a small matrix, as WebAssembly:
 *
 *     out[i][j] = bias + Σ_{a,b} x[i + a·d][j + b·d'] · w[a][b]
 *
 * There are no channels to fill a vector, so it runs along the row: a tile is rows × (4 · vectors) outputs. For every
 * row of the image and every tap column, the vectors of x are loaded once (at any float, not only at multiples of
 * four), and so is the weight of each row of outputs that sees it.
 *
 * Layout of weights: [tap row][tap column][the same weight four times]; the bias, four times, stands before.
 *
 * @module
 */

import { type Activation, activationName, emitActivation } from "../activation.ts";
import { i32, ModuleBuilder, multiplyAddOf, v128 } from "../assembler.ts";

/** Everything the code depends on; the width of image and output are parameters. */
export interface PlaneShape {
  /** Rows of outputs per tile, and vectors of four outputs per row. */
  readonly rows: number;
  readonly vectors: number;
  readonly tapRows: number;
  readonly tapColumns: number;
  readonly rowDilation: number;
  readonly columnDilation: number;
  readonly fma: boolean;
  readonly activation: Activation;
}

/** Tap columns of a turn of the inner loop, at most. */
const LONGEST_UNROLLED_ROW = 8;
const UNROLL = 4;

/** Name of the module: unique in an engine. */
export function planeName(s: PlaneShape): string {
  const tile = `${s.rows}x${4 * s.vectors}`;
  const kernel = `${s.tapRows}x${s.tapColumns}-dilated-${s.rowDilation}x${s.columnDilation}`;
  return `plane-${tile}-${kernel}-${activationName(s.activation)}`;
}

/** Parameters of the emitted function `correlate`, in order. */
export const PLANE_PARAMETERS = [
  "tiles", // at least 1
  "imageTable", // address: int32 byte offset of each tile's first tap from `image`
  "outTable", // address: int32 byte offset of each tile's first output from `output`
  "image",
  "output",
  "weights",
  "imageRow", // bytes from row to row of the image
  "outRow", // bytes from row to row of the output
] as const;

/** Writes the module of one kernel size. */
export function emitPlane(shape: PlaneShape): Uint8Array<ArrayBuffer> {
  const { rows, vectors, tapRows, tapColumns } = shape;
  const multiplyAdd = multiplyAddOf(shape.fma);
  const unroll = tapColumns <= LONGEST_UNROLLED_ROW ? tapColumns : UNROLL;
  const module = new ModuleBuilder();
  module.function(
    "correlate",
    PLANE_PARAMETERS,
    (f, tiles, imageTable, outTable, image, output, weights, imageRow, outRow) => {
      const row = f.i32();
      const x = f.i32();
      const w = f.i32();
      const turn = f.i32();
      const out = f.i32();
      const sums = Array.from({ length: rows }, () => f.v128s(vectors));
      const values = f.v128s(vectors);
      const weight = f.v128();
      const tapRowBytes = 16 * tapColumns;

      /** Adds `count` tap columns of one image row, which output row r sees by tap row a. */
      const accumulate = (uses: readonly { readonly r: number; readonly a: number }[], count: number) => {
        for (let b = 0; b < count; b++) {
          for (const [v, value] of values.entries()) f.set(value, v128.load(x, 4 * b * shape.columnDilation + 16 * v));
          for (const { r, a } of uses) {
            f.set(weight, v128.load(w, a * tapRowBytes + 16 * b));
            for (const [v, value] of values.entries()) f.set(sums[r]![v]!, multiplyAdd(value, weight, sums[r]![v]!));
          }
        }
        f.advance(x, 4 * count * shape.columnDilation);
        f.advance(w, 16 * count);
      };

      f.repeat(tiles, () => {
        f.set(row, i32.add(image, i32.load(imageTable, 0)));
        for (const sum of sums.flat()) f.set(sum, v128.load(weights, 0));
        for (let i = 0; i < rows + (tapRows - 1) * shape.rowDilation; i++) {
          const uses = usesOfRow(shape, i);
          if (uses.length > 0) {
            f.set(x, row);
            f.set(w, i32.add(weights, 16));
            f.set(turn, i32.const(Math.floor(tapColumns / unroll)));
            f.repeat(turn, () => accumulate(uses, unroll));
            accumulate(uses, tapColumns % unroll);
          }
          f.advance(row, imageRow);
        }
        f.set(out, i32.add(output, i32.load(outTable, 0)));
        for (const sumRow of sums) {
          for (const [v, sum] of sumRow.entries()) {
            emitActivation(f, sum, shape.activation);
            f.store(out, sum, 16 * v);
          }
          f.advance(out, outRow);
        }
        f.advance(imageTable, 4);
        f.advance(outTable, 4);
      });
    },
  );
  return module.toBytes();
}

/** The rows of outputs that see image row i, each with the tap row it sees it by. */
function usesOfRow(
  { rows, tapRows, rowDilation }: PlaneShape,
  i: number,
): { readonly r: number; readonly a: number }[] {
  const uses: { r: number; a: number }[] = [];
  for (let r = 0; r < rows; r++) {
    const a = (i - r) / rowDilation;
    if (Number.isInteger(a) && a >= 0 && a < tapRows) uses.push({ r, a });
  }
  return uses;
}
