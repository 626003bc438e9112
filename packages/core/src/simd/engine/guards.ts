/**
 * Guard zones: a check for tests, who import it, and nobody else does. Every block and every scratch buffer stands between
 * zones of a pattern, scratch is filled with the pattern before each run, and a zone that was written is an error. The
 * pattern is a NaN in float32: reading what nobody wrote shows in the result.
 *
 * @module
 */

import { aligned, type MemoryGuards, type MemoryRange } from "./memory.ts";

const PATTERN = 0xff;

/** Zones of a number of bytes, rounded up to whole cache lines, around every buffer. */
export class GuardZones implements MemoryGuards {
  readonly bytes: number;

  constructor(bytes: number) {
    this.bytes = aligned(bytes);
  }

  /** Fills scratch. */
  fill(memory: Uint8Array, { address, bytes }: MemoryRange): void {
    memory.fill(PATTERN, address, address + bytes);
  }

  /** Fills the zones around a buffer. */
  paint(memory: Uint8Array, range: MemoryRange): void {
    for (const [from, to] of this.#zones(range)) memory.fill(PATTERN, from, to);
  }

  /**
   * Looks at the zones around buffers.
   *
   * @throws Error naming the zone that was written.
   */
  check(memory: Uint8Array, ranges: Iterable<MemoryRange>, what: string): void {
    for (const range of ranges) {
      for (const [from, to] of this.#zones(range)) {
        for (let at = from; at < to; at++) {
          if (memory[at] === PATTERN) continue;
          const where = at < range.address ? `${range.address - at} bytes before` : `${at - from} bytes after`;
          throw new Error(`simd: wrote ${where} a ${what} of ${range.bytes} bytes at address ${range.address}`);
        }
      }
    }
  }

  #zones({ address, bytes }: MemoryRange): readonly (readonly [from: number, to: number])[] {
    return [
      [address - this.bytes, address],
      [address + bytes, aligned(address + bytes) + this.bytes],
    ];
  }
}
