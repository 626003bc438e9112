/**
 * How far the magnitudes of a tile's image and of a filter's weights are apart.
 *
 * Winograd's algorithm computes the outputs of a tile together: the error of each is a part of the largest |x| of the tile,
 * be it in the output's window or not, and of the largest |w| of the kernel. A NaN, an infinity, or a value of another
 * magnitude than its neighbours, as a fill value is, would reach outputs that do not see it. So every tile is looked at
 * before it is transformed, with X = max over channels of |x| of a cell,
 *
 *     largest  = max of X over the tile                       (a NaN or an infinity: that)
 *     smallest = min over outputs that are wanted of max of X over the output's window
 *                (where all outputs of a tile see some cells, also over three cells in a row, unless they are 0)
 *
 * and is computed directly unless largest ≤ {@link IMAGE_SPREAD} · smallest and everything stays within float32. What is done
 * with a tile depends on that tile alone, and costs less than a hundredth of it. A filter is looked at when it is packed.
 *
 * Magnitudes are compared as integers without a sign: so ordered, a NaN is the largest.
 *
 * @module
 */

import {
  type FunctionBuilder,
  type I32Local,
  type Local,
  ModuleBuilder,
  u32x4,
  type V128,
  v128,
} from "../engine/assembler.ts";
import { type AxisTile, type Form, formName, isTransformed, tapsOf } from "./points.ts";

/**
 * How much larger a value may be than what another output of its tile sees. By the usual error (`error.ts`) an output that
 * sees small values only is then right to 10⁻³ of its own Σ|x||w|, and far better where a single value is large.
 */
export const IMAGE_SPREAD = 256;

/** How much larger the largest weight of an output channel may be than the largest of any one tap, if that is not zero. */
const TAP_SPREAD = 256;

/** How much larger the largest weight of an output channel may be than the largest that meets another input channel. */
const CHANNEL_SPREAD = 4096;

/**
 * Magnitudes of values between which no product or sum of the transforms leaves the normal numbers of float32, and of
 * weights up to which none overflows: 2⁵² · 2⁴⁰ · 2¹⁸ (what the transforms enlarge) leave room for 2¹⁷ channels.
 */
const LEAST = 2 ** -60;
const MOST = 2 ** 52;
const MOST_WEIGHT = 2 ** 40;

/** Bytes that `measureTiles` writes for a tile: largest and smallest. */
export const EXTREMES_BYTES = 8;

/** Bytes that `measureWeights` writes for four output channels: the largest |w| of all, of another input channel, of each tap. */
export function weightMaximaBytes(form: Form): number {
  return 16 * (2 + tapsOf(form));
}

/** Whether Winograd's algorithm computes a tile with these extremes as well as its outputs deserve. */
export function isEven(largest: number, smallest: number): boolean {
  return largest === 0 || (largest >= LEAST && largest <= MOST && largest <= IMAGE_SPREAD * smallest);
}

/** Whether it does so with the weights of every output channel, of which `maxima` are those of four, side by side. */
export function areEven(maxima: Float32Array): boolean {
  for (let channel = 0; channel < 4; channel++) {
    const largest = maxima[channel]!;
    if (!(largest <= MOST_WEIGHT)) return false;
    for (let n = 1; n < maxima.length / 4; n++) {
      const other = maxima[4 * n + channel]!;
      if (other > 0 && largest > (n === 1 ? CHANNEL_SPREAD : TAP_SPREAD) * other) return false;
    }
  }
  return true;
}

/** Vectors of channels that are read in one turn: a power of two, up to 16; 0 if there are fewer channels than in one. */
export function cellUnroll(channels: number): number {
  if (channels < 4) return 0;
  let unroll = 1;
  while (unroll < 16 && channels % (8 * unroll) === 0) unroll *= 2;
  return unroll;
}

/** What the code depends on. */
export interface SpreadVariant {
  readonly form: Form;
  readonly unroll: number;
  /** Channels after the last turn, up to 3. */
  readonly rest: number;
}

/** Name of the module: unique in an engine. */
export function spreadName({ form, unroll, rest }: SpreadVariant): string {
  return `winograd-spread-${formName(form)}-k${unroll}+${rest}`;
}

/** Writes the module: `measureCells`, `measureTiles`. */
export function emitSpread({ form, unroll, rest }: SpreadVariant): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  emitMeasureCells(module, unroll, "measureCells", rest);
  emitMeasureTiles(module, form);
  return module.toBytes();
}

/** Cells of the image from tile to tile. */
export function imageStepOf({ outputs, stride }: AxisTile): number {
  return outputs * stride;
}

