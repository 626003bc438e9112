/**
 * Results put together. Records are known by their content, so sets of them are merged as sets: in any order, by any
 * number of steps, with the same set twice, the result is the same (associative, commutative, idempotent).
 *
 * @module
 */

import type { Comparison, Findings } from "../compare.ts";
import { groupBy } from "../group-by.ts";
import { type Divergence, LEDGER } from "../ledger.ts";
import { makeReport, type ParityReport, type RunFacts } from "../report.ts";
import { addTally, emptyTally, type Tally, tallyTrial } from "../tally.ts";
import { type EndRecord, lineOf, type ResultRecord, type RunRecord } from "./result-record.ts";
import { findingsOf, type Setup, seedOfRun, type TrialRecord } from "./trial-record.ts";

/** The union of sets of records, in an order that follows from the records alone: trials last, by their ids. */
export function mergeRecords(...sets: readonly (readonly ResultRecord[])[]): readonly ResultRecord[] {
  const byLine = new Map(sets.flat().map((record) => [lineOf(record), record]));
  return [...byLine].sort(byPlace).map(([, record]) => record);
}

/** The order of records that are merged. */
export function byPlace(
  [lineA, a]: readonly [string, ResultRecord],
  [lineB, b]: readonly [string, ResultRecord],
): number {
  const [placeA, placeB] = [a, b].map((record) => (record.record === "trial" ? record.trial : ""));
  if (placeA !== placeB) return placeA! < placeB! ? -1 : 1;
  return lineA < lineB ? -1 : Number(lineA > lineB);
}

/** How records are read. */
export interface ReportOfOptions {
  /** What is known to differ. Default: the ledger of this package. */
  readonly ledger?: readonly Divergence[];
  /** Whether all shards of a run must be there. Default: true. */
  readonly whole?: boolean;
  /** Whether several versions of somebody, or several platforms, may be put together. Default: true. */
  readonly mixed?: boolean;
}

/** The report that follows from records, whatever runs they come from. */
export function reportOf(records: readonly ResultRecord[], options: ReportOfOptions = {}): ParityReport {
  const merged = mergeRecords(records);
  const total = new Total(merged.filter((record) => record.record !== "trial"));
  const trials = merged.filter((record) => record.record === "trial");
  for (const group of groupBy(trials, ({ trial }) => trial).values()) total.add(group);
  return total.report(options);
}

type Other = Exclude<ResultRecord, TrialRecord>;

/** What records amount to, added up trial by trial, so that there may be more of them than fit into memory. */
export class Total {
  private readonly tally: Tally = emptyTally();
  private readonly contradictions: Set<string> = new Set();
  private readonly others: readonly Other[];
  private readonly setups: ReadonlyMap<string, Setup>;
  /** Trials by setup and seed. */
  private readonly counts: Map<string, number> = new Map();

  /** @param others all records but trials, each once and in their order. */
  constructor(others: readonly Other[]) {
    this.others = others;
    this.setups = new Map(this.only("setup").map((setup) => [setup.id, setup]));
  }

  /** Adds everything that is known about one trial. */
  add(group: readonly TrialRecord[]): void {
    for (const record of new Map(group.map((each) => [each.id, each])).values()) {
      const key = countKey(record.setup, seedOfRun(record));
      this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    }
    const { findings, contradictions } = findingsOfAll(group, this.setups);
    addTally(this.tally, tallyTrial(findings, { convCase: group[0]!.case, passes: group[0]!.passes }));
    for (const each of contradictions) this.contradictions.add(each);
  }

  /** What follows. */
  report({ ledger = LEDGER, whole = true, mixed = true }: ReportOfOptions): ParityReport {
    const [setups, runs, ends, general] = [
      this.only("setup"),
      this.only("run"),
      this.only("end"),
      this.only("general"),
    ];
    const ended = new Set(ends.map(({ run }) => run));
    const coverages = runs.flatMap(({ asked }) => asked.coverage ?? []);
    const distinct = <T>(items: readonly T[]): T[] => [
      ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
    ];
    const seconds = ends.reduce((sum, end) => sum + end.seconds, 0);
    return makeReport({
      run: factsOf(runs, this.tally.trials, seconds),
      oracles: distinct(runs.flatMap(({ oracles }) => oracles)),
      required: distinct(runs.flatMap(({ required }) => required)),
      algorithms: distinct(setups.flatMap(({ algorithms }) => algorithms)),
      tally: this.tally,
      laws: distinct(general.flatMap(({ laws }) => laws)),
      requests: distinct(general.flatMap(({ requests }) => requests)),
      limitations: distinct(general.flatMap(({ limitations }) => limitations)),
      reductions: distinct(this.only("reduction").map(({ reduction }) => reduction)),
      ledger,
      known: distinct(runs.flatMap(({ asked }) => asked.known ?? [])),
      contradictions: [...this.contradictions].sort(),
      ...(coverages.length > 0 && { leastCoverage: Math.max(...coverages) }),
      missing: [
        ...(mixed ? [] : mixtures(setups, runs)),
        ...unended(runs, ended),
        ...(whole ? missingShards(runs) : []),
        ...lostTrials(runs, ends, this.counts),
      ],
    });
  }

