/**
 * The copies of a block: in, from the source into an image framed with zeros, and out, to where the target wants it; when
 * neither is needed, because source and target already live in the engine's memory; and in without a frame, for the gradients of outputs.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { SimdEngine } from "../engine/engine.ts";
import { addressIn, arrayOf, type Operand } from "../engine/resident.ts";
import { stagedAt } from "../engine/team.ts";
import { type BlockAxis, type BlockPlace, type Blocks, countedBefore, rowsOf } from "./cut.ts";

/**
 * The address of a block's image: in scratch, where it is copied to; or, of a resident source that has it as it should
 * be, in the source.
 */
export function bringIn(
  engine: SimdEngine,
  source: Operand,
  c: Correlation,
  b: Blocks,
  place: BlockPlace,
  scratch: number,
): number {
  const address = addressIn(engine, source);
  if (address !== undefined) {
    const firstRow = b.rows.origin + place.row * c.rows.sourceStep;
    const firstColumn = b.columns.origin + place.column * c.columns.sourceStep;
    const isWhole =
      isFullBlock(b, place) &&
      firstColumn === 0 &&
      b.columns.imageSize === c.columns.sourceSize &&
      b.rows.skip === 1 &&
      firstRow >= 0 &&
      firstRow + b.rows.imageSize <= c.rows.sourceSize &&
      (place.images === 1 || b.rows.imageSize === c.rows.sourceSize);
    const cell = (place.image * c.rows.sourceSize + firstRow) * c.columns.sourceSize;
    if (isWhole) return address + 4 * cell * b.sourceChannels;
  }
  const stage = engine.team?.stage;
  if (stage === undefined) copyIn(arrayOf(source), c, b, place, engine.memory.floats, scratch);
  else {
    copyIn(arrayOf(source), c, b, place, stage.floats, 0);
    stage.bringIn(scratch, (b.imageBytes / b.images) * place.images);
  }
  return scratch;
}

/** Copies the output of a block, at `address`, to where it belongs. */
export function takeOut(
  engine: SimdEngine,
  target: Operand,
  c: Correlation,
  b: Blocks,
  place: BlockPlace,
  address: number,
): void {
  const stage = engine.team?.stage;
  stage?.takeOut(address, (b.outBytes / b.images) * place.images);
  copyOut(arrayOf(target), c, b, place, stage?.floats ?? engine.memory.floats, stage === undefined ? address : 0);
}

/** The address for a block's output: in scratch; or in a resident target, if the block covers whole rows of it. */
export function outAddress(
  engine: SimdEngine,
  target: Operand,
  c: Correlation,
  b: Blocks,
  place: BlockPlace,
  scratch: number,
): number {
  const address = addressIn(engine, target);
  if (address === undefined) return scratch;
  const firstRow = place.row * c.rows.step;
  const isWhole =
    isFullBlock(b, place) &&
    b.columns.outSize === c.columns.targetSize &&
    firstRow + b.rows.outSize <= c.rows.targetSize &&
    (place.images === 1 || b.rows.outSize === c.rows.targetSize);
  const cell = (place.image * c.rows.targetSize + firstRow) * c.columns.targetSize;
  return isWhole ? address + 4 * cell * b.targetChannels : scratch;
}

/**
 * Copies the gradient of a block's output to `address`, row by row as it lies in `dy`, but zeros for what the block before has as
 * well.
 */
export function copyRowsIn(engine: SimdEngine, dy: Operand, b: Blocks, place: BlockPlace, address: number): void {
  const { columns, targetChannels: channels } = b;
  const rows = rowsOf(b, place);
  const length = columns.periods * channels;
  const first = ((place.image * b.rows.total + place.row) * columns.total + place.column) * channels;
  const [floats, at] = stagedAt(engine, address);
  const values = arrayOf(dy);
  if (columns.periods === columns.total) floats.set(values.subarray(first, first + rows * length), at);
  else {
    const counted = countedBefore(b, place) * channels;
    for (let row = 0; row < rows; row++) {
      const from = first + row * columns.total * channels;
      floats.fill(0, at + row * length, at + row * length + counted);
      floats.set(values.subarray(from + counted, from + length), at + row * length + counted);
    }
  }
  engine.team?.stage?.bringIn(address, 4 * rows * length);
}

/** Whether no tile of the block reaches past its last cell: then it need not stand in scratch. */
function isFullBlock(b: Blocks, place: BlockPlace): boolean {
  return place.images === b.images && place.rows === b.rows.periods;
}

