/**
 * Base against head, layer by layer: how many times as fast head is, and whether that is more than chance.
 *
 * In one run both were timed in turn, in the same processes. Two reports are of different times, which are never compared:
 * there each side's ratio to a yardstick, a peer that both have timed, is.
 *
 * @module
 */

import { hostOf, majorHostOf } from "../report/host.ts";
import type { BenchReport, CaseResult } from "../report/results.ts";
import { resultOf, variantsWith } from "../report/sections/speed.ts";
import { ratiosByProcess } from "../statistics/ratio.ts";
import { adjusted, pairedShift, type Shift, SIGNIFICANCE, unpairedShift } from "../statistics/shift.ts";
import { UsageError } from "../usage-error.ts";
import { isOurs } from "../variant-names.ts";

/** `~` where nothing is known. */
export type LayerVerdict = "faster" | "slower" | "~";

/** One layer. */
export interface LayerComparison extends Shift {
  readonly name: string;
  /** The probability, adjusted for the number of layers. */
  readonly adjustedP: number;
  readonly verdict: LayerVerdict;
  /** Medians, where both are of one run. */
  readonly baseMs: number | null;
  readonly headMs: number | null;
}

/** What was compared, and what came out. */
export interface Comparison {
  readonly kind: "corr2d-bench-comparison";
  readonly schemaVersion: 1;
  readonly base: string;
  readonly head: string;
  /** The peer that both were held against; null where they were timed in one run. */
  readonly yardstick: string | null;
  readonly machine: string;
  readonly host: string;
  readonly created: string;
  readonly processes: number;
  /** By how much, as a share, a layer may become slower; null where that is not asked. */
  readonly threshold: number | null;
  readonly layers: readonly LayerComparison[];
  /** Layers that were not compared, and why. */
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
}

/** Names of both sides where they are variants of one run. */
export const SIDES = { base: "base", head: "head" } as const;

/** What one comparison says of itself. */
export interface About {
  readonly base: string;
  readonly head: string;
  readonly threshold: number | null;
}

/** Compares the variants `base` and `head` of one run. */
export function compareInRun(run: BenchReport, about: About): Comparison {
  const found = run.cases.map((layer): Found => {
    const [base, head] = [SIDES.base, SIDES.head].map((side) => resultOf(layer, side));
    const { name } = layer.convCase;
    const untimed = [base, head].find((result) => result?.timing == null);
    if (base?.timing == null || head?.timing == null) {
      return {
        name,
        reason: `${untimed?.variant ?? "a side"} ${untimed?.outcome ?? "is missing"}: ${untimed?.reason}`,
      };
    }
    const pair = { numerator: base.timing.rounds, denominator: head.timing.rounds };
    const shift = pairedShift(ratiosByProcess(pair));
    return shift === undefined
      ? { name, reason: "fewer than two processes have times of both" }
      : { name, shift, baseMs: base.timing.medianMs, headMs: head.timing.medianMs };
  });
  return comparisonOf(run, found, null, about);
}

/**
 * Compares two reports by what both say of one yardstick.
 *
 * @throws UsageError where the reports are of different machines, speak about different variants, or have no peer or no layer in common.
 */
export function compareReports(base: BenchReport, head: BenchReport, by: string | undefined, about: About): Comparison {
  refuseDifferentMachines(base, head);
  const [before, after] = [base, head].map(({ settings }) => settings.subject);
  if (before !== after) {
    throw new UsageError(
      `the reports speak about different variants: ${before} and ${after}; measure one of them anew by --subject`,
    );
  }
  const common = commonPeers(base, head);
  const yardstick = by ?? common[0];
  if (yardstick === undefined || !common.includes(yardstick)) {
    const known = common.length === 0 ? "they have none in common" : `they have ${common.join(", ")} in common`;
    const asked = yardstick === undefined ? "a peer" : `"${yardstick}"`;
    throw new UsageError(
      `two reports are compared by ${asked} that both have timed, and ${known}; or compare two checkouts, which are timed in one run`,
    );
  }
  const [ofBase, ofHead] = [base, head].map(
    (report) => new Map(report.cases.map((layer) => [keyOf(report, layer), layer])),
  );
  const both = [...ofBase.keys()].filter((key) => ofHead.has(key));
  if (both.length === 0) {
    const namesOf = (layers: ReadonlyMap<string, CaseResult>) => [...layers.keys()].slice(0, 3).join(", ");
    throw new UsageError(
      `the reports have no layer in common: base has ${namesOf(ofBase)} …, head ${namesOf(ofHead)} …; measure the same suite twice`,
    );
  }
  const found = [...ofBase].map(([name, layer]): Found => {
    const other = ofHead.get(name);
    if (other === undefined) return { name, reason: "only base has it" };
    const [before, after] = [ratiosTo(base, layer, yardstick), ratiosTo(head, other, yardstick)];
    const shift = unpairedShift(before, after);
    return shift === undefined
      ? { name, reason: `not timed beside ${yardstick} in both` }
      : { name, shift, baseMs: null, headMs: null };
  });
  const added = [...ofHead.keys()]
    .filter((name) => !ofBase.has(name))
    .map((name): Found => ({ name, reason: "only head has it" }));
  return comparisonOf(head, [...found, ...added], yardstick, about);
}