/** How many windows of a kernel a tile has along an axis: as many as outputs, or where there are strides, some between these. */
export function windowsOf({ inputs, taps }: AxisTile): number {
  return inputs - taps + 1;
}

/**
 * For a tile of which only the first rows and columns are wanted: bits of 1 where a window is not that of a wanted output, 0 where it
 * is, row by row.
 */
export function maskOf({ rows, columns }: Form, wantedRows: number, wantedColumns: number): Int32Array {
  const lanes = vectorStarts(windowsOf(columns)).flatMap((first) => [0, 1, 2, 3].map((lane) => first + lane));
  const isWanted = (window: number, { stride }: AxisTile, wanted: number): boolean =>
    window % stride === 0 && window < wanted * stride;
  const row = (i: number): readonly number[] =>
    lanes.map((j) => (isWanted(i, rows, wantedRows) && isWanted(j, columns, wantedColumns) ? 0 : -1));
  return Int32Array.from(Array.from({ length: windowsOf(rows) }, (_, i) => row(i)).flat());
}

/** First places of vectors that hold so many values side by side, and no more if these are four at least. */
export function vectorStarts(count: number): readonly number[] {
  const starts = [0];
  while (starts.at(-1)! + 4 < count) starts.push(Math.min(starts.at(-1)! + 4, count - 4));
  return starts;
}

/** Parameters of the emitted function that measures cells, in order. */
type MeasureCellsParameters = [
  cells: I32Local, // at least 1, one after the other
  turns: I32Local, // ⌊channels / (4 · unroll)⌋, at least 1 if there is an unroll
  from: I32Local, // address of the first cell's first channel
  to: I32Local, // address for a float of each cell: the largest magnitude of its channels
];

/** Writes a function that finds the largest magnitude of each cell. */
export function emitMeasureCells(module: ModuleBuilder, unroll: number, name: string, rest = 0): void {
  module.function<MeasureCellsParameters>(name, 4, (f, cells, turns, from, to) => {
    const withoutSign = withoutSignOf(f);
    const largest = f.v128();
    const turn = f.i32();
    f.repeat(cells, () => {
      f.set(largest, v128.splatBits(0));
      const include = (vectors: number, load: (n: number) => V128): void => {
        const magnitudes = Array.from({ length: vectors }, (_, n) => withoutSign(load(n)));
        f.set(largest, u32x4.max(largest, magnitudes.reduce(u32x4.max)));
      };
      if (unroll > 0) {
        f.set(turn, turns);
        f.repeat(turn, () => {
          include(unroll, (n) => v128.load(from, 16 * n));
          f.advance(from, 16 * unroll);
        });
      }
      if (rest > 0) {
        include(rest, (n) => v128.load32Splat(from, 4 * n));
        f.advance(from, 4 * rest);
      }
      reduceLanes(f, u32x4.max, largest, 4);
      f.store(to, largest, 0, 1);
      f.advance(to, 4);
    });
  });
}

/** Parameters of the emitted function `measureTiles`, in order. */
type MeasureTilesParameters = [
  tiles: I32Local, // at least 1, side by side
  rowBytes: I32Local, // from row to row of cells
  from: I32Local, // address of the first tile's first cell, as `measureCells` writes it
  to: I32Local, // address for the largest and the smallest of each tile
  mask: I32Local, // address of the mask of all of them
];

