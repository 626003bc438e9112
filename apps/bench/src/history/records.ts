/**
 * What a report says in a few lines that can be kept for years: ratios by kind of layer and peer, for one commit on one
 * machine. Lines of different machines stand beside each other and are never pooled.
 *
 * @module
 */

import { z } from "zod";
import { hostOf, majorHostOf } from "../report/host.ts";
import { layerTotals, networkLayers, networkLayersByClass, wholeNetworks } from "../report/layer-totals.ts";
import type { BenchReport } from "../report/results.ts";
import { slug } from "../report/slug.ts";
import type { Interval } from "../statistics/ratio.ts";
import { UsageError } from "../usage-error.ts";

/** How many times as fast the subject is as a rival on layers of a kind. */
export interface RatioOfKind extends Interval {
  readonly kind: string;
  readonly rival: string;
  readonly layers: number;
}

/** A line of a history. */
export interface HistoryRecord {
  readonly schemaVersion: 1;
  readonly commit: string;
  readonly created: string;
  readonly machine: string;
  /** Node, or a browser. */
  readonly host: string;
  readonly subject: string;
  readonly ratios: readonly RatioOfKind[];
}

const record: z.ZodType<HistoryRecord> = z.object({
  schemaVersion: z.literal(1),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  created: z.iso.datetime(),
  machine: z.string(),
  host: z.string(),
  subject: z.string(),
  ratios: z.array(
    z.object({
      kind: z.string(),
      rival: z.string(),
      layers: z.number().int().positive(),
      estimate: z.number().positive(),
      low: z.number().positive(),
      high: z.number().positive(),
    }),
  ),
});

/** The name of a kind of machine: processor, cores, system, and the host that ran on it. */
export function machineOf(environment: BenchReport["environment"]): string {
  const { cpu, cores, os } = environment;
  return slug(`${cpu} ${cores} ${os.split(" ")[0]} ${os.split(" ").at(-1)} ${majorHostOf(environment)}`);
}

/**
 * The line of a report.
 *
 * @throws UsageError for a report that is of no commit, or of part of a run.
 */
export function recordOf(report: BenchReport): HistoryRecord {
  const { environment, settings, created, complete } = report;
  const { commit, clean } = environment;
  if (!complete)
    throw new UsageError("only whole runs are kept or put side by side: go on with this one by bench --resume");
  if (commit === null || clean !== true) {
    throw new UsageError(
      "only runs of commits are kept or put side by side, as others can repeat them: commit the files that differ, and measure anew",
    );
  }
  if (settings.subject === null) throw new UsageError("the report has no subject that ratios could speak about");
  const kinds = [
    ...[...wholeNetworks(report)].map(([kind, layers]) => ({ kind: kind as string, layers, asNetwork: true })),
    { kind: "network layers", layers: networkLayers(report), asNetwork: false },
    ...[...networkLayersByClass(report)].map(([kind, layers]) => ({ kind: kind as string, layers, asNetwork: false })),
  ];
  return {
    schemaVersion: 1,
    commit,
    created,
    machine: machineOf(environment),
    host: hostOf(environment),
    subject: settings.subject,
    ratios: kinds.flatMap(({ kind, layers, asNetwork }) =>
      layerTotals(report, layers, { asNetwork }).map(({ rival, layers: count, estimate, low, high }) => ({
        kind,
        rival,
        layers: count,
        estimate,
        low,
        high,
      })),
    ),
  };
}

/**
 * The lines of a file.
 *
 * @throws UsageError naming the first line that is none.
 */
export function parseHistory(text: string): readonly HistoryRecord[] {
  return text
    .split("\n")
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, number }) => {
      try {
        return record.parse(JSON.parse(line));
      } catch (error) {
        const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
        throw new UsageError(`line ${number} of the history is none of its records: ${why}`);
      }
    });
}

/** The history with one more record, which takes the place of one of the same commit on the same machine. */
export function withRecord(history: readonly HistoryRecord[], added: HistoryRecord): readonly HistoryRecord[] {
  const others = history.filter(({ commit, machine }) => commit !== added.commit || machine !== added.machine);
  return [...others, added].sort((a, b) => a.created.localeCompare(b.created));
}

/** As lines of JSON. */
export function historyText(history: readonly HistoryRecord[]): string {
  return history.map((one) => `${JSON.stringify(one)}\n`).join("");
}
