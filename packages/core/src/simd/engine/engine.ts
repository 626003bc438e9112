/**
 * An engine: what the host can do, a memory, and the emitted modules, each compiled once. Plans hold their engine; all
 * plans of a process share one ({@link sharedEngine}), made at first use. Tests make engines of their own, with fused
 * multiply-add off, one microkernel forced, or guard zones on.
 *
 * @module
 */

/// <reference lib="esnext.disposable" preserve="true" />

import { MEMORY_IMPORT } from "./assembler.ts";
import { type SimdFeatures, setSimdFeatures, simdFeatures } from "./features.ts";
import { type LodgingMemory, type MemoryGuards, type MemoryRange, type ScratchLayout, SimdMemory } from "./memory.ts";
import { SharedBlock } from "./shared-range.ts";
import { type Steps, type Team, type Work, workAlone } from "./team.ts";
import { hostWebAssembly, type WasmApi, type WasmFunctions, type WasmMemory, type WasmModule } from "./webassembly.ts";

/** Compiled modules kept: shapes are few, but modules of depthwise layers differ from layer to layer. */
const MODULE_LIMIT = 256;

/** What an engine may be told to do differently. */
export interface EngineOptions {
  /** Use fused multiply-add. Default: where the host knows it. */
  readonly fma?: boolean;
  /** Use only microkernels of this name. Default: the fastest by the table. */
  readonly microkernel?: string;
  /** Zones around every buffer that must not be written. Default: none. */
  readonly guards?: MemoryGuards;
  /** The memory of another module to compute in. Default: one of its own. */
  readonly lodging?: LodgingMemory;
  /** Threads that compute. Default: the one that calls. */
  readonly team?: Team;
}

/** A prepared run of the engine; it need not be disposed of. */
export interface SimdPlan<Arrays extends readonly unknown[]> {
  run(...arrays: Arrays): void;
  readonly scratchBytes: number;
  /** How many threads compute it, if an engine has several. */
  readonly threads?: number;
  /** Whether zeros are multiplied that the definition does not have: they must not meet what is not finite. */
  readonly addsZeros?: boolean;
  /** Gives the plan's memory back now, instead of when it is collected. */
  [Symbol.dispose](): void;
}

/** Compiled code and memory of a set of plans. */
export class SimdEngine {
  /** What plans may rely on. */
  features: SimdFeatures;
  readonly fma: boolean;
  readonly microkernel: string | undefined;
  readonly memory: SimdMemory;
  readonly team: Team | undefined;
  /** The engine that takes over what is worth being computed by several threads. */
  threaded: SimdEngine | undefined;
  readonly #host: WasmApi;
  readonly #modules = new Map<string, WasmModule>();
  readonly #instances = new Map<string, WasmFunctions>();
  #instancesOf: WasmMemory | undefined;
  readonly #collected = new FinalizationRegistry<readonly MemoryRange[]>((blocks) => this.#free(blocks));

  constructor(host: WasmApi, features: SimdFeatures, options: EngineOptions = {}) {
    this.#host = host;
    this.features = features;
    this.fma = options.fma ?? features.relaxedMadd;
    this.microkernel = options.microkernel;
    this.team = options.team;
    this.memory = new SimdMemory(host, options.guards, options.lodging, options.team);
  }

  /** The engine that is sooner done with some work: this one, or that with several threads. */
  engineFor(workOf: () => Work): SimdEngine {
    const { threaded } = this;
    return threaded?.team?.isWorth(workOf(), this.memory.isLodged) === true ? threaded : this;
  }

  /** Does the steps of a run for every unit. */
  work<Unit>(units: readonly Unit[], steps: Steps<Unit>): void {
    if (this.team === undefined) workAlone(units, steps);
    else this.team.work(units, steps);
  }

  /** Goes on with other features: modules are compiled anew for plans to come; those there are keep what they have. */
  adopt(features: SimdFeatures): void {
    this.features = features;
    this.#modules.clear();
    this.#instances.clear();
    this.threaded?.adopt(features);
  }

  /**
   * Functions of the module of this name, emitted and compiled if they are not there yet. The name says all that the code
   * depends on but `fma`, which is the engine's.
   */
  functions(name: string, emit: () => Uint8Array): WasmFunctions {
    const memory = this.memory.wasm;
    if (this.#instancesOf !== memory) {
      this.#instances.clear();
      this.#instancesOf = memory;
    }
    let functions = this.#instances.get(name);
    if (functions === undefined) {
      const imports = { [MEMORY_IMPORT.module]: { [MEMORY_IMPORT.name]: memory } };
      const module = this.#module(name, emit);
      const { exports } = new this.#host.Instance(module, imports);
      functions = this.team?.link(memory, module, exports) ?? exports;
      this.#instances.set(name, functions);
    }
    return functions;
  }

