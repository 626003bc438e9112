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
import type { Steps } from "../engine/team.ts";
import { bringIn, copyRowsIn, outAddress, takeOut } from "./copies.ts";
import { type BlockPlace, type Blocks, forEachBlock, overlap, rowsOf } from "./cut.ts";

/** A plan of a correlation and its blocks; the first buffer of scratch is the image. */
export interface BlockPlan {
  readonly correlation: Correlation;
  readonly blocks: Blocks;
  /** What the plan holds: given back with it. */
  readonly block: MemoryRange;
  readonly scratch: ScratchLayout;
}

/** A block that is being computed. */
export interface BlockAt {
  readonly place: BlockPlace;
  /** Rows of periods that it has: whole blocks but the last are full; the last uses the beginning of the tables. */
  readonly rows: number;
  /** Addresses of its image and its output; what else there is in scratch is `shift` bytes further on than it was laid out. */
  image: number;
  out: number;
  shift: number;
}

/** How the blocks of a correlation are computed. */
export interface BlockWork {
  /** How many shares each phase of a block has. */
  readonly phases: readonly number[];
  /** Looks at the image of a block; false if nothing of it is to be computed. */
  readonly inspect?: (at: BlockAt) => boolean;
  /** Computes a share. */
  readonly compute: (at: BlockAt, share: number, phase: number) => void;
  /** Called when a block's output is in the target; `bringImage` brings its image in once more, and says where. */
  readonly finish?: (at: BlockAt, bringImage: () => number, target: Operand) => void;
}

/** Shares of all that is computed for each thread: whoever is done first has still some to take. */
const SHARES_PER_THREAD = 8;

/** Shares of one of so many units, each of which has at most `most`. */
export function sharesOf({ team }: SimdEngine, units: number, most: number): number {
  if (team === undefined) return 1;
  return Math.max(1, Math.min(most, Math.ceil((SHARES_PER_THREAD * team.threads) / units)));
}

/** How many blocks a correlation has. */
export function blockCount({ batch }: Correlation, { images, rows, columns }: Blocks): number {
  return Math.ceil(batch / images) * Math.ceil(rows.total / rows.periods) * Math.ceil(columns.total / columns.periods);
}

/** Where the `share`-th of `shares` equal parts of `total` begins. */
export function shareStart(total: number, shares: number, share: number): number {
  return Math.floor((total * share) / shares);
}

/**
 * A plan from source to target.
 *
 * @param out where the output stands; it is cleared before if some cells are not computed.
 */
export function planBlocks(
  engine: SimdEngine,
  { correlation: c, blocks, block, scratch }: BlockPlan,
  out: MemoryRange,
  clears: boolean,
  { phases, inspect, compute, finish }: BlockWork,
): SimdPlan<[source: Operand, target: Operand]> {
  const image = scratch.buffers[0]!.address;
  // All that a run goes through is made once: small layers take no longer than making it would.
  const units = blocksOf(c, blocks);
  let from: Operand | undefined;
  let to: Operand | undefined;
  const steps: Steps<BlockAt> = {
    phases,
    feed(at, shift) {
      at.shift = shift;
      at.image = bringIn(engine, from!, c, blocks, at.place, image + shift);
      at.out = outAddress(engine, to!, c, blocks, at.place, out.address + shift);
      if (clears) engine.memory.floats.fill(0, at.out / 4, (at.out + out.bytes) / 4);
      return inspect?.(at) ?? true;
    },
    share: (at, _, phase, share) => compute(at, share, phase),
    drain(at, shift) {
      if (at.out === out.address + shift) takeOut(engine, to!, c, blocks, at.place, at.out);
      finish?.(at, () => bringIn(engine, from!, c, blocks, at.place, image + shift), to!);
    },
  };
  const run = (source: Operand, target: Operand): void => {
    from = source;
    to = target;
    engine.work(units, steps);
    from = to = undefined;
  };
  return engine.plan(run, [block], scratch);
}

/** The blocks of a run. */
function blocksOf({ batch }: Correlation, blocks: Blocks): BlockAt[] {
  const all: BlockAt[] = [];
  forEachBlock(batch, blocks, (place) => all.push({ place, rows: rowsOf(blocks, place), image: 0, out: 0, shift: 0 }));
  return all;
}

/** How a block is added to the sums of a gradient; its output is dy, whole rows of it. */
export type SumWork = Pick<BlockWork, "phases" | "compute">;

/**
 * A plan of a filter's gradient over blocks: each is added to the sums, `sumFloats` floats at the
 * beginning of what the plan holds; `copySums` takes them from there to dw. The second buffer of scratch is dy. Where blocks
 * overlap, zeros stand for what is counted already, and the plan says so: they may meet what is not finite.
 */
export function planSums(
  engine: SimdEngine,
  { correlation: c, blocks, block, scratch }: BlockPlan,
  sumFloats: number,
  { phases, compute }: SumWork,
  copySums: (floats: Float32Array, from: number, dw: FloatArray) => void,
): SimdPlan<[x: Operand, dy: Operand, dw: Operand]> {
  const [image, dyAt] = scratch.buffers.map(({ address }) => address) as [number, number];
  const sums = block.address / 4;
  const units = blocksOf(c, blocks);
  let from: Operand | undefined;
  let gradient: Operand | undefined;
  const steps: Steps<BlockAt> = {
    phases,
    inOrder: true,
    feed(at, shift) {
      at.shift = shift;
      at.image = bringIn(engine, from!, c, blocks, at.place, image + shift);
      at.out = dyAt + shift;
      copyRowsIn(engine, gradient!, blocks, at.place, at.out);
      return true;
    },
    share: (at, _, phase, share) => compute(at, share, phase),
    drain: () => undefined,
  };
  const run = (x: Operand, dy: Operand, dw: Operand): void => {
    engine.memory.floats.fill(0, sums, sums + sumFloats);
    from = x;
    gradient = dy;
    engine.work(units, steps);
    from = gradient = undefined;
    copySums(engine.memory.floats, sums, arrayOf(dw));
  };
  return { ...engine.plan(run, [block], scratch), addsZeros: overlap(blocks) };
}
