/**
 * The thread that calls, and workers. What plans do with emitted functions in a share is written down instead of being done,
 * published (`queue.ts`), and computed by whoever comes first; every cell is computed from the same values in the same order
 * whoever that is, so the bits do not depend on how many threads there are.
 *
 * @module
 */

import { type Steps, type Team, workAlone } from "../simd/engine/team.ts";
import type { WasmFunctions, WasmMemory, WasmModule } from "../simd/engine/webassembly.ts";
import { type Emitted, ENDS, type LaterMessage, type Message, type ModuleMessage, WORD } from "./control.ts";
import { Queue, type QueueHost } from "./queue.ts";

/** Units in flight beyond one for each thread, so that the calling thread can bring the next one in. */
const UNITS_AHEAD = 2;

/** Functions that workers are told to forget in one message. */
const FORGOTTEN_AT_ONCE = 64;

/** Scratch memory of units in flight. */
type Scratch = Pick<Team, "scratchBytes" | "units">;

/** A worker as the crew knows it. */
export interface CrewWorker {
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

/** Threads that compute in shared memory, of one engine or several. */
export class Crew {
  readonly queue: Queue;
  /** How many threads the machine runs at once: more are no faster. */
  readonly cores: number;
  readonly #workers = new Map<number, CrewWorker>();
  /** Functions by number for as long as a plan can call them, and the modules that have such. */
  readonly #functions = new Map<number, Emitted>();
  readonly #modules = new Map<number, ModuleMessage>();
  readonly #collected = new FinalizationRegistry<number>((number) => this.#forget(number));
  #forgotten: number[] = [];
  #functionCount = 0;
  /** What is written down while it is: the calls of a share. */
  #isWriting = false;
  #calls = 0;
  readonly #code: number[] = [];

  constructor(queueHost: QueueHost, cores: number) {
    this.cores = cores;
    this.queue = new Queue(
      queueHost,
      (number) => this.#functions.get(number)!,
      (worker) => this.lose(worker),
    );
  }

  get threads(): number {
    return 1 + this.#workers.size;
  }

  /** Takes a worker in, and tells it what the others know. */
  add(number: number, worker: CrewWorker, spins: number): void {
    const { control } = this.queue;
    Atomics.store(control, ENDS + number, 0);
    const posted = Atomics.load(control, WORD.posted);
    const modules = [...new Set(this.#modules.values())];
    worker.post({ control, worker: number, spins, posted, modules });
    this.#workers.set(number, worker);
  }

  /** Lets a worker go: one that is at its end, or does not answer. */
  lose(number: number, worker: CrewWorker | undefined = this.#workers.get(number)): void {
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

  /** Functions in the place of those of a module over `memory`, which is shared: called in a share, they are for whoever computes it. */
  link(memory: WasmMemory, module: WasmModule, functions: WasmFunctions): WasmFunctions {
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
    const message = { module, numbers, memory };
    for (const number of Object.values(numbers)) this.#modules.set(number, message);
    this.#post(message);
    return linked as WasmFunctions;
  }

  /** Lets workers forget the functions over a memory: no plan computes in it any more. */
  release(memory: WasmMemory): void {
    const forget = [...this.#modules].filter(([, message]) => message.memory === memory).map(([number]) => number);
    for (const number of forget) this.#modules.delete(number);
    this.#post({ forget });
  }

  /** Does the steps of a run for every unit, with scratch memory as a team has it. */
  work<Unit>(team: Scratch, units: readonly Unit[], steps: Steps<Unit>): void {
    if (this.#workers.size === 0) {
      workAlone(units, steps);
      return;
    }
    try {
      if (steps.phases.length === 1) this.#workAhead(team, units, steps);
      else this.#workInPhases(units, steps);
    } catch (error) {
      this.queue.abandon();
      throw error;
    }
  }

  /** Brings units in while those before are computed. */
  #workAhead<Unit>(team: Scratch, all: readonly Unit[], steps: Steps<Unit>): void {
    const units = Math.min(this.threads + UNITS_AHEAD, team.units);
    const free = Array.from({ length: units }, (_, n) => (units - 1 - n) * team.scratchBytes);
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
