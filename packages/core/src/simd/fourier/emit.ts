/**
 * The pieces of a two-dimensional Fourier transform as WebAssembly: stages of radix 4, 3 and 2, which transform four
 * neighbouring columns of a matrix at once, the transposition between columns and rows, and the product with a spectrum.
 *
 * Layout, *packed*: four complex numbers of neighbouring columns are eight floats, [re re re re | im im im im]; a row is
 * several of them one after the other. A *strip* is a plain matrix of floats; of two places in it one is read as the real
 * part and one as the imaginary part, and results are written so.
 *
 * Forward stages go from natural order to digit-reversed order (Gentleman and Sande), inverse stages back (Cooley and
 * Tukey), both in place: a product of spectra does not care for their order, so nothing is ever sorted. A stage of radix 4
 * on blocks of m rows is, for p < q = m/4 and with the forward sign,
 *
 *     z[p + k·q] ← ω_m^(k·p) · Σ_l ω_4^(k·l) · z[p + l·q]        k = 0 … 3,   ω_m = e^(−2πi/m)
 *
 * and the inverse undoes it but for a factor of 4.
 *
 * Source: C. Van Loan, "Computational Frameworks for the Fast Fourier Transform", sections 1.9 and 2.4.
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

/** Bytes of four complex numbers. */
export const VECTOR_BYTES = 32;
/** Bytes of the three roots of unity of one row: ω, ω², ω³. */
export const ROOTS_BYTES = 24;

/** Parameters of the stages of radix 4, in order; a `row` and a `quarter` are bytes from one to the next. */
type StageParameters = [
  from: I32Local,
  fromRow: I32Local,
  fromQuarter: I32Local,
  fromImaginary: I32Local, // bytes from real to imaginary parts, of a strip
  to: I32Local,
  toRow: I32Local,
  toQuarter: I32Local,
  toImaginary: I32Local,
  vectors: I32Local, // of a row, at least 1
  quarter: I32Local, // rows of a quarter of a block
  blocks: I32Local,
  roots: I32Local,
];

/** Rows of the blocks of a last stage, where there is one. */
export type LastRadix = 2 | 3 | 5 | 6 | 10;

/** Parameters of the last stages, whose blocks are as many rows as their radix. */
type LastStageParameters = [from: I32Local, row: I32Local, vectors: I32Local, blocks: I32Local];
type TransposeParameters = [
  from: I32Local,
  fromRow: I32Local,
  to: I32Local,
  toRow: I32Local,
  vectors: I32Local,
  groups: I32Local,
];
type MultiplyParameters = [
  z: I32Local,
  spectrum: I32Local,
  to: I32Local, // may be z
  row: I32Local,
  vectors: I32Local,
  rows: I32Local,
];

type Direction = "forward" | "inverse";
type Layout = "packed" | "strip";
type Vector = Local<"v128">;

/** Writes the module of what serves transforms of every size. */
export function emitFourier(fma: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const v = floatVectors("float32", fma);
  emitStage4(module, "forward4FromStrip", "forward", "strip", "packed", v);
  emitStage4(module, "forward4", "forward", "packed", "packed", v);
  emitStage4(module, "inverse4", "inverse", "packed", "packed", v);
  emitStage4(module, "inverse4ToStrip", "inverse", "packed", "strip", v);
  emitTranspose(module);
  emitMultiply(module, v);
  return module.toBytes();
}

/** Writes the module of a last stage, there and back. */
export function emitLastStages(radix: LastRadix, fma: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const v = floatVectors("float32", fma);
  emitLastStage(module, "forward", radix, false, v);
  emitLastStage(module, "inverse", radix, true, v);
  return module.toBytes();
}

