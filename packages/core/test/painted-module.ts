/** A module of somebody else, in whose memory engines compute. */

import type { LodgingMemory } from "../src/simd/engine/memory.ts";
import { hostWebAssembly, type WasmMemory } from "../src/simd/engine/webassembly.ts";

const PAINT = 0xa5;

/** A module whose memory is painted where nothing was given out. */
export class PaintedModule implements LodgingMemory {
  readonly memory: WasmMemory;
  readonly #given = new Map<number, number>();
  /** Addresses are multiples of eight, but not of sixteen. */
  #end = 1000;

  constructor(shared = false, pages = 512) {
    const limits = { initial: pages, ...(shared && { maximum: pages, shared }) };
    this.memory = new (hostWebAssembly()!.Memory)(limits);
    new Uint8Array(this.memory.buffer).fill(PAINT);
  }

  allocate(bytes: number): number {
    const address = this.#end;
    this.#end += Math.ceil(bytes / 16) * 16 + 64;
    if (this.#end > this.memory.buffer.byteLength) return 0;
    this.#given.set(address, bytes);
    return address;
  }

  free(address: number): void {
    new Uint8Array(this.memory.buffer, address, this.#given.get(address)).fill(PAINT);
    this.#given.delete(address);
    this.#end = Math.max(1000, ...[...this.#given].map(([at, bytes]) => at + Math.ceil(bytes / 16) * 16 + 64));
  }

  /** An array of this memory, with values. */
  array(values: Float32Array): Float32Array {
    const array = new Float32Array(this.memory.buffer, this.allocate(values.byteLength), values.length);
    array.set(values);
    return array;
  }

  get givenBytes(): number {
    return [...this.#given.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Whether all that was never given out, or was taken back, is as it was painted. */
  isUntouched(): boolean {
    let from = 0;
    for (const [address, bytes] of [...this.#given].sort(([a], [b]) => a - b)) {
      if (!new Uint8Array(this.memory.buffer, from, address - from).every((value) => value === PAINT)) return false;
      from = address + bytes;
    }
    return new Uint8Array(this.memory.buffer, from, 4096).every((value) => value === PAINT);
  }
}
