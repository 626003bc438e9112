/**
 * Where the cells of a part stand in the image and in the output of a block: tables of byte offsets, by image, row and
 * column, which emitted code reads instead of computing addresses.
 *
 * @module
 */

import type { AxisPart, Correlation } from "../../geometry/correlation.ts";
import type { Blocks } from "./cut.ts";

/** Byte offsets of the cells of a block. */
export interface CellTables {
  readonly imageTable: Int32Array;
  readonly outTable: Int32Array;
}

/** The tables of one part, the first if none is given; filled up to a multiple of `multiple` cells with the last one. */
export function cellTables(
  c: Correlation,
  { images, rows, columns, sourceChannels, targetChannels }: Blocks,
  rowPart: AxisPart = c.rows.parts[0]!,
  columnPart: AxisPart = c.columns.parts[0]!,
  multiple = 1,
): CellTables {
  const cells = images * rows.periods * columns.periods;
  const imageTable = new Int32Array(Math.ceil(cells / multiple) * multiple);
  const outTable = new Int32Array(imageTable.length);
  let cell = 0;
  for (let n = 0; n < images; n++) {
    for (let t = 0; t < rows.periods; t++) {
      const imageRow = n * rows.imageSize + (rowPart.sourceStart - rows.origin) / rows.skip + t * rows.imageStep;
      const outRow = n * rows.outSize + t * c.rows.step + rowPart.start;
      for (let u = 0; u < columns.periods; u++) {
        const imageColumn = columnPart.sourceStart - columns.origin + u * columns.imageStep;
        const outColumn = u * c.columns.step + columnPart.start;
        imageTable[cell] = 4 * (imageRow * columns.imageSize + imageColumn) * sourceChannels;
        outTable[cell] = 4 * (outRow * columns.outSize + outColumn) * targetChannels;
        cell++;
      }
    }
  }
  imageTable.fill(imageTable[cells - 1]!, cells);
  outTable.fill(outTable[cells - 1]!, cells);
  return { imageTable, outTable };
}
