/**
 * Starting and stopping threads, and whether this host has any.
 *
 * @module
 */

import { SimdEngine, sharedEngine } from "../simd/engine/engine.ts";
import { simdFeatures } from "../simd/engine/features.ts";
import { hostWebAssembly } from "../simd/engine/webassembly.ts";
import { describe } from "../tensor/tensor.ts";
import { MOST_WORKERS } from "./control.ts";
import { Crew } from "./crew.ts";
import { coreCount, maySleep, now, obstacleToThreads, startWorker } from "./hosts.ts";
import { ThreadTeam } from "./team.ts";

/** What {@link startThreads} may be told. */
export interface ThreadsOptions {
  /** How many compute, the one that calls included: 1 to 64. Default: as many as the machine has cores, 16 at most. */
  readonly threads?: number | undefined;
}

/** What came of {@link startThreads}. */
export interface Threads {
  /** Whether plans made from now on may use more than one thread. */
  readonly active: boolean;
  /** How many there are, the one that calls included. */
  readonly threads: number;
  /** Why, or why not. */
  readonly reason: string;
}

/** More than this gain little: the calling thread brings in what all compute. */
const MOST_BY_DEFAULT = 16;

/** In milliseconds: what a worker may take to start, and to compute its share of a run before it counts as lost. */
const START_MS = 20_000;
const LOST_MS = 1000;

/** How many times a worker, and the calling thread, looks for work before it sleeps: for a moment, if each has a core. */
const SPINS = { worker: 20_000, caller: 2000 } as const;

/** Calls are answered one after the other. */
let last: Promise<unknown> | undefined;
/** Made once: plans hold it, and its memory is reserved. */
let threaded: ThreadedEngine | undefined;

/**
 * Starts threads, for plans and layers made from then on; those that exist go on as before. Where there are threads already, they
 * are kept if their number is right, and started anew if not.
 *
 * A plan runs on them if the time that it is expected to take on one thread is worth it: its fact `threads` says so, and that of
 * `explain`. They need not be stopped: a process ends by itself, a page takes its workers along.
 *
 * @returns whether they are active, how many there are and why. Where a host has none, everything stays as it was.
 * @throws TypeError if `threads` is not a number; RangeError if it is not an integer from 1 to 64.
 *
 * @example
 * ```ts
 * import { startThreads, stopThreads } from "@corr2d/core/threads";
 *
 * const { threads, reason } = await startThreads({ threads: 2 });
 * threads <= 2; // → true
 * reason.length > 0; // → true
 * await stopThreads();
 * ```
 */
export async function startThreads(options: ThreadsOptions = {}): Promise<Threads> {
  const threads = resolveThreads(options);
  return inTurn(() => start(threads));
}

/** Ends the threads; plans that ran on them run on one. Resolves when no worker is left. */
export async function stopThreads(): Promise<void> {
  return inTurn(stop);
}

function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const answer = (last ?? Promise.resolve()).then(act);
  last = answer.catch(() => undefined);
  return answer;
}

function resolveThreads({ threads = Math.min(coreCount(), MOST_BY_DEFAULT) }: ThreadsOptions): number {
  if (typeof threads !== "number") {
    throw new TypeError(`startThreads: threads must be a number, got ${describe(threads)}`);
  }
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_WORKERS) {
    throw new RangeError(`startThreads: threads must be an integer from 1 to ${MOST_WORKERS}, got ${threads}`);
  }
  return threads;
}

async function start(threads: number): Promise<Threads> {
  if (threads > 1 && threaded?.team.threads === threads) return answerOf(threads);
  await stop();
  const host = hostWebAssembly();
  const { simd } = simdFeatures();
  if (host === undefined || simd !== true) return refusal(String(simd));
  if (threads === 1) return refusal("one thread was asked for, or is all that there is");
  const obstacle = obstacleToThreads();
  if (obstacle !== undefined) return refusal(obstacle);
  return startTeam(threads);
}

function refusal(reason: string): Threads {
  return { active: false, threads: 1, reason };
}

async function startTeam(threads: number): Promise<Threads> {
  const engine = sharedEngine();
  try {
    threaded ??= threadedEngine(engine);
    threaded.adopt(engine.features);
    await hire(threaded.team.crew, threads);
  } catch (error) {
    return refusal(error instanceof Error ? error.message : String(error));
  }
  engine.threaded = threaded;
  return answerOf(threads);
}

function answerOf(threads: number): Threads {
  return { active: true, threads, reason: `${threads} threads share memory` };
}

/** An engine that computes by a team of threads. */
export type ThreadedEngine = SimdEngine & { readonly team: ThreadTeam };

/**
 * Makes an engine for what another leaves to several threads; it has none but that which calls, yet.
 *
 * @param leastGain several threads that are not so many times as fast as one are not used; by default, what is worth their while.
 */
export function threadedEngine({ features, fma, microkernel }: SimdEngine, leastGain?: number): ThreadedEngine {
  const host = hostWebAssembly()!;
  const team = new ThreadTeam(host, new Crew({ now, lostMs: LOST_MS }, coreCount()), leastGain);
  const engine = new SimdEngine(host, features, { fma, team, ...(microkernel !== undefined && { microkernel }) });
  void engine.memory.wasm; // what cannot be had is known now
  return engine as ThreadedEngine;
}

/**
 * Lets a crew have so many threads, that which calls included.
 *
 * @throws Error if a worker does not start; then there is none.
 */
export async function hire(crew: Crew, threads: number): Promise<void> {
  const hasCores = threads <= coreCount();
  crew.queue.spins = maySleep() ? (hasCores ? SPINS.caller : 1) : Number.POSITIVE_INFINITY;
  try {
    const workers = Array.from({ length: threads - 1 }, (_, number) => {
      const worker = startWorker();
      worker.onEnd(() => crew.lose(number, worker));
      crew.add(number, worker, hasCores ? SPINS.worker : 1);
      return worker.ready;
    });
    await within(START_MS, Promise.all(workers));
  } catch (error) {
    await crew.end();
    throw new Error(`a worker did not start: ${error instanceof Error ? error.message : error}`);
  }
}

/** What a promise brings; or an error if it takes too long. */
function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(`it has not answered for ${milliseconds / 1000} s`));
    const timer = setTimeout(late, milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function stop(): Promise<void> {
  if (threaded === undefined) return;
  sharedEngine().threaded = undefined;
  await threaded.team.crew.end();
}

declare function setTimeout(callback: () => void, milliseconds: number): unknown;
declare function clearTimeout(timer: unknown): void;
