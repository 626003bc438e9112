/**
 * Packing rows into panels: of a matrix [row][column], some neighbouring columns of all rows,
 *
 *     panel[r][n] = matrix[r][first + n],   n < NR
 *
 * so that a microkernel reads them one after the other; or of a matrix [column][row], which is transposed on the way.
 *
 * @module
 */

import { type FunctionBuilder, type I32Local, type Local, ModuleBuilder, v128 } from "../engine/assembler.ts";
import type { SimdEngine } from "../engine/engine.ts";

/** Parameters of the emitted function `packPanels`, in order. */
type PackParameters = [
  panels: I32Local, // at least 1
  rows: I32Local, // at least 1
  from: I32Local, // address of the first row's first column
  rowBytes: I32Local, // from row to row
  to: I32Local, // address of the first panel; they follow one another
];

/** The function that packs panels of 4 · vectors columns. It reads whole panels, past the last column if need be. */
export function packPanelsOf(engine: SimdEngine, vectors: number): (...args: number[]) => void {
  return engine.functions(`pack-panels-${4 * vectors}`, () => emitPackPanels(vectors)).packPanels!;
}

/** Writes the module of one width. */
export function emitPackPanels(vectors: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function<PackParameters>("packPanels", 5, (f, panels, rows, from, rowBytes, to) => {
    const row = f.i32();
    const address = f.i32();
    const value = f.v128();
    f.repeat(panels, () => {
      f.set(address, from);
      f.set(row, rows);
      f.repeat(row, () => {
        for (let n = 0; n < vectors; n++) {
          f.set(value, v128.load(address, 16 * n));
          f.store(to, value, 16 * n);
        }
        f.advance(address, rowBytes);
        f.advance(to, 16 * vectors);
      });
      f.advance(from, 16 * vectors);
    });
  });
  return module.toBytes();
}

/** Parameters of the emitted function `packTransposed`, in order. */
type TransposeParameters = [
  blocks: I32Local, // of four rows of the panel; may be 0
  from: I32Local, // address of the first column's first row
  columnBytes: I32Local, // from column to column
  to: I32Local, // address of the panel
];

/**
 * The function that transposes 4 · vectors columns into one panel. It reads whole blocks of 4 × 4, past
 * the last column and row if need be.
 */
export function packTransposedOf(
  engine: SimdEngine,
  vectors: number,
): (rows: number, from: number, columnBytes: number, to: number) => void {
  return (rows, from, columnBytes, to) => {
    const remainder = rows % 4;
    const name = `pack-transposed-${4 * vectors}+${remainder}`;
    const { packTransposed } = engine.functions(name, () => emitPackTransposed(vectors, remainder));
    packTransposed!((rows - remainder) / 4, from, columnBytes, to);
  };
}

/** Writes the module of one width, for the rows left over after blocks of four. */
export function emitPackTransposed(vectors: number, remainder: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function<TransposeParameters>("packTransposed", 4, (f, blocks, from, columnBytes, to) => {
    const address = f.i32();
    const lines = [f.v128(), f.v128(), f.v128(), f.v128()] as const;
    const pairs = [f.v128(), f.v128(), f.v128(), f.v128()] as const;
    const emitRows = (rows: number): void => {
      f.set(address, from);
      for (let n = 0; n < vectors; n++) {
        for (const line of lines) {
          f.set(line, v128.load(address, 0));
          f.advance(address, columnBytes);
        }
        transpose(f, lines, pairs);
        for (let row = 0; row < rows; row++) f.store(to, lines[row]!, 16 * (row * vectors + n));
      }
    };
    f.when(blocks, () => {
      f.repeat(blocks, () => {
        emitRows(4);
        f.advance(from, 16);
        f.advance(to, 64 * vectors);
      });
    });
    if (remainder > 0) emitRows(remainder);
  });
  return module.toBytes();
}

type Square = readonly [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];

/** Transposes 4 × 4 floats in place, by way of their pairs. */
function transpose(f: FunctionBuilder, lines: Square, pairs: Square): void {
  const [a, b, c, d] = lines;
  f.set(pairs[0], v128.shuffle(a, b, [0, 4, 1, 5]));
  f.set(pairs[1], v128.shuffle(c, d, [0, 4, 1, 5]));
  f.set(pairs[2], v128.shuffle(a, b, [2, 6, 3, 7]));
  f.set(pairs[3], v128.shuffle(c, d, [2, 6, 3, 7]));
  f.set(a, v128.shuffle(pairs[0], pairs[1], [0, 1, 4, 5]));
  f.set(b, v128.shuffle(pairs[0], pairs[1], [2, 3, 6, 7]));
  f.set(c, v128.shuffle(pairs[2], pairs[3], [0, 1, 4, 5]));
  f.set(d, v128.shuffle(pairs[2], pairs[3], [2, 3, 6, 7]));
}