/** Copies the image of a block, `imageAddress / 4` being its first float; what lies outside the source is zero. */
function copyIn(
  source: FloatArray,
  c: Correlation,
  b: Blocks,
  place: BlockPlace,
  floats: Float32Array,
  imageAddress: number,
): void {
  const { rows, columns, sourceChannels: channels } = b;
  const sourceRow = c.columns.sourceSize * channels;
  const imageRow = columns.imageSize * channels;
  const firstRow = rows.origin + place.row * c.rows.sourceStep;
  const firstColumn = columns.origin + place.column * c.columns.sourceStep;
  // The columns of the image, from and to, that lie inside the source.
  const from = Math.min(columns.imageSize, Math.max(0, -firstColumn));
  const to = Math.max(from, Math.min(columns.imageSize, c.columns.sourceSize - firstColumn));
  const lead = from * channels;
  const length = (to - from) * channels;
  const isWholeRow = length === sourceRow && length === imageRow && rows.skip === 1;
  for (let n = 0; n < place.images; n++) {
    const image = imageAddress / 4 + n * rows.imageSize * imageRow;
    const start = ((place.image + n) * c.rows.sourceSize * c.columns.sourceSize + firstColumn + from) * channels;
    const inside = rowsInside(rows, firstRow, c.rows.sourceSize);
    floats.fill(0, image, image + inside.from * imageRow);
    floats.fill(0, image + inside.to * imageRow, image + rows.imageSize * imageRow);
    if (isWholeRow) {
      const begin = start + (firstRow + inside.from) * sourceRow;
      const end = begin + (inside.to - inside.from) * sourceRow;
      floats.set(source.subarray(begin, end), image + inside.from * imageRow);
      continue;
    }
    for (let r = inside.from; r < inside.to; r++) {
      const at = image + r * imageRow;
      const begin = start + (firstRow + r * rows.skip) * sourceRow;
      clear(floats, at, at + lead);
      copyRow(source, begin, floats, at + lead, length);
      clear(floats, at + lead + length, at + imageRow);
    }
  }
}

/** The rows of the image, from and to, that lie inside the source. */
function rowsInside(
  rows: BlockAxis,
  firstRow: number,
  sourceSize: number,
): { readonly from: number; readonly to: number } {
  const from = Math.min(rows.imageSize, Math.max(0, Math.ceil(-firstRow / rows.skip)));
  const to = Math.min(rows.imageSize, Math.floor((sourceSize - 1 - firstRow) / rows.skip) + 1);
  return { from, to: Math.max(from, to) };
}

function copyOut(
  target: FloatArray,
  c: Correlation,
  b: Blocks,
  place: BlockPlace,
  floats: Float32Array,
  outAddress: number,
): void {
  const { targetChannels: channels } = b;
  const targetRow = c.columns.targetSize * channels;
  const outRow = b.columns.outSize * channels;
  const firstRow = place.row * c.rows.step;
  const firstColumn = place.column * c.columns.step;
  const rows = Math.min(place.rows * c.rows.step, c.rows.targetSize - firstRow);
  const length = Math.min(b.columns.outSize, c.columns.targetSize - firstColumn) * channels;
  for (let n = 0; n < place.images; n++) {
    const out = outAddress / 4 + n * b.rows.outSize * outRow;
    const start = ((place.image + n) * c.rows.targetSize + firstRow) * targetRow + firstColumn * channels;
    if (outRow === targetRow) {
      target.set(floats.subarray(out, out + rows * outRow), start);
      continue;
    }
    for (let r = 0; r < rows; r++) copyRow(floats, out + r * outRow, target, start + r * targetRow, length);
  }
}

/** Below this many floats a loop is sooner done than a view is made or a library routine entered. */
const SHORT_ROW = 48;

function clear(floats: Float32Array, from: number, to: number): void {
  if (to - from > SHORT_ROW) {
    floats.fill(0, from, to);
    return;
  }
  for (let i = from; i < to; i++) floats[i] = 0;
}

function copyRow(source: FloatArray, begin: number, target: FloatArray, at: number, length: number): void {
  if (length > SHORT_ROW) {
    target.set(source.subarray(begin, begin + length), at);
    return;
  }
  for (let i = 0; i < length; i++) target[at + i] = source[begin + i]!;
}
