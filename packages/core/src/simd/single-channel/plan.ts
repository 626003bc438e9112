/**
 * The numbers of a correlation of planes: tiles, and blocks of rows of them.
 *
 * @module
 */

import { type Correlation, coarsened } from "../../geometry/correlation.ts";
import { type Blocks, cutIntoBlocks } from "../blocks/cut.ts";
import type { Activation } from "../engine/emit-activation.ts";
import { type PlaneShape, planeTile } from "./emit.ts";

/** More tap rows than this are not unrolled. */
export const MOST_TAP_ROWS = 64;

/** A correlation with tiles for cells, and how it is cut. */
export type TiledPlane = Pick<PlanePlan, "correlation" | "blocks">;

/** Everything a run needs to know. */
export interface PlanePlan {
  readonly correlation: Correlation;
  readonly blocks: Blocks;
  readonly shape: PlaneShape;
}

/** Channels side by side that are computed as one plane, each with a kernel of its own. */
export const MOST_CHANNELS = 4;

/** Cuts a correlation of planes into blocks of tiles, or says why it is not computed along the row. */
export function tilePlane(c: Correlation): TiledPlane | string {
  const { groups, groupSourceChannels, groupTargetChannels, rows, columns } = c;
  if (groupSourceChannels !== 1 || groupTargetChannels !== 1) return "channels see each other";
  if (groups > MOST_CHANNELS) return `there are more than ${MOST_CHANNELS} channels`;
  if (![rows, columns].every(({ step, sourceStep }) => step === 1 && sourceStep === 1)) return "the stride is not 1";
  const tapRows = rows.parts[0]!.taps.length;
  if (tapRows > MOST_TAP_ROWS) return `${tapRows} rows of taps exceed the ${MOST_TAP_ROWS} that are unrolled`;
  const correlation = tileCorrelation(c);
  const blocks = cutIntoBlocks(correlation);
  // Where rows are so wide that they are cut, a block may be narrower than a tile.
  const fits = blocks !== undefined && blocks.columns.outSize * groups >= 4 * tileOf(c).vectors;
  return fits ? { correlation, blocks } : "a row of its tiles exceeds scratch memory";
}

/** Plans a correlation and its tiles. */
export function planPlane(c: Correlation, tiles: TiledPlane, fma: boolean, activation: Activation): PlanePlan {
  const shape: PlaneShape = {
    ...tileOf(c),
    tapRows: c.rows.parts[0]!.taps.length,
    tapColumns: c.columns.parts[0]!.taps.length,
    rowDilation: c.rows.tapStep,
    columnDilation: c.columns.tapStep * c.groups,
    phases: phasesOf(c),
    fma,
    activation,
  };
  return { ...tiles, shape };
}

/** The same correlation with a tile of rows for each row; of columns only if a row is shorter than a tile. */
function tileCorrelation(c: Correlation): Correlation {
  const tile = tileOf(c);
  const width = (4 * tile.vectors) / c.groups;
  return {
    ...c,
    rows: coarsened(c.rows, tile.rows),
    columns: c.columns.targetSize < width ? coarsened(c.columns, width) : c.columns,
  };
}

function tileOf(c: Correlation): ReturnType<typeof planeTile> {
  const [tapRows, tapColumns] = [c.rows, c.columns].map(({ parts }) => parts[0]!.taps.length) as [number, number];
  return planeTile(tapRows, tapColumns, c.columns.targetSize * c.groups, phasesOf(c));
}

/** Four lanes hold one, two or four channels again and again; three begin elsewhere in each vector, until the fourth. */
function phasesOf({ groups }: Correlation): number {
  return groups === 3 ? 3 : 1;
}
