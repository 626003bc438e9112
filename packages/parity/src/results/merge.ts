/**
 * Results put together. Records are known by their content, so sets of them are merged as sets: in any order, by any
 * number of steps, with the same set twice, the result is the same (associative, commutative, idempotent).
 *
 * @module
 */

import type { Comparison } from "../compare.ts";
import { type Divergence, LEDGER } from "../ledger.ts";
import { makeReport, type ParityReport, type RunFacts } from "../report.ts";
import { addTally, emptyTally, type Tally, tallyTrial } from "../tally.ts";
import { lineOf, type ResultRecord, type RunRecord } from "./result-record.ts";
import { findingsOf, type Setup, type TrialRecord } from "./trial-record.ts";

/** The union of sets of records, in an order that follows from the records alone. */
export function mergeRecords(...sets: readonly (readonly ResultRecord[])[]): readonly ResultRecord[] {
  const byLine = new Map(sets.flat().map((record) => [lineOf(record), record]));
  return [...byLine].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
}

/** How records are read. */
export interface ReportOfOptions {
  /** What is known to differ. Default: the ledger of this package. */
  readonly ledger?: readonly Divergence[];
  /** Whether all shards of a run must be there. Default: true. */
  readonly whole?: boolean;
}

/** The report that follows from records, whatever runs they come from. */
export function reportOf(
  records: readonly ResultRecord[],
  { ledger = LEDGER, whole = true }: ReportOfOptions = {},
): ParityReport {
  const merged = mergeRecords(records);
  const only = <K extends ResultRecord["record"]>(kind: K): Extract<ResultRecord, { record: K }>[] =>
    merged.filter((record): record is Extract<ResultRecord, { record: K }> => record.record === kind);
  const [setups, runs, ends, general, trials] = [
    only("setup"),
    only("run"),
    only("end"),
    only("general"),
    only("trial"),
  ];
  const ended = new Set(ends.map(({ run }) => run));
  const { tally, contradictions } = addUp(trials, new Map(setups.map((setup) => [setup.id, setup])));
  const coverages = runs.flatMap(({ asked }) => asked.coverage ?? []);
  const distinct = <T>(items: readonly T[]): T[] => [
    ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
  ];
  return makeReport({
    run: factsOf(
      runs,
      tally.trials,
      ends.reduce((sum, { seconds }) => sum + seconds, 0),
    ),
    oracles: distinct(runs.flatMap(({ oracles }) => oracles)),
    required: distinct(runs.flatMap(({ required }) => required)),
    algorithms: distinct(setups.flatMap(({ algorithms }) => algorithms)),
    tally,
    laws: distinct(general.flatMap(({ laws }) => laws)),
    requests: distinct(general.flatMap(({ requests }) => requests)),
    limitations: distinct(general.flatMap(({ limitations }) => limitations)),
    ledger,
    contradictions,
    ...(coverages.length > 0 && { leastCoverage: Math.max(...coverages) }),
    missing: [...unended(runs, ended), ...(whole ? missingShards(runs) : [])],
  });
}

/** What all records of trials amount to. */
function addUp(
  records: readonly TrialRecord[],
  setups: ReadonlyMap<string, Setup>,
): { readonly tally: Tally; readonly contradictions: readonly string[] } {
  const tally = emptyTally();
  const contradictions: string[] = [];
  const byTrial = new Map<string, TrialRecord[]>();
  for (const record of records) {
    const known = byTrial.get(record.trial);
    if (known === undefined) byTrial.set(record.trial, [record]);
    else known.push(record);
  }
  for (const group of byTrial.values()) {
    const [first] = group;
    const versionOf = (record: TrialRecord, name: string): string => {
      const { algorithms = [], oracles = [] } = setups.get(record.setup) ?? {};
      return [...algorithms, ...oracles].find((one) => one.name === name)?.version ?? "";
    };
    // Who was asked the same by several setups is counted once.
    const comparisons = new Map<string, Comparison>();
    const refusals = new Map<string, ReturnType<typeof findingsOf>["refusals"][number]>();
    const vanished = new Map<string, ReturnType<typeof findingsOf>["vanished"][number]>();
    for (const record of group) {
      const findings = findingsOf(record);
      for (const comparison of findings.comparisons) {
        const { question, algorithm, oracle } = comparison;
        const [ours, theirs] = [versionOf(record, algorithm), versionOf(record, oracle)];
        const key = JSON.stringify([question, algorithm, ours, oracle, theirs]);
        const known = comparisons.get(key);
        if (known === undefined) comparisons.set(key, comparison);
        else if (!isSame(known, comparison)) {
          contradictions.push(
            `${algorithm} ${ours} and ${oracle} ${theirs} answered otherwise another time: ${comparison.pass} of ` +
              `"${comparison.case}" on ${comparison.data} data`,
          );
        }
      }
      for (const refusal of findings.refusals) {
        refusals.set(JSON.stringify([refusal, versionOf(record, refusal.by)]), refusal);
      }
      for (const entry of findings.vanished) vanished.set(JSON.stringify(entry), entry);
    }
    const findings = {
      comparisons: [...comparisons.values()],
      refusals: [...refusals.values()],
      vanished: [...vanished.values()],
    };
    addTally(tally, tallyTrial(findings, first.passes));
  }
  return { tally, contradictions: [...new Set(contradictions)] };
}

