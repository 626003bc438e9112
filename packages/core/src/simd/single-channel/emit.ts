/**
 * The microkernel for one channel in and one out, a plane correlated with a small matrix, as WebAssembly:
 *
 *     out[i][j] = bias + Σ_{a,b} x[i + a·d][j + b·d'] · w[a][b]
 *
 * A few channels side by side, each with a matrix of its own, are to it a plane of as many times the columns, whose weights go round
 * with the channels: four lanes hold one, two or four of them again and again, and three in *phases*, three vectors for each weight.
 *
 * There are no channels to fill a vector, so it runs along the row: a tile is rows × (4 · vectors) outputs. For every
 * row of the image and every tap column, the vectors of x are loaded once (at any float, not only at multiples of
 * four) and go into each row of outputs that sees them. Few weights stay in registers for all tiles; of many, each is
 * loaded for each row of outputs.
 *
 * Layout of weights: [tap row][tap column][phase][four lanes]; the bias, [phase][four lanes], stands before.
 *
 * @module
 */

import { type I32Local, i32, type Local, ModuleBuilder, multiplyAddOf, v128 } from "../engine/assembler.ts";
import { type Activation, activationName, emitActivation } from "../engine/emit-activation.ts";

/** Everything the code depends on; the width of image and output are parameters. */
export interface PlaneShape {
  /** Rows of outputs per tile, and vectors of four outputs per row. */
  readonly rows: number;
  readonly vectors: number;
  readonly tapRows: number;
  readonly tapColumns: number;
  readonly rowDilation: number;
  readonly columnDilation: number;
  /** Vectors that the weights of a tap take before they repeat: 1, or 3 of three channels, which `vectors` is a multiple of. */
  readonly phases: number;
  readonly fma: boolean;
  readonly activation: Activation;
}

/** Weights that stay in registers, at most: some beyond their number do not harm yet. */
const MOST_KEPT_WEIGHTS = 16;

/** Tap columns that are no loop, at most; and those of a turn of the loop over more. */
const LONGEST_UNROLLED_ROW = 8;
const UNROLL = 4;

/**
 * The tile for a kernel, in rows and vectors, that outputs of so many columns fill. A row of taps sees one row of the image alone:
 * eight sums along it, which one load of each weight serves. For a kernel whose weights stay in registers, and for a column of
 * taps, eight sums, of which those of a finished row make room for the next; else nine, a weight for each row and an x: two loads
 * for three multiply-adds. Of three phases twelve sums, four for each: a load for each multiply-add.
 */
export function planeTile(
  tapRows: number,
  tapColumns: number,
  columns: number = Number.POSITIVE_INFINITY,
  phases: number = 1,
): { readonly rows: number; readonly vectors: number } {
  if (phases > 1) return { rows: 2, vectors: 2 * phases };
  if (tapRows === 1 && tapColumns > 1 && columns > 8) return { rows: 1, vectors: Math.min(8, Math.ceil(columns / 4)) };
  return keepsWeights(tapRows, tapColumns) || tapColumns === 1 ? { rows: 4, vectors: 2 } : { rows: 3, vectors: 3 };
}

/** Whether the weights of a kernel stay in registers. */
function keepsWeights(tapRows: number, tapColumns: number): boolean {
  return tapRows * tapColumns <= MOST_KEPT_WEIGHTS;
}

/** A row of outputs that sees a row of the image: its sums, and the tap row it sees it by. */
interface Use {
  readonly sum: readonly Local<"v128">[];
  readonly a: number;
}

/** Name of the module: unique in an engine. */
export function planeName(s: PlaneShape): string {
  const tile = `${s.rows}x${4 * s.vectors}`;
  const kernel = `${s.tapRows}x${s.tapColumns}-dilated-${s.rowDilation}x${s.columnDilation}`;
  return `plane-${tile}-${kernel}-${s.phases}-${activationName(s.activation)}`;
}

/** Parameters of the emitted function `correlate`, in order. */
type PlaneParameters = [
  tileRows: I32Local, // rows of tiles, at least 1
  tilesPerRow: I32Local, // at least 1
  lastTile: I32Local, // bytes from the first tile of a row to the last, which begins earlier rather than reach past the row
  image: I32Local, // address of the first output's first tap
  output: I32Local,
  weights: I32Local,
  imageRow: I32Local, // bytes from row to row of the image
  outRow: I32Local, // bytes from row to row of the output
];

