/**
 * The microkernel of the filter gradient as WebAssembly. The filter has a row for each tap and input channel and a
 * column for each output channel; its gradient is a sum of outer products over the pixels,
 *
 *     dw[k][o] += Σ_p x[p][k] · dy[p][o]
 *
 * A tile of MR × NR sums stays in registers while all pixels of a chunk pass by: per pixel NR/4 vector loads of dy, MR
 * broadcasts of x, MR·NR/4 multiply-adds, as in the microkernel of implicit GEMM with pixels in the place of k.
 *
 * Layouts: dy packed [panel][pixel][NR]; sums [segment][row of the filter][NR·panels], rows in whole tiles.
 *
 * @module
 */

import { type I32Local, i32, type Local, ModuleBuilder, multiplyAddOf, v128 } from "../engine/assembler.ts";
import type { TileShape } from "../gemm/tile-shapes.ts";

/** Everything the code depends on. */
export interface OuterProductShape extends TileShape {
  readonly fma: boolean;
  /** Whether products are added to the sums that are there, or are all of the sums. */
  readonly adds: boolean;
}

/** Name of the module: unique in an engine. */
export function outerProductName({ mr, vectors, adds }: OuterProductShape): string {
  return `outer-product-${mr}x${4 * vectors}${adds ? "" : "-from-0"}`;
}

/** Parameters of the emitted function `accumulate`, in order. */
type AccumulateParameters = [
  segments: I32Local, // runs of consecutive rows of the filter, at least 1
  segmentTable: I32Local, // address: int32 byte offset of each segment from a pixel's first tap
  tiles: I32Local, // tiles of MR rows per segment, at least 1
  panels: I32Local, // panels of NR columns, at least 1
  rows: I32Local, // rows of pixels, at least 1
  rowTable: I32Local, // address: int32 byte offset of each row's first pixel from `image`
  pixels: I32Local, // pixels per row, at least 1
  image: I32Local,
  pixelBytes: I32Local, // of the image, from pixel to pixel
  dy: I32Local, // address of the packed panels
  sums: I32Local,
  sumRowBytes: I32Local, // from row to row of the sums
];

/** Writes the module of one shape. */
export function emitOuterProduct({ mr, vectors, fma, adds }: OuterProductShape): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const multiplyAdd = multiplyAddOf(fma);
  module.function<AccumulateParameters>(
    "accumulate",
    12,
    (f, segments, segmentTable, tiles, panels, rows, rowTable, pixels, image, pixelBytes, dy, sums, sumRowBytes) => {
      const [tile, panel, row, pixel] = [f.i32(), f.i32(), f.i32(), f.i32()];
      const [first, offsets, y, at, sumTile] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()];
      const xs = f.i32s(mr);
      const tileSums = xs.map(() => f.v128s(vectors));
      const ys = f.v128s(vectors);
      const broadcast = f.v128();

      const forEachSum = (visit: (sum: Local<"v128">, offset: number) => void) => {
        f.set(at, sumTile);
        for (const sumRow of tileSums) {
          for (const [n, sum] of sumRow.entries()) visit(sum, 16 * n);
          f.advance(at, sumRowBytes);
        }
      };

      f.repeat(segments, () => {
        f.set(first, i32.add(image, i32.load(segmentTable, 0)));
        f.set(tile, tiles);
        f.repeat(tile, () => {
          f.set(y, dy);
          f.set(sumTile, sums);
          f.set(panel, panels);
          f.repeat(panel, () => {
            if (adds) forEachSum((sum, offset) => f.set(sum, v128.load(at, offset)));
            else for (const sum of tileSums.flat()) f.set(sum, v128.splat(0));
            f.set(offsets, rowTable);
            f.set(row, rows);
            f.repeat(row, () => {
              f.set(xs[0]!, i32.add(first, i32.load(offsets, 0)));
              for (let m = 1; m < mr; m++) f.set(xs[m]!, i32.add(xs[0]!, 4 * m));
              f.set(pixel, pixels);
              f.repeat(pixel, () => {
                for (const [n, vector] of ys.entries()) f.set(vector, v128.load(y, 16 * n));
                for (const [m, x] of xs.entries()) {
                  f.set(broadcast, v128.load32Splat(x, 0));
                  for (const [n, vector] of ys.entries()) {
                    f.set(tileSums[m]![n]!, multiplyAdd(broadcast, vector, tileSums[m]![n]!));
                  }
                  f.advance(x, pixelBytes);
                }
                f.advance(y, 16 * vectors);
              });
              f.advance(offsets, 4);
            });
            forEachSum((sum, offset) => f.store(at, sum, offset));
            f.advance(sumTile, 16 * vectors);
          });
          f.advance(sums, i32.mul(sumRowBytes, mr));
          f.advance(first, 4 * mr);
        });
        f.advance(segmentTable, 4);
      });
    },
  );
  return module.toBytes();
}
