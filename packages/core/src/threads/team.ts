/**
 * The threads of an engine: the one that calls, and workers. What plans do with emitted functions in a share is written down
 * instead of being done, published (`queue.ts`), and computed by whoever comes first; every cell is computed from the same values
 * in the same order whoever that is, so the bits do not depend on how many threads there are.
 *
 * @module
 */

import { MEMORY_IMPORT } from "../simd/engine/assembler.ts";
import { type Stage, type Steps, type Team, type Work, workAlone } from "../simd/engine/team.ts";
import type { WasmApi, WasmFunctions, WasmMemory, WasmModule } from "../simd/engine/webassembly.ts";
import { type Emitted, ENDS, type LaterMessage, type Message, type ModuleMessage, WORD } from "./control.ts";
import { Queue, type QueueHost } from "./queue.ts";
import { copyingModule, withSharedMemory } from "./shared-memory.ts";

const PAGE_BYTES = 65536;

/** Pages that a shared memory may grow to: 4 GiB, or what a host allows. */
const MOST_PAGES = [65536, 32768, 16384, 8192, 4096];

/** Scratch of a unit: twice that of an engine of one thread, as shares do not write over one another. */
const SCRATCH_BYTES = 8 * 2 ** 20;

/** Units in flight beyond one for each thread, so that the calling thread can bring the next one in. */
const UNITS_AHEAD = 2;

/** Units for which there is scratch; memory that nobody touches costs nothing. */
const MOST_UNITS = 10;

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

/** Functions that workers are told to forget in one message. */
const FORGOTTEN_AT_ONCE = 64;

/** A worker as the team knows it. */
export interface TeamWorker {
  post(message: Message): void;
  /** Ends it at once. */
  terminate(): Promise<unknown>;
}

/** A share of a unit in flight. */
interface InFlight<Unit> {
  readonly unit: Unit;
  readonly shift: number;
  /** Items published when its own were. */
  readonly end: number;
}

/** Threads over one shared memory. */
export class ThreadTeam implements Team {
  readonly scratchBytes: number = SCRATCH_BYTES;
  readonly units: number = MOST_UNITS;
  readonly queue: Queue;
  readonly #host: WasmApi;
  readonly #mostPages: number;
  /** More threads than these are no faster. */
  readonly #cores: number;
  readonly #leastGain: number;
  readonly #workers = new Map<number, TeamWorker>();
  #memory: WasmMemory | undefined;
  #stage: Stage | undefined;
  /** Functions by number for as long as a plan can call them, and the modules of the present memory that have such. */
  readonly #functions = new Map<number, Emitted>();
  readonly #modules = new Map<number, ModuleMessage>();
  readonly #collected = new FinalizationRegistry<number>((number) => this.#forget(number));
  #forgotten: number[] = [];
  #functionCount = 0;
  /** What is written down while it is: the calls of a share. */
  #isWriting = false;
  #calls = 0;
  readonly #code: number[] = [];

  constructor(host: WasmApi, queueHost: QueueHost, cores: number, leastGain: number = LEAST_GAIN) {
    this.#host = host;
    this.#cores = cores;
    this.#leastGain = leastGain;
    this.#mostPages = mostPagesOf(host);
    this.queue = new Queue(
      queueHost,
      (number) => this.#functions.get(number)!,
      (worker) => this.lose(worker),
    );
  }

  get threads(): number {
    return 1 + this.#workers.size;
  }

  get stage(): Stage | undefined {
    return this.#stage;
  }

