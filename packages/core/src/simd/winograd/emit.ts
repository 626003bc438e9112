/**
 * The three transforms of Winograd's algorithm as WebAssembly, four channels at a time: each is its one-dimensional
 * form applied to the columns and then to the rows of a small matrix of vectors. The points and formulas are those of
 * `points.ts`; the multiplication between is the microkernel of implicit GEMM.
 *
 * Layouts: V [tile][point²][channel], M [tile][point²][channel], U [point²][panels of weights].
 *
 * @module
 */

import { type Activation, activationName, emitActivation } from "../activation.ts";
import { type FunctionBuilder, f32x4, i32, type Local, ModuleBuilder, type V128, v128 } from "../assembler.ts";
import { Formulas, type Transform } from "./formulas.ts";
import { pointCount, type TileSize } from "./points.ts";

/** What the code of the transforms depends on. */
export interface TransformVariant {
  readonly tileSize: TileSize;
  readonly fma: boolean;
  readonly activation: Activation;
}

/** Name of the module: unique. */
export function transformsName({ tileSize, fma, activation }: TransformVariant): string {
  return `winograd-${tileSize}x${tileSize}-${fma ? "fma" : "mul-add"}-${activationName(activation)}`;
}

/** Writes the module: `transformInput`, `transformFilter`, `transformOutput`. */
export function emitTransforms(variant: TransformVariant): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  emitInputTransform(module, variant);
  emitFilterTransform(module, variant);
  emitOutputTransform(module, variant);
  return module.toBytes();
}

/** V = Bᵀ d B for all tiles of a block. */
export function emitInputTransform(
  module: ModuleBuilder,
  { tileSize, fma }: Omit<TransformVariant, "activation">,
): void {
  const size = pointCount(tileSize);
  emitTileTransform(module, "transformInput", size, size, (f) => new Formulas(f, tileSize, fma).input());
}

/** Takes tiles apart into points: rows × rows pixels of a tile into size × size points, by a transform of both axes. */
export function emitTileTransform(
  module: ModuleBuilder,
  name: string,
  rows: number,
  size: number,
  transformOf: (f: FunctionBuilder) => Transform,
): void {
  const parameters = [
    "tiles", // at least 1
    "vectors", // channels / 4
    "tileTable", // address: int32 byte offset of each tile's first pixel from `image`
    "image",
    "v", // address of the first tile's first point
    "rowBytes", // of the image
    "pixelBytes", // of the image
    "pointBytes", // from point to point
    "tileBytes", // from tile to tile
  ] as const;
  module.function(
    name,
    parameters,
    (f, tiles, vectors, tileTable, image, v, rowBytes, pixelBytes, pointBytes, tileBytes) => {
      const [pixel, target, column, vector] = [f.i32(), f.i32(), f.i32(), f.i32()];
      const matrix = vectorMatrix(f, size, rows);
      const transform = transformOf(f);
      f.repeat(tiles, () => {
        f.set(pixel, i32.add(image, i32.load(tileTable, 0)));
        f.set(target, v);
        f.set(vector, vectors);
        f.repeat(vector, () => {
          for (let j = 0; j < rows; j++) {
            f.set(column, i32.add(pixel, i32.mul(pixelBytes, j)));
            for (let i = 0; i < rows; i++) {
              f.set(matrix[i]![j]!, v128.load(column, 0));
              f.advance(column, rowBytes);
            }
            transformColumn(f, transform, matrix, j);
          }
          f.set(column, target);
          for (const row of matrix) {
            storeVectors(f, transform(row), column, pointBytes);
          }
          f.advance(pixel, 16);
          f.advance(target, 16);
        });
        f.advance(tileTable, 4);
        f.advance(v, tileBytes);
      });
    },
  );
}

