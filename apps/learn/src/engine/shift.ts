/**
 * Whether a layer commutes with shifts: f(shift x) beside shift f(x). All numbers are small integers, so that sums are exact in
 * any order, and a difference of 0 is one.
 *
 * @module
 */

import { corr2d, denseLayer, LocallyConnected2d, type Matrix, tensor, WRAP } from "./core.ts";
import { randomFrom } from "./random.ts";

/** The three kinds of layers, the last translation equivariant. */
export type LayerKind = "dense" | "local" | "convolution";

/** What lies outside a picture: nothing, or its other side. */
export type Edges = "zeros" | "wrap";

/** Side of pictures here. */
export const SHIFT_SIDE = 24;

/** A layer before and after a shift. */
export interface Shifted {
  readonly x: Float32Array;
  /** shift x. */
  readonly shifted: Float32Array;
  /** f(x). */
  readonly y: Float32Array;
  /** f(shift x). */
  readonly shiftedFirst: Float32Array;
  /** shift f(x). */
  readonly shiftedLast: Float32Array;
  readonly difference: Float32Array;
  /** The largest magnitude in the difference. */
  readonly largest: number;
}

const SIDE = SHIFT_SIDE;
const PIXELS = SIDE * SIDE;
const KERNEL_SIDE = 3;
const KERNEL = tensor([KERNEL_SIDE, KERNEL_SIDE], [-1, 0, 1, -2, 0, 2, -1, 0, 1]);

const layers: Readonly<Record<LayerKind, (x: Float32Array, edges: Edges) => Float32Array>> = {
  dense: (x) => denseLayer(asMatrix(x), denseWeights()).data,
  local: (x, edges) => {
    const side = SIDE + KERNEL_SIDE - 1;
    const { data } = localLayer().forward({ shape: [1, side, side, 1], data: padded(x, edges) });
    return data;
  },
  convolution: (x, edges) =>
    corr2d(asMatrix(x), KERNEL, { mode: "same", boundary: edges === "wrap" ? WRAP : "constant" }).data,
};

let keptDense: { readonly shape: readonly [number, number, number, number]; readonly data: Float32Array } | undefined;
let keptLocal: LocallyConnected2d | undefined;

/** A layer of a kind on a picture of whole numbers, shifted by `down` and `across`. */
export function shiftPicture(x: Float32Array, kind: LayerKind, edges: Edges, down: number, across: number): Shifted {
  const shifted = shift(x, edges, down, across);
  const y = layers[kind](x, edges);
  const shiftedFirst = layers[kind](shifted, edges);
  const shiftedLast = shift(y, edges, down, across);
  const difference = shiftedFirst.map((value, n) => value - shiftedLast[n]!);
  const largest = difference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { x, shifted, y, shiftedFirst, shiftedLast, difference, largest };
}

/** The picture moved; what comes in from outside is nothing, or what went out on the other side. */
export function shift(x: Float32Array, edges: Edges, down: number, across: number): Float32Array {
  return x.map((_, n) => at(x, edges, Math.floor(n / SIDE) - down, (n % SIDE) - across));
}

/** Of the picture continued as far as a kernel reaches. */
function padded(x: Float32Array, edges: Edges): Float32Array {
  const side = SIDE + KERNEL_SIDE - 1;
  const reach = (KERNEL_SIDE - 1) / 2;
  return Float32Array.from({ length: side * side }, (_, n) =>
    at(x, edges, Math.floor(n / side) - reach, (n % side) - reach),
  );
}

function at(x: Float32Array, edges: Edges, row: number, column: number): number {
  if (edges === "wrap") return x[modulo(row) * SIDE + modulo(column)]!;
  return row >= 0 && row < SIDE && column >= 0 && column < SIDE ? x[row * SIDE + column]! : 0;
}

function modulo(index: number): number {
  return ((index % SIDE) + SIDE) % SIDE;
}

/** A weight from −2 to 2 for each unit and pixel. */
function denseWeights() {
  keptDense ??= { shape: [SIDE, SIDE, SIDE, SIDE], data: smallIntegers(PIXELS * PIXELS, 11) };
  return keptDense;
}

/** A small kernel for each unit, each its own; it takes pictures that are continued already. */
function localLayer(): LocallyConnected2d {
  if (keptLocal === undefined) {
    keptLocal = new LocallyConnected2d({
      inputSize: SIDE + KERNEL_SIDE - 1,
      inChannels: 1,
      outChannels: 1,
      kernelSize: KERNEL_SIDE,
      bias: false,
    });
    keptLocal.filter.value.set(smallIntegers(keptLocal.filter.value.length, 12));
  }
  return keptLocal;
}

function smallIntegers(count: number, seed: number): Float32Array {
  const { uniform } = randomFrom(seed);
  return Float32Array.from({ length: count }, () => Math.floor(5 * uniform()) - 2);
}

function asMatrix(data: Float32Array): Matrix {
  return { shape: [SIDE, SIDE], data };
}
