/**
 * The WebAssembly memory of an engine:
 *
 *     | scratch, the same 4 MB for every run | packed weights and tables of the living plans, with gaps |
 *
 * Runs are synchronous, so one scratch serves all plans; pages that nobody touches cost nothing. Above it blocks are
 * taken first fit and given back one by one. Memory can grow while plans live: that detaches every view, so views are
 * asked for at each use ({@link SimdMemory.floats}) and never leave this folder. WebAssembly cannot shrink a memory;
 * when the last block is given back and the memory is large, it is let go as a whole and a new one made at next use.
 *
 * An engine may also lodge in the memory of another module ({@link LodgingMemory}), so that what that module computes need not be
 * copied: scratch and blocks are what its allocator gives, and it alone makes memory grow.
 *
 * Where blocks are many, further ones of plans lie over one another in a part of it, and their content in the plan
 * (`shared-range.ts`).
 *
 * Tests put guards around every block and every scratch buffer (`guards.ts`).
 *
 * @module
 */

import { LARGEST_SHARED_BYTES, SHARED_BYTES, SharedBlock, SharedRange } from "./shared-range.ts";
import type { Team } from "./team.ts";
import type { WasmApi, WasmMemory } from "./webassembly.ts";

const PAGE_BYTES = 65536;
const ALIGNMENT = 64;

/** What a run may use beyond input, output and weights. */
export const SCRATCH_BYTES: number = 4 * 2 ** 20;

/** Microkernels read whole vectors and tiles, past what they use by less than this: what lies there may be anything. */
const OVERREAD_BYTES = 64;

/** An empty memory that has grown by more than this is let go. */
const KEEP_BYTES = 64 * 2 ** 20;

/** More blocks than this, or more bytes in all, no network has: small blocks of plans share memory then. */
const MANY_BLOCKS = 512;
const MANY_BYTES = 32 * 2 ** 20;

/** A range of memory. */
export interface MemoryRange {
  readonly address: number;
  readonly bytes: number;
}

/** A block with tables at its end. */
export interface TabledBlock extends MemoryRange {
  /** Addresses of the tables. */
  readonly tables: readonly number[];
}

/** Addresses of the buffers of one run, and the range of all of them. */
export interface ScratchLayout extends MemoryRange {
  readonly buffers: readonly MemoryRange[];
}

/** The memory of another module, and its allocator. */
export interface LodgingMemory {
  readonly memory: WasmMemory;
  /** The address of bytes that are free, a multiple of four; 0 if there are none. Memory may grow. */
  allocate(bytes: number): number;
  /** Gives back what was allocated there. */
  free(address: number): void;
}

/** What may stand around the blocks and the scratch buffers of a memory, to find what writes past them. */
export interface MemoryGuards {
  /** Left free before and behind every buffer: whole cache lines. */
  readonly bytes: number;
  /** Before a run, of all scratch that it may use. */
  fill(memory: Uint8Array, scratch: MemoryRange): void;
  /** When a block was taken. */
  paint(memory: Uint8Array, block: MemoryRange): void;
  /** After a run, of its scratch buffers and of all blocks; throws if one was written past. */
  check(memory: Uint8Array, ranges: Iterable<MemoryRange>, what: string): void;
}

/** Rounds up to the next cache line. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Memory that a plan needs and cannot have. */
export class OutOfMemoryError extends RangeError {}

/** What a memory that threads share is like. */
type SharedMemory = Pick<Team, "makeMemory" | "scratchBytes" | "units">;

/** Memory of one engine. */
export class SimdMemory {
  readonly #scratchBytes: number;
  /** Bytes of a new memory: scratch of all runs at a time. */
  readonly #newBytes: number;
  readonly #make: () => WasmMemory;
  readonly #guards: MemoryGuards | undefined;
  readonly #guardBytes: number;
  readonly #lodging: LodgingMemory | undefined;
  /** What the other module's allocator gave, by the cache line that is used of it. */
  readonly #lodged = new Map<number, number>();
  #scratch: number | undefined;
  #memory: WasmMemory | undefined;
  #floats = new Float32Array(0);
  #ints = new Int32Array(0);
  #bytes = new Uint8Array(0);
  #doubles = new Float64Array(0);
  /** Gaps between the blocks, by address. */
  #free: MemoryRange[] = [];
  readonly #blocks = new Set<MemoryRange>();
  #usedBytes = 0;
  /** Where blocks lie over one another, while somebody holds one: then it is given back. */
  #shared: WeakRef<SharedRange> | undefined;
  #sharedPlace: MemoryRange | undefined;
  readonly #collected = new FinalizationRegistry<MemoryRange>((block) => this.free(block));

