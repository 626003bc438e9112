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

import type { KernelGeometry, PlannedProblem, SeparableKernel } from "../../matrix/problem.ts";
import type { Shape2 } from "../../shape.ts";
import type { FloatArray } from "../../tensor.ts";
import type { SimdEngine } from "../engine.ts";
import type { MemoryRange } from "../memory.ts";
import { emitPlane, type PlaneShape, planeName } from "../plane/emit.ts";
import { MOST_TAP_ROWS, PLANE_TILE } from "../plane/plan.ts";
import { forEachBlockOf, type MatrixRun, readStrip, writeStrip } from "./strips.ts";

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
export function prepareDirectlySimd(engine: SimdEngine, problem: PlannedProblem): MatrixRun {
  return prepareInPasses(engine, problem, [{ shape: problem.kernelShape, values: problem.kernel }]);
}

/** The same for the product of a column and a row. */
export function prepareSeparablySimd(
  engine: SimdEngine,
  geometry: KernelGeometry,
  { column, row }: SeparableKernel<FloatArray>,
): MatrixRun {
  return prepareInPasses(engine, geometry, [
    { shape: [1, row.length], values: row },
    { shape: [column.length, 1], values: column },
  ]);
}

/** One pass after the other, each over the strip that the one before has made. */
function prepareInPasses(engine: SimdEngine, geometry: KernelGeometry, passes: readonly Weights[]): MatrixRun {
  const {
    kernelShape: [kernelHeight, kernelWidth],
    before: [top, left],
    outShape,
  } = geometry;
  const { memory, fma } = engine;
  const columns = Math.max(TILE_COLUMNS, Math.min(outShape[1], MOST_COLUMNS));
  const fitting = Math.floor(PREFERRED_BYTES / (4 * (1 + passes.length) * (columns + kernelWidth))) - kernelHeight;
  const blocks = Math.ceil(outShape[0] / Math.max(PLANE_TILE.rows, fitting));
  const blockRows = Math.ceil(outShape[0] / blocks / PLANE_TILE.rows) * PLANE_TILE.rows;
  // The strips, from the image to the result: each pass takes away what its weights reach.
  const strips: Shape2[] = [[blockRows + kernelHeight - 1, columns + kernelWidth - 1]];
  for (const { shape } of passes) {
    const [height, width] = strips.at(-1)!;
    strips.push([height - shape[0] + 1, width - shape[1] + 1]);
  }
  // Rows are computed three at a time; those too many fall into what a strip is longer by, and see what it is longer by.
  const bytesOf = ([height, width]: Shape2): number => 4 * (height + PLANE_TILE.rows - 1) * width;
  const works = passes.map((pass, i) => workOf(pass, strips[i]!, strips[i + 1]!, fma));
  const scratch = memory.layoutScratch([
    ...strips.map(bytesOf),
    ...works.flatMap(({ weights, images, outs }) => [weights, images, outs].map(({ byteLength }) => byteLength)),
  ]);
  const addresses = scratch.buffers.map(({ address }: MemoryRange) => address);

  const correlate: MatrixRun = (source, y) => {
    const { floats, ints } = memory;
    const runs = works.map(({ name, plane, tilesPerRow, weights, images, outs }, i) => {
      const [weightsAt, imageTable, outTable] = addresses.slice(strips.length + 3 * i) as [number, number, number];
      floats.set(weights, weightsAt / 4);
      ints.set(images, imageTable / 4);
      ints.set(outs, outTable / 4);
      const { correlate } = engine.functions(name, () => emitPlane(plane));
      const [from, to] = [addresses[i]!, addresses[i + 1]!];
      const [fromRow, toRow] = [4 * strips[i]![1], 4 * strips[i + 1]![1]];
      const further = strips[i + 1]![0] - blockRows;
      return (rows: number) => {
        const tiles = Math.ceil((rows + further) / PLANE_TILE.rows) * tilesPerRow;
        correlate!(tiles, imageTable, outTable, from, to, weightsAt, fromRow, toRow);
      };
    });
    const result = addresses[passes.length]! / 4;
    forEachBlockOf(outShape, [blockRows, columns], (i, j, rows) => {
      const strip: Shape2 = [rows + kernelHeight - 1, strips[0]![1]];
      readStrip(source, geometry, [i - top, j - left], strip, memory.floats, addresses[0]! / 4);
      for (const run of runs) run(rows);
      writeStrip(memory.floats, result, columns, y, outShape[1], [i, j], rows);
    });
  };
  return (source, y) => memory.guarded(scratch, () => correlate(source, y));
}

/** What a pass needs: its module, its weights as that reads them, and the byte offsets of its tiles in both strips. */
function workOf({ shape, values }: Weights, from: Shape2, to: Shape2, fma: boolean) {
  const plane: PlaneShape = {
    ...PLANE_TILE,
    tapRows: shape[0],
    tapColumns: shape[1],
    rowDilation: 1,
    columnDilation: 1,
    fma,
    activation: undefined,
  };
  const weights = new Float32Array(4 * (1 + values.length));
  for (let i = 4; i < weights.length; i++) weights[i] = values[(i >> 2) - 1]!;
  const tilesPerRow = Math.ceil(to[1] / TILE_COLUMNS);
  const tiles = Math.ceil(to[0] / PLANE_TILE.rows) * tilesPerRow;
  const images = new Int32Array(tiles);
  const outs = new Int32Array(tiles);
  for (let t = 0; t < tiles; t++) {
    const row = Math.floor(t / tilesPerRow) * PLANE_TILE.rows;
    // The last tile of a row begins earlier rather than reach past the row.
    const column = Math.min((t % tilesPerRow) * TILE_COLUMNS, to[1] - TILE_COLUMNS);
    images[t] = 4 * (row * from[1] + column);
    outs[t] = 4 * (row * to[1] + column);
  }
  return { name: planeName(plane), plane, tilesPerRow, weights, images, outs };
}
