/**
 * The numbers of a depthwise convolution: tiles as cells of a coarser correlation, one module for each part.
 *
 * @module
 */

import { type AxisPart, type Correlation, type CorrelationAxis, coarsened } from "../../geometry/correlation.ts";
import { cellTables } from "../blocks/cell-tables.ts";
import { type Blocks, cutIntoBlocks } from "../blocks/cut.ts";
import type { Activation } from "../engine/emit-activation.ts";
import type { DepthwiseAxis, DepthwiseShape } from "./emit.ts";

/** More taps than this are not unrolled. */
const MOST_TAPS = 128;

/**
 * Image and output of a block that stay in a second-level cache of 512 kB: the image is read as soon as it was copied, and there are
 * no weights to be read again. (Measured 2026-11-29 on an AMD EPYC (Zen 3), layers of MobileNet one after the other: 768 kB took 1.09
 * times as long, 192 kB 1.08.)
 */
const PREFERRED_BYTES = 384 * 1024;

/** Rows and columns of outputs per tile. Eight sums hide the latency of a multiply-add; seven suit widths of 7 and 14. */
const TILES = [
  { rows: 2, columns: 4 },
  { rows: 4, columns: 2 },
  { rows: 1, columns: 7 },
] as const;

/** A pair of parts, one of each axis. */
export interface DepthwisePart {
  readonly rows: AxisPart;
  readonly columns: AxisPart;
  readonly shape: DepthwiseShape;
  /** Byte offsets of the tiles of a block in the image and in the output. */
  readonly imageTable: Int32Array;
  readonly outTable: Int32Array;
}

/** Everything a run needs to know. */
export interface DepthwisePlan {
  /** The correlation whose cells are tiles. */
  readonly correlation: Correlation;
  readonly blocks: Blocks;
  readonly parts: readonly DepthwisePart[];
  /** Whether some target cells have no taps and stay zero. */
  readonly hasEmptyParts: boolean;
}

/** A correlation whose cells are tiles of another's, and how it is cut. */
export interface TiledCorrelation {
  readonly tiled: Correlation;
  readonly blocks: Blocks;
}

/** True, or why this correlation is not computed as a depthwise one. */
export function suitsDepthwise(c: Correlation): true | string {
  if (c.groupSourceChannels !== 1 || c.groupTargetChannels !== 1)
    return "the convolution is not depthwise with one filter per channel";
  if (c.groups < 4) return `${c.groups} channels do not fill a vector of 4`;
  const tapsOf = ({ parts }: CorrelationAxis) => Math.max(...parts.map(({ taps }) => taps.length));
  const taps = tapsOf(c.rows) * tapsOf(c.columns);
  return taps <= MOST_TAPS || `${taps} taps exceed the ${MOST_TAPS} that are unrolled`;
}

/** Cuts a depthwise correlation into blocks of tiles, or says why it is not computed as one. */
export function tileDepthwise(c: Correlation): TiledCorrelation | string {
  const suits = suitsDepthwise(c);
  if (suits !== true) return suits;
  const tiled = tileCorrelation(c);
  const blocks = cutIntoBlocks(tiled, { cellBytes: 0, inPlace: false, preferredBytes: PREFERRED_BYTES });
  return blocks === undefined ? "a row of its tiles exceeds scratch memory" : { tiled, blocks };
}

/** Plans a correlation and its tiles. */
export function planDepthwise(
  c: Correlation,
  { tiled, blocks }: TiledCorrelation,
  fma: boolean,
  activation: Activation,
): DepthwisePlan {
  const pairs = c.rows.parts.flatMap((rows) => c.columns.parts.map((columns) => ({ rows, columns })));
  const used = pairs.filter(({ rows, columns }) => rows.taps.length > 0 && columns.taps.length > 0);
  const pixelBytes = 4 * c.groups;
  const parts = used.map(({ rows, columns }) => {
    const shape: DepthwiseShape = {
      channels: c.groups,
      rows: tileAxis(
        c.rows,
        tiled.rows,
        rows,
        blocks.columns.imageSize * pixelBytes,
        blocks.columns.outSize * pixelBytes,
      ),
      columns: tileAxis(c.columns, tiled.columns, columns, pixelBytes, pixelBytes),
      fma,
      activation,
    };
    return { rows, columns, shape, ...cellTables(tiled, blocks, rows, columns) };
  });
  return { correlation: tiled, blocks, parts, hasEmptyParts: used.length < pairs.length };
}

/** The same correlation with a tile of outputs for each cell, of the shape that computes least in vain. */
function tileCorrelation(c: Correlation): Correlation {
  const cells = ({ targetSize, step }: CorrelationAxis, outputs: number) =>
    Math.ceil(targetSize / (step * outputs)) * outputs;
  const work = ({ rows, columns }: (typeof TILES)[number]) => cells(c.rows, rows) * cells(c.columns, columns);
  const tile = TILES.reduce((best, candidate) => (work(candidate) < work(best) ? candidate : best));
  return { ...c, rows: coarsened(c.rows, tile.rows), columns: coarsened(c.columns, tile.columns) };
}

function tileAxis(
  axis: CorrelationAxis,
  tiled: CorrelationAxis,
  part: AxisPart,
  imageBytes: number,
  targetBytes: number,
): DepthwiseAxis {
  return {
    outputs: tiled.step / axis.step,
    taps: part.taps.length,
    outputBytes: axis.sourceStep * imageBytes,
    tapBytes: axis.tapStep * imageBytes,
    targetBytes: axis.step * targetBytes,
  };
}
