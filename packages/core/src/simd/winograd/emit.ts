/**
 * The transforms of Winograd's algorithm as WebAssembly, four channels at a time: each is its one-dimensional form applied
 * to the columns and then to the rows of a small matrix of vectors, which stands in memory between the two: no host has
 * registers for it, and loops make little code of it, which is soon written and soon compiled. Of a kernel of one axis the
 * matrix is a single row, and stays in registers. The points and formulas are those of `points.ts`; the multiplication
 * between is the microkernel of implicit GEMM.
 *
 * Layouts: V [tile][point][channel], M [tile][point][channel], U [point][panels of weights], points row by row.
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
import { type AxisForm, type Form, formName, isNested, pointCount, type Strand, strandForm } from "./points.ts";

/** What the code of the transforms depends on. */
export interface TransformVariant {
  readonly form: Form;
  readonly fma: boolean;
  readonly activation: Activation;
}

/** Name of the module: unique in an engine. */
export function transformsName({ form, activation }: TransformVariant): string {
  return `winograd-${formName(form)}-${activationName(activation)}`;
}

/** Name of the function that transforms the taps of a strand. */
export function filterTransformName({ rowTaps, columnTaps }: Strand): string {
  return `transformFilter${rowTaps}x${columnTaps}`;
}

/** Writes the module: `transformInput`, one for the filter by {@link filterTransformName}, `transformOutput`. */
export function emitTransforms(variant: TransformVariant): Uint8Array<ArrayBuffer> {
  const { form, fma, activation } = variant;
  const module = new ModuleBuilder();
  emitInputTransform(module, form, fma);
  // U = G g Gᵀ for the source channels of a slice and the target channels of one panel.
  const ofStrands = new Map(form.strands.map((strand) => [filterTransformName(strand), strandForm(form, strand)]));
  for (const [name, ofStrand] of ofStrands)
    emitTransform(module, name, {
      form: ofStrand,
      fma,
      sizeOf: ({ taps }) => taps,
      transformOf: (formulas) => formulas.filter(),
      isRagged: isNested(form),
    });
  // Y = Aᵀ M A + bias for all tiles of a block; `extra` is the address of the bias.
  emitTransform(module, "transformOutput", {
    form,
    fma,
    sizeOf: ({ points }) => points,
    transformOf: (formulas) => formulas.output(),
    toTable: true,
    finish: (f, y, { extra, channel }) => {
      f.set(y, f32x4.add(y, v128.load(i32.add(extra, channel), 0)));
      emitActivation(f, y, activation);
    },
  });
  return module.toBytes();
}

/** V = Bᵀ d B for all tiles of a block. */
export function emitInputTransform(module: ModuleBuilder, form: Form, fma: boolean): void {
  emitTransform(module, "transformInput", {
    form,
    fma,
    sizeOf: ({ points }) => points,
    transformOf: (formulas) => formulas.input(),
    fromTable: true,
  });
}

/** A transform of matrices, several one after the other. */
interface MatrixTransform {
  readonly form: Form;
  readonly fma: boolean;
  /** Cells of a matrix along an axis before it is transformed. */
  readonly sizeOf: (axis: AxisForm) => number;
  readonly transformOf: (formulas: Formulas) => Transform;
  /** Whether matrices are found, or put, by a table of offsets; else they are as many bytes apart as is said. */
  readonly fromTable?: boolean;
  readonly toTable?: boolean;
  /** Whether only the last row has a last cell; those of the others are zeros. */
  readonly isRagged?: boolean;
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
export function matrixBytes(form: Form): number {
  return 16 * pointCount(form);
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
  between: I32Local, // address of matrixBytes(): a matrix whose columns are transformed and whose rows are not
  extra: I32Local,
];

/** Writes a function that transforms matrices. */
export function emitTransform(
  module: ModuleBuilder,
  name: string,
  { form, fma, sizeOf, transformOf, fromTable = false, toTable = false, isRagged = false, finish }: MatrixTransform,
): void {
  module.function<TransformParameters>(
    name,
    12,
    (f, count, vectors, from, fromNext, fromRow, fromColumn, to, toNext, toRow, toColumn, between, extra) => {
      const { outer, inner } = form;
      const [height, width] = [sizeOf(outer), sizeOf(inner)];
      const across = transformOf(new Formulas(f, inner, fma));
      const isSame = outer.taps === inner.taps && outer.outputs === inner.outputs;
      const down = isSame ? across : transformOf(new Formulas(f, outer, fma));
      const inputs = f.v128s(Math.max(height, width));
      const source = f.i32();
      const target = f.i32();
      const vector = f.i32();
      const channel = f.i32();
      const line = f.i32();
      const column = f.i32();
      const at = f.i32();

      const load = (size: number, first: I32Local, step: I32Local): readonly Local<"v128">[] => {
        const loaded = inputs.slice(0, size);
        f.set(at, first);
        for (const input of loaded) {
          f.set(input, v128.load(at, 0));
          f.advance(at, step);
        }
        return loaded;
      };
      const store = (outputs: readonly Local<"v128">[], first: I32Local, step: I32Local): void => {
        f.set(at, first);
        for (const output of outputs) {
          finish?.(f, output, { at, channel, extra });
          f.store(at, output, 0);
          f.advance(at, step);
        }
      };
      /** The columns of a matrix into memory, and from there its rows. */
      const transformBoth = (): void => {
        let lines = 0;
        const transformColumn = (cells: readonly Local<"v128">[]): void => {
          const outputs = down(cells);
          lines = outputs.length;
          for (let i = 0; i < lines; i++) f.store(between, outputs[i]!, 16 * width * i);
          f.advance(between, 16);
        };
        f.set(line, i32.const(isRagged ? width - 1 : width));
        f.set(column, source);
        f.repeat(line, () => {
          transformColumn(load(height, column, fromRow));
          f.advance(column, fromColumn);
        });
        if (isRagged) {
          for (let i = 1; i < height; i++) {
            f.set(inputs[i - 1]!, v128.splatBits(0));
            f.advance(column, fromRow);
          }
          f.set(inputs[height - 1]!, v128.load(column, 0));
          transformColumn(inputs.slice(0, height));
        }
        f.advance(between, -16 * width);
        f.set(line, i32.const(lines));
        f.set(column, target);
        f.repeat(line, () => {
          for (let j = 0; j < width; j++) f.set(inputs[j]!, v128.load(between, 16 * j));
          store(across(inputs.slice(0, width)), column, toColumn);
          f.advance(column, toRow);
          f.advance(between, 16 * width);
        });
        f.advance(between, -16 * width * lines);
      };

      f.repeat(count, () => {
        f.set(source, fromTable ? i32.add(from, i32.load(fromNext, 0)) : from);
        f.set(target, toTable ? i32.add(to, i32.load(toNext, 0)) : to);
        f.set(vector, vectors);
        f.set(channel, i32.const(0));
        f.repeat(vector, () => {
          if (outer.points > 1) transformBoth();
          else store(across(load(width, source, fromColumn)), target, toColumn);
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
