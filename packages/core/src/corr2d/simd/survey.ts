/**
 * The least and the greatest |x| of each block of 8 × 8 cells of an image, by WebAssembly: without their signs, bits of floats are
 * in the order of the magnitudes, with NaN above all.
 *
 * @module
 */

import { type I32Local, i32, type Local, ModuleBuilder, u32x4, type V128, v128 } from "../../simd/engine/assembler.ts";
import type { SimdEngine } from "../../simd/engine/engine.ts";
import { stagedAt } from "../../simd/engine/team.ts";
import type { Shape2 } from "../../tensor/shape.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import { BLOCK, type Extremes, extremesOf } from "../problem/survey.ts";

/** Bytes of rows that pass through scratch together, and stay in a second-level cache. */
const PART_BYTES = 512 * 1024;

/** Surveys an image on an engine. */
export function findExtremesOn(engine: SimdEngine, source: FloatArray, [height, width]: Shape2): Extremes {
  const bandBytes = 4 * BLOCK * width;
  if (width < BLOCK || bandBytes > PART_BYTES) return extremesOf(source, [height, width]);
  const { memory } = engine;
  const columns = Math.ceil(width / BLOCK);
  const bands = Math.floor(PART_BYTES / bandBytes);
  const scratch = memory.layoutScratch([bands * bandBytes, 4 * bands * columns, 4 * bands * columns]);
  const [image, leastAt, mostAt] = scratch.buffers.map(({ address }) => address) as [number, number, number];
  const blocks = Math.ceil(height / BLOCK) * columns;
  const [least, most] = [new Float32Array(blocks), new Float32Array(blocks)];
  memory.guarded(scratch, () => {
    const { survey } = engine.functions("survey", emitSurvey);
    for (let row = 0; row < height; row += BLOCK * bands) {
      const rows = Math.min(BLOCK * bands, height - row);
      const [floats, at] = stagedAt(engine, image);
      floats.set(source.subarray(row * width, (row + rows) * width), at);
      engine.team?.stage?.bringIn(image, 4 * rows * width);
      for (let band = 0; BLOCK * band < rows; band++) {
        const count = Math.min(BLOCK, rows - BLOCK * band);
        const to = 4 * band * columns;
        // The last block of a row begins earlier, to be whole; what it sees twice does no harm.
        survey!(image + band * bandBytes, columns, 4 * (width - BLOCK), count, 4 * width, leastAt + to, mostAt + to);
      }
      const found = Math.ceil(rows / BLOCK) * columns;
      const first = (row / BLOCK) * columns;
      least.set(memory.floats.subarray(leastAt / 4, leastAt / 4 + found), first);
      most.set(memory.floats.subarray(mostAt / 4, mostAt / 4 + found), first);
    }
  });
  return [least, most];
}

/** Parameters of the emitted function `survey`, in order. */
type SurveyParameters = [
  from: I32Local, // address of a band of rows
  blocks: I32Local, // of the band, at least 1
  last: I32Local, // bytes from its first block to its last
  rows: I32Local, // at least 1
  pitch: I32Local, // bytes from row to row
  least: I32Local, // addresses of results
  most: I32Local,
];

/** Writes the module. */
export function emitSurvey(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function<SurveyParameters>("survey", 7, (f, from, blocks, last, rows, pitch, least, most) => {
    const [pointer, count, end] = [f.i32(), f.i32(), f.i32()];
    const [a, b, low, high] = f.v128s(4) as [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];
    const magnitude = (offset: number): V128 => v128.and(v128.load(pointer, offset), v128.splatBits(0x7fffffff));
    f.set(end, i32.add(from, last));
    f.repeat(blocks, () => {
      f.when(i32.equal(blocks, 1), () => f.set(from, end));
      f.set(pointer, from);
      f.set(count, rows);
      f.set(low, v128.splatBits(0x7f800000));
      f.set(high, v128.splatBits(0));
      f.repeat(count, () => {
        f.set(a, magnitude(0));
        f.set(b, magnitude(16));
        f.set(low, u32x4.min(low, u32x4.min(a, b)));
        f.set(high, u32x4.max(high, u32x4.max(a, b)));
        f.advance(pointer, pitch);
      });
      for (const [result, to, fold] of [
        [low, least, u32x4.min],
        [high, most, u32x4.max],
      ] as const) {
        f.set(result, fold(result, v128.shuffle(result, result, [2, 3, 0, 1])));
        f.set(result, fold(result, v128.shuffle(result, result, [1, 0, 3, 2])));
        f.store(to, result, 0, 1);
        f.advance(to, 4);
      }
      f.advance(from, 4 * BLOCK);
    });
  });
  return module.toBytes();
}
