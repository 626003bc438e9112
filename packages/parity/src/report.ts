/**
 * The outcome of a run as one plain object: what `--json` writes, and what every other form is made from.
 *
 * @module
 */

import { CASE_PASSES } from "@corr2d/testkit";
import { type Comparison, REFERENCE, type VanishedDivergence } from "./compare.ts";
import { isExpired, type KnownFailure, knownFailureId } from "./known-failures.ts";
import type { LawFinding } from "./laws/check.ts";
import type { Divergence, Limitation } from "./ledger.ts";
import type { RequestFinding } from "./negative/check.ts";
import type { Reduction } from "./shrink/reduce.ts";
import { FEATURES, type SupportCount } from "./support.ts";
import {
  type Coverage,
  coverageOf,
  type RefusalCount,
  type SummaryRow,
  summaryRows,
  type Tally,
  type Worst,
} from "./tally.ts";
import type { Shard } from "./trials.ts";

export type { SummaryRow } from "./tally.ts";

/** Changes when a reader of the JSON would have to. */
export const REPORT_SCHEMA = "corr2d-parity/2";

/** `agree`: exit code 0. `disagree`: 1. `could not run`: 2. */
export type Outcome = "agree" | "disagree" | "could not run";

/** An oracle that was asked for. */
export type OracleStatus =
  | { readonly name: string; readonly ran: true; readonly version: string; readonly threads: number }
  | { readonly name: string; readonly ran: false; readonly reason: string };

/** What a run was asked. */
export interface RunFacts {
  readonly seed: number;
  readonly cases: number;
  readonly trials: number;
  readonly path: string | undefined;
  readonly shard: Shard | undefined;
  readonly only: string | undefined;
  /** Files of the modules that were checked, in the order of `algorithms`. */
  readonly modules?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Trials that were left out, the time being up or something having failed. */
  readonly left?: number;
  readonly node: string;
  readonly platform: string;
  readonly started: string;
  readonly seconds: number;
  /** Of runs that were put together, their number and seeds. */
  readonly parts?: { readonly runs: number; readonly seeds: readonly number[] };
}

/** A process of the run that ended before its work did. */
export interface DeadWorker {
  readonly worker: number;
  /** How it ended, and the last trial it told of. */
  readonly reason: string;
}

/** Everything about a run. */
export interface ParityReport {
  readonly schema: typeof REPORT_SCHEMA;
  readonly outcome: Outcome;
  /** Why, in sentences. */
  readonly reasons: readonly string[];
  readonly run: RunFacts;
  readonly oracles: readonly OracleStatus[];
  readonly algorithms: readonly { readonly name: string; readonly version: string }[];
  /** Comparisons with oracles, and with the reference. */
  readonly compared: { readonly withOracles: number; readonly withReference: number };
  readonly summary: readonly SummaryRow[];
  /** Comparisons that disagree and that the ledger does not expect. All others are counted in `summary`. */
  readonly disagreements: readonly Comparison[];
  readonly refusals: readonly RefusalCount[];
  /** How much each implementation answered, pass by pass. */
  readonly coverage: readonly Coverage[];
  /** Which features each implementation has. */
  readonly support: readonly SupportCount[];
  /** Failures that were said to be known, how many comparisons each excused, and whether its day has passed. */
  readonly known: readonly (KnownFailure & { readonly met: number; readonly isExpired: boolean })[];
  /** Where each algorithm came nearest to its bound, and each case. */
  readonly worstOfAlgorithms: readonly Worst[];
  readonly worstOfCases: readonly Worst[];
  /** What must be refused, asked of everybody. */
  readonly requests: readonly RequestFinding[];
  /** What a convolution must obey whatever its values, asked of everybody. */
  readonly laws: readonly LawFinding[];
  /** Entries of the ledger that were met, and how often. */
  readonly ledger: readonly (Omit<Divergence, "applies"> & { readonly met: number })[];
  /** What an oracle cannot do as the ledger says, seen in this run. */
  readonly limitations: readonly Omit<Limitation, "holds">[];
  readonly vanished: readonly VanishedDivergence[];
  readonly deadWorkers: readonly DeadWorker[];
  /** What of the first disagreements was left after shrinking. */
  readonly reductions: readonly Reduction[];
}

