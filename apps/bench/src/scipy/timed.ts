/**
 * Contenders that time themselves for a round.
 *
 * @module
 */

import { median, shuffle } from "simple-statistics";

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

/** Times contenders in turn, round by round, each time in another order: the medians of their rounds. */
export async function timeInTurn<Name extends string>(
  names: readonly Name[],
  contenders: Readonly<Record<Name, Pick<TimedContender<unknown>, "time">>>,
  { rounds, time }: { readonly rounds: number; readonly time: number },
  random: () => number,
): Promise<Record<Name, number[]>> {
  const medians = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of shuffle([...names], random)) medians[name].push(await contenders[name].time(time));
  }
  return medians;
}

/** Round by round. */
export function ratiosIn(times: readonly number[], others: readonly number[]): readonly number[] {
  return times.map((time, round) => time / others[round]);
}
