/**
 * Bytes to floats and back, as WebAssembly: sixteen channels of a row at a time, whatever pixel they belong to.
 *
 *     bringIn    rows of bytes or floats ──> rows of floats; colours times their alpha, if that is to weigh them
 *     takeOut    rows of sums ──> scaled, moved, without sign ──> rows of bytes or floats
 *
 * Alpha that is kept does not come in: of four pixels of RGBA, three vectors of colours; it is put between them when they go out.
 *
 * A row is worked off in blocks of sixteen; the last may reach past its end, by less than a block, in what is read and in what
 * is written: rows are written in ascending order and what stands there is written after.
 *
 * A float z, 0 ≤ z ≤ 255, becomes the nearest integer by adding 2²³: it then stands in the last bits, ties to even.
 *
 * @module
 */

import {
  type FunctionBuilder,
  f32x4,
  f64x2,
  floatVectors,
  type I32,
  type I32Local,
  integers,
  type Local,
  ModuleBuilder,
  type V128,
  v128,
} from "../../simd/engine/assembler.ts";
import type { PictureDType } from "../problem/picture.ts";
import type { PictureProblem } from "../problem/problem.ts";

/** Channels of a turn. */
export const BLOCK = 16;

/** What the code of `bringIn` depends on. */
export interface BringInShape {
  readonly from: PictureDType;
  /** 2 or 4 channels where alpha has a part of its own; else 0. */
  readonly alphaChannels: number;
  readonly alpha: PictureProblem["alpha"];
}

/** What the code of `takeOut` depends on. */
export interface TakeOutShape {
  /** What the picture holds whose alpha is kept. */
  readonly from: PictureDType;
  readonly to: PictureDType;
  /** 2 or 4 channels where alpha has a part of its own; else 0. */
  readonly alphaChannels: number;
  readonly alpha: PictureProblem["alpha"];
  readonly moves: boolean;
  readonly absolute: boolean;
  /** Whether sums are magnitudes of two. */
  readonly ofTwo: boolean;
}

/** Names of the modules: unique in an engine. */
export function bringInName({ from, alphaChannels, alpha }: BringInShape): string {
  return `picture-in-${from}-${alpha}${alphaChannels}`;
}

export function takeOutName({ from, to, alphaChannels, alpha, moves, absolute, ofTwo }: TakeOutShape): string {
  const does = `${moves ? "-moves" : ""}${absolute ? "-absolute" : ""}${ofTwo ? "-of-two" : ""}`;
  return `picture-out-${from}-${to}-${alpha}${alphaChannels}${does}`;
}

/** Parameters of the emitted function `bringIn`, in order. */
type BringInParameters = [
  rows: I32Local, // at least 1
  blocks: I32Local, // of sixteen channels in a row, at least 1
  from: I32Local, // addresses of the first of each
  to: I32Local,
  fromPitch: I32Local, // bytes from row to row
  toPitch: I32Local,
];

/** Writes the module of what comes in. */
export function emitBringIn({ from: dtype, alphaChannels, alpha }: BringInShape): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function<BringInParameters>("bringIn", 6, (f, rows, blocks, from, to, fromPitch, toPitch) => {
    const [at, target, count] = [f.i32(), f.i32(), f.i32()];
    const x = f.v128s(4);
    const packed = f.v128();
    f.repeat(rows, () => {
      f.set(at, from);
      f.set(target, to);
      f.set(count, blocks);
      f.repeat(count, () => {
        for (const [v, four] of loadBlock(f, dtype, at).entries()) {
          f.set(x[v]!, four());
          if (alpha === "premultiply") {
            const weighed = f32x4.mul(x[v]!, alphaOf(x[v]!, alphaChannels));
            f.set(x[v]!, v128.select(x[v]!, weighed, alphaLanes(alphaChannels)));
          }
        }
        const colours = alpha === "keep" ? coloursOf(x, alphaChannels) : x;
        for (const [v, vector] of colours.entries()) {
          f.set(packed, vector);
          f.store(target, packed, 16 * v);
        }
        f.advance(at, BLOCK * bytesOf(dtype));
        f.advance(target, 16 * colours.length);
      });
      f.advance(from, fromPitch);
      f.advance(to, toPitch);
    });
  });
  return module.toBytes();
}

