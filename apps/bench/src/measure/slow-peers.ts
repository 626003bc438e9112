/**
 * Time is spent where it tells: a reference implementation whose run takes a second is held to a small share of the whole, and
 * is not timed where that does not suffice for two processes, fewer than which say nothing.
 *
 * @module
 */

import { FEWEST_PROCESSES } from "../statistics/ratio.ts";
import type { MeasureJob } from "./job.ts";
import type { PooledVariant } from "./measure-case.ts";

/** A slow variant's share of a run. */
export const SLOW_SHARE = 0.05;

/** Roughly what starting a process, loading everybody and agreeing with the truth takes, in milliseconds. */
const START_MS = 4_000;

/** Judged, called again since first calls are slow, timed once, and judged after the input was exchanged. */
const CALLS_PER_PROCESS = 4;

/** Where few take part a run is short, and a share of it nothing. */
const LEAST_MS = 2_000;

/** What a slow variant may take over all processes of a case, in milliseconds. */
export function slowAllowance(variants: number, processes: number, timePerVariant: number): number {
  return Math.max(LEAST_MS, SLOW_SHARE * processes * (START_MS + 2 * variants * timePerVariant));
}

/** In how many processes a variant can take part one run of which takes `roughMs`. */
export function affordableProcesses(
  roughMs: number | null,
  { timePerVariant, slowAllowance }: Pick<MeasureJob, "timePerVariant" | "slowAllowance">,
): number {
  if (roughMs === null || roughMs <= timePerVariant) return Number.POSITIVE_INFINITY;
  return Math.max(FEWEST_PROCESSES, Math.floor(slowAllowance / (CALLS_PER_PROCESS * roughMs)));
}

/** Why a variant is not timed one run of which takes `roughMs`; undefined if it is, or if that is not known. */
export function needsTooLong(
  roughMs: number | undefined,
  { timePerVariant, slowestRun, slowAllowance }: Pick<MeasureJob, "timePerVariant" | "slowestRun" | "slowAllowance">,
): string | undefined {
  if (roughMs === undefined || roughMs <= timePerVariant) return undefined;
  const takes = `one run takes ${seconds(roughMs)}`;
  if (roughMs > slowestRun) return `${takes}, more than the limit of ${seconds(slowestRun)}`;
  const calls = FEWEST_PROCESSES * CALLS_PER_PROCESS;
  if (calls * roughMs <= slowAllowance) return undefined;
  return `${takes}, and ${calls} of them more than ${SLOW_SHARE * 100} % of a run, here ${seconds(slowAllowance)}`;
}

/** How long a run takes, in milliseconds, as far as it was found out: a first call of a small layer says little of others. */
export function knownMs({ roughMs, rounds }: Pick<PooledVariant, "roughMs" | "rounds">): number | null {
  const timed = rounds.flat().filter((ms) => ms !== null);
  return timed.length > 0 ? Math.min(...timed) : roughMs;
}

function seconds(milliseconds: number): string {
  return `${Number((milliseconds / 1000).toPrecision(2))} s`;
}
