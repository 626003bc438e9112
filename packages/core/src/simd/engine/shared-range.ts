/**
 * A range of memory that stands for more than it holds: its blocks lie over one another, and whoever wants to use one brings
 * its content again if another was there meanwhile. So plans can be many without memory to match, though nobody says which of
 * them will run: a loop that makes plans and drops them ends before the first is collected.
 *
 * @module
 */

import type { MemoryRange } from "./memory.ts";

/** Blocks begin and end at multiples of this many bytes. */
const GRAIN = 1024;

/** Bytes of the range, and of the largest block in it. */
export const SHARED_BYTES: number = 16 * 2 ** 20;
export const LARGEST_SHARED_BYTES: number = 2 ** 20;

/** A range of memory, and which block was last in each part of it. */
export class SharedRange {
  readonly address: number;
  /** By the number of their block. */
  readonly holders: Int32Array = new Int32Array(SHARED_BYTES / GRAIN);
  #next = 0;
  #blocks = 0;

  constructor(address: number) {
    this.address = address;
  }

  /** Takes a block, from whoever had it; behind it `overread` bytes may be read. */
  take(bytes: number, overread: number): SharedBlock {
    const grains = Math.ceil((bytes + overread) / GRAIN);
    if (this.#next + grains > this.holders.length) this.#next = 0;
    const first = this.#next;
    this.#next += grains;
    const block = new SharedBlock(this, this.address + GRAIN * first, bytes, ++this.#blocks);
    block.claim();
    return block;
  }
}

/** A block of a shared range, which lives as long as one of its blocks does. */
export class SharedBlock implements MemoryRange {
  readonly address: number;
  readonly bytes: number;
  readonly #range: SharedRange;
  readonly #number: number;

  constructor(range: SharedRange, address: number, bytes: number, number: number) {
    this.#range = range;
    this.address = address;
    this.bytes = bytes;
    this.#number = number;
  }

  /** Makes it the holder of its part; whether another was, so that its content must be brought again. */
  claim(): boolean {
    const { address, holders } = this.#range;
    const first = (this.address - address) / GRAIN;
    const end = first + Math.ceil(this.bytes / GRAIN);
    for (let i = first; i < end; i++) {
      if (holders[i] === this.#number) continue;
      holders.fill(this.#number, first, end);
      return true;
    }
    return false;
  }
}
