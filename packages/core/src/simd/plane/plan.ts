/**
 * The numbers of a correlation of planes: tiles, blocks of rows, tables of offsets.
 *
 * @module
 */

import { type Correlation, coarsened } from "../../algorithms/correlation.ts";
import type { Activation } from "../activation.ts";
import { type Blocks, cutIntoBlocks } from "../blocks.ts";
import type { PlaneShape } from "./emit.ts";

/** Nine sums, three vectors of x and a weight: 13 registers, and two loads for three multiply-adds. */
export const PLANE_TILE = { rows: 3, vectors: 3 } as const;

/** More tap rows than this are not unrolled. */
export const MOST_TAP_ROWS = 64;

/** Everything a run needs to know. */
export interface PlanePlan {
  readonly correlation: Correlation;
  readonly blocks: Blocks;
  readonly shape: PlaneShape;
  /** Tiles of one row of tiles, and the byte offsets of the tiles of a block in the image and in the output. */
  readonly tilesPerRow: number;
  readonly imageTable: Int32Array;
  readonly outTable: Int32Array;
}

/** True, or why this correlation is not computed along the row. */
export function supportsPlane(c: Correlation): true | string {
  const { groups, groupSourceChannels, groupTargetChannels, rows, columns } = c;
  if (groups !== 1 || groupSourceChannels !== 1 || groupTargetChannels !== 1) return "there is more than one channel";
  if (![rows, columns].every(({ step, sourceStep }) => step === 1 && sourceStep === 1)) return "the stride is not 1";
  const tapRows = rows.parts[0]!.taps.length;
  if (tapRows > MOST_TAP_ROWS) return `${tapRows} rows of taps exceed the ${MOST_TAP_ROWS} that are unrolled`;
  return cutIntoBlocks(tileCorrelation(c)) === undefined ? "a row of its tiles exceeds scratch memory" : true;
}

/** Plans a correlation that is supported. */
export function planPlane(c: Correlation, fma: boolean, activation: Activation): PlanePlan {
  const correlation = tileCorrelation(c);
  const blocks = cutIntoBlocks(correlation)!;
  const { images, rows, columns } = blocks;
  const width = 4 * PLANE_TILE.vectors;
  const tilesPerRow = Math.ceil(columns.outSize / width);
  const imageTable: number[] = [];
  const outTable: number[] = [];
  for (let n = 0; n < images; n++) {
    for (let t = 0; t < rows.periods; t++) {
      for (let u = 0; u < tilesPerRow; u++) {
        // The last tile of a row begins earlier rather than reach past the row.
        const column = Math.min(u * width, columns.outSize - width);
        imageTable.push(4 * ((n * rows.imageSize + t * rows.imageStep) * columns.imageSize + column));
        outTable.push(4 * ((n * rows.outSize + t * PLANE_TILE.rows) * columns.outSize + column));
      }
    }
  }
  const shape: PlaneShape = {
    ...PLANE_TILE,
    tapRows: c.rows.parts[0]!.taps.length,
    tapColumns: c.columns.parts[0]!.taps.length,
    rowDilation: c.rows.tapStep,
    columnDilation: c.columns.tapStep,
    fma,
    activation,
  };
  return {
    correlation,
    blocks,
    shape,
    tilesPerRow,
    imageTable: Int32Array.from(imageTable),
    outTable: Int32Array.from(outTable),
  };
}

/** The same correlation with a tile of rows for each row; of columns only if a row is shorter than a tile. */
function tileCorrelation(c: Correlation): Correlation {
  const width = 4 * PLANE_TILE.vectors;
  return {
    ...c,
    rows: coarsened(c.rows, PLANE_TILE.rows),
    columns: c.columns.targetSize < width ? coarsened(c.columns, width) : c.columns,
  };
}
