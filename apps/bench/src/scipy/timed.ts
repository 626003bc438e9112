/**
 * Contenders that time themselves for a round.
 *
 * @module
 */

import { median } from "simple-statistics";

/** Times itself for a round, and can show its result. */
export interface TimedContender<T> {
  /** Median milliseconds of a call, over so many milliseconds. */
  readonly time: (milliseconds: number) => Promise<number>;
  readonly result: () => Promise<T>;
  readonly dispose: () => void;
}

/** Times a function for a round: called once untimed, then until the time is over. */
export function ofFunction<T>(run: () => T): TimedContender<Exclude<T, undefined>> {
  return {
    async time(milliseconds) {
      run();
      const taken: number[] = [];
      const end = performance.now() + milliseconds;
      do {
        const start = performance.now();
        run();
        taken.push(performance.now() - start);
      } while (performance.now() < end);
      return median(taken);
    },
    result: async () => run() as Exclude<T, undefined>,
    dispose() {},
  };
}

/** Round by round. */
export function ratiosIn(times: readonly number[], others: readonly number[]): readonly number[] {
  return times.map((time, round) => time / others[round]);
}