/** U = G g Gᵀ for one panel of target channels and the source channels of a slice. */
function emitFilterTransform(module: ModuleBuilder, variant: TransformVariant): void {
  const parameters = [
    "channels", // source channels of the slice, at least 1
    "vectors", // target channels / 4
    "filter", // address of the first tap's first source channel
    "tapBytes", // from tap to tap
    "channelBytes", // from source channel to source channel, past the target channels of this panel
    "u", // address of the first point's first source channel
    "pointBytes", // from point to point of U
  ] as const;
  module.function(
    "transformFilter",
    parameters,
    (f, channels, vectors, filter, tapBytes, channelBytes, u, pointBytes) => {
      const [tap, target, vector] = [f.i32(), f.i32(), f.i32()];
      const taps = vectorMatrix(f, 3, 3);
      const size = pointCount(variant.tileSize);
      const matrix = vectorMatrix(f, size, 3);
      const transform = new Formulas(f, variant.tileSize, variant.fma).filter();
      f.repeat(channels, () => {
        f.set(vector, vectors);
        f.repeat(vector, () => {
          f.set(tap, filter);
          for (const weight of taps.flat()) {
            f.set(weight, v128.load(tap, 0));
            f.advance(tap, tapBytes);
          }
          for (let j = 0; j < 3; j++) {
            const outputs = transform(taps.map((row) => row[j]!));
            for (let i = 0; i < size; i++) f.set(matrix[i]![j]!, outputs[i]!);
          }
          f.set(target, u);
          for (const row of matrix) storeVectors(f, transform(row), target, pointBytes);
          f.advance(filter, 16);
          f.advance(u, 16);
        });
        f.advance(filter, channelBytes);
      });
    },
  );
}

/** Y = Aᵀ M A + bias for all tiles of a block. */
function emitOutputTransform(module: ModuleBuilder, variant: TransformVariant): void {
  const { tileSize } = variant;
  const size = pointCount(tileSize);
  const parameters = [
    "tiles", // at least 1
    "vectors", // channels / 4
    "tileTable", // address: int32 byte offset of each tile's first pixel from `output`
    "output",
    "m", // address of M
    "rowBytes", // of the output
    "pixelBytes", // of the output
    "pointBytes", // from point to point of M
    "tileBytes", // of M
    "bias",
  ] as const;
  module.function(
    "transformOutput",
    parameters,
    (f, tiles, vectors, tileTable, output, m, rowBytes, pixelBytes, pointBytes, tileBytes, bias) => {
      const [pixel, source, column, vector, biasAt] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()];
      const matrix = vectorMatrix(f, size, size);
      const shift = f.v128();
      const transform = new Formulas(f, variant.tileSize, variant.fma).output();
      f.repeat(tiles, () => {
        f.set(pixel, i32.add(output, i32.load(tileTable, 0)));
        f.set(source, m);
        f.set(biasAt, bias);
        f.set(vector, vectors);
        f.repeat(vector, () => {
          loadPoints(f, transform, matrix, source, pointBytes, column);
          f.set(shift, v128.load(biasAt, 0));
          for (let i = 0; i < tileSize; i++) {
            f.set(column, i32.add(pixel, i32.mul(rowBytes, i)));
            const sum = f.v128();
            for (const y of transform(matrix[i]!)) {
              f.set(sum, f32x4.add(y, shift));
              emitActivation(f, sum, variant.activation);
              f.store(column, sum, 0);
              f.advance(column, pixelBytes);
            }
          }
          f.advance(pixel, 16);
          f.advance(source, 16);
          f.advance(biasAt, 16);
        });
        f.advance(tileTable, 4);
        f.advance(m, tileBytes);
      });
    },
  );
}

/** A matrix of locals. */
export function vectorMatrix(f: FunctionBuilder, rows: number, columns: number): readonly (readonly Local<"v128">[])[] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => f.v128()));
}

/** Column j of a matrix, replaced by its transform. */
function transformColumn(
  f: FunctionBuilder,
  transform: Transform,
  matrix: readonly (readonly Local<"v128">[])[],
  j: number,
): void {
  const outputs = transform(matrix.map((row) => row[j]!));
  outputs.forEach((output, i) => {
    f.set(matrix[i]![j]!, output);
  });
}

/** Fills a square matrix with the vectors of all points, `pointBytes` apart, its columns transformed. */
export function loadPoints(
  f: FunctionBuilder,
  transform: Transform,
  matrix: readonly (readonly Local<"v128">[])[],
  source: Local<"i32">,
  pointBytes: Local<"i32">,
  address: Local<"i32">,
): void {
  const size = matrix.length;
  for (let j = 0; j < size; j++) {
    f.set(address, i32.add(source, i32.mul(pointBytes, j)));
    for (const row of matrix) {
      f.set(row[j]!, v128.load(address, 0));
      f.advance(address, i32.mul(pointBytes, size));
    }
    transformColumn(f, transform, matrix, j);
  }
}

/** Stores vectors `step` bytes apart, moving the address on. */
export function storeVectors(
  f: FunctionBuilder,
  vectors: readonly V128[],
  address: Local<"i32">,
  step: Local<"i32">,
): void {
  const vector = f.v128();
  for (const source of vectors) {
    f.set(vector, source);
    f.store(address, vector, 0);
    f.advance(address, step);
  }
}
