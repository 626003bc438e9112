/**
 * Times several contenders in turn, A B C A B C …, so that each round meets the same machine. Within its turn a
 * contender is called once untimed, which brings its code and data back into the caches (and lets TensorFlow.js change its
 * backend), then for a slice of its time by tinybench; the round's time is the median of those calls. The order is
 * drawn anew for each round: nobody always follows the same neighbour.
 *
 * A contender whose single call is longer than a slice sits rounds out, spread evenly, so that it costs no more than
 * its time; it takes part in at least one.
 *
 * @module
 */

import { shuffle } from "simple-statistics";
import { Bench } from "tinybench";

/** Whoever takes no longer is called once at the start of a turn before the clock runs. */
const UNTIMED_CALL_MS = 100;

/** A function to be timed. */
export interface Contender {
  readonly name: string;
  readonly run: () => void | Promise<void>;
  /** Called before each call of `run`, outside the clock. */
  readonly beforeEach?: () => void;
  /** Whether `run` returns a promise that must be awaited inside the clock. */
  readonly isAsync: boolean;
  /** Roughly how long one call takes, in milliseconds. */
  readonly roughMs: number;
}

/** How long, and how often. */
export interface Schedule {
  readonly rounds: number;
  /** For each contender over all rounds, in milliseconds. */
  readonly timePerContender: number;
  /** A pause before each turn, in milliseconds, in which the threads of whoever had the last turn fall asleep; default none. */
  readonly rest?: number;
  /** Uniform numbers in [0, 1), which draw the order. */
  readonly random: () => number;
  /** Joules that were used so far, where the machine tells. */
  readonly joules?: () => number;
}

/** What was measured of one contender. */
export interface RoundsResult {
  /** Median of each round in milliseconds; null where it sat the round out. */
  readonly medians: readonly (number | null)[];
  readonly runs: number;
  /** Energy of a run; null where nobody tells it. */
  readonly joulesPerRun: number | null;
}

/**
 * Times all contenders; one that throws rejects the whole.
 *
 * @param onTurn awaited before each contender's turn; `round` is −1 while it warms up.
 */
export async function timeInRounds(
  contenders: readonly Contender[],
  { rounds, timePerContender, rest = 0, random, joules }: Schedule,
  onTurn: (contender: Contender, round: number) => Promise<void>,
): Promise<readonly RoundsResult[]> {
  const slice = timePerContender / rounds;
  const medians = contenders.map(() => new Array<number | null>(rounds).fill(null));
  const runs = contenders.map(() => 0);
  const energies = contenders.map(() => 0);
  for (const contender of contenders) {
    await onTurn(contender, -1);
    // Just-in-time compilers want a few calls; whoever is slow has had the one that judged its result.
    if (contender.roughMs < timePerContender) await timeOnce(contender, 2 * slice);
  }
  const places = contenders.map((_, index) => index);
  for (let round = 0; round < rounds; round++) {
    for (const index of shuffle(places, random)) {
      const contender = contenders[index];
      if (!takesPart(round, rounds, Math.floor(timePerContender / contender.roughMs))) continue;
      await onTurn(contender, round);
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
      if (contender.roughMs <= UNTIMED_CALL_MS) {
        contender.beforeEach?.();
        await contender.run();
      }
      const before = joules?.() ?? 0;
      const { median, calls } = await timeOnce(contender, slice);
      energies[index] += (joules?.() ?? 0) - before;
      medians[index][round] = median;
      runs[index] += calls;
    }
  }
  return contenders.map((_, i) => ({
    medians: medians[i],
    runs: runs[i],
    joulesPerRun: joules === undefined || runs[i] === 0 ? null : energies[i] / runs[i],
  }));
}

/** Whether a contender that can afford `affordable` rounds is in this one: they are spread evenly. */
export function takesPart(round: number, rounds: number, affordable: number): boolean {
  const turns = Math.min(rounds, Math.max(affordable, 1));
  return Math.floor(((round + 1) * turns) / rounds) > Math.floor((round * turns) / rounds);
}

/** Calls a contender for `time` milliseconds, at least once. */
async function timeOnce(contender: Contender, time: number): Promise<{ median: number; calls: number }> {
  const bench = new Bench({ time, iterations: 1, warmup: false, throws: true });
  const { name, isAsync, beforeEach } = contender;
  const together = callsTogether(contender.roughMs, clockStep());
  bench.add(name, together === 1 ? contender.run : repeated(contender, together), {
    async: isAsync,
    ...(beforeEach && { beforeEach }),
  });
  const [task] = isAsync ? await bench.run() : bench.runSync();
  if (task.result.state !== "completed") throw new Error(`${name}: timing ended ${task.result.state}`);
  const { p50, samplesCount } = task.result.latency;
  return { median: p50 / together, calls: together * samplesCount };
}

/** Steps of the clock that what is timed takes at least. */
const STEPS = 20;

/** How many calls are timed together, so that a clock that moves in steps, as those of browsers do, tells them apart. */
export function callsTogether(roughMs: number, step: number): number {
  return Math.max(1, Math.min(10_000, Math.ceil((STEPS * step) / Math.max(roughMs, step / 100))));
}

function repeated({ run, isAsync }: Contender, calls: number): () => void | Promise<void> {
  if (!isAsync) {
    return () => {
      for (let call = 0; call < calls; call++) void run();
    };
  }
  return async () => {
    for (let call = 0; call < calls; call++) await run();
  };
}

let knownStep: number | undefined;

/** The least by which the clock moves, in milliseconds: looked at once, for at most some 10 ms. */
function clockStep(): number {
  if (knownStep !== undefined) return knownStep;
  let step = Number.POSITIVE_INFINITY;
  for (let moves = 0, last = performance.now(), end = last + 10; moves < 20 && last < end; ) {
    const now = performance.now();
    if (now === last) continue;
    step = Math.min(step, now - last);
    last = now;
    moves++;
  }
  knownStep = step;
  return step;
}
