/**
 * The numbers of a filtered picture: it is computed in upright strips of columns, and each of these from the top to the bottom
 * in bands of rows, so that everything between bytes and bytes stays in the second-level cache, however large the picture:
 *
 *     rows of bytes ──> floats ──(kernel)──> sums ──> rows of bytes                     the last h − 1 rows of floats are kept
 *     rows of bytes ──> floats ──(row)──> sums ──(column)──> sums ──> rows of bytes     the last h − 1 rows of sums are kept
 *
 * A picture of C channels, without an alpha that is kept, is to the microkernel of planes a matrix of C times as many columns, correlated with a kernel whose
 * columns are C apart. The order of the sums of a pixel depends on nothing but the kernel, so its bits do not depend on where
 * strips and bands begin.
 *
 * @module
 */

import { SCRATCH_BYTES } from "../../simd/engine/memory.ts";
import { type PlaneShape, planeTile } from "../../simd/single-channel/emit.ts";
import { MOST_TAP_ROWS } from "../../simd/single-channel/plan.ts";
import type { PictureProblem } from "../problem/problem.ts";
import { BLOCK, bytesOf } from "./emit.ts";

/** What strips take of the second-level cache. */
const PREFERRED_BYTES = 384 * 1024;
/** Rows of a band, at least: fewer cost more calls than cache misses. */
const LEAST_ROWS = 16;
/** Products for a cell above which a Fourier transform is sooner done. */
const MOST_TAPS = 512;
/** What two passes cost beside their products, in products. */
const SECOND_PASS_TAPS = 5;
/** Products of a row or column for one of a kernel: they share fewer loads. */
const PASS_TAP = 1.6;

/** What is left behind each buffer for what reads and writes whole blocks. */
const SLACK_BYTES = 64;

/** Everything a run needs to know but the kernel's values. */
export interface BandPlan {
  readonly separable: boolean;
  /** Channels that are computed: those of the picture but an alpha that is kept. */
  readonly channels: number;
  /** Rows of bytes that are kept, to take alpha from. */
  readonly keptRows: number;
  /** The passes in order: one, or row and column, or one for each of two kernels. */
  readonly passes: readonly PlaneShape[];
  /** Columns of pixels in a strip, and rows of a band. */
  readonly pixels: number;
  readonly rows: number;
  /** Floats of a row that are computed: those of a strip, or of a tile if that is wider. */
  readonly columns: number;
  /** Floats from row to row of what comes in, of the sums of rows, and of what goes out. */
  readonly inPitch: number;
  readonly midPitch: number;
  readonly outPitch: number;
  /** Bytes of the buffers, in the order of {@link BUFFERS}. */
  readonly bufferBytes: readonly number[];
}

/** What stands in scratch, in order. */
export const BUFFERS = ["raw", "beside", "image", "sums", "other", "out", "result"] as const;

/** Plans a problem, or says why it is not computed so. */
export function planBands(problem: PictureProblem, fma: boolean): BandPlan | string {
  const { format, kernel, region } = problem;
  const [height, width] = kernel.shape;
  const keeps = problem.alpha === "keep";
  const channels = format.channels - Number(keeps);
  const keptRows = keeps ? height - 1 - problem.before[0] : 0;
  const products = height * width;
  const separable =
    kernel.factors !== undefined &&
    problem.other === undefined &&
    (!kernel.isExact || PASS_TAP * (height + width) + SECOND_PASS_TAPS < products) &&
    height > 1 &&
    width > 1;
  if (!separable && !kernel.isExact) return "products of column and row leave the range of float32";
  if (Math.abs(problem.scale) < 2 ** -126 && problem.scale !== 0) return "the scale has fewer digits in float32";
  if (!separable && height > MOST_TAP_ROWS && width > 1) return `${height} rows of the kernel exceed ${MOST_TAP_ROWS}`;
  if (!separable && products > MOST_TAPS && height > 1 && width > 1) {
    return `a kernel of ${products} weights is sooner done by a Fourier transform`;
  }
  const common = { rowDilation: 1, phases: 1, fma, activation: undefined };
  const row = (tapColumns: number): PlaneShape => ({
    ...common,
    ...planeTile(1, tapColumns, region.width * channels),
    tapRows: 1,
    tapColumns,
    columnDilation: channels,
  });
  // A tall column is a long row whose cells are a row apart.
  const column = (tapRows: number, pitch: number): PlaneShape =>
    tapRows > MOST_TAP_ROWS
      ? {
          ...common,
          ...planeTile(1, tapRows, region.width * channels),
          tapRows: 1,
          tapColumns: tapRows,
          columnDilation: pitch,
        }
      : { ...common, ...planeTile(tapRows, 1), tapRows, tapColumns: 1, columnDilation: 1 };
  const shapesOf = (pitch: number): readonly PlaneShape[] => {
    if (separable) return [row(width), column(height, pitch)];
    if (width === 1) return [column(height, pitch)];
    return [
      {
        ...common,
        ...planeTile(height, width, region.width * channels),
        tapRows: height,
        tapColumns: width,
        columnDilation: channels,
      },
    ];
  };
  const leastColumns = Math.max(...shapesOf(1).map(({ vectors }) => 4 * vectors));
  const tileRows = Math.max(...shapesOf(1).map((shape) => shape.rows));

  const layout = (pixels: number, rows: number): BandPlan => {
    const columns = Math.max(leastColumns, pixels * channels);
    const inPitch = pitchOf(columns + (width - 1) * channels);
    const [midPitch, outPitch] = [pitchOf(columns), pitchOf(columns)];
    const shapes = shapesOf(separable ? midPitch : inPitch);
    const passes = problem.other === undefined ? shapes : [...shapes, ...shapes];
    const kept = height - 1 + rows + tileRows;
    const pixelBytes = format.channels * bytesOf(format.dtype);
    const bufferBytes = [
      (keptRows + rows) * (pixels + width - 1) * pixelBytes,
      rows * (width - 1) * pixelBytes,
      4 * (separable ? rows + tileRows : kept) * inPitch,
      separable ? 4 * kept * midPitch : 0,
      problem.other === undefined ? 0 : 4 * (rows + tileRows) * outPitch,
      4 * (rows + tileRows) * outPitch,
      rows * pixels * format.channels * bytesOf(problem.dtype),
    ].map((bytes) => bytes + SLACK_BYTES);
    return { separable, channels, keptRows, passes, pixels, rows, columns, inPitch, midPitch, outPitch, bufferBytes };
  };
  const bytesIn = ({ bufferBytes }: BandPlan): number => bufferBytes.reduce((sum, bytes) => sum + bytes, 0);

  const mostRows = Math.min(region.height, Math.max(LEAST_ROWS, height));
  let strips = 1;
  let plan = layout(region.width, mostRows);
  while (bytesIn(plan) > PREFERRED_BYTES && plan.pixels * channels > 8 * leastColumns) {
    strips++;
    plan = layout(Math.ceil(region.width / strips), mostRows);
  }
  const weightBytes = plan.passes.reduce((sum, { tapRows, tapColumns }) => sum + 16 * (1 + tapRows * tapColumns), 0);
  if (bytesIn(plan) + weightBytes > SCRATCH_BYTES / 2) return "the kernel exceeds the bands of SIMD";
  return plan;
}

/** Floats from row to row: room for a block past the end, and not so that rows fall into the same few lines of a cache. */
function pitchOf(floats: number): number {
  const pitch = Math.ceil((floats + BLOCK) / 4) * 4;
  return pitch % 256 === 0 ? pitch + 16 : pitch;
}
