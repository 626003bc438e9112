/**
 * The pieces of a Fourier transform of one long row as WebAssembly, for vectors of either element type: stages of radix 2 to 5 over
 * the rows of a matrix, several columns at once, each of which evaluates polynomials,
 *
 *     z(Y) mod Y^(r·q) − e^(i·φ)   ──>   z(Y) mod Y^q − e^(i·(φ − 2πk)/r),   k = 0 … r − 1
 *     z[p + k·q] ← Σ_l ω_r^(k·l) · e^(i·l·φ/r) · z[p + l·q]
 *
 * with roots that belong to a block of rows, not to a row: those of the whole block are loaded once, and what the transform is
 * twisted by costs nothing. Between the stages over rows and those over columns each number is multiplied by a root, and four (or two) rows
 * are transposed.
 *
 * Layout, *packed*: the complex numbers of a vector's lanes are their real parts, then their imaginary parts; a row is several vectors.
 * A *strip* is real numbers, of which two places are read as real and imaginary parts.
 *
 * Source: D. Bernstein, "Multidigit multiplication for mathematicians" (2001), sections 3 to 5.
 *
 * @module
 */

import {
  type FloatVectors,
  type FunctionBuilder,
  floatVectors,
  type I32,
  type I32Local,
  i32,
  type Local,
  ModuleBuilder,
  type V128,
  v128,
} from "../engine/assembler.ts";
import { butterfly, type Complex, complex, multiply, type Radix } from "./butterflies.ts";
import { emitMultiply, VECTOR_BYTES } from "./emit.ts";

/** Radices of a stage. */
export const RADICES: readonly Radix[] = [4, 5, 3, 2];

/** Parameters of the stages, in order; bytes unless said otherwise. */
type StageParameters = [
  from: I32Local,
  fromRow: I32Local, // from row to row
  fromStep: I32Local, // from a number to the next that it is transformed with: q rows
  fromImaginary: I32Local, // from real to imaginary parts, of a strip
  to: I32Local,
  toRow: I32Local,
  toStep: I32Local,
  toImaginary: I32Local,
  vectors: I32Local, // of a row, at least 1
  rows: I32Local, // q
  blocks: I32Local,
  roots: I32Local, // r − 1 of each block
];
type Layout = "packed" | "strip";

/** Parameters of the transpositions, in order. */
type TransposeParameters = [
  chunk: I32Local, // rows of vectors of columns
  chunkRow: I32Local,
  spectrum: I32Local, // columns of vectors of rows
  pitch: I32Local,
  vectors: I32Local, // of a row of the chunk
  groups: I32Local, // of as many rows as there are lanes
  fine: I32Local, // roots, packed as the chunk is
  coarse: I32Local, // roots, a vector for each group
];

/** The names of the functions of a stage. */
export function stageName(radix: Radix, direction: "forward" | "inverse", strip = false): string {
  return `${direction}${radix}${strip ? "Strip" : ""}`;
}

/** Writes the module: it serves transforms of every size. */
export function emitTwisted(dtype: "float32" | "float64", fma: boolean): Uint8Array<ArrayBuffer> {
  const v = floatVectors(dtype, fma);
  const module = new ModuleBuilder();
  for (const radix of RADICES) {
    emitStage(module, v, radix, false, "packed", "packed");
    emitStage(module, v, radix, true, "packed", "packed");
    emitStage(module, v, radix, false, "strip", "packed");
    emitStage(module, v, radix, true, "packed", "strip");
  }
  emitToSpectrum(module, v);
  emitFromSpectrum(module, v);
  emitMultiply(module, v);
  return module.toBytes();
}

