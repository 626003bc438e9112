/**
 * The transforms of Winograd's algorithm as WebAssembly, four channels at a time: each is its one-dimensional form applied
 * to the columns and then to the rows of a small matrix of vectors, which stands in memory between the two: no host has
 * registers for it, and loops make little code of it, which is soon written and soon compiled. The points and formulas are
 * those of `points.ts`; the multiplication between is the microkernel of implicit GEMM.
 *
 * Layouts: V [tile][point²][channel], M [tile][point²][channel], U [point²][panels of weights].
 *
 * @module
 */

import {
  type FunctionBuilder,
  f32x4,
  type I32Local,
  i32,
  type Local,
  ModuleBuilder,
  v128,
} from "../engine/assembler.ts";
import { type Activation, activationName, emitActivation } from "../engine/emit-activation.ts";
import { Formulas, type Transform } from "./formulas.ts";
import { pointCount, type TileSize } from "./points.ts";

/** What the code of the transforms depends on. */
export interface TransformVariant {
  readonly tileSize: TileSize;
  readonly fma: boolean;
  readonly activation: Activation;
}

/** Name of the module: unique in an engine. */
export function transformsName({ tileSize, activation }: TransformVariant): string {
  return `winograd-${tileSize}-${activationName(activation)}`;
}

/** Writes the module: `transformInput`, `transformFilter`, `transformOutput`. */
export function emitTransforms(variant: TransformVariant): Uint8Array<ArrayBuffer> {
  const { tileSize, fma, activation } = variant;
  const module = new ModuleBuilder();
  emitInputTransform(module, tileSize, fma);
  // U = G g Gᵀ for the source channels of a slice and the target channels of one panel.
  emitTransform(module, "transformFilter", {
    size: 3,
    transformOf: (f) => new Formulas(f, tileSize, fma).filter(),
  });
  // Y = Aᵀ M A + bias for all tiles of a block; `extra` is the address of the bias.
  emitTransform(module, "transformOutput", {
    size: pointCount(tileSize),
    transformOf: (f) => new Formulas(f, tileSize, fma).output(),
    toTable: true,
    finish: (f, y, { extra, channel }) => {
      f.set(y, f32x4.add(y, v128.load(i32.add(extra, channel), 0)));
      emitActivation(f, y, activation);
    },
  });
  return module.toBytes();
}

/** V = Bᵀ d B for all tiles of a block. */
export function emitInputTransform(module: ModuleBuilder, tileSize: TileSize, fma: boolean): void {
  emitTransform(module, "transformInput", {
    size: pointCount(tileSize),
    transformOf: (f) => new Formulas(f, tileSize, fma).input(),
    fromTable: true,
  });
}

/** A transform of both axes of square matrices, several one after the other. */
interface MatrixTransform {
  /** Rows and columns of a matrix before it is transformed. */
  readonly size: number;
  readonly transformOf: (f: FunctionBuilder) => Transform;
  /** Whether matrices are found, or put, by a table of offsets; else they are as many bytes apart as is said. */
  readonly fromTable?: boolean;
  readonly toTable?: boolean;
  /** What is done to a result before it is stored. */
  readonly finish?: (f: FunctionBuilder, value: Local<"v128">, place: ResultPlace) => void;
}

/** Where a result belongs. */
interface ResultPlace {
  /** Its address. */
  readonly at: I32Local;
  /** Bytes from the first channel to this one. */
  readonly channel: I32Local;
  /** The last argument, which means what `finish` makes of it. */
  readonly extra: I32Local;
}

/** Bytes of the largest matrix between the transforms of its axes. */
export function squareBytes(): number {
  return 16 * pointCount(4) ** 2;
}

/** Parameters of an emitted transform, in order. */
type TransformParameters = [
  count: I32Local, // matrices, at least 1
  vectors: I32Local, // channels / 4, at least 1
  from: I32Local, // address of the first matrix's first channels; with a table, what its offsets count from
  fromNext: I32Local, // address of an int32 byte offset for each matrix; or bytes from matrix to matrix
  fromRow: I32Local, // bytes from row to row of a matrix
  fromColumn: I32Local, // bytes from column to column
  to: I32Local, // the same of the transformed matrices
  toNext: I32Local,
  toRow: I32Local,
  toColumn: I32Local,
  between: I32Local, // address of squareBytes(): a matrix whose columns are transformed and whose rows are not
  extra: I32Local,
];

/** Writes a function that transforms matrices. */
export function emitTransform(
  module: ModuleBuilder,
  name: string,
  { size, transformOf, fromTable = false, toTable = false, finish }: MatrixTransform,
): void {
  module.function<TransformParameters>(
    name,
    12,
    (f, count, vectors, from, fromNext, fromRow, fromColumn, to, toNext, toRow, toColumn, between, extra) => {
      const transform = transformOf(f);
      const inputs = f.v128s(size);
      const source = f.i32();
      const target = f.i32();
      const vector = f.i32();
      const channel = f.i32();
      const line = f.i32();
      const column = f.i32();
      const at = f.i32();
      let rows = 0;
      f.repeat(count, () => {
        f.set(source, fromTable ? i32.add(from, i32.load(fromNext, 0)) : from);
        f.set(target, toTable ? i32.add(to, i32.load(toNext, 0)) : to);
        f.set(vector, vectors);
        f.set(channel, i32.const(0));
        f.repeat(vector, () => {
          f.set(line, i32.const(size));
          f.set(column, source);
          f.repeat(line, () => {
            f.set(at, column);
            for (const input of inputs) {
              f.set(input, v128.load(at, 0));
              f.advance(at, fromRow);
            }
            const outputs = transform(inputs);
            rows = outputs.length;
            for (let i = 0; i < rows; i++) f.store(between, outputs[i]!, 16 * size * i);
            f.advance(column, fromColumn);
            f.advance(between, 16);
          });
          f.advance(between, -16 * size);
          f.set(line, i32.const(rows));
          f.set(column, target);
          f.repeat(line, () => {
            for (let j = 0; j < size; j++) f.set(inputs[j]!, v128.load(between, 16 * j));
            f.set(at, column);
            for (const output of transform(inputs)) {
              finish?.(f, output, { at, channel, extra });
              f.store(at, output, 0);
              f.advance(at, toColumn);
            }
            f.advance(column, toRow);
            f.advance(between, 16 * size);
          });
          f.advance(between, -16 * size * rows);
          f.advance(source, 16);
          f.advance(target, 16);
          f.advance(channel, 16);
        });
        if (fromTable) f.advance(fromNext, 4);
        else f.advance(from, fromNext);
        if (toTable) f.advance(toNext, 4);
        else f.advance(to, toNext);
      });
    },
  );
}