/** What a report is made from. */
export interface ReportParts {
  readonly run: RunFacts;
  readonly oracles: readonly OracleStatus[];
  readonly required: readonly string[];
  readonly algorithms: ParityReport["algorithms"];
  readonly tally: Tally;
  readonly requests?: readonly RequestFinding[];
  readonly laws?: readonly LawFinding[];
  /** Limitations that were looked at, and whether each still holds. */
  readonly limitations?: readonly (Omit<Limitation, "holds"> & { readonly held: boolean })[];
  readonly ledger: readonly Divergence[];
  readonly known?: readonly KnownFailure[];
  readonly deadWorkers?: readonly DeadWorker[];
  readonly reductions?: readonly Reduction[];
  /** Why what failed could not be made smaller, in sentences. */
  readonly unreduced?: readonly string[];
  /** What a whole run would have and this one has not, in sentences. */
  readonly missing?: readonly string[];
  /** The share of the cases within its reach that each implementation has to answer. */
  readonly leastCoverage?: number;
  /** Who answered the same question in two ways, in sentences. */
  readonly contradictions?: readonly string[];
}

/** Adds up what was found and says what follows. */
export function makeReport(parts: ReportParts): ParityReport {
  const {
    run,
    oracles,
    algorithms,
    tally,
    ledger,
    requests = [],
    laws = [],
    limitations = [],
    deadWorkers = [],
    known = [],
  } = parts;
  const { reductions = [] } = parts;
  const { outcome, reasons } = conclude(parts);
  const summary = summaryRows(tally);
  const total = (rows: readonly SummaryRow[]): number => rows.reduce((sum, { compared }) => sum + compared, 0);
  const byRatio = (worst: Tally["worstOfCase"]): Worst[] => Object.values(worst).sort((a, b) => b.ratio - a.ratio);
  return {
    schema: REPORT_SCHEMA,
    outcome,
    reasons,
    run,
    oracles,
    algorithms,
    compared: {
      withOracles: total(summary.filter(({ oracle }) => oracle !== REFERENCE)),
      withReference: total(summary.filter(({ oracle }) => oracle === REFERENCE)),
    },
    summary,
    disagreements: tally.disagreements,
    refusals: Object.values(tally.refusals),
    coverage: coverageOf(tally),
    support: supportOf(tally, algorithms),
    known: known.map((entry) => ({
      ...entry,
      met: tally.met[knownFailureId(entry)] ?? 0,
      isExpired: isExpired(entry, new Date(run.started || 0)),
    })),
    worstOfAlgorithms: byRatio(tally.worstOfAlgorithm),
    worstOfCases: byRatio(tally.worstOfCase),
    requests,
    laws,
    ledger: ledger.flatMap(({ applies: _, ...entry }) => {
      const met = tally.met[entry.id] ?? 0;
      return met > 0 ? [{ ...entry, met }] : [];
    }),
    limitations: limitations.flatMap(({ held, ...limitation }) => (held ? [limitation] : [])),
    vanished: tally.vanished,
    deadWorkers,
    reductions,
  };
}

/** By implementation, and in the order of features and passes. */
function supportOf({ support }: Tally, algorithms: ReportParts["algorithms"]): readonly SupportCount[] {
  const names = algorithms.map(({ name }) => name);
  const place = ({ by, feature, pass }: SupportCount): number =>
    (names.indexOf(by) * FEATURES.length + FEATURES.indexOf(feature)) * CASE_PASSES.length + CASE_PASSES.indexOf(pass);
  return Object.values(support)
    .filter(({ by }) => names.includes(by))
    .sort((a, b) => place(a) - place(b));
}

