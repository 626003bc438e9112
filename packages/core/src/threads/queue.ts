/**
 * The calling thread's side of the items (`control.ts`): it writes and publishes them, takes some itself, and waits for those
 * that workers have.
 *
 * A worker may be lost while it has an item: killed, or without memory. The item is computed again then, after a wait in which
 * any living worker would have come to its end.
 *
 * @module
 */

import {
  CONTROL_LENGTH,
  computeItem,
  type Emitted,
  ITEM_PLACES,
  ITEM_STATES,
  ITEMS,
  STATE,
  TAPE,
  TAPE_LENGTH,
  takeItem,
  WORD,
} from "./control.ts";

/** The calling thread as a taker of items. */
const SELF = 2 ** 20;

/** Turns of looking before it looks at the clock. */
const TURNS_PER_LOOK = 256;

/** A nap, in milliseconds: whoever is done wakes it. */
const NAP_MS = 2;

/** What the calling thread needs to know of its host. */
export interface QueueHost {
  now(): number;
  /** After how many milliseconds without an item done a worker that has one is lost. */
  readonly lostMs: number;
}

/** Items between the calling thread and its workers. */
export class Queue {
  readonly control: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4 * CONTROL_LENGTH));
  /** How many times the calling thread looks before it sleeps; infinite where it may not. */
  spins: number = Number.POSITIVE_INFINITY;
  readonly #host: QueueHost;
  readonly #functionOf: (number: number) => Emitted;
  readonly #lose: (worker: number) => void;
  /** Published items that were not waited for yet: the first and the one after the last. */
  #first = 0;
  #end = 0;
  /** Where the tape goes on, and the places of the items on it. */
  #tapeEnd = 0;

  constructor(host: QueueHost, functionOf: (number: number) => Emitted, lose: (worker: number) => void) {
    this.#host = host;
    this.#functionOf = functionOf;
    this.#lose = lose;
  }

  /** Items published so far. */
  get end(): number {
    return this.#end;
  }

  /** Whether all items before `end` have been waited for. */
  isPast(end: number): boolean {
    return ((this.#first - end) | 0) >= 0;
  }

  /** Whether all items before `end` are done, as far as that is known without waiting for one that is not. */
  isDone(end: number): boolean {
    while (!this.isPast(end)) {
      if (Atomics.load(this.control, ITEM_STATES + (this.#first & (ITEMS - 1))) !== STATE.done) return false;
      this.#first = (this.#first + 1) | 0;
    }
    return true;
  }

  /** Publishes an item of some calls, as they stand on the tape; false if there is no room for it. */
  publish(calls: number, code: readonly number[]): boolean {
    const { control } = this;
    const inFlight = (this.#end - this.#first) | 0;
    if (inFlight >= ITEMS) return false;
    if (inFlight === 0) this.#tapeEnd = 0;
    const length = code.length + 1;
    const place = this.#placeFor(length, inFlight === 0);
    if (place === undefined) return false;
    const item = this.#end & (ITEMS - 1);
    control[TAPE + place] = calls;
    control.set(code, TAPE + place + 1);
    control[ITEM_PLACES + item] = place;
    Atomics.store(control, ITEM_STATES + item, STATE.waiting);
    this.#tapeEnd = place + length;
    this.#end = (this.#end + 1) | 0;
    Atomics.store(control, WORD.head, this.#end);
    this.wake(1);
    return true;
  }

  /** Wakes so many of the workers that sleep. */
  wake(workers: number = Number.POSITIVE_INFINITY): void {
    Atomics.add(this.control, WORD.wake, 1);
    if (Atomics.load(this.control, WORD.sleepers) > 0) Atomics.notify(this.control, WORD.wake, workers);
  }

  /**
   * Computes and waits until all items before `end` are done.
   *
   * @throws what a function throws.
   */
  finish(end: number): void {
    const { control } = this;
    while (!this.isPast(end)) {
      const item = this.#first & (ITEMS - 1);
      const state = Atomics.load(control, ITEM_STATES + item);
      if (state === STATE.done) this.#first = (this.#first + 1) | 0;
      else if (state === STATE.failed) this.#compute(item);
      else if (!this.#help()) this.#await(item);
    }
  }

  /** Takes back what nobody has taken, and waits for the rest: after an error. */
  abandon(): void {
    const { control } = this;
    for (let item = takeItem(control, SELF); item !== undefined; item = takeItem(control, SELF)) {
      Atomics.store(control, ITEM_STATES + item, STATE.done);
    }
    for (; !this.isPast(this.#end); this.#first = (this.#first + 1) | 0) {
      const item = this.#first & (ITEMS - 1);
      while (Atomics.load(control, ITEM_STATES + item) >= 0) this.#await(item, () => undefined);
    }
  }

  #placeFor(length: number, isEmpty: boolean): number | undefined {
    const end = this.#tapeEnd;
    if (isEmpty) return length <= TAPE_LENGTH ? 0 : undefined;
    const first = this.control[ITEM_PLACES + (this.#first & (ITEMS - 1))]!;
    if (end <= first) return end + length < first ? end : undefined;
    if (end + length <= TAPE_LENGTH) return end;
    return length < first ? 0 : undefined;
  }

  /** Takes an item and computes it, if there is one. */
  #help(): boolean {
    const item = takeItem(this.control, SELF);
    if (item === undefined) return false;
    this.#compute(item);
    return true;
  }

  #compute(item: number): void {
    try {
      computeItem(this.control, item, this.#functionOf);
    } finally {
      Atomics.store(this.control, ITEM_STATES + item, STATE.done);
    }
  }

  /** Waits until a worker has done an item; or it is lost, and the item computed here. */
  #await(item: number, compute: () => void = () => this.#compute(item)): void {
    const { control } = this;
    const { now, lostMs } = this.#host;
    const state = ITEM_STATES + item;
    let since: number | undefined;
    for (let turn = 1; Atomics.load(control, state) >= 0; turn++) {
      if (turn > this.spins) this.#nap(state);
      else if (turn % TURNS_PER_LOOK > 0) continue;
      since ??= now();
      if (now() - since < lostMs) continue;
      this.#lose(Atomics.load(control, state));
      Atomics.store(control, state, STATE.done);
      compute();
      return;
    }
  }

  #nap(state: number): void {
    const { control } = this;
    Atomics.store(control, WORD.waits, 1);
    const done = Atomics.load(control, WORD.done);
    if (Atomics.load(control, state) >= 0) Atomics.wait(control, WORD.done, done, NAP_MS);
    Atomics.store(control, WORD.waits, 0);
  }
}