/** Parameters of the emitted function `takeOut`, in order. */
type TakeOutParameters = [
  rows: I32Local, // at least 1
  blocks: I32Local, // of sixteen channels in a row, at least 1
  from: I32Local, // addresses of the first of each: sums,
  other: I32Local, // those of another kernel, or anything,
  to: I32Local, // result,
  source: I32Local, // and the picture whose alpha is kept, or anything
  fromPitch: I32Local, // bytes from row to row
  toPitch: I32Local,
  sourcePitch: I32Local,
  numbers: I32Local, // address of scale, offset and 1/K, each four times
];

/** Writes the module of what goes out. */
export function emitTakeOut(shape: TakeOutShape): Uint8Array<ArrayBuffer> {
  const { alphaChannels, to: dtype } = shape;
  const keeps = shape.alpha === "keep";
  const weighs = shape.alpha === "premultiply";
  const isPacked = shape.from === "uint8" && dtype === "uint8";
  const module = new ModuleBuilder();
  module.function<TakeOutParameters>(
    "takeOut",
    10,
    (f, rows, blocks, from, other, to, source, fromPitch, toPitch, sourcePitch, numbers) => {
      const [at, second, target, kept, count] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()];
      const sums = f.v128s(keeps ? colourVectors(alphaChannels) : 4);
      const [scale, offset, share, alpha, packed] = f.v128s(5) as FiveLocals;
      const z = keeps ? f.v128s(4) : sums;
      f.set(scale, v128.load(numbers, 0));
      f.set(offset, v128.load(numbers, 16));
      f.set(share, v128.load(numbers, 32));
      f.repeat(rows, () => {
        f.set(at, from);
        if (shape.ofTwo) f.set(second, other);
        f.set(target, to);
        if (keeps) f.set(kept, source);
        f.set(count, blocks);
        f.repeat(count, () => {
          for (const [v, sum] of sums.entries()) {
            f.set(sum, v128.load(at, 16 * v));
            if (shape.ofTwo) magnitude(f, sum, v128.load(second, 16 * v));
            if (weighs) {
              f.set(alpha, f32x4.mul(alphaOf(sum, alphaChannels), share));
              f.set(sum, v128.and(f32x4.div(sum, alpha), f32x4.greater(alpha, f.constant(0))));
            }
            if (shape.moves) f.set(sum, f32x4.add(f32x4.mul(sum, scale), offset));
            if (shape.absolute) f.set(sum, f32x4.abs(sum));
            if (weighs) f.set(sum, v128.select(alpha, sum, alphaLanes(alphaChannels)));
            if (isPacked || (dtype === "uint8" && !keeps)) f.set(sum, nearestByte(f, sum));
          }
          if (keeps) {
            const originals = isPacked ? [] : loadBlock(f, shape.from, kept);
            for (const [v, vector] of withAlphaBetween(sums, alphaChannels).entries()) {
              f.set(z[v]!, vector);
              const original = originals[v];
              if (original === undefined) continue;
              f.set(z[v]!, v128.select(original(), z[v]!, alphaLanes(alphaChannels)));
              if (dtype === "uint8") f.set(z[v]!, nearestByte(f, z[v]!));
            }
          }
          if (dtype === "float32") for (const [v, vector] of z.entries()) f.store(target, vector, 16 * v);
          else {
            f.set(packed, integers.narrow16(integers.narrow32(z[0]!, z[1]!), integers.narrow32(z[2]!, z[3]!)));
            if (keeps && isPacked) {
              const bytes = v128.splatBits(alphaChannels === 4 ? 0xff000000 : 0xff00ff00);
              f.set(packed, v128.select(v128.loadBytes(kept, 0), packed, bytes));
            }
            f.store(target, packed, 0);
          }
          f.advance(at, 16 * sums.length);
          if (shape.ofTwo) f.advance(second, 16 * sums.length);
          f.advance(target, BLOCK * bytesOf(dtype));
          if (keeps) f.advance(kept, BLOCK * bytesOf(shape.from));
        });
        f.advance(from, fromPitch);
        if (shape.ofTwo) f.advance(other, fromPitch);
        f.advance(to, toPitch);
        if (keeps) f.advance(source, sourcePitch);
      });
    },
  );
  return module.toBytes();
}