  isWorth({ time, values }: Work): boolean {
    if (this.threads === 1) return false;
    const threads = Math.min(this.threads, this.#cores);
    const [alone, feeding] = [time + values * COST.value, values * COST.sharedValue];
    const fetching = (values * COST.fetchedValue * (threads - 1)) / threads;
    const together = Math.max(feeding, (time + feeding + fetching) / threads) + COST.run;
    return alone >= together * this.#leastGain;
  }

  /** Takes a worker in, and tells it what the others know. */
  add(number: number, worker: TeamWorker, spins: number): void {
    const { control } = this.queue;
    Atomics.store(control, ENDS + number, 0);
    const posted = Atomics.load(control, WORD.posted);
    const modules = [...new Set(this.#modules.values())];
    worker.post({ control, worker: number, spins, posted, memory: this.#memory, modules });
    this.#workers.set(number, worker);
  }

  /** Lets a worker go: one that is at its end, or does not answer. */
  lose(number: number, worker: TeamWorker | undefined = this.#workers.get(number)): void {
    if (worker === undefined || this.#workers.get(number) !== worker) return;
    this.#workers.delete(number);
    Atomics.store(this.queue.control, ENDS + number, 1);
    this.queue.wake();
    void worker.terminate();
  }

  /** Lets all workers go; resolves when they have ended. */
  async end(): Promise<void> {
    const workers = [...this.#workers];
    const ended = workers.map(([, worker]) => worker.terminate());
    for (const [number] of workers) this.#workers.delete(number);
    await Promise.all(ended);
  }

  makeMemory(bytes: number): WasmMemory {
    return new this.#host.Memory({ initial: bytes / PAGE_BYTES, maximum: this.#mostPages, shared: true });
  }

  adapt(module: Uint8Array): Uint8Array {
    return withSharedMemory(module, this.#mostPages);
  }

  link(memory: WasmMemory, module: WasmModule, functions: WasmFunctions): WasmFunctions {
    if (memory !== this.#memory) this.#adopt(memory);
    const numbers: Record<string, number> = {};
    const linked: Record<string, Emitted> = {};
    for (const [name, compute] of Object.entries(functions)) {
      const number = this.#functionCount++;
      const callOrWrite = (...args: number[]): void => {
        if (!this.#isWriting) {
          compute(...args);
          return;
        }
        this.#code.push(number, args.length, ...args);
        this.#calls++;
      };
      this.#functions.set(number, compute as Emitted);
      this.#collected.register(callOrWrite, number);
      numbers[name] = number;
      linked[name] = callOrWrite as Emitted;
    }
    const message = { module, numbers };
    for (const number of Object.values(numbers)) this.#modules.set(number, message);
    this.#post(message);
    return linked as WasmFunctions;
  }

  work<Unit>(units: readonly Unit[], steps: Steps<Unit>): void {
    if (this.#workers.size === 0) {
      workAlone(units, steps);
      return;
    }
    try {
      if (steps.phases.length === 1) this.#workAhead(units, steps);
      else this.#workInPhases(units, steps);
    } catch (error) {
      this.queue.abandon();
      throw error;
    }
  }

  /** Brings units in while those before are computed. */
  #workAhead<Unit>(all: readonly Unit[], steps: Steps<Unit>): void {
    const units = Math.min(this.threads + UNITS_AHEAD, MOST_UNITS);
    const free = Array.from({ length: units }, (_, n) => (units - 1 - n) * this.scratchBytes);
    const inFlight: InFlight<Unit>[] = [];
    const finishOldest = (): void => {
      const { unit, shift, end } = inFlight.shift()!;
      this.queue.finish(end);
      steps.drain(unit, shift);
      free.push(shift);
    };
    for (const unit of all) {
      if (free.length === 0) finishOldest();
      const shift = free.pop()!;
      const isToCompute = steps.feed(unit, shift);
      if (steps.inOrder === true) this.queue.finish(this.queue.end);
      if (isToCompute) this.#publish(unit, shift, steps, 0);
      inFlight.push({ unit, shift, end: this.queue.end });
      // What is done goes out, and its memory is used again while it is in cache.
      while (inFlight.length > 0 && this.queue.isDone(inFlight[0]!.end)) finishOldest();
    }
    while (inFlight.length > 0) finishOldest();
  }

  #workInPhases<Unit>(units: readonly Unit[], steps: Steps<Unit>): void {
    for (const unit of units) {
      if (steps.feed(unit, 0)) {
        for (const phase of steps.phases.keys()) {
          this.#publish(unit, 0, steps, phase);
          this.queue.finish(this.queue.end);
        }
      }
      steps.drain(unit, 0);
    }
  }

  #publish<Unit>(unit: Unit, shift: number, steps: Steps<Unit>, phase: number): void {
    for (let share = 0; share < steps.phases[phase]!; share++) {
      this.#code.length = this.#calls = 0;
      this.#isWriting = true;
      try {
        steps.share(unit, shift, phase, share);
      } finally {
        this.#isWriting = false;
      }
      // Without room it is computed at once.
      if (this.#calls > 0 && !this.queue.publish(this.#calls, this.#code)) steps.share(unit, shift, phase, share);
    }
  }

  /** Goes on in another memory: the one before was let go. */
  #adopt(memory: WasmMemory): void {
    this.#memory = memory;
    this.#stage = stageOf(this.#host, memory, this.#mostPages);
    this.#modules.clear();
    this.#post({ memory });
  }

  #forget(number: number): void {
    this.#functions.delete(number);
    this.#modules.delete(number);
    this.#forgotten.push(number);
    if (this.#forgotten.length < FORGOTTEN_AT_ONCE) return;
    this.#post({ forget: this.#forgotten });
    this.#forgotten = [];
  }

  #post(message: LaterMessage): void {
    Atomics.add(this.queue.control, WORD.posted, 1);
    for (const worker of this.#workers.values()) worker.post(message);
    this.queue.wake();
  }
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
  for (const maximum of MOST_PAGES) {
    try {
      new host.Memory({ initial: 1, maximum, shared: true });
      return maximum;
    } catch {
      // The next is smaller.
    }
  }
  throw new RangeError("simd: this host has no memory that threads share");
}