/** A stage: in place where both are packed, which `to…` then do not matter for. */
function emitStage(
  module: ModuleBuilder,
  v: FloatVectors,
  radix: Radix,
  inverse: boolean,
  source: Layout,
  target: Layout,
): void {
  const isInPlace = source === target;
  const name = stageName(radix, inverse ? "inverse" : "forward", !isInPlace);
  module.function<StageParameters>(name, 12, (f, ...parameters) => {
    const [from, fromRow, fromStep, fromImaginary, to, toRow, toStep, toImaginary, vectors, rows, blocks, roots] =
      parameters;
    const reads = f.i32s(radix);
    const writes = isInPlace ? reads : f.i32s(radix);
    const [row, count] = [f.i32(), f.i32()];
    const z = reads.map(() => complex(f));
    const w = z.slice(1).map(() => complex(f));
    const product = f.v128();
    const transform = butterfly(f, v, radix, inverse);
    const begin = (pointers: readonly I32Local[], first: I32, step: I32): void => {
      for (const [k, pointer] of pointers.entries()) {
        f.set(pointer, k === 0 ? first : i32.add(pointers[k - 1]!, step));
      }
    };
    f.repeat(blocks, () => {
      for (const [k, [c, s]] of w.entries()) {
        f.set(c, v.loadSplat(roots, 2 * k * v.bytes));
        f.set(s, v.loadSplat(roots, (2 * k + 1) * v.bytes));
      }
      f.advance(roots, 2 * w.length * v.bytes);
      f.set(row, rows);
      f.repeat(row, () => {
        begin(reads, from, fromStep);
        if (!isInPlace) begin(writes, to, toStep);
        f.set(count, vectors);
        f.repeat(count, () => {
          for (const [k, [re, im]] of z.entries()) {
            f.set(re, v128.load(reads[k]!, 0));
            const imaginary =
              source === "packed" ? v128.load(reads[k]!, 16) : v128.load(i32.add(reads[k]!, fromImaginary), 0);
            f.set(im, imaginary);
          }
          if (!inverse) for (const [k, root] of w.entries()) multiply(f, v, z[k + 1]!, root, false, product);
          transform(z);
          if (inverse) for (const [k, root] of w.entries()) multiply(f, v, z[k + 1]!, root, true, product);
          for (const [k, [re, im]] of z.entries()) {
            f.store(writes[k]!, re, 0);
            if (target === "packed") f.store(writes[k]!, im, 16);
            else f.store(i32.add(writes[k]!, toImaginary), im, 0);
          }
          for (const read of reads) f.advance(read, source === "packed" ? VECTOR_BYTES : 16);
          if (!isInPlace) for (const write of writes) f.advance(write, target === "packed" ? VECTOR_BYTES : 16);
        });
        f.advance(from, fromRow);
        if (!isInPlace) f.advance(to, toRow);
      });
      // `from` has come to the second step of its block: the others make the next.
      for (let k = 1; k < radix; k++) f.advance(from, fromStep);
      if (!isInPlace) for (let k = 1; k < radix; k++) f.advance(to, toStep);
    });
  });
}

/** spectrum[column][row] ← chunk[row][column] · fine[row][column] · coarse[row]. */
function emitToSpectrum(module: ModuleBuilder, v: FloatVectors): void {
  module.function<TransposeParameters>("toSpectrum", 8, (f, ...parameters) => {
    const [chunk, chunkRow, spectrum, pitch, vectors, groups, fine, coarse] = parameters;
    const { reads, roots, z, c, product, count, at, write, turned } = localsOf(f, v);
    f.repeat(groups, () => {
      for (const [l, read] of reads.entries()) {
        f.set(read, chunk);
        f.advance(chunk, chunkRow);
        f.set(roots[l]!, fine);
        f.advance(fine, chunkRow);
      }
      load(f, c, coarse, 0);
      f.advance(coarse, VECTOR_BYTES);
      f.set(write, spectrum);
      f.set(count, vectors);
      f.repeat(count, () => {
        for (const [l, number] of z.entries()) {
          load(f, number, reads[l]!, 0);
          multiply(f, v, number, [v128.load(roots[l]!, 0), v128.load(roots[l]!, 16)], false, product);
        }
        const columns = transposed(v, z, turned, f);
        f.set(at, write);
        for (const column of columns) {
          multiply(f, v, column, c, false, product);
          store(f, column, at);
          f.advance(at, pitch);
        }
        f.set(write, at);
        for (const pointer of [...reads, ...roots]) f.advance(pointer, VECTOR_BYTES);
      });
      f.advance(spectrum, VECTOR_BYTES);
    });
  });
}

