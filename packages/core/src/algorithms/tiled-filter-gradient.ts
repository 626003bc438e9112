/**
 * The gradient with respect to the filter, tiled, nothing unfolded:
 *
 *     dw[a, b, c, o] = Σ_{n, i, j} x[n, i·s + a·d − p, j·s + b·d − p, c] · dy[n, i, j, o]
 *
 * is for each weight a sum over output rows of dot products along the row. The stream holds a block of the image as
 * planes `[channel][row][residue of the column modulo the stride][column / stride]`, framed with zeros, in which the
 * cells that one tap touches along an output row are neighbours; the lanes hold six channels of dy, each row filled up with
 * zeros to a multiple of four. Either side meets zeros of the other, so non-finite data go to the reference.
 *
 * @module
 */

import type { ConvGeometry } from "../geometry.ts";
import type { FloatArray } from "../tensor.ts";
import type { FilterGradientPlan } from "./algorithm.ts";
import { allFinite, naive } from "./naive.ts";
import { CACHED_LENGTH, CELLS, inFours, LANE_LENGTH, LANES, registerTile } from "./register-tile.ts";

/** True, or why a block cannot hold what one output row needs. */
export function supportsTiledFilterGradient(g: ConvGeometry): true | string {
  const plane = planeOf(g, 1).size;
  if (plane > CACHED_LENGTH) {
    return `${plane} values under one output row exceed the ${CACHED_LENGTH} that a block holds`;
  }
  if (g.outWidth > LANE_LENGTH)
    return `an output row of ${g.outWidth} cells exceeds the ${LANE_LENGTH} that a lane holds`;
  return true;
}

/** Prepares the gradient; geometry must be supported. */
export function prepareTiledFilterGradient(g: ConvGeometry): FilterGradientPlan {
  const tile = registerTile();
  const rows = chooseRows(g);
  const channels = Math.min(g.groupInChannels, Math.floor(CACHED_LENGTH / planeOf(g, rows).size));
  return {
    scratchBytes: tile.bytes,
    run(x, dy, dw) {
      if (!allFinite(dy) || !allFinite(x)) {
        naive.prepareFilterGradient(g).run(x, dy, dw);
        return;
      }
      dw.fill(0);
      tile.starts.fill(0);
      for (let n = 0; n < g.batch; n++) {
        for (let row = 0; row < g.outHeight; row += rows) {
          const height = Math.min(rows, g.outHeight - row);
          for (let group = 0; group < g.groups; group++) {
            for (let c = 0; c < g.groupInChannels; c += channels) {
              const depth = Math.min(channels, g.groupInChannels - c);
              copyPlanes(x, g, n, row, height, group * g.groupInChannels + c, depth, tile.stream);
              for (let o = 0; o < g.groupOutChannels; o += LANES) {
                const width = Math.min(LANES, g.groupOutChannels - o);
                const outChannel = group * g.groupOutChannels + o;
                fillLanes(dy, g, n, row, height, outChannel, width);
                addProducts(g, height, c, depth, outChannel, width, dw);
              }
            }
          }
        }
      }
    },
  };
}

/** Layout of one channel of a block under `rows` output rows. */
function planeOf(g: ConvGeometry, rows: number): { height: number; columns: number; pitch: number; size: number } {
  const height = (rows - 1) * g.strideHeight + (g.kernelHeight - 1) * g.dilationHeight + 1;
  const width = (g.outWidth - 1) * g.strideWidth + (g.kernelWidth - 1) * g.dilationWidth + 1;
  const columns = Math.ceil(width / g.strideWidth);
  const pitch = columns * g.strideWidth;
  return { height, columns, pitch, size: height * pitch };
}

/** Output rows of a block: all whose dy fits the lanes, and some sixteen channels of the image the stream. */
function chooseRows(g: ConvGeometry): number {
  const channels = Math.min(16, g.groupInChannels);
  let rows = 1;
  while (
    rows < g.outHeight &&
    (rows + 1) * inFours(g.outWidth) <= LANE_LENGTH &&
    planeOf(g, rows + 1).size * channels <= CACHED_LENGTH
  ) {
    rows++;
  }
  return rows;
}

function copyPlanes(
  x: FloatArray,
  g: ConvGeometry,
  n: number,
  firstRow: number,
  rows: number,
  firstChannel: number,
  depth: number,
  stream: Float64Array,
): void {
  const { height, columns, pitch, size } = planeOf(g, rows);
  const top = firstRow * g.strideHeight - g.padTop;
  stream.fill(0, 0, depth * size + 3);
  for (let r = 0; r < height; r++) {
    const row = top + r;
    if (row < 0 || row >= g.inHeight) continue;
    const last = Math.min(pitch, g.inWidth + g.padLeft);
    for (let column = g.padLeft; column < last; column++) {
      const from = ((n * g.inHeight + row) * g.inWidth + column - g.padLeft) * g.inChannels + firstChannel;
      const at = r * pitch + (column % g.strideWidth) * columns + Math.floor(column / g.strideWidth);
      for (let c = 0; c < depth; c++) stream[at + c * size] = x[from + c];
    }
  }
}

function fillLanes(
  dy: FloatArray,
  g: ConvGeometry,
  n: number,
  firstRow: number,
  rows: number,
  outChannel: number,
  width: number,
): void {
  const { lanes } = registerTile();
  const pitch = inFours(g.outWidth);
  for (let i = 0; i < LANES; i++) {
    const lane = lanes[i];
    lane.fill(0, 0, rows * pitch);
    if (i >= width) continue;
    for (let r = 0; r < rows; r++) {
      const row = (n * g.outHeight + firstRow + r) * g.outWidth;
      for (let j = 0; j < g.outWidth; j++) lane[r * pitch + j] = dy[(row + j) * g.outChannels + outChannel + i];
    }
  }
}

/** Adds what the block in the stream and the lanes contributes to the gradient of `depth` × `width` weights per tap. */
function addProducts(
  g: ConvGeometry,
  rows: number,
  firstChannel: number,
  depth: number,
  outChannel: number,
  width: number,
  dw: FloatArray,
): void {
  const tile = registerTile();
  const { columns, pitch, size } = planeOf(g, rows);
  let quads = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < g.outWidth; j += 4) tile.offsets[quads++] = i * g.strideHeight * pitch + j;
  }
  for (let a = 0; a < g.kernelHeight; a++) {
    for (let b = 0; b < g.kernelWidth; b++) {
      const shift = b * g.dilationWidth;
      const tap = a * g.dilationHeight * pitch + (shift % g.strideWidth) * columns + Math.floor(shift / g.strideWidth);
      for (let c = 0; c < depth; c += CELLS) {
        const cells = Math.min(CELLS, depth - c);
        tile.multiply(c * size + tap, size, cells, quads);
        const at = ((a * g.kernelWidth + b) * g.groupInChannels + firstChannel + c) * g.outChannels + outChannel;
        tile.add(dw, at, g.outChannels, cells, width);
      }
    }
  }
}