/** The reason of a run without an oracle that it requires. */
export function lacking({ name, reason }: { readonly name: string; readonly reason: string }): string {
  return `required oracle ${name} did not run: ${reason}`;
}

/** Who refused so much, though it is within its reach, that nothing can be told. */
function tooFewAnswers(tally: Tally, least: number): string[] {
  return coverageOf(tally).flatMap(({ by, pass, answered, refused }) => {
    if (answered >= least * (answered + refused)) return [];
    return [
      `${by} answers ${pass} of ${answered} cases and refuses ${refused} that are within its reach: too few to tell; ` +
        "--coverage asks for fewer",
    ];
  });
}

type SummaryCounts = Pick<SummaryRow, "oursWrong" | "tfjsWrong" | "undecided">;

function conclude(parts: ReportParts): Pick<ParityReport, "outcome" | "reasons"> {
  const { oracles, required, tally, requests = [], laws = [], limitations = [], deadWorkers = [] } = parts;
  const { missing = [], contradictions = [], unreduced = [] } = parts;
  const { disagreements, vanished } = tally;
  const unable = [
    ...oracles.flatMap((oracle) => (!oracle.ran && required.includes(oracle.name) ? [lacking(oracle)] : [])),
    ...deadWorkers.map(({ worker, reason }) => `worker ${worker} died: ${reason}`),
    ...missing,
    ...(parts.leastCoverage === undefined ? [] : tooFewAnswers(tally, parts.leastCoverage)),
  ];
  const rows = Object.values(tally.rows);
  const byOracles = rows.filter(({ oracle }) => oracle !== REFERENCE);
  const byReference = rows.filter(({ oracle }) => oracle === REFERENCE);
  const count = (of: readonly SummaryCounts[], name: keyof SummaryCounts): number =>
    of.reduce((sum, row) => sum + row[name], 0);
  const oursWrong = count(byOracles, "oursWrong");
  const wrongByReference = count(byReference, "oursWrong");
  const unexpected = count(rows, "tfjsWrong");
  const undecided = count(rows, "undecided");
  const wrong = [
    ...(oursWrong > 0 ? [`ours is wrong in ${oursWrong} comparisons with an oracle`] : []),
    ...(wrongByReference > 0 ? [`ours is wrong in ${wrongByReference} comparisons with the reference`] : []),
    ...(unexpected > 0 ? [`an oracle is wrong in ${unexpected} comparisons where the ledger does not expect it`] : []),
    ...(undecided > 0 ? [`${undecided} comparisons are undecided, which cannot be: the bounds are wrong`] : []),
    ...vanished.map(({ id, case: name, pass }) => `the ledger expects ${id} in ${pass} of "${name}", which agrees`),
    ...requests.flatMap(({ reason }) => (reason === undefined ? [] : [reason])),
    ...laws.flatMap(({ reason }) => (reason === undefined ? [] : [reason])),
    ...limitations.flatMap(({ id, held }) => (held ? [] : [`the ledger says ${id}, which is no longer so`])),
    ...contradictions,
  ];
  // A wrong answer is one, whatever else could not be asked; but not of a run of which parts are missing.
  if (oursWrong + wrongByReference > 0 && missing.length === 0)
    return { outcome: "disagree", reasons: [...wrong, ...unable, ...unreduced] };
  if (unable.length > 0) return { outcome: "could not run", reasons: [...unable, ...wrong] };
  const witnessed = Object.values(tally.rows).some(({ oracle, compared }) => oracle !== REFERENCE && compared > 0);
  if (!witnessed && disagreements.length === 0)
    return { outcome: "could not run", reasons: ["nothing was compared with an oracle", ...wrong] };
  return { outcome: wrong.length > 0 ? "disagree" : "agree", reasons: wrong };
}