/** chunk[row][column] ← spectrum[column][row] · conj coarse[row] · conj fine[row][column]. */
function emitFromSpectrum(module: ModuleBuilder, v: FloatVectors): void {
  module.function<TransposeParameters>("fromSpectrum", 8, (f, ...parameters) => {
    const [chunk, chunkRow, spectrum, pitch, vectors, groups, fine, coarse] = parameters;
    const { reads: writes, roots, z, c, product, count, at, write: read, turned } = localsOf(f, v);
    f.repeat(groups, () => {
      for (const [l, write] of writes.entries()) {
        f.set(write, chunk);
        f.advance(chunk, chunkRow);
        f.set(roots[l]!, fine);
        f.advance(fine, chunkRow);
      }
      load(f, c, coarse, 0);
      f.advance(coarse, VECTOR_BYTES);
      f.set(read, spectrum);
      f.set(count, vectors);
      f.repeat(count, () => {
        f.set(at, read);
        for (const number of z) {
          load(f, number, at, 0);
          multiply(f, v, number, c, true, product);
          f.advance(at, pitch);
        }
        f.set(read, at);
        for (const [l, row] of transposed(v, z, turned, f).entries()) {
          multiply(f, v, row, [v128.load(roots[l]!, 0), v128.load(roots[l]!, 16)], true, product);
          store(f, row, writes[l]!);
        }
        for (const pointer of [...writes, ...roots]) f.advance(pointer, VECTOR_BYTES);
      });
      f.advance(spectrum, VECTOR_BYTES);
    });
  });
}

function localsOf(f: FunctionBuilder, { lanes }: FloatVectors) {
  return {
    reads: f.i32s(lanes),
    roots: f.i32s(lanes),
    z: Array.from({ length: lanes }, () => complex(f)),
    turned: Array.from({ length: lanes }, () => complex(f)),
    c: complex(f),
    product: f.v128(),
    count: f.i32(),
    at: f.i32(),
    write: f.i32(),
  };
}

function load(f: FunctionBuilder, [re, im]: Complex, address: I32, offset: number): void {
  f.set(re, v128.load(address, offset));
  f.set(im, v128.load(address, offset + 16));
}

function store(f: FunctionBuilder, [re, im]: Complex, address: I32): void {
  f.store(address, re, 0);
  f.store(address, im, 16);
}

/** A square of numbers, transposed: 4 × 4 of float32 or 2 × 2 of float64. */
function transposed(
  { lanes }: FloatVectors,
  z: readonly Complex[],
  turned: readonly Complex[],
  f: FunctionBuilder,
): readonly Complex[] {
  const shuffled = (target: Local<"v128">, a: V128, b: V128, order: readonly [number, number, number, number]): void =>
    f.set(target, v128.shuffle(a, b, order));
  for (const part of [0, 1] as const) {
    const [a, b, c, d] = z.map((number) => number[part]);
    const out = turned.map((number) => number[part]);
    if (lanes === 2) {
      shuffled(out[0]!, a!, b!, [0, 1, 4, 5]);
      shuffled(out[1]!, a!, b!, [2, 3, 6, 7]);
      continue;
    }
    shuffled(out[0]!, a!, b!, [0, 4, 1, 5]);
    shuffled(out[1]!, a!, b!, [2, 6, 3, 7]);
    shuffled(out[2]!, c!, d!, [0, 4, 1, 5]);
    shuffled(out[3]!, c!, d!, [2, 6, 3, 7]);
    shuffled(a!, out[0]!, out[2]!, [0, 1, 4, 5]);
    shuffled(b!, out[0]!, out[2]!, [2, 3, 6, 7]);
    shuffled(c!, out[1]!, out[3]!, [0, 1, 4, 5]);
    shuffled(d!, out[1]!, out[3]!, [2, 3, 6, 7]);
  }
  return lanes === 2 ? turned : z;
}
