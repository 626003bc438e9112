/**
 * Whole networks: TensorFlow.js's backends with and without our kernels, in fresh processes that take turns. The ratio is that of
 * medians within a turn, and its interval comes from all turns.
 *
 * @module
 */

import { median } from "simple-statistics";
import { lastLineOf, scriptBeside, whyItFailed } from "../own-process.ts";
import { NETWORKS } from "./catalog.ts";

/** What a process tells. */
export interface Predictions {
  /** Milliseconds of the first prediction, which prepares. */
  readonly first: number;
  readonly times: readonly number[];
  readonly output: readonly number[];
  readonly kernels: readonly { readonly kernel: string; readonly ms: number }[];
}

/** Whom networks are timed on: TensorFlow.js's WebAssembly backend as it is, and with our kernels; and others. */
export const BACKENDS: readonly string[] = ["tfjs-wasm", "corr2d", "tfjs-cpu", "tfjs-node"];

/** One backend on one network. */
export interface NetworkTimes {
  readonly backend: string;
  /** Median milliseconds of a prediction over all turns, and of the first one. */
  readonly ms: number;
  readonly firstMs: number;
  /** How many times as long the baseline takes: the median of the turns, the least and the most. */
  readonly speedup: readonly [median: number, least: number, most: number];
  /** Largest distance of its output to that of the baseline. */
  readonly apart: number;
  readonly kernels: Predictions["kernels"];
}

/** A network, and who was timed on it; who failed stands with the reason. */
export interface NetworkComparison {
  readonly network: string;
  /** With whom the others are compared. */
  readonly baseline: string;
  readonly times: readonly NetworkTimes[];
  readonly failures: readonly { readonly backend: string; readonly reason: string }[];
}

/** How thorough to be. */
export interface NetworksOptions {
  readonly networks: readonly string[];
  readonly backends: readonly string[];
  readonly turns: number;
  readonly predictions: number;
}

/**
 * Times networks, and yields each comparison when it is made; `say` is told what is under way. They are compared with `against`,
 * or each with its own baseline.
 */
export async function* compareNetworks(
  { networks, backends, turns, predictions }: NetworksOptions,
  say: (text: string) => void,
  against?: string,
): AsyncGenerator<NetworkComparison, void, undefined> {
  for (const network of networks) {
    const baseline = against ?? NETWORKS.find(({ name }) => name === network)!.baseline;
    const all = [baseline, ...backends.filter((backend) => backend !== baseline)];
    const found = new Map<string, Predictions[]>();
    const failures = new Map<string, string>();
    for (let turn = 0; turn < turns; turn++) {
      for (const backend of all.filter((name) => !failures.has(name))) {
        say(`${network}, ${backend}, turn ${turn + 1} of ${turns}`);
        try {
          found.set(backend, [...(found.get(backend) ?? []), await predictionsOf(backend, network, predictions)]);
        } catch (error) {
          failures.set(backend, whyItFailed(error));
        }
      }
    }
    const theirs = found.get(baseline) ?? [];
    const times = all.flatMap((backend): NetworkTimes[] => {
      const runs = found.get(backend);
      if (runs === undefined || failures.has(backend) || runs.length !== theirs.length) return [];
      const ratios = runs.map((run, turn) => median([...theirs[turn]!.times]) / median([...run.times]));
      return [
        {
          backend,
          ms: median(runs.flatMap((run) => run.times)),
          firstMs: median(runs.map((run) => run.first)),
          speedup: [median(ratios), Math.min(...ratios), Math.max(...ratios)],
          apart: distance(runs[0]!.output, theirs[0]!.output),
          kernels: runs.at(-1)!.kernels,
        },
      ];
    });
    yield { network, baseline, times, failures: [...failures].map(([backend, reason]) => ({ backend, reason })) };
  }
}

/** The largest distance of values at the same place; an output may have more of them than a function takes arguments. */
function distance(output: readonly number[], other: readonly number[]): number {
  return output.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
}

/** The predictions of one fresh process. */
function predictionsOf(backend: string, network: string, count: number): Promise<Predictions> {
  // The slowest is not worth more than one.
  const predictions = backend === "tfjs-cpu" ? 1 : count;
  return lastLineOf(scriptBeside(import.meta.url, "predict-child"), [backend, network, String(predictions)]);
}

/** A comparison as text. */
export function networkText({ network, baseline, times, failures }: NetworkComparison): string {
  return [
    network,
    ...times.map(({ backend, ms, firstMs, speedup: [ratio, least, most], apart, kernels }) => {
      const factor = backend === baseline ? "" : `, ${ratio.toFixed(2)} × (${least.toFixed(2)} to ${most.toFixed(2)})`;
      const top = kernels.slice(0, 5).map(({ kernel, ms }) => `${kernel} ${ms.toFixed(1)}`);
      return (
        `  ${backend.padEnd(10)}${ms.toFixed(1).padStart(8)} ms${factor}; first ${firstMs.toFixed(0)} ms; ` +
        `apart ${apart.toExponential(1)}\n    ${top.join(", ")}`
      );
    }),
    ...failures.map(({ backend, reason }) => `  ${backend}: ${reason}`),
  ].join("\n");
}

/** Names of the networks that hold a text, or all. */
export function networksNamed(text: string | undefined): readonly string[] {
  const names = NETWORKS.map(({ name }) => name);
  return text === undefined ? names : names.filter((name) => name.toLowerCase().includes(text.toLowerCase()));
}
