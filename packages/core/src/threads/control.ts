/**
 * What the calling thread and its workers share beside memory: one array of int32.
 *
 *     | words | state and place on the tape of each item in flight | tape |
 *
 * An *item* is a share of a run, written on the tape as the calls of emitted functions that compute it: how many they are, and
 * for each the number of the function, of its arguments, and these. The calling thread publishes items by counting `HEAD` up;
 * whoever has nothing to do takes the next by counting `NEXT` up to that. Both count on for ever, and wrap.
 *
 * @module
 */

/** Words by their index. */
export const WORD = {
  /** Counted up when there is something to look at: an item, a message, the end. Workers sleep on it. */
  wake: 0,
  /** Workers that sleep. */
  sleepers: 1,
  /** Items published, and taken. */
  head: 2,
  next: 3,
  /** Counted up with each item that is done, if the calling thread says in `waits` that it sleeps on it. */
  done: 4,
  waits: 5,
  /** Messages that were posted to every worker. */
  posted: 6,
} as const;

/** One word for each worker: 1 tells it to end. */
export const ENDS = 8;
export const MOST_WORKERS = 64;

/** Items in flight, at most, and the two words of each: a state, and where on the tape it stands. */
export const ITEMS = 1024;
export const ITEM_STATES: number = ENDS + MOST_WORKERS;
export const ITEM_PLACES: number = ITEM_STATES + ITEMS;

/** States of an item; one that a worker computes has the number of that, from 0 on. */
export const STATE = { waiting: -1, done: -2, failed: -3 } as const;

/** The tape. */
export const TAPE: number = ITEM_PLACES + ITEMS;
export const TAPE_LENGTH: number = 2 ** 18;

export const CONTROL_LENGTH: number = TAPE + TAPE_LENGTH;

/** What workers are told by message, in this order. */
export type Message =
  /** First of all, with what was posted before: so many messages. */
  | {
      readonly control: Int32Array;
      readonly worker: number;
      /** How many times it looks for work before it sleeps. */
      readonly spins: number;
      readonly posted: number;
      readonly modules: readonly ModuleMessage[];
    }
  | LaterMessage;

/** What every worker is told when it is so. */
export type LaterMessage =
  | ModuleMessage
  /** Functions that nobody can call any more. */
  | { readonly forget: readonly number[] };

/** A module, the memory that it computes in, and the numbers of its functions. */
export interface ModuleMessage {
  readonly module: object;
  readonly memory: object;
  readonly numbers: Readonly<Record<string, number>>;
}

/** Takes an item, if there is one: its index in flight. */
export function takeItem(control: Int32Array, taker: number): number | undefined {
  for (;;) {
    const next = Atomics.load(control, WORD.next);
    if (next === Atomics.load(control, WORD.head)) return undefined;
    if (Atomics.compareExchange(control, WORD.next, next, (next + 1) | 0) !== next) continue;
    const item = next & (ITEMS - 1);
    Atomics.store(control, ITEM_STATES + item, taker);
    return item;
  }
}

/** A function of an emitted module: it takes as many of what it is given as it has parameters. */
export type Emitted = (...args: (number | undefined)[]) => void;

/** Makes the calls of an item. */
export function computeItem(control: Int32Array, item: number, functionOf: (number: number) => Emitted): void {
  let at = TAPE + control[ITEM_PLACES + item]!;
  for (let calls = control[at++]!; calls > 0; calls--) {
    const call = functionOf(control[at]!);
    const c = at + 2;
    // Written out, and more than any function has: spreading takes longer than many a call.
    call(
      control[c],
      control[c + 1],
      control[c + 2],
      control[c + 3],
      control[c + 4],
      control[c + 5],
      control[c + 6],
      control[c + 7],
      control[c + 8],
      control[c + 9],
      control[c + 10],
      control[c + 11],
      control[c + 12],
      control[c + 13],
      control[c + 14],
      control[c + 15],
    );
    at = c + control[at + 1]!;
  }
}
