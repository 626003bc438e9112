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

import { shareStart, sharesOf } from "../../simd/blocks/run-blocks.ts";
import type { SimdEngine } from "../../simd/engine/engine.ts";
import type { MemoryRange } from "../../simd/engine/memory.ts";
import { type PlaneShape, planeTile } from "../../simd/single-channel/emit.ts";
import { MOST_TAP_ROWS } from "../../simd/single-channel/plan.ts";
import { planeOf } from "../../simd/single-channel/run.ts";
import type { Shape2 } from "../../tensor/shape.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { KernelGeometry, PlannedProblem, Region, SeparableKernel } from "../problem/problem.ts";
import { bringStripIn, forEachBlockOf, takeStripOut } from "./strips.ts";

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

/** A computation by plain sums that has been prepared. */
export interface PreparedSums {
  readonly scratchBytes: number;
  /** y[i, j] = Σ k[a, b] · x[i + a − top, j + b − left], of all of the output or of rectangles of it. */
  run(source: FloatArray, y: FloatArray, regions?: readonly Region[]): void;
}

/** Prepares a problem whose kernel has a size that {@link supportsDirect}. */
export function prepareDirectlySimd(engine: SimdEngine, problem: PlannedProblem): PreparedSums {
  return prepareInPasses(engine, problem, [{ shape: problem.kernelShape, values: problem.kernel }]);
}

/** The same for the product of a column and a row, which are {@link balanced}. */
export function prepareSeparablySimd(
  engine: SimdEngine,
  geometry: KernelGeometry,
  { column, row }: SeparableKernel<FloatArray>,
): PreparedSums {
  return prepareInPasses(engine, geometry, [
    { shape: [1, row.length], values: row },
    { shape: [column.length, 1], values: column },
  ]);
}

/** One pass after the other, each over the strip that the one before has made. */
function prepareInPasses(engine: SimdEngine, geometry: KernelGeometry, passes: readonly Weights[]): PreparedSums {
  const {
    kernelShape: [kernelHeight, kernelWidth],
    before: [top, left],
    outShape,
  } = geometry;
  const { memory, fma } = engine;
  const planes = passes.map(({ shape }) => planeShape(shape, outShape[1], fma));
  const tileRows = Math.max(...planes.map(({ rows }) => rows));
  const tileColumns = 4 * Math.max(...planes.map(({ vectors }) => vectors));
  const mostColumns = Math.max(tileColumns, Math.min(outShape[1], MOST_COLUMNS));
  const fitting = Math.floor(PREFERRED_BYTES / (4 * (1 + passes.length) * (mostColumns + kernelWidth))) - kernelHeight;
  const blocks = Math.ceil(outShape[0] / Math.max(tileRows, fitting));
  const mostRows = Math.ceil(outShape[0] / blocks / tileRows) * tileRows;
  /** Strips for a block, from the image to the result: each pass takes away what its weights reach. */
  const stripsOf = (rows: number, columns: number): readonly Shape2[] => {
    const strips: Shape2[] = [[rows + kernelHeight - 1, columns + kernelWidth - 1]];
    for (const { shape } of passes) {
      const [height, width] = strips.at(-1)!;
      strips.push([height - shape[0] + 1, width - shape[1] + 1]);
    }
    return strips;
  };
  // Rows are computed by tiles; those too many fall into what a strip is longer by, and see what it is longer by.
  const bytesOf = ([height, width]: Shape2): number => 4 * (height + tileRows - 1) * width;
  const weights = passes.map(({ values }) => splatted(values));
  const scratch = memory.layoutScratch([
    ...stripsOf(mostRows, mostColumns).map(bytesOf),
    ...weights.map(({ byteLength }) => byteLength),
  ]);
  const addresses = scratch.buffers.map(({ address }: MemoryRange) => address);
  const weightsAt = addresses.slice(passes.length + 1);
  const result = addresses[passes.length]!;

  const correlate = (source: FloatArray, y: FloatArray, { rows, columns, ...first }: Region): void => {
    const blockColumns = Math.max(tileColumns, Math.min(columns, mostColumns));
    const strips = stripsOf(0, blockColumns);
    const runs = planes.map((plane, i) => {
      const [from, to] = [addresses[i]!, addresses[i + 1]!];
      const [inWidth, [height, width]] = [strips[i]![1], strips[i + 1]!];
      const run = planeOf(engine, plane, inWidth, width);
      return (blockRows: number, shift: number, share: number, shares: number): void => {
        const tiles = Math.ceil((blockRows + height) / plane.rows);
        const [begin, end] = [shareStart(tiles, shares, share), shareStart(tiles, shares, share + 1)];
        if (begin === end) return;
        const row = 4 * plane.rows * begin;
        run(end - begin, from + shift + row * inWidth, to + shift + row * width, weightsAt[i]!);
      };
    });
    const blocks: { readonly at: Shape2; readonly rows: number }[] = [];
    forEachBlockOf([rows, columns], [mostRows, blockColumns], (i, j, blockRows) =>
      blocks.push({ at: [first.top + i, first.left + j], rows: blockRows }),
    );
    // Rows of a second pass see what the first makes of others: there a block is one share.
    const shares = runs.length > 1 ? 1 : sharesOf(engine, blocks.length, mostRows);
    engine.work(blocks, {
      phases: [shares],
      feed({ at: [row, column], rows: blockRows }, shift) {
        const strip: Shape2 = [blockRows + kernelHeight - 1, strips[0]![1]];
        bringStripIn(engine, source, geometry, [row - top, column - left], strip, addresses[0]! + shift);
        return true;
      },
      share({ rows: blockRows }, shift, _, share) {
        for (const run of runs) run(blockRows, shift, share, shares);
      },
      drain({ at, rows: blockRows }, shift) {
        takeStripOut(engine, result + shift, blockColumns, y, outShape[1], at, blockRows);
      },
    });
  };
  const whole: Region = { top: 0, left: 0, rows: outShape[0], columns: outShape[1] };
  return {
    scratchBytes: scratch.bytes,
    run(source, y, regions = [whole]) {
      memory.guarded(scratch, () => {
        for (const [i, values] of weights.entries()) memory.floats.set(values, weightsAt[i]! / 4);
        for (const region of regions) correlate(source, y, region);
      });
    },
  };
}

function planeShape([tapRows, tapColumns]: Shape2, columns: number, fma: boolean): PlaneShape {
  const tile = planeTile(tapRows, tapColumns, columns);
  return { ...tile, tapRows, tapColumns, rowDilation: 1, columnDilation: 1, phases: 1, fma, activation: undefined };
}

/** A bias of zero and weights, four times each. */
function splatted(values: FloatArray): Float32Array {
  const weights = new Float32Array(4 * (1 + values.length));
  for (let i = 4; i < weights.length; i++) weights[i] = values[(i >> 2) - 1]!;
  return weights;
}