/** What a layer is called, whatever its suite: its name, and what its run was asked for beside a forward pass with weights prepared. */
function keyOf({ settings }: BenchReport, { convCase, pass, fresh }: CaseResult): string {
  const asked = [
    ...(pass === undefined && settings.pass !== "forward" ? [settings.pass] : []),
    ...(fresh === undefined && settings.fresh ? ["stateless"] : []),
  ];
  return asked.length === 0 ? convCase.name : `${convCase.name} (${asked.join(", ")})`;
}

/** A layer that was compared, or why not. */
type Found =
  | { readonly name: string; readonly shift: Shift; readonly baseMs: number | null; readonly headMs: number | null }
  | { readonly name: string; readonly reason: string };

function comparisonOf(
  { environment, created, settings }: BenchReport,
  found: readonly Found[],
  yardstick: string | null,
  about: About,
): Comparison {
  const compared = found.filter((layer) => "shift" in layer);
  const probabilities = adjusted(compared.map(({ shift }) => shift.p));
  return {
    kind: "corr2d-bench-comparison",
    schemaVersion: 1,
    ...about,
    yardstick,
    machine: environment.cpu,
    host: hostOf(environment),
    created,
    processes: settings.processes,
    layers: compared.map(({ name, shift, baseMs, headMs }, i) => {
      const significant = probabilities[i] < SIGNIFICANCE;
      const verdict = significant ? (shift.estimate > 1 ? "faster" : "slower") : "~";
      return { name, ...shift, adjustedP: probabilities[i], verdict, baseMs, headMs };
    }),
    missing: found.filter((layer) => "reason" in layer),
  };
}

/** Layers that became slower by more than the threshold, for certain. */
export function beyondThreshold({ layers, threshold }: Comparison): readonly LayerComparison[] {
  if (threshold === null) return [];
  return layers.filter(({ verdict, estimate }) => verdict === "slower" && 1 / estimate > 1 + threshold);
}

/** Time of the yardstick / time of the subject, by process. */
function ratiosTo({ settings: { subject }, variants }: BenchReport, layer: CaseResult, yardstick: string) {
  const denominator = subject === null ? undefined : resultOf(layer, subject)?.timing?.rounds;
  const numerator = resultOf(layer, yardstick)?.timing?.rounds;
  if (numerator === undefined || denominator === undefined) return [];
  const apart = variants.some(({ name, apart: own }) => own && name === yardstick);
  return ratiosByProcess({ numerator, denominator, apart });
}

/** Peers that both have timed, those first that were timed on most layers of head. */
function commonPeers(base: BenchReport, head: BenchReport): readonly string[] {
  const [ofBase, ofHead] = [base, head].map(({ cases }) => variantsWith(cases, ({ timing }) => timing !== null));
  const layersOf = (peer: string) => head.cases.filter((layer) => resultOf(layer, peer)?.timing != null).length;
  return ofHead.filter((name) => ofBase.includes(name) && !isOurs(name)).toSorted((a, b) => layersOf(b) - layersOf(a));
}

function refuseDifferentMachines({ environment: base }: BenchReport, { environment: head }: BenchReport): void {
  const kinds = [
    ["processors", base.cpu, head.cpu],
    ["numbers of cores", base.cores, head.cores],
    ["hosts", majorHostOf(base), majorHostOf(head)],
  ] as const;
  for (const [what, before, after] of kinds) {
    if (before !== after) {
      throw new UsageError(
        `the reports are of different ${what}: ${before} and ${after}; ratios of one are not those of another. Measure both there, or put them side by side: bench merge`,
      );
    }
  }
}
