/**
 * The three transforms of Winograd's algorithm as WebAssembly, four channels at a time: each is its one-dimensional
 * form applied to the columns and then to the rows of a small matrix of vectors, which stands in memory between the two:
 * no host has registers for it, and loops make little code of it, which is soon written and soon compiled. The points and
 * formulas are those of `points.ts`; the multiplication between is the microkernel of implicit GEMM.
 *
 * Layouts: V [tile][point²][channel], M [tile][point²][channel], U [point²][panels of weights].
 *
 * @module
 */

import { type Activation, activationName, emitActivation } from "../activation.ts";
import { type FunctionBuilder, f32x4, i32, type Local, ModuleBuilder, v128 } from "../assembler.ts";
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
  emitTileTransform(module, "transformInput", pointCount(tileSize), (f) => new Formulas(f, tileSize, fma).input());
}

/** Takes tiles apart into points: rows × rows pixels of a tile, by a transform of both axes. */
export function emitTileTransform(
  module: ModuleBuilder,
  name: string,
  rows: number,
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
    "between", // address of a matrix for the time between columns and rows: SQUARE_BYTES
  ] as const;
  module.function(
    name,
    parameters,
    (f, tiles, vectors, tileTable, image, v, rowBytes, pixelBytes, pointBytes, tileBytes, between) => {
      const pixel = f.i32();
      const target = f.i32();
      const at = f.i32();
      const vector = f.i32();
      const transform = transformOf(f);
      f.repeat(tiles, () => {
        f.set(pixel, i32.add(image, i32.load(tileTable, 0)));
        f.set(target, v);
        f.set(vector, vectors);
        f.repeat(vector, () => {
          f.set(at, target);
          emitBothAxes(
            f,
            transform,
            { size: rows, address: pixel, rowBytes, columnBytes: pixelBytes, between },
            (points) => storeVectors(f, points, at, pointBytes),
          );
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
    "between", // address of a matrix for the time between columns and rows: SQUARE_BYTES
  ] as const;
  module.function(
    "transformFilter",
    parameters,
    (f, channels, vectors, filter, tapBytes, channelBytes, u, pointBytes, between) => {
      const target = f.i32();
      const rowBytes = f.i32();
      const vector = f.i32();
      const transform = new Formulas(f, variant.tileSize, variant.fma).filter();
      f.set(rowBytes, i32.mul(tapBytes, 3));
      f.repeat(channels, () => {
        f.set(vector, vectors);
        f.repeat(vector, () => {
          f.set(target, u);
          emitBothAxes(f, transform, { size: 3, address: filter, rowBytes, columnBytes: tapBytes, between }, (points) =>
            storeVectors(f, points, target, pointBytes),
          );
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
  const { tileSize, fma, activation } = variant;
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
    "between", // address of a matrix for the time between columns and rows: SQUARE_BYTES
  ] as const;
  module.function(
    "transformOutput",
    parameters,
    (f, tiles, vectors, tileTable, output, m, rowBytes, pixelBytes, pointBytes, tileBytes, bias, between) => {
      const pixel = f.i32();
      const row = f.i32();
      const at = f.i32();
      const source = f.i32();
      const mRowBytes = f.i32();
      const vector = f.i32();
      const biasAt = f.i32();
      const shift = f.v128();
      const sum = f.v128();
      const transform = new Formulas(f, tileSize, fma).output();
      f.set(mRowBytes, i32.mul(pointBytes, size));
      f.repeat(tiles, () => {
        f.set(pixel, i32.add(output, i32.load(tileTable, 0)));
        f.set(source, m);
        f.set(biasAt, bias);
        f.set(vector, vectors);
        f.repeat(vector, () => {
          f.set(row, pixel);
          f.set(shift, v128.load(biasAt, 0));
          const matrix = { size, address: source, rowBytes: mRowBytes, columnBytes: pointBytes, between };
          emitBothAxes(f, transform, matrix, (outputs) => {
            f.set(at, row);
            for (const y of outputs) {
              f.set(sum, f32x4.add(y, shift));
              emitActivation(f, sum, activation);
              f.store(at, sum, 0);
              f.advance(at, pixelBytes);
            }
            f.advance(row, rowBytes);
          });
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

/** A square matrix of vectors in memory, and where it stands between the transforms of its axes. */
interface SquareMatrix {
  readonly size: number;
  readonly address: Local<"i32">;
  readonly rowBytes: Local<"i32">;
  readonly columnBytes: Local<"i32">;
  readonly between: Local<"i32">;
}

/** Bytes of the largest matrix between the transforms of its axes. */
export const SQUARE_BYTES: number = 16 * 6 * 6;

/** Transforms the columns of a matrix and then the rows, each of which is given to `take`. */
export function emitBothAxes(
  f: FunctionBuilder,
  transform: Transform,
  { size, address, rowBytes, columnBytes, between }: SquareMatrix,
  take: (row: readonly Local<"v128">[]) => void,
): void {
  const column = f.i32();
  const at = f.i32();
  const to = f.i32();
  const line = f.i32();
  const inputs = f.v128s(size);
  let rows = 0;
  f.set(column, address);
  f.set(to, between);
  f.set(line, i32.const(size));
  f.repeat(line, () => {
    f.set(at, column);
    for (const input of inputs) {
      f.set(input, v128.load(at, 0));
      f.advance(at, rowBytes);
    }
    const outputs = transform(inputs);
    rows = outputs.length;
    for (let i = 0; i < rows; i++) f.store(to, outputs[i]!, 16 * size * i);
    f.advance(column, columnBytes);
    f.advance(to, 16);
  });
  f.set(at, between);
  f.set(line, i32.const(rows));
  f.repeat(line, () => {
    for (let j = 0; j < size; j++) f.set(inputs[j]!, v128.load(at, 16 * j));
    f.advance(at, 16 * size);
    take(transform(inputs));
  });
}
/** Stores vectors `step` bytes apart, moving the address on. */
function storeVectors(
  f: FunctionBuilder,
  vectors: readonly Local<"v128">[],
  address: Local<"i32">,
  step: Local<"i32">,
): void {
  for (const vector of vectors) {
    f.store(address, vector, 0);
    f.advance(address, step);
  }
}