/** A stage of radix 4: in place where both are packed, which `to…` then do not matter for. */
function emitStage4(
  module: ModuleBuilder,
  name: string,
  direction: Direction,
  source: Layout,
  target: Layout,
  v: FloatVectors,
): void {
  const isInPlace = source === target;
  const inverse = direction === "inverse";
  module.function<StageParameters>(
    name,
    12,
    (
      f,
      from,
      fromRow,
      fromQuarter,
      fromImaginary,
      to,
      toRow,
      toQuarter,
      toImaginary,
      vectors,
      quarter,
      blocks,
      roots,
    ) => {
      const reads = f.i32s(4);
      const writes = isInPlace ? reads : f.i32s(4);
      const [row, count, root] = [f.i32(), f.i32(), f.i32()];
      const z = Array.from({ length: 4 }, () => complex(f)) as [Complex, Complex, Complex, Complex];
      const w = [1, 2, 3].map(() => complex(f));
      const transform = butterfly(f, v, 4, inverse);
      const product = f.v128();

      const begin = (pointers: readonly I32Local[], first: I32, step: I32) => {
        for (const [k, pointer] of pointers.entries()) {
          f.set(pointer, k === 0 ? first : i32.add(pointers[k - 1]!, step));
        }
      };
      f.repeat(blocks, () => {
        f.set(row, quarter);
        f.set(root, roots);
        f.repeat(row, () => {
          for (const [k, [c, s]] of w.entries()) {
            f.set(c, v128.load32Splat(root, 8 * k));
            f.set(s, v128.load32Splat(root, 8 * k + 4));
          }
          begin(reads, from, fromQuarter);
          if (!isInPlace) begin(writes, to, toQuarter);
          f.set(count, vectors);
          f.repeat(count, () => {
            for (const [k, [re, im]] of z.entries()) {
              f.set(re, v128.load(reads[k]!, 0));
              f.set(im, imaginaryOf(source, reads[k]!, fromImaginary));
            }
            if (inverse) for (const [k, root] of w.entries()) multiply(f, v, z[k + 1]!, root, true, product);
            transform(z);
            if (!inverse) for (const [k, root] of w.entries()) multiply(f, v, z[k + 1]!, root, false, product);
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
          f.advance(root, ROOTS_BYTES);
        });
        // `from` has come to the second quarter of its block: three more make the next.
        for (let k = 1; k < 4; k++) f.advance(from, fromQuarter);
        if (!isInPlace) for (let k = 1; k < 4; k++) f.advance(to, toQuarter);
      });
    },
  );
}

function imaginaryOf(layout: Layout, pointer: I32, imaginary: I32): V128 {
  return layout === "packed" ? v128.load(pointer, 16) : v128.load(i32.add(pointer, imaginary), 0);
}

/** Visits every vector of blocks of `radix` rows, in place. */
function forEachBlockOfRows(
  module: ModuleBuilder,
  name: string,
  radix: number,
  body: (f: FunctionBuilder) => (z: readonly Complex[]) => void,
): void {
  module.function<LastStageParameters>(name, 4, (f, from, row, vectors, blocks) => {
    const pointers = f.i32s(radix);
    const count = f.i32();
    const z = pointers.map(() => complex(f));
    const compute = body(f);
    f.repeat(blocks, () => {
      for (const pointer of pointers) {
        f.set(pointer, from);
        f.advance(from, row);
      }
      f.set(count, vectors);
      f.repeat(count, () => {
        for (const [k, [re, im]] of z.entries()) {
          f.set(re, v128.load(pointers[k]!, 0));
          f.set(im, v128.load(pointers[k]!, 16));
        }
        compute(z);
        for (const [k, [re, im]] of z.entries()) {
          f.store(pointers[k]!, re, 0);
          f.store(pointers[k]!, im, 16);
        }
        for (const pointer of pointers) f.advance(pointer, VECTOR_BYTES);
      });
    });
  });
}

/**
 * A last stage. Of twice an odd number q it is transforms of q and of 2 without a root between them: number (q·a + 2·b) mod 2q is the
 * b-th of the a-th, and so stands what comes out, in an order of its own.
 *
 * Source: I. J. Good, "The interaction algorithm and practical Fourier analysis", Journal of the Royal Statistical Society B 20 (1958).
 */
function emitLastStage(module: ModuleBuilder, name: string, radix: LastRadix, inverse: boolean, v: FloatVectors): void {
  forEachBlockOfRows(module, name, radix, (f) => {
    if (radix < 6) return butterfly(f, v, radix as Radix, inverse);
    const q = (radix / 2) as Radix;
    const [ofTwo, ofMany] = [butterfly(f, v, 2, inverse), butterfly(f, v, q, inverse)];
    return (z) => {
      const parts = [0, 1].map((a) => Array.from({ length: q }, (_, b) => z[(q * a + 2 * b) % radix]!));
      for (const part of parts) ofMany(part);
      for (let b = 0; b < q; b++) ofTwo(parts.map((part) => part[b]!));
    };
  });
}

/**
 * Transposes `groups` groups of four rows, of `vectors` vectors each: squares of 4 × 4 numbers, the one at (g, v) of
 * `from` to (v, g) of `to`.
 */
function emitTranspose(module: ModuleBuilder): void {
  module.function<TransposeParameters>("transpose", 6, (f, from, fromRow, to, toRow, vectors, groups) => {
    const [count, write] = [f.i32(), f.i32()];
    const reads = f.i32s(4);
    const rows = reads.map(() => f.v128());
    const [a, b, c, d] = rows as [Vector, Vector, Vector, Vector];
    const pairs = [f.v128(), f.v128(), f.v128(), f.v128()] as const;
    const at = f.i32();
    const out = f.v128();
    f.repeat(groups, () => {
      for (const read of reads) {
        f.set(read, from);
        f.advance(from, fromRow);
      }
      f.set(write, to);
      f.set(count, vectors);
      f.repeat(count, () => {
        for (const offset of [0, 16]) {
          for (const [k, row] of rows.entries()) f.set(row, v128.load(reads[k]!, offset));
          f.set(pairs[0], v128.shuffle(a, b, [0, 4, 1, 5]));
          f.set(pairs[1], v128.shuffle(a, b, [2, 6, 3, 7]));
          f.set(pairs[2], v128.shuffle(c, d, [0, 4, 1, 5]));
          f.set(pairs[3], v128.shuffle(c, d, [2, 6, 3, 7]));
          f.set(at, write);
          for (const k of [0, 1] as const) {
            for (const lanes of [
              [0, 1, 4, 5],
              [2, 3, 6, 7],
            ] as const) {
              f.set(out, v128.shuffle(pairs[k], pairs[k + 2]!, lanes));
              f.store(at, out, offset);
              f.advance(at, toRow);
            }
          }
        }
        f.set(write, at);
        for (const read of reads) f.advance(read, VECTOR_BYTES);
      });
      f.advance(to, VECTOR_BYTES);
    });
  });
}

/** to ← z · conj(spectrum), all packed, in rows equally far apart. */
export function emitMultiply(module: ModuleBuilder, v: FloatVectors): void {
  module.function<MultiplyParameters>("multiplyConjugated", 6, (f, z, spectrum, to, row, vectors, rows) => {
    const [count, at, by, write] = [f.i32(), f.i32(), f.i32(), f.i32()];
    const [x, s] = [complex(f), complex(f)];
    const product = f.v128();
    f.repeat(rows, () => {
      f.set(at, z);
      f.set(by, spectrum);
      f.set(write, to);
      f.set(count, vectors);
      f.repeat(count, () => {
        for (const part of [0, 1] as const) {
          f.set(x[part], v128.load(at, 16 * part));
          f.set(s[part], v128.load(by, 16 * part));
        }
        multiply(f, v, x, s, true, product);
        for (const part of [0, 1] as const) f.store(write, x[part], 16 * part);
        for (const pointer of [at, by, write]) f.advance(pointer, VECTOR_BYTES);
      });
      for (const pointer of [z, spectrum, to]) f.advance(pointer, row);
    });
  });
}
