/**
 * Plans that go over a correlation block by block: bring the image in, compute, take the output out; or, for the gradient of
 * a filter, bring in the image and dy, add to sums in memory, and at the end copy those out.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import type { MemoryRange, ScratchLayout } from "../engine/memory.ts";
import { arrayOf, type Operand } from "../engine/resident.ts";
import { bringIn, copyOut, copyRowsIn, outAddress } from "./copies.ts";
import { type BlockPlace, type Blocks, forEachBlock, rowsOf } from "./cut.ts";

/** A plan of a correlation and its blocks; the first buffer of scratch is the image. */
export interface BlockPlan {
  readonly correlation: Correlation;
  readonly blocks: Blocks;
  /** What the plan holds: given back with it. */
  readonly block: MemoryRange;
  readonly scratch: ScratchLayout;
}

/**
 * A plan from source to target, `compute` being given the addresses of a block's image and output and the rows of periods
 * that it has. Whole blocks but the last are full; the last uses the beginning of the tables.
 *
 * @param out where the output stands; it is cleared before if some cells are not computed.
 * @param finish called when a block's output is in the target; `bringImage` brings its image in once more, and says where.
 */
export function planBlocks(
  engine: SimdEngine,
  { correlation: c, blocks, block, scratch }: BlockPlan,
  out: MemoryRange,
  clears: boolean,
  compute: (imageAt: number, outAt: number, rows: number, place: BlockPlace) => void,
  finish?: (bringImage: () => number, target: Operand, place: BlockPlace) => void,
): SimdPlan<[source: Operand, target: Operand]> {
  const image = scratch.buffers[0]!.address;
  const run = (source: Operand, target: Operand): void => {
    forEachBlock(c.batch, blocks, (place) => {
      const imageAt = bringIn(engine, source, c, blocks, place, image);
      const outAt = outAddress(engine, target, c, blocks, place, out.address);
      if (clears) engine.memory.floats.fill(0, outAt / 4, (outAt + out.bytes) / 4);
      compute(imageAt, outAt, rowsOf(blocks, place), place);
      if (outAt === out.address) copyOut(arrayOf(target), c, blocks, place, engine.memory.floats, outAt);
      finish?.(() => bringIn(engine, source, c, blocks, place, image), target, place);
    });
  };
  return engine.plan(run, [block], scratch);
}

/**
 * A plan of a filter's gradient over blocks of whole rows: `add` adds a block to the sums, `sumFloats` floats at the
 * beginning of what the plan holds; `copySums` takes them from there to dw. The second buffer of scratch is dy.
 */
export function planSums(
  engine: SimdEngine,
  { correlation: c, blocks, block, scratch }: BlockPlan,
  sumFloats: number,
  add: (imageAt: number, dyAt: number, rows: number) => void,
  copySums: (floats: Float32Array, from: number, dw: FloatArray) => void,
): SimdPlan<[x: Operand, dy: Operand, dw: Operand]> {
  const [image, dyAt] = scratch.buffers.map(({ address }) => address) as [number, number];
  const sums = block.address / 4;
  const run = (x: Operand, dy: Operand, dw: Operand): void => {
    const { floats } = engine.memory;
    floats.fill(0, sums, sums + sumFloats);
    forEachBlock(c.batch, blocks, (place) => {
      const imageAt = bringIn(engine, x, c, blocks, place, image);
      add(imageAt, dyAt, copyRowsIn(engine, dy, blocks, place, dyAt));
    });
    copySums(floats, sums, arrayOf(dw));
  };
  return engine.plan(run, [block], scratch);
}
