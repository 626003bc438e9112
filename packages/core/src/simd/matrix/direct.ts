/**
 * A kernel on a matrix by SIMD, four neighbours of a row at a time: the microkernel of planes over strips of the continued
 * image, once with the whole kernel, or, where that is of rank 1, with its row and then its column:
 *
 *     strip of x ──k──> strip of y        strip of x ──row──> strip ──column──> strip of y
 *
 * Sums are float32: |y − ŷ| ≤ γ · Σ |k||x|, with γ = n·u/(1 − n·u), u = 2⁻²⁴, n = h·w + 2 directly and h + w + 4 by rank 1.
 *
 * @module
 */

import type { MatrixGeometry, MatrixProblem, SeparableKernel } from "../../matrix/problem.ts";
import type { Shape2 } from "../../shape.ts";
import type { FloatArray } from "../../tensor.ts";
import type { SimdEngine } from "../engine.ts";
import type { MemoryRange } from "../memory.ts";
import { emitPlane, planeName } from "../plane/emit.ts";
import { MOST_TAP_ROWS, PLANE_TILE } from "../plane/plan.ts";
import { forEachBlockOf, readStrip, writeStrip } from "./strips.ts";

const TILE_COLUMNS = 4 * PLANE_TILE.vectors;
/** Strips that stay in the second-level cache. */
const PREFERRED_BYTES = 512 * 1024;
/** Columns of a block, at most: strips of the tallest kernel fit scratch. */
const MOST_COLUMNS = 2048;
/** Longer rows of a kernel are somebody else's, a Fourier transform's. */
const MOST_TAP_COLUMNS = 1024;

/** True, or why a kernel of this size is not computed so. */
export function supportsDirect([kernelHeight, kernelWidth]: Shape2): true | string {
  if (kernelHeight > MOST_TAP_ROWS) return `${kernelHeight} rows of the kernel exceed the ${MOST_TAP_ROWS} of SIMD`;
  if (kernelWidth > MOST_TAP_COLUMNS)
    return `${kernelWidth} columns of the kernel exceed the ${MOST_TAP_COLUMNS} of SIMD`;
  return true;
}

/** A matrix of weights, as one pass has it. */
interface Weights {
  readonly shape: Shape2;
  readonly values: FloatArray;
}

/** y[i, j] = Σ k[a, b] · x[i + a − top, j + b − left], of a size that {@link supportsDirect}. */
export function correlateDirectlySimd(engine: SimdEngine, problem: MatrixProblem, y: FloatArray): void {
  correlateInPasses(engine, problem, [{ shape: problem.kernelShape, values: problem.kernel }], y);
}

/** The same for the product of a column and a row. */
export function correlateSeparablySimd(
  engine: SimdEngine,
  geometry: MatrixGeometry,
  { column, row }: SeparableKernel<FloatArray>,
  y: FloatArray,
): void {
  const passes = [
    { shape: [1, row.length] as const, values: row },
    { shape: [column.length, 1] as const, values: column },
  ];
  correlateInPasses(engine, geometry, passes, y);
}

/** One pass after the other, each over the strip that the one before has made. */
function correlateInPasses(
  engine: SimdEngine,
  geometry: MatrixGeometry,
  passes: readonly Weights[],
  y: FloatArray,
): void {
  const {
    kernelShape: [kernelHeight, kernelWidth],
    before: [top, left],
    outShape,
  } = geometry;
  const { memory } = engine;
  const columns = Math.max(TILE_COLUMNS, Math.min(outShape[1], MOST_COLUMNS));
  const fitting = Math.floor(PREFERRED_BYTES / (4 * (1 + passes.length) * (columns + kernelWidth))) - kernelHeight;
  const rows = Math.max(PLANE_TILE.rows, Math.min(fitting, outShape[0]));
  const blockRows = Math.ceil(rows / PLANE_TILE.rows) * PLANE_TILE.rows;
  // The strips, from the image to the result: each pass takes away what its weights reach.
  const strips: Shape2[] = [[blockRows + kernelHeight - 1, columns + kernelWidth - 1]];
  for (const { shape } of passes) {
    const [height, width] = strips.at(-1)!;
    strips.push([height - shape[0] + 1, width - shape[1] + 1]);
  }
  // Rows are computed three at a time; those too many fall into what a strip is longer by, and see what it is longer by.
  const bytesOf = ([height, width]: Shape2): number => 4 * (height + PLANE_TILE.rows - 1) * width;
  const works = passes.map(({ shape: [h, w] }, i) => tilesOf(strips[i]!, strips[i + 1]!, h * w));
  const scratch = memory.layoutScratch([...strips.map(bytesOf), ...works.flatMap(({ bytes }) => bytes)]);
  const addresses = scratch.buffers.map(({ address }: MemoryRange) => address);

  memory.guarded(scratch, () => {
    const runs = passes.map(({ shape, values }, i) => {
      const [weights, imageTable, outTable] = addresses.slice(strips.length + 3 * i) as [number, number, number];
      const { tiles, images, outs } = works[i]!;
      const { floats, ints } = memory;
      floats.fill(0, weights / 4, weights / 4 + 4);
      for (const [t, weight] of values.entries()) {
        floats.fill(weight, weights / 4 + 4 * (t + 1), weights / 4 + 4 * (t + 2));
      }
      ints.set(images, imageTable / 4);
      ints.set(outs, outTable / 4);
      const plane = {
        ...PLANE_TILE,
        tapRows: shape[0],
        tapColumns: shape[1],
        rowDilation: 1,
        columnDilation: 1,
        fma: engine.fma,
        activation: undefined,
      };
      const { correlate } = engine.functions(planeName(plane), () => emitPlane(plane));
      const [from, to] = [addresses[i]!, addresses[i + 1]!];
      const [fromRow, toRow] = [4 * strips[i]![1], 4 * strips[i + 1]![1]];
      return () => correlate!(tiles, imageTable, outTable, from, to, weights, fromRow, toRow);
    });
    const result = addresses[passes.length]! / 4;
    forEachBlockOf(outShape, [blockRows, columns], (i, j) => {
      readStrip(geometry, [i - top, j - left], strips[0]!, memory.floats, addresses[0]! / 4);
      for (const run of runs) run();
      writeStrip(memory.floats, result, columns, y, outShape, [i, j], blockRows);
    });
  });
}

/** Byte offsets of the tiles of a pass in its strips, and the bytes of its weights and of the two tables. */
function tilesOf(
  from: Shape2,
  to: Shape2,
  taps: number,
): { tiles: number; images: Int32Array; outs: Int32Array; bytes: readonly number[] } {
  const rowTiles = Math.ceil(to[0] / PLANE_TILE.rows);
  const columnTiles = Math.ceil(to[1] / TILE_COLUMNS);
  const tiles = rowTiles * columnTiles;
  const images = new Int32Array(tiles);
  const outs = new Int32Array(tiles);
  for (let t = 0; t < tiles; t++) {
    const row = Math.floor(t / columnTiles) * PLANE_TILE.rows;
    // The last tile of a row begins earlier rather than reach past the row.
    const column = Math.min((t % columnTiles) * TILE_COLUMNS, to[1] - TILE_COLUMNS);
    images[t] = 4 * (row * from[1] + column);
    outs[t] = 4 * (row * to[1] + column);
  }
  return { tiles, images, outs, bytes: [16 * (1 + taps), 4 * tiles, 4 * tiles] };
}