/** A path tells where a problem was found, not what was answered. */
function isSame({ path: _, ...a }: Comparison, { path: __, ...b }: Comparison): boolean {
  const text = (value: object): string =>
    JSON.stringify(value, (_key, part) => (typeof part === "number" && !Number.isFinite(part) ? String(part) : part));
  return text(a) === text(b);
}

/** The facts of one run; of several, what they share and all of them as parts. */
function factsOf(runs: readonly RunRecord[], trials: number, seconds: number): RunFacts {
  const parts = runs
    .map(
      ({ asked: { seed, cases, path, only, shard }, node, platform, started }): RunFacts => ({
        seed,
        cases,
        trials,
        path,
        shard,
        only,
        node,
        platform,
        started,
        seconds,
      }),
    )
    .sort((a, b) => (a.started < b.started ? -1 : 1));
  const shared = <T>(values: readonly T[]): T | undefined =>
    new Set(values.map((value) => JSON.stringify(value))).size === 1 ? values[0] : undefined;
  const joined = (values: readonly string[]): string => [...new Set(values)].sort().join(", ");
  const first: RunFacts | undefined = parts[0];
  return {
    seed: first?.seed ?? 0,
    cases: Math.max(0, ...parts.map(({ cases }) => cases)),
    trials,
    path: shared(parts.map(({ path }) => path)),
    shard: shared(parts.map(({ shard }) => shard)),
    only: shared(parts.map(({ only }) => only)),
    node: joined(parts.map(({ node }) => node)),
    platform: joined(parts.map(({ platform }) => platform)),
    started: first?.started ?? "",
    seconds,
    ...(parts.length > 1 && {
      parts: { runs: parts.length, seeds: [...new Set(parts.map(({ seed }) => seed))].sort((a, b) => a - b) },
    }),
  };
}

/** What a run was asked, and by whom; runs of the same are one that was taken up again. */
function purposeOf({ setup, asked }: RunRecord): string {
  return JSON.stringify([setup, asked]);
}

function unended(runs: readonly RunRecord[], ended: ReadonlySet<string>): string[] {
  const done = new Set(runs.filter(({ id }) => ended.has(id)).map(purposeOf));
  const broken = new Map(runs.filter((run) => !done.has(purposeOf(run))).map((run) => [purposeOf(run), run]));
  return [...broken.values()].map(
    ({ asked }) => `a run (${describeAsked(asked)}) did not come to its end; go on with it by --resume`,
  );
}

function missingShards(runs: readonly RunRecord[]): string[] {
  const wholes = new Map<
    string,
    { readonly asked: RunRecord["asked"]; readonly count: number; readonly there: Set<number> }
  >();
  for (const { asked } of runs) {
    const { shard, ...whole } = asked;
    if (shard === undefined) continue;
    const key = JSON.stringify([whole, shard.count]);
    const known = wholes.get(key) ?? { asked: whole, count: shard.count, there: new Set<number>() };
    wholes.set(key, known);
    known.there.add(shard.index);
  }
  return [...wholes.values()].flatMap(({ asked, count, there }) => {
    const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !there.has(index));
    if (missing.length === 0) return [];
    return [`of the ${count} shards of a run (${describeAsked(asked)}) these are missing: ${missing.join(", ")}`];
  });
}

function describeAsked({ seed, cases, path, only, shard }: RunRecord["asked"]): string {
  return [
    `seed ${seed}`,
    `${cases} generated`,
    ...(path === undefined ? [] : [`path ${path}`]),
    ...(only === undefined ? [] : [`only ${JSON.stringify(only)}`]),
    ...(shard === undefined ? [] : [`shard ${shard.index}/${shard.count}`]),
  ].join(", ");
}
