/**
 * Plans in the memory of another WebAssembly module, such as TensorFlow.js's backend.
 *
 * @module
 */

import { describe } from "../../tensor/tensor.ts";
import { newEngine, onEngine, type SimdEngine, threadedEngineOfProcess } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import type { LodgingMemory } from "./memory.ts";
import { aloneOver } from "./shared-memory.ts";
import type { Team } from "./team.ts";

/**
 * Lets plans compute in the memory of another WebAssembly module, of 32 bits: packed weights and scratch are taken from its
 * allocator, and arrays that are views of its memory are read and written where they lie, not copied. Threads that were started
 * (`startThreads`) compute there, too, if the memory is shared; if not, what is worth it is copied to theirs.
 *
 * @returns a function that calls another one, and what that plans or computes on SIMD is in this memory. Plans keep to it.
 * @throws TypeError if `lodging` has no memory, or no functions that allocate and free.
 *
 * @example
 * ```ts
 * // What a module exports; here a memory alone, and an allocator that takes nothing back.
 * type Limits = { initial: number };
 * type Memory = { buffer: ArrayBuffer; grow(pages: number): number };
 * const { WebAssembly } = globalThis as unknown as { WebAssembly: { Memory: new (limits: Limits) => Memory } };
 * const memory = new WebAssembly.Memory({ initial: 256 });
 * let end = 1024;
 * const allocate = (bytes: number) => (end += 4 * Math.ceil(bytes / 4)) - 4 * Math.ceil(bytes / 4);
 *
 * const inModule = plannerIn({ memory, allocate, free: () => {} });
 * const planned = inModule(() => plan(conv2d, [1, 2, 2, 1], tensor([2, 2, 1, 1], [1, 2, 3, 4])));
 * const x = new Float32Array(memory.buffer, 0, 4).fill(1);
 * planned.run(x); // → [10]
 * ```
 */
export function plannerIn(lodging: LodgingMemory): <T>(make: () => T) => T {
  const { memory, allocate, free } = Object(lodging) as Partial<LodgingMemory>;
  const kind = Object.prototype.toString.call(memory?.buffer);
  const isShared = kind === "[object SharedArrayBuffer]";
  const isMemory = memory !== undefined && (isShared || kind === "[object ArrayBuffer]");
  if (!isMemory || typeof allocate !== "function" || typeof free !== "function")
    throw new TypeError(`plannerIn: lodging must be { memory, allocate, free }, got ${describe(lodging)}`);
  let engine: SimdEngine | undefined;
  let threaded: { readonly team: Team; readonly engine: SimdEngine } | undefined;

  /** The engine that takes over what is worth being computed by several threads, if there are any now. */
  const threadedEngine = (): SimdEngine | undefined => {
    const ofProcess = threadedEngineOfProcess();
    if (ofProcess?.team === undefined || !isShared) return ofProcess;
    const { team } = ofProcess;
    if (threaded?.team !== team) threaded = { team, engine: newEngine({ lodging, team: team.over(memory) }) };
    return threaded.engine;
  };

  return (make) => {
    if (simdFeatures().simd !== true) return make();
    engine ??= newEngine({ lodging, ...(isShared && { team: aloneOver(memory) }) });
    engine.threaded = threadedEngine();
    if (engine.features !== simdFeatures()) engine.adopt(simdFeatures());
    return onEngine(engine, make);
  };
}