  constructor(host: WasmApi, guards?: MemoryGuards, lodging?: LodgingMemory, shared?: SharedMemory) {
    this.#lodging = lodging;
    this.#scratchBytes = shared?.scratchBytes ?? SCRATCH_BYTES;
    this.#newBytes = this.#scratchBytes * (shared?.units ?? 1);
    this.#make = () => shared?.makeMemory(this.#newBytes) ?? new host.Memory({ initial: this.#newBytes / PAGE_BYTES });
    this.#guards = guards;
    this.#guardBytes = guards?.bytes ?? 0;
  }

  /** The memory as modules import it; another one after everything was given back. */
  get wasm(): WasmMemory {
    if (this.#lodging !== undefined) return this.#lodging.memory;
    if (this.#memory === undefined) {
      this.#memory = asked(this.#newBytes, this.#make);
    }
    return this.#memory;
  }

  /** Whether it is the memory of another module. */
  get isLodged(): boolean {
    return this.#lodging !== undefined;
  }

  /** Bytes of the memory as it is now, scratch included. */
  get byteLength(): number {
    return (this.#lodging?.memory ?? this.#memory)?.buffer.byteLength ?? 0;
  }

  /** Bytes in blocks, without guards. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** All of it as floats; valid until memory grows. */
  get floats(): Float32Array {
    this.#renewViews();
    return this.#floats;
  }

  /** All of it as float64; valid until memory grows. */
  get doubles(): Float64Array {
    this.#renewViews();
    return this.#doubles;
  }

  /** All of it as int32; valid until memory grows. */
  get ints(): Int32Array {
    this.#renewViews();
    return this.#ints;
  }

  /** All of it as bytes; valid until memory grows. */
  get bytes(): Uint8Array {
    this.#renewViews();
    return this.#bytes;
  }

  /** The address of scratch. */
  get scratch(): number {
    this.#scratch ??= this.#lodging === undefined ? 0 : this.#lodge(this.#lodging, this.#newBytes);
    return this.#scratch;
  }

  /**
   * Whether an array is a view of this memory, with room behind it for what microkernels read too much. Only that of another
   * module is handed out.
   */
  holds(array: Float32Array | Float64Array): boolean {
    if (this.#lodging === undefined) return false;
    const { buffer, byteOffset, byteLength } = array;
    return buffer === this.floats.buffer && byteOffset + byteLength + OVERREAD_BYTES <= buffer.byteLength;
  }

  /**
   * Takes a block of `bytes`, a multiple of four, filled with whatever was there, and behind them tables, for a plan that
   * will {@link keep} what it writes there.
   */
  allocateWith(bytes: number, tables: readonly Int32Array[]): TabledBlock {
    const whole = tables.reduce((sum, { byteLength }) => sum + byteLength, bytes);
    const block = this.#mustShare(whole) ? this.#share(whole) : this.allocate(whole);
    let end = block.address + bytes;
    const addresses = tables.map((table) => {
      const address = end;
      this.ints.set(table, address / 4);
      end += table.byteLength;
      return address;
    });
    return Object.assign(block, { tables: addresses });
  }

  /**
   * Keeps the content of a block that may lie under others: the function returned brings it back where that is needed.
   * Undefined of a block that has its memory to itself.
   */
  keep(block: MemoryRange): (() => void) | undefined {
    if (!(block instanceof SharedBlock)) return undefined;
    const content = this.bytes.slice(block.address, block.address + block.bytes);
    return () => {
      if (block.claim()) this.bytes.set(content, block.address);
    };
  }

  /** Takes a block, filled with whatever was there. */
  allocate(bytes: number): MemoryRange {
    const outer = this.#take(this.#outerBytes(bytes));
    const block = { address: outer + this.#guardBytes, bytes };
    this.#blocks.add(block);
    this.#usedBytes += bytes;
    this.#guards?.paint(this.bytes, block);
    return block;
  }

  /** Calls what takes blocks; if it throws, as where memory cannot grow, they are given back. */
  taking<T>(take: () => T): T {
    const { size } = this.#blocks;
    try {
      return take();
    } catch (error) {
      for (const block of [...this.#blocks].slice(size)) if (block !== this.#sharedPlace) this.free(block);
      throw error;
    }
  }

  /** Gives a block back. */
  free(block: MemoryRange): void {
    if (!this.#blocks.delete(block)) return;
    this.#usedBytes -= block.bytes;
    this.#giveBack({ address: block.address - this.#guardBytes, bytes: this.#outerBytes(block.bytes) });
    if (this.#blocks.size === 0 && this.#memory && this.byteLength - this.#newBytes > KEEP_BYTES) this.#letGo();
  }

  /**
   * Places the buffers of a run in scratch one after the other, each on a cache line.
   *
   * @throws RangeError if they do not fit: the plan should not have been made.
   */
  layoutScratch(sizes: readonly number[]): ScratchLayout {
    const start = this.scratch;
    let end = start + this.#guardBytes;
    const buffers = sizes.map((bytes) => {
      const address = end;
      end = aligned(address + bytes) + this.#guardBytes;
      return { address, bytes };
    });
    const bytes = end - start;
    if (bytes > this.#scratchBytes) {
      throw new RangeError(`simd: a run needs ${bytes} bytes of scratch, more than the ${this.#scratchBytes} allowed`);
    }
    return { buffers, address: start, bytes };
  }

  /** Runs a computation over scratch buffers, between checks of the guards if there are any. */
  guarded(scratch: ScratchLayout, compute: () => void): void {
    this.#guards?.fill(this.bytes, scratch);
    compute();
    this.#guards?.check(this.bytes, scratch.buffers, "scratch buffer");
    this.#guards?.check(this.bytes, this.#blocks, "block");
  }

  #mustShare(bytes: number): boolean {
    return (
      this.#guards === undefined &&
      bytes <= LARGEST_SHARED_BYTES &&
      this.#blocks.size >= MANY_BLOCKS &&
      this.#usedBytes >= MANY_BYTES
    );
  }

  #share(bytes: number): MemoryRange {
    let range = this.#shared?.deref();
    if (range === undefined) {
      const block = this.allocate(SHARED_BYTES);
      range = new SharedRange(block.address);
      this.#shared = new WeakRef(range);
      this.#sharedPlace = block;
      this.#collected.register(range, block);
    }
    return range.take(bytes, OVERREAD_BYTES);
  }

  /** Views are made anew when the buffer is another one: after growth or a new memory. */
  #renewViews(): void {
    const { buffer } = this.wasm;
    if (this.#floats.buffer === buffer) return;
    this.#floats = new Float32Array(buffer);
    this.#ints = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  /** Drops the memory; the views go, too, or they would keep it. */
  #letGo(): void {
    this.#memory = undefined;
    this.#free = [];
    this.#floats = new Float32Array(0);
    this.#ints = new Int32Array(0);
    this.#bytes = new Uint8Array(0);
    this.#doubles = new Float64Array(0);
  }

  /** What a block takes with all that is around it. */
  #outerBytes(bytes: number): number {
    return aligned(bytes) + 2 * this.#guardBytes + OVERREAD_BYTES;
  }

  #take(bytes: number): number {
    if (this.#lodging !== undefined) return this.#lodge(this.#lodging, bytes);
    const fit = this.#free.findIndex((gap) => gap.bytes >= bytes);
    if (fit >= 0) {
      const gap = this.#free[fit]!;
      const rest = { address: gap.address + bytes, bytes: gap.bytes - bytes };
      this.#free.splice(fit, 1, ...(rest.bytes > 0 ? [rest] : []));
      return gap.address;
    }
    const memory = this.wasm;
    const end = memory.buffer.byteLength;
    const last = this.#free.at(-1);
    const tail = last !== undefined && last.address + last.bytes === end ? last.bytes : 0;
    const pages = Math.ceil((bytes - tail) / PAGE_BYTES);
    // By half at least, if that is to be had: to a garbage collector each growth leaves garbage of the whole size.
    try {
      memory.grow(Math.max(pages, end / PAGE_BYTES / 2));
    } catch {
      asked(bytes, () => memory.grow(pages));
    }
    this.#giveBack({ address: end, bytes: memory.buffer.byteLength - end });
    return this.#take(bytes);
  }

  /** Takes whole cache lines from the allocator of the other module. */
  #lodge(lodging: LodgingMemory, bytes: number): number {
    const given = lodging.allocate(bytes + ALIGNMENT);
    if (given === 0) throw outOfMemory(bytes, "the module whose memory it is has none left");
    const address = aligned(given);
    this.#lodged.set(address, given);
    return address;
  }

  /** Inserts a gap by address, one with its neighbours; in another module's memory, gives it to that. */
  #giveBack(gap: MemoryRange): void {
    const given = this.#lodged.get(gap.address);
    if (given !== undefined) {
      this.#lodged.delete(gap.address);
      this.#lodging!.free(given);
      return;
    }
    const at = this.#free.findIndex(({ address }) => address > gap.address);
    const index = at < 0 ? this.#free.length : at;
    const before = this.#free[index - 1];
    const after = this.#free[index];
    const joinsBefore = before !== undefined && before.address + before.bytes === gap.address;
    const joinsAfter = after !== undefined && gap.address + gap.bytes === after.address;
    const address = joinsBefore ? before.address : gap.address;
    const end = joinsAfter ? after.address + after.bytes : gap.address + gap.bytes;
    const from = joinsBefore ? index - 1 : index;
    const to = joinsAfter ? index + 1 : index;
    this.#free.splice(from, to - from, { address, bytes: end - address });
  }
}

/** What a host is asked for, or an error that says how much that was. */
function asked<T>(bytes: number, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw outOfMemory(bytes, error);
  }
}

function outOfMemory(bytes: number, reason: unknown): OutOfMemoryError {
  return new OutOfMemoryError(`simd: this host has no memory for ${bytes} bytes: ${reason}`);
}
