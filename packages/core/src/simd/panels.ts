/**
 * Packing rows into panels: of a matrix [row][column], so many neighbouring columns of all rows,
 *
 *     panel[r][n] = matrix[r][first + n],   n < NR
 *
 * so that a microkernel reads them one after the other.
 *
 * @module
 */

import { ModuleBuilder, v128 } from "./assembler.ts";
import type { SimdEngine } from "./engine.ts";

/** Parameters of the emitted function `packPanels`, in order. */
export const PACK_PARAMETERS = [
  "panels", // at least 1
  "rows", // at least 1
  "from", // address of the first row's first column
  "rowBytes", // from row to row
  "to", // address of the first panel; they follow one another
] as const;

/** The function that packs panels of 4 · vectors columns. It reads whole panels, past the last column if need be. */
export function packPanelsOf(engine: SimdEngine, vectors: number): (...args: number[]) => void {
  return engine.functions(`pack-panels-${4 * vectors}`, () => emitPackPanels(vectors)).packPanels!;
}

/** Writes the module of one width. */
export function emitPackPanels(vectors: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function("packPanels", PACK_PARAMETERS, (f, panels, rows, from, rowBytes, to) => {
    const [row, address] = [f.i32(), f.i32()];
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