/** Writes the module of one kernel size. */
export function emitPlane(shape: PlaneShape): Uint8Array<ArrayBuffer> {
  const { rows, vectors, tapRows, tapColumns, rowDilation, columnDilation, phases } = shape;
  const multiplyAdd = multiplyAddOf(shape.fma);
  const keeps = phases === 1 && keepsWeights(tapRows, tapColumns);
  const tapBytes = 16 * phases;
  const turns = keeps || tapColumns <= LONGEST_UNROLLED_ROW ? 0 : Math.floor(tapColumns / UNROLL);
  const module = new ModuleBuilder();
  module.function<PlaneParameters>(
    "correlate",
    8,
    (f, tileRows, tilesPerRow, lastTile, image, output, weights, imageRow, outRow) => {
      const tile = f.i32();
      const column = f.i32();
      const row = f.i32();
      const at = f.i32();
      const w = f.i32();
      const turn = f.i32();
      const out = f.i32();
      const sums = Array.from({ length: rows }, () => f.v128s(vectors));
      const x = f.v128();
      const biases = phases === 1 ? [f.v128()] : [];
      const biasAt = f.i32();
      // All of them, or those of a tap column for each row of outputs.
      const factors = f.v128s(keeps ? tapRows * tapColumns : rows);

      const isUse = ({ a }: Use) => Number.isInteger(a) && a >= 0 && a < tapRows;

      /** Adds `count` tap columns of an image row. */
      const accumulateColumns = (uses: readonly Use[], count: number) => {
        for (let b = 0; b < count; b++) {
          for (let phase = 0; phase < phases; phase++) {
            const column = uses.map(({ sum, a }, n) => {
              const tap = a * tapColumns + b;
              if (keeps) return { sum, factor: factors[tap]! };
              f.set(factors[n]!, v128.load(w, tapBytes * tap + 16 * phase));
              return { sum, factor: factors[n]! };
            });
            for (let v = phase; v < vectors; v += phases) {
              f.set(x, v128.load(at, 4 * b * columnDilation + 16 * v));
              for (const { sum, factor } of column) f.set(sum[v]!, multiplyAdd(x, factor, sum[v]!));
            }
          }
        }
      };

      const accumulateRow = (uses: readonly Use[]) => {
        if (uses.length === 0) return;
        f.set(at, row);
        f.set(w, weights);
        if (turns > 0) {
          f.set(turn, i32.const(turns));
          f.repeat(turn, () => {
            accumulateColumns(uses, UNROLL);
            f.advance(at, 4 * UNROLL * columnDilation);
            f.advance(w, tapBytes * UNROLL);
          });
        }
        accumulateColumns(uses, tapColumns - turns * UNROLL);
      };

      for (const bias of biases) f.set(bias, v128.load(weights, 0));
      f.set(biasAt, weights);
      f.advance(weights, tapBytes);
      if (keeps) for (const [tap, factor] of factors.entries()) f.set(factor, v128.load(weights, 16 * tap));
      f.repeat(tileRows, () => {
        f.set(tile, tilesPerRow);
        f.set(column, i32.const(0));
        f.repeat(tile, () => {
          f.when(i32.equal(tile, 1), () => f.set(column, lastTile));
          f.set(row, i32.add(image, column));
          f.set(out, i32.add(output, column));
          for (const sum of sums) {
            for (const [v, vector] of sum.entries()) f.set(vector, biases[0] ?? v128.load(biasAt, 16 * (v % phases)));
          }
          for (let i = 0; i < rows + (tapRows - 1) * rowDilation; i++) {
            accumulateRow(sums.map((sum, r) => ({ sum, a: (i - r) / rowDilation })).filter(isUse));
            f.advance(row, imageRow);
            const finished = sums[i - (tapRows - 1) * rowDilation];
            if (finished === undefined) continue;
            for (const [v, sum] of finished.entries()) {
              emitActivation(f, sum, shape.activation);
              f.store(out, sum, 16 * v);
            }
            f.advance(out, outRow);
          }
          f.advance(column, 16 * vectors);
        });
        f.advance(image, i32.mul(imageRow, rows));
        f.advance(output, i32.mul(outRow, rows));
      });
    },
  );
  return module.toBytes();
}