function emitMeasureTiles(module: ModuleBuilder, form: Form): void {
  const { rows, columns } = form;
  module.function<MeasureTilesParameters>("measureTiles", 5, (f, tiles, rowBytes, from, to, mask) => {
    const at = f.i32();
    // The largest of the cells that a window has in each row, for windows side by side; by vectors, then rows.
    const starts = vectorStarts(windowsOf(columns));
    const lines = starts.map(() => f.v128s(rows.inputs));
    const threes = f.v128();
    const largest = f.v128();
    const smallest = f.v128();
    const masks = starts.map(() => f.v128s(windowsOf(rows)));
    const firstThrees = seesInCommon(form) && isTransformed(columns) ? vectorStarts(columns.inputs - 2) : [];
    const largestFrom = (first: number, cells: number): V128 =>
      Array.from({ length: cells }, (_, n) => v128.load(at, 4 * (first + n))).reduce(u32x4.max);
    /** Less 1, a zero is the largest. */
    const includeNonzero = (cells: V128): void =>
      f.set(threes, u32x4.min(threes, u32x4.add(cells, v128.splatBits(-1))));
    for (const [v, column] of masks.entries())
      for (const [i, row] of column.entries()) f.set(row, v128.load(mask, 16 * (starts.length * i + v)));
    f.repeat(tiles, () => {
      f.set(at, from);
      f.set(threes, v128.splatBits(-1));
      for (let i = 0; i < rows.inputs; i++) {
        for (const [v, first] of starts.entries()) f.set(lines[v]![i]!, largestFrom(first, columns.taps));
        for (const first of firstThrees) includeNonzero(largestFrom(first, 3));
        f.advance(at, rowBytes);
      }
      f.set(largest, lines.flat().reduce<V128>(u32x4.max, v128.splatBits(0)));
      // A window that is not wanted counts for the largest.
      const windows = masks.flatMap((column, v) =>
        column.map((row, i) => lines[v]!.slice(i, i + rows.taps).reduce<V128>(u32x4.max, row)),
      );
      f.set(smallest, windows.reduce(u32x4.min));
      const lanes = Math.min(4, windowsOf(columns));
      reduceLanes(f, u32x4.max, largest, lanes);
      reduceLanes(f, u32x4.min, smallest, lanes);
      if (seesInCommon(form)) {
        // All outputs see the cells in the middle, but some may have no weight for them. In a single column threes stand upright.
        if (!isTransformed(columns))
          for (let i = 2; i < rows.inputs; i++)
            includeNonzero(lines[0]!.slice(i - 2, i + 1).reduce<V128>(u32x4.max, lines[0]![i]!));
        reduceLanes(f, u32x4.min, threes, isTransformed(columns) ? Math.min(4, columns.inputs - 2) : 1);
        f.set(smallest, u32x4.min(smallest, u32x4.add(threes, v128.splatBits(1))));
      }
      f.store(to, largest, 0, 1);
      f.store(to, smallest, 4, 1);
      f.advance(to, EXTREMES_BYTES);
      f.advance(from, 4 * imageStepOf(columns));
    });
  });
}

/** Whether some cells of a tile are seen by all of its outputs. */
function seesInCommon({ rows, columns }: Form): boolean {
  const isCommon = ({ outputs, stride, taps }: AxisTile): boolean => taps > (outputs - 1) * stride;
  return isCommon(rows) && isCommon(columns);
}

/** Parameters of the emitted function `measureWeights`, in order. */
type MeasureWeightsParameters = [
  channels: I32Local, // input channels, at least 1
  from: I32Local, // address of the first tap's first input channel, four output channels side by side
  channelBytes: I32Local, // from input channel to input channel
  tapBytes: I32Local, // from tap to tap
  to: I32Local, // address for weightMaximaBytes()
];

/** Writes the module that looks at the weights of so many taps: `measureWeights`. */
export function emitWeightSpread(tapCount: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function<MeasureWeightsParameters>("measureWeights", 5, (f, channels, from, channelBytes, tapBytes, to) => {
    const withoutSign = withoutSignOf(f);
    const [largest, another, kernel, weight] = f.v128s(4) as [
      Local<"v128">,
      Local<"v128">,
      Local<"v128">,
      Local<"v128">,
    ];
    const taps = f.v128s(tapCount);
    const at = f.i32();
    f.repeat(channels, () => {
      f.set(at, from);
      f.set(kernel, v128.splatBits(0));
      for (const tap of taps) {
        f.set(weight, withoutSign(v128.load(at, 0)));
        f.set(tap, u32x4.max(tap, weight));
        f.set(kernel, u32x4.max(kernel, weight));
        f.advance(at, tapBytes);
      }
      f.set(another, u32x4.max(another, u32x4.min(largest, kernel)));
      f.set(largest, u32x4.max(largest, kernel));
      f.advance(from, channelBytes);
    });
    for (const [n, maximum] of [largest, another, ...taps].entries()) f.store(to, maximum, 16 * n);
  });
  return module.toBytes();
}

/** Takes the sign off four floats. */
function withoutSignOf(f: FunctionBuilder): (values: V128) => V128 {
  const mask = f.v128();
  f.set(mask, v128.splatBits(0x7fffffff));
  return (values) => v128.and(values, mask);
}

/** Emits value[0] = value[0] ∘ … ∘ value[lanes − 1]. */
export function reduceLanes(
  f: FunctionBuilder,
  operation: (a: V128, b: V128) => V128,
  value: Local<"v128">,
  lanes: number,
): void {
  if (lanes === 4) f.set(value, operation(value, v128.shuffle(value, value, [2, 3, 2, 3])));
  else if (lanes === 3) f.set(value, operation(value, v128.shuffle(value, value, [2, 1, 2, 1])));
  if (lanes > 1) f.set(value, operation(value, v128.shuffle(value, value, [1, 1, 1, 1])));
}
