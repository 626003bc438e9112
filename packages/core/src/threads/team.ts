/**
 * The memory of a crew's engine, which all its threads share: memory of its own, or that of another module.
 *
 * @module
 */

import { MEMORY_IMPORT } from "../simd/engine/assembler.ts";
import {
  aloneOver,
  copyingModule,
  MOST_PAGES,
  SHARED_SCRATCH_BYTES,
  withSharedMemory,
} from "../simd/engine/shared-memory.ts";
import type { Stage, Steps, Team, Work } from "../simd/engine/team.ts";
import type { WasmApi, WasmFunctions, WasmMemory, WasmModule } from "../simd/engine/webassembly.ts";
import type { Crew } from "./crew.ts";

const PAGE_BYTES = 65536;

/** Pages that a shared memory may grow to: 4 GiB, or what a host allows. */
const PAGES_TRIED = [MOST_PAGES, 32768, 16384, 8192, 4096];

/** Units for which there is scratch: memory that nobody touches costs nothing, but what another module gives is not there for it. */
const UNITS = 10;
const LODGED_UNITS = 4;

/**
 * Nanoseconds: of a value that one thread brings in or takes out; of one that the calling thread brings in or takes out where
 * memory is shared, and that another core then has to fetch; and of waking workers and waiting for the last. Measured on a machine
 * of two cores (AMD EPYC, Zen 3), Node 24.
 */
const COST = { value: 0.16, sharedValue: 0.35, fetchedValue: 0.45, run: 25_000 } as const;

/**
 * Several threads that are not expected to be so many times as fast as one are not worth their while: what is mostly copies is
 * slower on two, by as much as other cores' caches are farther.
 */
const LEAST_GAIN = 1.4;

/** What passes between arrays and shared memory at once: no image and no output of a block is larger. */
const STAGE_BYTES = 4 * 2 ** 20;

/** A crew over memory of its own. */
export class ThreadTeam implements Team {
  readonly scratchBytes: number = SHARED_SCRATCH_BYTES;
  readonly units: number = UNITS;
  readonly crew: Crew;
  readonly #host: WasmApi;
  readonly #mostPages: number;
  readonly #leastGain: number;
  #memory: WasmMemory | undefined;
  #stage: Stage | undefined;

  constructor(host: WasmApi, crew: Crew, leastGain: number = LEAST_GAIN) {
    this.#host = host;
    this.crew = crew;
    this.#leastGain = leastGain;
    this.#mostPages = mostPagesOf(host);
  }

  get threads(): number {
    return this.crew.threads;
  }

  get stage(): Stage | undefined {
    return this.#stage;
  }

  isWorth(work: Work, isHeld: boolean): boolean {
    if (this.threads === 1) return false;
    const alone = work.time + (isHeld ? 0 : work.values * COST.value);
    return alone >= this.#leastGain * together(this.crew, work, work.values * COST.sharedValue);
  }

  makeMemory(bytes: number): WasmMemory {
    return new this.#host.Memory({ initial: bytes / PAGE_BYTES, maximum: this.#mostPages, shared: true });
  }

  adapt(module: Uint8Array): Uint8Array {
    return withSharedMemory(module, this.#mostPages);
  }

  link(memory: WasmMemory, module: WasmModule, functions: WasmFunctions): WasmFunctions {
    if (memory !== this.#memory) this.#adopt(memory);
    return this.crew.link(memory, module, functions);
  }

  work<Unit>(units: readonly Unit[], steps: Steps<Unit>): void {
    this.crew.work(this, units, steps);
  }

  over(memory: WasmMemory): Team {
    const { crew } = this;
    const leastGain = this.#leastGain;
    return {
      ...aloneOver(memory),
      units: LODGED_UNITS,
      get threads() {
        return crew.threads;
      },
      isWorth: (work) => crew.threads > 1 && work.time >= leastGain * together(crew, work, 0),
      link: (_, module, functions) => crew.link(memory, module, functions),
      work(units, steps) {
        crew.work(this, units, steps);
      },
    };
  }

  /** Goes on in another memory: the one before was let go. */
  #adopt(memory: WasmMemory): void {
    if (this.#memory !== undefined) this.crew.release(this.#memory);
    this.#memory = memory;
    this.#stage = stageOf(this.#host, memory, this.#mostPages);
  }
}

/** Nanoseconds that all threads take for some work, if the calling one brings it in and takes it out in `feeding`. */
function together({ threads: all, cores }: Crew, { time, values }: Work, feeding: number): number {
  const threads = Math.min(all, cores);
  const fetching = (values * COST.fetchedValue * (threads - 1)) / threads;
  return Math.max(feeding, (time + feeding + fetching) / threads) + COST.run;
}

/** Memory of the calling thread, and copies from there and back; undefined where no module can have two memories. */
function stageOf(host: WasmApi, shared: WasmMemory, mostPages: number): Stage | undefined {
  const bytes = copyingModule(mostPages);
  if (!host.validate(bytes)) return undefined;
  const own = new host.Memory({ initial: STAGE_BYTES / PAGE_BYTES });
  const { module: name } = MEMORY_IMPORT;
  const { bringIn, takeOut } = new host.Instance(new host.Module(bytes), { [name]: { shared, own } }).exports;
  return {
    floats: new Float32Array(own.buffer),
    bringIn: (address, length) => bringIn!(address, 0, length),
    takeOut: (address, length) => takeOut!(0, address, length),
  };
}

/** The most pages that the host lets a shared memory have, of those that are tried. */
function mostPagesOf(host: WasmApi): number {
  for (const maximum of PAGES_TRIED) {
    try {
      new host.Memory({ initial: 1, maximum, shared: true });
      return maximum;
    } catch {
      // The next is smaller.
    }
  }
  throw new RangeError("simd: this host has no memory that threads share");
}