  private only<K extends Other["record"]>(kind: K): Extract<Other, { record: K }>[] {
    return this.others.filter((record): record is Extract<Other, { record: K }> => record.record === kind);
  }
}

function countKey(setup: string, seed: number | undefined): string {
  return `${setup} ${seed}`;
}

/** Who was asked in several versions, and where in several places: what cannot be one result. */
function mixtures(setups: readonly Setup[], runs: readonly RunRecord[]): string[] {
  const versions = groupBy(
    setups.flatMap(({ algorithms, oracles }) => [...algorithms, ...oracles]),
    ({ name }) => name,
  );
  const several = (values: readonly string[]): string[] => [...new Set(values)].sort();
  const places = several(runs.map(({ platform }) => platform));
  return [
    ...[...versions].flatMap(([name, whos]) => {
      const all = several(whos.map(({ version }) => version));
      return all.length > 1 ? [`these are records of ${all.length} versions of ${name}: ${all.join("; ")}`] : [];
    }),
    ...(places.length > 1 ? [`these are records of ${places.length} platforms: ${places.join("; ")}`] : []),
  ].map((sentence) => `${sentence}; merge those of one, or say --mixed`);
}

/** Ends tell how many trials there were; of runs that overlap the largest is what must be there. */
function lostTrials(
  runs: readonly RunRecord[],
  ends: readonly EndRecord[],
  counts: ReadonlyMap<string, number>,
): string[] {
  // The shards of a whole, and a run that was taken up again, which has several ends: its last one counts most.
  const shares = new Map<string, { readonly key: string; readonly whole: string; trials: number }>();
  for (const { id, setup, asked } of runs) {
    const own = ends.filter(({ run }) => run === id);
    const { shard: _, ...rest } = asked;
    const purpose = JSON.stringify([setup, asked]);
    const share = shares.get(purpose) ?? {
      key: countKey(setup, asked.seed),
      whole: JSON.stringify([setup, rest]),
      trials: 0,
    };
    share.trials = Math.max(share.trials, ...own.map(({ trials }) => trials));
    shares.set(purpose, share);
  }
  const wholes = [...groupBy([...shares.values()], ({ whole }) => whole).values()];
  const expected = new Map<string, number>();
  for (const group of wholes) {
    const sum = group.reduce((total, { trials }) => total + trials, 0);
    const [{ key }] = group;
    expected.set(key, Math.max(sum, expected.get(key) ?? 0));
  }
  return [...expected].flatMap(([key, trials]) => {
    const there = counts.get(key) ?? 0;
    const [, seed] = key.split(" ");
    return there < trials
      ? [`${trials - there} of ${trials} trials of seed ${seed} are missing: lines were lost after the run had ended`]
      : [];
  });
}

/** What several records say about one trial, with what of it contradicts itself. */
function findingsOfAll(
  group: readonly TrialRecord[],
  setups: ReadonlyMap<string, Setup>,
): { readonly findings: Findings; readonly contradictions: readonly string[] } {
  const contradictions: string[] = [];
  const versionOf = (record: TrialRecord, name: string): string => {
    const { algorithms = [], oracles = [] } = setups.get(record.setup) ?? {};
    return [...algorithms, ...oracles].find((one) => one.name === name)?.version ?? "";
  };
  // Who was asked the same by several setups is counted once.
  const comparisons = new Map<string, Comparison>();
  const refusals = new Map<string, Findings["refusals"][number]>();
  const vanished = new Map<string, Findings["vanished"][number]>();
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
  return { findings, contradictions };
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
      ({ asked: { seed, cases, path, only, shard, modules }, node, platform, started }): RunFacts => ({
        seed,
        cases,
        trials,
        path,
        shard,
        only,
        ...(modules !== undefined && { modules }),
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
  const modules = shared(parts.map((part) => part.modules));
  return {
    seed: first?.seed ?? 0,
    cases: Math.max(0, ...parts.map(({ cases }) => cases)),
    trials,
    path: shared(parts.map(({ path }) => path)),
    shard: shared(parts.map(({ shard }) => shard)),
    only: shared(parts.map(({ only }) => only)),
    ...(modules !== undefined && { modules }),
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
