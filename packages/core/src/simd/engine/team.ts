/**
 * How plans are worked off: unit by unit, each fed from the caller's arrays, computed and drained into them. An engine does one
 * after the other, or has a team of threads (`threads/team.ts`): then the thread that calls feeds and drains, and all of them
 * compute the shares of what was fed.
 *
 * @module
 */

import type { WasmFunctions, WasmMemory, WasmModule } from "./webassembly.ts";

/** What is done with each unit of a run; units in flight have scratch memory of their own, `shift` bytes further on. */
export interface Steps<Unit> {
  /**
   * How many shares each phase of a unit has. Shares of a phase are computed in any order and at the same time, those of the
   * next when all of them are.
   */
  readonly phases: readonly number[];
  /** Whether a unit is to be computed only when the one before is. */
  readonly inOrder?: boolean;
  /** Brings in what the unit is computed from; false if nothing is to be computed. */
  feed(unit: Unit, shift: number): boolean;
  /** Computes a share by calling functions of the engine, and nothing else: they may be called later, and elsewhere. */
  share(unit: Unit, shift: number, phase: number, share: number): void;
  /** Takes the result out. */
  drain(unit: Unit, shift: number): void;
}

/** One unit after the other, on the thread that calls. */
export function workAlone<Unit>(units: readonly Unit[], steps: Steps<Unit>): void {
  const { phases } = steps;
  for (const unit of units) {
    if (steps.feed(unit, 0)) {
      for (let phase = 0; phase < phases.length; phase++) {
        for (let share = 0; share < phases[phase]!; share++) steps.share(unit, 0, phase, share);
      }
    }
    steps.drain(unit, 0);
  }
}

/** Memory of the calling thread alone, from which copies are made into memory that threads share, and back. */
export interface Stage {
  readonly floats: Float32Array;
  bringIn(address: number, bytes: number): void;
  takeOut(address: number, bytes: number): void;
}

/** What a run takes. */
export interface Work {
  /** Nanoseconds of computing, on one thread. */
  readonly time: number;
  /** Values that are brought in or taken out. */
  readonly values: number;
}

/** Threads that compute what an engine over shared memory is asked for. */
export interface Team {
  /** How many compute, the one that calls included. */
  readonly threads: number;
  /** Bytes of scratch memory of a unit, and how many units are in flight at most. */
  readonly scratchBytes: number;
  readonly units: number;
  /** Between arrays of JavaScript and the shared memory, which hosts copy slowly themselves; undefined where nothing is faster. */
  readonly stage: Stage | undefined;
  /** Whether several threads are sooner done with some work than one; `isHeld` if that need not bring in its values or take them out. */
  isWorth(work: Work, isHeld: boolean): boolean;
  /** Memory of so many bytes that threads share. */
  makeMemory(bytes: number): WasmMemory;
  /** A module that computes in shared memory. */
  adapt(module: Uint8Array): Uint8Array;
  /** Functions in the place of those of a module: called in a share, they are for whoever computes it. */
  link(memory: WasmMemory, module: WasmModule, functions: WasmFunctions): WasmFunctions;
  work<Unit>(units: readonly Unit[], steps: Steps<Unit>): void;
  /** The same threads over the memory of another module, which is shared. */
  over(memory: WasmMemory): Team;
}

/** Where the calling thread puts what goes to an address of an engine's memory, or finds what comes from there: on the stage, if there is one. */
export function stagedAt(
  { memory, team }: { readonly memory: { readonly floats: Float32Array }; readonly team: Team | undefined },
  address: number,
): readonly [floats: Float32Array, index: number] {
  const stage = team?.stage;
  return stage === undefined ? [memory.floats, address / 4] : [stage.floats, 0];
}