  /**
   * Makes a plan of `run`: `blocks` are given back when the plan is disposed of, or when neither it nor its `run` can
   * be reached any more.
   */
  plan<Arrays extends readonly unknown[]>(
    run: (...arrays: Arrays) => void,
    blocks: readonly MemoryRange[],
    scratch: ScratchLayout,
  ): SimdPlan<Arrays> {
    // What is watched is held by the run, not the plan: a caller may keep the function alone.
    const bringBack = blocks.flatMap((block) => this.memory.keep(block) ?? []);
    let isLiving = true;
    const watched = (...arrays: Arrays): void => {
      if (!isLiving) throw new Error("simd: the plan was disposed of");
      for (const bring of bringBack) bring();
      this.memory.guarded(scratch, () => run(...arrays));
    };
    const own = blocks.filter((block) => !(block instanceof SharedBlock));
    const giveBack = own.length > 0 ? this.lend(watched, own) : () => undefined;
    const dispose = (): void => {
      isLiving = false;
      giveBack();
    };
    const { units = 1, threads = 1 } = this.team ?? {};
    const plan = { scratchBytes: units * scratch.bytes, run: watched, [Symbol.dispose]: dispose };
    return threads > 1 ? { ...plan, threads } : plan;
  }

  /** Ties blocks to the life of `owner`: they are given back by the function returned, or when it is collected. */
  lend(owner: WeakKey, blocks: readonly MemoryRange[]): () => void {
    const token = {};
    this.#collected.register(owner, blocks, token);
    return () => {
      this.#collected.unregister(token);
      this.#free(blocks);
    };
  }

  #module(name: string, emit: () => Uint8Array): WasmModule {
    let module = this.#modules.get(name);
    if (module === undefined) {
      const bytes = emit();
      module = new this.#host.Module(this.team?.adapt(bytes) ?? bytes);
      if (this.#modules.size >= MODULE_LIMIT) this.#forgetOldest();
    } else {
      this.#modules.delete(name); // to the end: the order of the map is that of last use
    }
    this.#modules.set(name, module);
    return module;
  }

  #forgetOldest(): void {
    for (const name of this.#modules.keys()) {
      this.#modules.delete(name);
      this.#instances.delete(name);
      return;
    }
  }

  #free(blocks: readonly MemoryRange[]): void {
    for (const block of blocks) this.memory.free(block);
    if (this.memory.byteLength > 0) return;
    // The memory was let go: instances would keep it.
    this.#instances.clear();
    this.#instancesOf = undefined;
  }
}

let shared: SimdEngine | undefined;
/** The engine that is in its place ({@link onEngine}). */
let inPlace: SimdEngine | undefined;

/**
 * The engine of this process, or what is in its place ({@link onEngine}).
 *
 * @throws Error where no SIMD module can run, with the reason.
 */
export function sharedEngine(): SimdEngine {
  return inPlace ?? (shared ??= newEngine());
}

/** The engine of this process that takes over what is worth being computed by several threads, if there is one. */
export function threadedEngineOfProcess(): SimdEngine | undefined {
  return shared?.threaded;
}

/**
 * An engine that shares neither code nor memory with others.
 *
 * @throws Error where no SIMD module can run, with the reason.
 */
export function newEngine(options?: EngineOptions): SimdEngine {
  const host = hostWebAssembly();
  const features = simdFeatures();
  if (host === undefined || features.simd !== true) throw new Error(`simd: ${features.simd}`);
  return new SimdEngine(host, features, options);
}

/** Calls what makes plans or computes with `engine` in the place of that of this process. */
export function onEngine<T>(engine: SimdEngine, make: () => T): T {
  const before = inPlace;
  inPlace = engine;
  try {
    return make();
  } finally {
    inPlace = before;
  }
}

/** Makes the engine of this process go on with other features, whether it has been made yet or not. */
export function adoptFeatures(features: SimdFeatures): void {
  setSimdFeatures(features);
  shared?.adopt(features);
}

/** How many threads the engine of this process lets compute some work, if it has several for that. */
export function sharedThreads(workOf: () => Work): number | undefined {
  return shared?.engineFor(workOf).team?.threads;
}