/** x ← √(x² + y²), in float64, which has room for the squares. */
function magnitude(f: FunctionBuilder, x: Local<"v128">, y: V128): void {
  const v = floatVectors("float64", false);
  const [a, b, low, high] = f.v128s(4) as readonly [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];
  f.set(high, y);
  for (const [half, lanes] of [
    [low, [0, 1, 0, 1]],
    [high, [2, 3, 2, 3]],
  ] as const) {
    f.set(a, f64x2.promoteLow(v128.shuffle(x, x, lanes)));
    f.set(b, f64x2.promoteLow(v128.shuffle(high, high, lanes)));
    f.set(half, f64x2.demote(f64x2.sqrt(v.add(v.mul(a, a), v.mul(b, b)))));
  }
  f.set(x, v128.shuffle(low, high, [0, 1, 4, 5]));
}

type FiveLocals = readonly [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];

/** Bytes of a channel. */
export function bytesOf(dtype: PictureDType): number {
  return dtype === "uint8" ? 1 : 4;
}

/** Sixteen channels from an address, as four expressions of four floats; to be evaluated in order, each once. */
function loadBlock(f: FunctionBuilder, dtype: PictureDType, at: I32): readonly (() => V128)[] {
  if (dtype === "float32") return [0, 16, 32, 48].map((offset) => () => v128.load(at, offset));
  const half = f.v128();
  return [0, 8].flatMap((offset) => [
    () => {
      f.set(half, v128.load8x8(at, offset));
      return f32x4.fromInts(integers.extendLow(half));
    },
    () => f32x4.fromInts(integers.extendHigh(half)),
  ]);
}

/** The integer nearest to each float, 0 to 255. */
function nearestByte(f: FunctionBuilder, z: V128): V128 {
  const clamped = f32x4.pmin(f32x4.pmax(f.constant(0), z), f.constant(255));
  return v128.and(f32x4.add(clamped, f.constant(2 ** 23)), v128.splatBits(0xff));
}

/** Vectors of colours in a block. */
function colourVectors(channels: number): number {
  return channels === 4 ? 3 : 2;
}

/** The colours of a block, one pixel after the other without alpha. */
function coloursOf(x: readonly V128[], channels: number): readonly V128[] {
  const [a, b, c, d] = x as readonly [V128, V128, V128, V128];
  if (channels === 2) return [v128.shuffle(a, b, [0, 2, 4, 6]), v128.shuffle(c, d, [0, 2, 4, 6])];
  return [v128.shuffle(a, b, [0, 1, 2, 4]), v128.shuffle(b, c, [1, 2, 4, 5]), v128.shuffle(c, d, [2, 4, 5, 6])];
}

/** The other way, with anything in the place of alpha. */
function withAlphaBetween(colours: readonly V128[], channels: number): readonly V128[] {
  const [a, b, c] = colours as readonly [V128, V128, V128];
  if (channels === 2) {
    return [a, b].flatMap((vector) => [
      v128.shuffle(vector, vector, [0, 0, 1, 1]),
      v128.shuffle(vector, vector, [2, 2, 3, 3]),
    ]);
  }
  return [
    v128.shuffle(a, a, [0, 1, 2, 2]),
    v128.shuffle(a, b, [3, 4, 5, 5]),
    v128.shuffle(b, c, [2, 3, 4, 4]),
    v128.shuffle(c, c, [1, 2, 3, 3]),
  ];
}

/** The alpha of each pixel in the place of all its channels. */
function alphaOf(x: V128, channels: number): V128 {
  return v128.shuffle(x, x, channels === 4 ? [3, 3, 3, 3] : [1, 1, 3, 3]);
}

/** All bits of the lanes of alpha. */
function alphaLanes(channels: number): V128 {
  return v128.bits(channels === 4 ? [0, 0, 0, -1] : [0, -1, 0, -1]);
}
