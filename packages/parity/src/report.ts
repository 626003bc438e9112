/**
 * The outcome of a run as one plain object: what `--json` writes, and what every other form is made from.
 *
 * @module
 */

import type { CasePass } from "@corr2d/testkit";
import { type Comparison, type Findings, REFERENCE, type Refusal, type VanishedDivergence } from "./compare.ts";
import { groupBy } from "./group-by.ts";
import type { Divergence } from "./ledger.ts";
import type { Shard } from "./trials.ts";
import type { Rung } from "./verdict.ts";

/** Changes when a reader of the JSON would have to. */
export const REPORT_SCHEMA = "corr2d-parity/1";

/** `agree`: exit code 0. `disagree`: 1. `could not run`: 2. */
export type Outcome = "agree" | "disagree" | "could not run";

/** An oracle that was asked for. */
export type OracleStatus =
  | { readonly name: string; readonly ran: true; readonly version: string; readonly threads: number }
  | { readonly name: string; readonly ran: false; readonly reason: string };

/** One row: an oracle, an algorithm, a pass. */
export interface SummaryRow {
  readonly oracle: string;
  readonly algorithm: string;
  readonly pass: CasePass;
  readonly compared: number;
  readonly agree: number;
  readonly oursWrong: number;
  /** The oracle is wrong, and the ledger does not expect it. */
  readonly tfjsWrong: number;
  /** The oracle is wrong, as the ledger expects. */
  readonly expected: number;
  readonly undecided: number;
  /** What the comparisons were held to. */
  readonly rungs: Readonly<Record<Rung, number>>;
  /** Cases that one of the two cannot be asked. */
  readonly notAsked: number;
  /** The largest error/bound of ours on real data; on exact data there is no error or it is a verdict. */
  readonly worstRatio: number;
  readonly worstUlp: number;
  /** The same for the oracle, where it is not wrong. */
  readonly oracleWorstRatio: number;
}

/** What a run was asked. */
export interface RunFacts {
  readonly seed: number;
  readonly cases: number;
  readonly trials: number;
  readonly shard: Shard | undefined;
  readonly only: string | undefined;
  readonly node: string;
  readonly platform: string;
  readonly started: string;
  readonly seconds: number;
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
  readonly summary: readonly SummaryRow[];
  readonly comparisons: readonly Comparison[];
  readonly refusals: readonly Refusal[];
  /** Entries of the ledger that were met, and how often. */
  readonly ledger: readonly (Omit<Divergence, "applies"> & { readonly met: number })[];
  readonly vanished: readonly VanishedDivergence[];
}

/** What a report is made from. */
export interface ReportParts {
  readonly run: RunFacts;
  readonly oracles: readonly OracleStatus[];
  readonly required: readonly string[];
  readonly algorithms: ParityReport["algorithms"];
  readonly findings: Findings;
  readonly ledger: readonly Divergence[];
}

/** Adds up what was found and says what follows. */
export function makeReport({ run, oracles, required, algorithms, findings, ledger }: ReportParts): ParityReport {
  const { comparisons, refusals, vanished } = findings;
  const { outcome, reasons } = conclude(oracles, required, findings);
  return {
    schema: REPORT_SCHEMA,
    outcome,
    reasons,
    run,
    oracles,
    algorithms,
    summary: summarise(findings),
    comparisons,
    refusals,
    ledger: ledger.flatMap(({ applies: _, ...entry }) => {
      const met = comparisons.filter(({ expected }) => expected === entry.id).length;
      return met > 0 ? [{ ...entry, met }] : [];
    }),
    vanished,
  };
}

function conclude(
  oracles: readonly OracleStatus[],
  required: readonly string[],
  { comparisons, vanished }: Findings,
): Pick<ParityReport, "outcome" | "reasons"> {
  const missing = oracles.flatMap((oracle) =>
    !oracle.ran && required.includes(oracle.name)
      ? [`required oracle ${oracle.name} did not run: ${oracle.reason}`]
      : [],
  );
  if (missing.length > 0) return { outcome: "could not run", reasons: missing };
  if (!comparisons.some(({ oracle }) => oracle !== REFERENCE)) {
    return { outcome: "could not run", reasons: ["nothing was compared with an oracle"] };
  }
  const count = (select: (comparison: Comparison) => boolean): number => comparisons.filter(select).length;
  const oursWrong = count(({ verdict, oracle }) => verdict === "ours is wrong" && oracle !== REFERENCE);
  const wrongByReference = count(({ verdict, oracle }) => verdict === "ours is wrong" && oracle === REFERENCE);
  const unexpected = count(({ verdict, expected }) => verdict === "tfjs is wrong" && expected === undefined);
  const undecided = count(({ verdict }) => verdict === "undecided");
  const reasons = [
    ...(oursWrong > 0 ? [`ours is wrong in ${oursWrong} comparisons with an oracle`] : []),
    ...(wrongByReference > 0 ? [`ours is wrong in ${wrongByReference} comparisons with the reference`] : []),
    ...(unexpected > 0 ? [`an oracle is wrong in ${unexpected} comparisons where the ledger does not expect it`] : []),
    ...(undecided > 0 ? [`${undecided} comparisons are undecided, which cannot be: the bounds are wrong`] : []),
    ...vanished.map(({ id, case: name, pass }) => `the ledger expects ${id} in ${pass} of "${name}", which agrees`),
  ];
  return { outcome: reasons.length > 0 ? "disagree" : "agree", reasons };
}

/** Adds up the comparisons by oracle, algorithm and pass, in the order in which they first came. */
function summarise({ comparisons, refusals }: Findings): SummaryRow[] {
  const groups = groupBy(comparisons, (c) => JSON.stringify([c.oracle, c.algorithm, c.pass]));
  return [...groups.values()].map((group): SummaryRow => {
    const [{ oracle, algorithm, pass }] = group;
    const count = (select: (comparison: Comparison) => boolean): number => group.filter(select).length;
    const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);
    const onBound = group.filter(({ data }) => data === "real");
    const notAsked = new Set(
      refusals
        .filter((refusal) => refusal.pass === pass && [oracle, algorithm].includes(refusal.by))
        .map((r) => r.case),
    );
    return {
      oracle,
      algorithm,
      pass,
      compared: group.length,
      agree: count(({ verdict }) => verdict === "agree"),
      oursWrong: count(({ verdict }) => verdict === "ours is wrong"),
      tfjsWrong: count(({ verdict, expected }) => verdict === "tfjs is wrong" && expected === undefined),
      expected: count(({ expected }) => expected !== undefined),
      undecided: count(({ verdict }) => verdict === "undecided"),
      rungs: {
        "bit-exact": count(({ rung }) => rung === "bit-exact"),
        "exact by data": count(({ rung }) => rung === "exact by data"),
        "per-element bound": count(({ rung }) => rung === "per-element bound"),
      },
      notAsked: notAsked.size,
      worstRatio: largest(onBound.map(({ ours }) => ours?.worstRatio ?? 0)),
      worstUlp: largest(onBound.map(({ ours }) => ours?.worstUlp ?? 0)),
      oracleWorstRatio: largest(
        onBound.map(({ verdict, theirs }) => (verdict === "tfjs is wrong" ? 0 : (theirs?.worstRatio ?? 0))),
      ),
    };
  });
}
