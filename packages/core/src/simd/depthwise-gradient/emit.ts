/**
 * The microkernel of the filter gradient of a depthwise convolution as WebAssembly: for each channel
 *
 *     dw[a][b][c] += Σ_{i,j} x[i·s + a·d][j·s + b·d][c] · dy[i][j][c]
 *
 * Four channels at a time, up to twelve taps of them are summed in registers while the pixels of a row pass by: per pixel
 * one load of dy, and for each tap a load of x and a multiply-add. All offsets are written into the code.
 *
 * Layout of sums: for every four channels [tap × 4].
 *
 * @module
 */

import { type I32Local, i32, ModuleBuilder, multiplyAddOf, v128 } from "../engine/assembler.ts";

/** Everything the code depends on. */
export interface DepthwiseGradientShape {
  readonly channels: number;
  /** Byte offset of each tap from a pixel's first one. */
  readonly taps: readonly number[];
  /** Image bytes from pixel to pixel. */
  readonly pixelBytes: number;
  readonly fma: boolean;
}

/** Sums in registers, beside dy and x. */
const TAPS_IN_REGISTERS = 12;

/** Name of the module: unique in an engine. */
export function depthwiseGradientName({ channels, taps, pixelBytes }: DepthwiseGradientShape): string {
  return `depthwise-gradient-${channels}-${taps.join(".")}-${pixelBytes}`;
}

/** Parameters of the emitted function `accumulate`, in order. */
type AccumulateParameters = [
  rows: I32Local, // rows of pixels, at least 1
  rowTable: I32Local, // address: int32 byte offset of each row's first pixel from `image`
  pixels: I32Local, // pixels per row, at least 1
  image: I32Local,
  dy: I32Local, // address of the first row's first pixel; rows follow one another
  sums: I32Local, // address of those of the first vector
  vectors: I32Local, // of channels, at least 1
  firstOffset: I32Local, // bytes from a pixel to the first vector
  lastStep: I32Local, // bytes by which the last vector begins later than it would
];

/** Writes the module of one geometry. */
export function emitDepthwiseGradient(shape: DepthwiseGradientShape): Uint8Array<ArrayBuffer> {
  const { channels, pixelBytes } = shape;
  const multiplyAdd = multiplyAddOf(shape.fma);
  const module = new ModuleBuilder();
  module.function<AccumulateParameters>("accumulate", 9, (f, ...parameters) => {
    const [rows, rowTable, pixels, image, dy, sums, vectors, firstOffset, lastStep] = parameters;
    const [vector, pixel, x, y, sum, row, offset] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32(), f.i32(), f.i32()];
    const registers = f.v128s(Math.min(shape.taps.length, TAPS_IN_REGISTERS));
    const [xValue, yValue] = [f.v128(), f.v128()];
    f.repeat(rows, () => {
      f.set(row, i32.add(image, i32.load(rowTable, 0)));
      f.set(offset, firstOffset);
      f.set(sum, sums);
      f.set(vector, vectors);
      f.repeat(vector, () => {
        f.when(i32.equal(vector, 1), () => f.advance(offset, lastStep));
        for (let first = 0; first < shape.taps.length; first += registers.length) {
          const taps = shape.taps.slice(first, first + registers.length);
          for (let tap = 0; tap < taps.length; tap++) f.set(registers[tap]!, v128.load(sum, 16 * tap));
          f.set(x, i32.add(row, offset));
          f.set(y, i32.add(dy, offset));
          f.set(pixel, pixels);
          f.repeat(pixel, () => {
            f.set(yValue, v128.load(y, 0));
            for (const [tap, bytes] of taps.entries()) {
              f.set(xValue, v128.load(x, bytes));
              f.set(registers[tap]!, multiplyAdd(xValue, yValue, registers[tap]!));
            }
            f.advance(x, pixelBytes);
            f.advance(y, 4 * channels);
          });
          for (let tap = 0; tap < taps.length; tap++) f.store(sum, registers[tap]!, 16 * tap);
          f.advance(sum, 16 * taps.length);
        }
        f.advance(offset, 16);
      });
      f.advance(dy, i32.mul(pixels, 4 * channels));
      f.advance(rowTable, 4);
    });
  });
  return module.toBytes();
}
