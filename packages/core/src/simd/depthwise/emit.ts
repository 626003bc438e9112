/**
 * The microkernel of depthwise convolution as WebAssembly: each channel has its own small kernel,
 *
 *     out[i][j][c] = bias[c] + Σ_{a,b} x[i·s + a·d][j·s + b·d][c] · w[a][b][c]
 *
 * A tile of rows × columns of outputs, four channels of each, is summed in registers: for every row of taps the weights
 * are loaded once, and each x once for all the outputs of its row that see it. All offsets within a tile are written
 * into the code, so there is one module for each geometry.
 *
 * Layout of weights: for every four channels [bias 4 | tap × 4].
 *
 * @module
 */

import {
  type FunctionBuilder,
  type I32Local,
  i32,
  type Local,
  ModuleBuilder,
  multiplyAddOf,
  v128,
} from "../engine/assembler.ts";
import { type Activation, activationName, emitActivation } from "../engine/emit-activation.ts";

/** One axis of a tile. */
export interface DepthwiseAxis {
  /** Outputs of the tile. */
  readonly outputs: number;
  readonly taps: number;
  /** Image bytes from output to output, and from tap to tap. */
  readonly outputBytes: number;
  readonly tapBytes: number;
  /** Bytes from output to output in the target. */
  readonly targetBytes: number;
}

/** Everything the code depends on. */
export interface DepthwiseShape {
  readonly channels: number;
  readonly rows: DepthwiseAxis;
  readonly columns: DepthwiseAxis;
  readonly fma: boolean;
  readonly activation: Activation;
}

/** The most taps of a row whose weights stay in registers beside eight sums and one x. */
const TAPS_IN_REGISTERS = 5;

/** Name of the module: unique in an engine. */
export function depthwiseName({ channels, rows, columns, activation }: DepthwiseShape): string {
  const axis = (a: DepthwiseAxis) => [a.outputs, a.taps, a.outputBytes, a.tapBytes, a.targetBytes].join(".");
  return `depthwise-${channels}-${axis(rows)}-${axis(columns)}-${activationName(activation)}`;
}

/** Parameters of the emitted function `depthwise`, in order. */
type DepthwiseParameters = [
  tiles: I32Local, // at least 1
  imageTable: I32Local, // address: int32 byte offset of each tile's first tap from `image`
  outTable: I32Local, // address: int32 byte offset of each tile's first output from `output`
  image: I32Local,
  output: I32Local,
  weights: I32Local,
];

/** Writes the module of one geometry. */
export function emitDepthwise(shape: DepthwiseShape): Uint8Array<ArrayBuffer> {
  const { channels, rows, columns } = shape;
  const module = new ModuleBuilder();
  module.function<DepthwiseParameters>("depthwise", 6, (f, tiles, imageTable, outTable, image, output, weights) => {
    const x = f.i32();
    const out = f.i32();
    const w = f.i32();
    const vector = f.i32();
    const sums = Array.from({ length: rows.outputs }, () => f.v128s(columns.outputs));
    const vectors = Math.ceil(channels / 4);
    // The last vector of channels begins earlier rather than reach past the last channel.
    const overlap = 16 * vectors - 4 * channels;
    f.repeat(tiles, () => {
      f.set(x, i32.add(image, i32.load(imageTable, 0)));
      f.set(out, i32.add(output, i32.load(outTable, 0)));
      f.set(w, weights);
      f.set(vector, i32.const(vectors));
      f.repeat(vector, () => {
        if (overlap > 0) {
          f.when(i32.equal(vector, 1), () => {
            f.advance(x, -overlap);
            f.advance(out, -overlap);
          });
        }
        for (const sum of sums.flat()) f.set(sum, v128.load(w, 0));
        emitTaps(f, shape, sums, x, w);
        for (const [r, row] of sums.entries()) {
          for (const [v, sum] of row.entries()) {
            emitActivation(f, sum, shape.activation);
            f.store(out, sum, r * rows.targetBytes + v * columns.targetBytes);
          }
        }
        f.advance(x, 16);
        f.advance(out, 16);
        f.advance(w, 16 * (1 + rows.taps * columns.taps));
      });
      f.advance(imageTable, 4);
      f.advance(outTable, 4);
    });
  });
  return module.toBytes();
}

/** sums += x · w for all taps. */
function emitTaps(
  f: FunctionBuilder,
  { rows, columns, fma }: DepthwiseShape,
  sums: readonly (readonly Local<"v128">[])[],
  x: I32Local,
  w: I32Local,
): void {
  const multiplyAdd = multiplyAddOf(fma);
  const weights = f.v128s(Math.min(columns.taps, TAPS_IN_REGISTERS));
  const value = f.v128();
  for (let a = 0; a < rows.taps; a++) {
    for (let first = 0; first < columns.taps; first += weights.length) {
      const taps = Math.min(weights.length, columns.taps - first);
      for (let b = 0; b < taps; b++) f.set(weights[b]!, v128.load(w, 16 * (1 + a * columns.taps + first + b)));
      for (const [r, row] of sums.entries()) {
        const rowBytes = r * rows.outputBytes + a * rows.tapBytes;
        for (const [columnBytes, uses] of usesByColumn(columns, first, taps)) {
          f.set(value, v128.load(x, rowBytes + columnBytes));
          for (const { output, tap } of uses)
            f.set(row[output]!, multiplyAdd(value, weights[tap - first]!, row[output]!));
        }
      }
    }
  }
}

/** Which outputs of a row see the image at which byte offset, by which tap. */
function usesByColumn(
  { outputs, outputBytes, tapBytes }: DepthwiseAxis,
  firstTap: number,
  taps: number,
): ReadonlyMap<number, readonly { readonly output: number; readonly tap: number }[]> {
  const uses = new Map<number, { output: number; tap: number }[]>();
  for (let output = 0; output < outputs; output++) {
    for (let tap = firstTap; tap < firstTap + taps; tap++) {
      const at = output * outputBytes + tap * tapBytes;
      const here = uses.get(at);
      if (here === undefined) uses.set(at, [{ output, tap }]);
      else here.push({ output, tap });
    }
  }
  return uses;
}
