/**
 * A run of the parity check, from names and numbers to a report: load the oracles, select the trials, compare, conclude.
 *
 * @module
 */

import type { ConvAdapter } from "./adapter.ts";
import { compare } from "./compare.ts";
import { corr2dAdapter, corr2dNames } from "./corr2d.ts";
import { type Divergence, LEDGER } from "./ledger.ts";
import { findOracle, KNOWN_ORACLES } from "./oracles/known.ts";
import { makeReport, type OracleStatus, type ParityReport } from "./report.ts";
import { selectTrials, type TrialOptions } from "./trials.ts";

/** Cases generated beside the table unless said otherwise. */
export const DEFAULT_CASES = 100;
export const DEFAULT_SEED = 1;

/** What to check; everything has a default. */
export interface ParityOptions extends Pick<TrialOptions, "shard" | "only"> {
  /** Of data and generated cases. */
  readonly seed?: number | undefined;
  /** How many cases to generate beside the table. */
  readonly cases?: number | undefined;
  /** Names of oracles. Default: all. */
  readonly oracles?: readonly string[] | undefined;
  /** Oracles without which the run is void. They are asked whether or not `oracles` names them. */
  readonly require?: readonly string[] | undefined;
  /** Names of core's algorithms. Default: all, and `auto`. */
  readonly algorithms?: readonly string[] | undefined;
  /** Implementations to check instead of core's. */
  readonly adapters?: readonly ConvAdapter[] | undefined;
  /** What is known to differ. Default: the ledger of this package. */
  readonly ledger?: readonly Divergence[] | undefined;
  readonly observer?: RunObserver | undefined;
}

/** Told how far a run has come. */
export interface RunObserver {
  readonly onOracle?: ((status: OracleStatus) => void) | undefined;
  readonly onTrial?: ((done: number, total: number, caseName: string) => void) | undefined;
}

/**
 * Runs the check.
 *
 * An oracle that cannot be had is named in the report with the reason, and the run goes on without it, unless it is
 * required: then nothing is compared and the outcome is `could not run`.
 *
 * @throws RangeError for the name of an oracle or algorithm there is none of.
 * @example
 * ```ts
 * const report = await runParity({ oracles: ["tfjs-cpu", "tfjs-wasm"], seed: 7, cases: 200 });
 * process.exitCode = report.outcome === "agree" ? 0 : 1;
 * ```
 */
export async function runParity(options: ParityOptions = {}): Promise<ParityReport> {
  const { seed = DEFAULT_SEED, cases = DEFAULT_CASES, shard, only, require = [], observer = {} } = options;
  const { ledger = LEDGER } = options;
  const started = new Date();
  const names = new Set([...(options.oracles ?? KNOWN_ORACLES.map(({ name }) => name)), ...require]);
  const sources = [...names].map(findOracle);
  const algorithms = options.adapters ?? (options.algorithms ?? corr2dNames()).map(corr2dAdapter);

  const statuses: OracleStatus[] = [];
  const oracles: ConvAdapter[] = [];
  for (const { name, load } of sources) {
    try {
      const oracle = await load();
      oracles.push(oracle);
      statuses.push({ name, ran: true, version: oracle.version, threads: oracle.threads });
    } catch (error) {
      statuses.push({ name, ran: false, reason: error instanceof Error ? error.message : String(error) });
    }
    observer.onOracle?.(statuses[statuses.length - 1]);
  }

  const isVoid = oracles.length === 0 || statuses.some(({ name, ran }) => !ran && require.includes(name));
  const trials = isVoid ? [] : await selectTrials({ seed, cases, shard, only });
  const findings = await compare({ algorithms, oracles, trials, ledger, onTrial: observer.onTrial });
  return makeReport({
    run: {
      seed,
      cases,
      trials: trials.length,
      shard,
      only,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      started: started.toISOString(),
      seconds: (Date.now() - started.getTime()) / 1000,
    },
    oracles: statuses,
    required: require,
    algorithms: algorithms.map(({ name, version }) => ({ name, version })),
    findings,
    ledger,
  });
}
