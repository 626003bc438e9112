/**
 * Findings, added up. A tally of many trials is as large as one of few, but for what is worth a look: what disagrees, and
 * the worst error of each case. Tallies of disjoint sets of trials add up to the tally of all of them, in any order.
 *
 * @module
 */

import { CASE_PASSES, type CasePass } from "@corr2d/testkit";
import { type Comparison, type Findings, REFERENCE, type VanishedDivergence } from "./compare.ts";
import type { DataKind } from "./generate/problem.ts";
import { addSupport, type SupportCount, supportIn } from "./support.ts";
import type { Trial } from "./trials.ts";
import { RUNGS, type Rung, type Verdict } from "./verdict.ts";

/** Where an algorithm came nearest to its bound. */
export interface Worst {
  readonly case: string;
  readonly data: DataKind;
  readonly pass: CasePass;
  readonly algorithm: string;
  readonly rung: Rung;
  readonly ratio: number;
  readonly ulp: number;
}

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
  /** The oracle is wrong as the ledger expects, or ours as the list of known failures does. */
  readonly expected: number;
  readonly undecided: number;
  /** What the comparisons were held to. */
  readonly rungs: Readonly<Record<Rung, number>>;
  /** Cases that one of the two cannot be asked. */
  readonly notAsked: number;
  /** The largest error/bound of ours where there is a bound; on exact data there is no error or it is a verdict. */
  readonly worstRatio: number;
  readonly worstUlp: number;
  /** The same for the oracle, where it is not wrong. */
  readonly oracleWorstRatio: number;
}

/** Why somebody cannot be asked, and of how many cases. */
export interface RefusalCount {
  readonly by: string;
  readonly pass: CasePass;
  readonly reason: string;
  /** Whether the cases lie beyond the reach that they state. */
  readonly beyondReach?: true;
  readonly cases: number;
}

/** A row as it is added up: with the number of trials in it, from which `notAsked` follows. */
interface Row extends Omit<SummaryRow, "notAsked"> {
  readonly trials: number;
}

/** Everything that a report is made from. Plain data, so that it can be sent from process to process. */
export interface Tally {
  trials: number;
  /** Trials that asked for each pass. */
  readonly passes: Record<string, number>;
  readonly rows: Record<string, Row>;
  readonly refusals: Record<string, RefusalCount>;
  /** How cases with each feature were answered. */
  readonly support: Record<string, SupportCount>;
  /** How often each entry of the ledger, and each known failure, was met. */
  readonly met: Record<string, number>;
  /** Where each case came nearest to its bound, by its name … */
  readonly worstOfCase: Record<string, Worst>;
  /** … and each algorithm, by its own. */
  readonly worstOfAlgorithm: Record<string, Worst>;
  readonly vanished: VanishedDivergence[];
  /** Comparisons that do not agree and that neither the ledger nor the list of known failures expects. */
  readonly disagreements: Comparison[];
}

/** The tally of no trial. */
export function emptyTally(): Tally {
  return {
    trials: 0,
    passes: {},
    rows: {},
    refusals: {},
    support: {},
    met: {},
    worstOfCase: {},
    worstOfAlgorithm: {},
    vanished: [],
    disagreements: [],
  };
}

/** The tally of one trial. */
export function tallyTrial(findings: Findings, { convCase, passes }: Pick<Trial, "convCase" | "passes">): Tally {
  const { comparisons, refusals, vanished } = findings;
  const tally = emptyTally();
  tally.trials = 1;
  for (const pass of passes) tally.passes[pass] = 1;
  for (const comparison of comparisons) {
    const { expected, verdict, oracle } = comparison;
    addRow(tally.rows, rowOf(comparison));
    if (expected !== undefined) addCount(tally.met, expected, 1);
    else if (verdict !== "agree") tally.disagreements.push(comparison);
    const worst = oracle === REFERENCE ? worstOf(comparison) : undefined;
    if (worst === undefined) continue;
    keepWorst(tally.worstOfCase, worst.case, worst);
    keepWorst(tally.worstOfAlgorithm, worst.algorithm, worst);
  }
  // However many comparisons a row holds, they are of one trial.
  for (const [key, row] of Object.entries(tally.rows)) tally.rows[key] = { ...row, trials: 1 };
  for (const { case: _, ...refusal } of refusals) addRefusals(tally.refusals, { ...refusal, cases: 1 });
  for (const count of Object.values(supportIn(findings, convCase))) addSupport(tally.support, count);
  tally.vanished.push(...vanished);
  return tally;
}

/** Adds the tally of other trials to a total. */
export function addTally(total: Tally, part: Tally): void {
  total.trials += part.trials;
  for (const [pass, trials] of Object.entries(part.passes)) addCount(total.passes, pass, trials);
  for (const row of Object.values(part.rows)) addRow(total.rows, row);
  for (const refusals of Object.values(part.refusals)) addRefusals(total.refusals, refusals);
  for (const count of Object.values(part.support)) addSupport(total.support, count);
  for (const [id, times] of Object.entries(part.met)) addCount(total.met, id, times);
  let cases = counts.get(total.worstOfCase) ?? Object.keys(total.worstOfCase).length;
  for (const [name, worst] of Object.entries(part.worstOfCase)) {
    if (!(name in total.worstOfCase)) cases++;
    keepWorst(total.worstOfCase, name, worst);
  }
  counts.set(total.worstOfCase, cases);
  for (const [name, worst] of Object.entries(part.worstOfAlgorithm)) keepWorst(total.worstOfAlgorithm, name, worst);
  total.vanished.push(...part.vanished);
  total.disagreements.push(...part.disagreements);
  prune(total);
}

/** How many cases the worst are of: to count them anew takes longer than to add a trial. */
const counts: WeakMap<Tally["worstOfCase"], number> = new WeakMap();

/** Lists of a tally that grow with its trials are cut to this, whenever they are twice as long. */
const MOST_WORST = 2 ** 9;
const MOST_DISAGREEMENTS = 2 ** 14;

/** Keeps the cases nearest to their bound and the simplest disagreements, by orders that no sequence of additions changes. */
function prune(total: Tally): void {
  const worst = total.worstOfCase;
  if (counts.get(worst)! > 2 * MOST_WORST) {
    const byRatio = Object.keys(worst).sort((a, b) => worst[b]!.ratio - worst[a]!.ratio || (a < b ? -1 : 1));
    for (const name of byRatio.slice(MOST_WORST)) delete worst[name];
    counts.set(worst, MOST_WORST);
  }
  if (total.disagreements.length > 2 * MOST_DISAGREEMENTS) {
    total.disagreements.sort(bySimplicity).splice(MOST_DISAGREEMENTS);
  }
}

/** What stands in few elements is soonest understood. */
export function bySimplicity(a: Comparison, b: Comparison): number {
  const place = ({ question, algorithm, oracle }: Comparison): string => `${question} ${algorithm} ${oracle}`;
  return a.elements - b.elements || a.case.length - b.case.length || (place(a) < place(b) ? -1 : 1);
}

/** Rows in an order of their own: the reference, then the oracles by name; within each the passes, then the algorithms. */
export function summaryRows({ rows, passes }: Tally): readonly SummaryRow[] {
  const place = ({ oracle, pass }: Row): string => `${oracle === REFERENCE ? "" : oracle} ${CASE_PASSES.indexOf(pass)}`;
  return Object.values(rows)
    .sort((a, b) => (place(a) < place(b) ? -1 : Number(place(a) > place(b))))
    .map(({ trials, ...row }) => ({ ...row, notAsked: passes[row.pass] - trials }));
}

/** How many cases an implementation answered in a pass, and how many within its reach it refused. */
export interface Coverage {
  readonly by: string;
  readonly pass: CasePass;
  readonly answered: number;
  readonly refused: number;
  /** Cases that it was not asked, being beyond its reach. */
  readonly beyondReach: number;
  /** Answers that were held to a normwise promise, not to a bound for each element. */
  readonly normwise: number;
}

/** The coverage of everybody who was held against the truth. */
export function coverageOf({ rows, refusals }: Tally): readonly Coverage[] {
  return Object.values(rows)
    .filter(({ oracle }) => oracle === REFERENCE)
    .map(({ algorithm: by, pass, trials: answered, rungs }) => {
      const own = Object.values(refusals).filter((refusal) => refusal.by === by && refusal.pass === pass);
      const count = (isBeyond: boolean): number =>
        own.reduce((sum, { cases, beyondReach = false }) => (beyondReach === isBeyond ? sum + cases : sum), 0);
      const normwise = rungs["normwise bound"];
      return { by, pass, answered, refused: count(false), beyondReach: count(true), normwise };
    });
}

function rowOf(comparison: Comparison): Row {
  const { oracle, algorithm, pass, verdict, expected, rung, ours, theirs } = comparison;
  const one = (is: boolean): number => (is ? 1 : 0);
  const isBounded = rung !== "exact by data";
  const is = (wanted: Verdict): boolean => verdict === wanted;
  return {
    oracle,
    algorithm,
    pass,
    trials: 1,
    compared: 1,
    agree: one(is("agree")),
    oursWrong: one(is("ours is wrong") && expected === undefined),
    tfjsWrong: one(is("tfjs is wrong") && expected === undefined),
    expected: one(expected !== undefined),
    undecided: one(is("undecided")),
    rungs: perRung((each) => one(each === rung)),
    worstRatio: isBounded ? (ours?.worstRatio ?? 0) : 0,
    worstUlp: isBounded ? (ours?.worstUlp ?? 0) : 0,
    oracleWorstRatio: isBounded && !is("tfjs is wrong") ? (theirs?.worstRatio ?? 0) : 0,
  };
}

function addRow(rows: Record<string, Row>, row: Row): void {
  const key = JSON.stringify([row.oracle, row.algorithm, row.pass]);
  const known = rows[key];
  if (known === undefined) {
    rows[key] = row;
    return;
  }
  rows[key] = {
    ...known,
    trials: known.trials + row.trials,
    compared: known.compared + row.compared,
    agree: known.agree + row.agree,
    oursWrong: known.oursWrong + row.oursWrong,
    tfjsWrong: known.tfjsWrong + row.tfjsWrong,
    expected: known.expected + row.expected,
    undecided: known.undecided + row.undecided,
    rungs: perRung((rung) => known.rungs[rung] + row.rungs[rung]),
    worstRatio: Math.max(known.worstRatio, row.worstRatio),
    worstUlp: Math.max(known.worstUlp, row.worstUlp),
    oracleWorstRatio: Math.max(known.oracleWorstRatio, row.oracleWorstRatio),
  };
}

function addCount(counts: Record<string, number>, key: string, count: number): void {
  counts[key] = (counts[key] ?? 0) + count;
}

function addRefusals(counts: Record<string, RefusalCount>, refusals: RefusalCount): void {
  const key = JSON.stringify([refusals.by, refusals.pass, refusals.reason, refusals.beyondReach === true]);
  counts[key] = { ...refusals, cases: refusals.cases + (counts[key]?.cases ?? 0) };
}

function perRung(count: (rung: Rung) => number): Record<Rung, number> {
  return Object.fromEntries(RUNGS.map((rung) => [rung, count(rung)])) as Record<Rung, number>;
}

function worstOf({ case: name, data, pass, algorithm, rung, ours }: Comparison): Worst | undefined {
  if (ours === undefined || rung === "exact by data") return undefined;
  return { case: name, data, pass, algorithm, rung, ratio: ours.worstRatio, ulp: ours.worstUlp };
}

function keepWorst(worst: Record<string, Worst>, key: string, candidate: Worst): void {
  const known = worst[key];
  if (known === undefined || isWorse(candidate, known)) worst[key] = candidate;
}

function isWorse(a: Worst, b: Worst): boolean {
  const place = ({ case: name, data, pass, algorithm }: Worst): string => `${name} ${data} ${pass} ${algorithm}`;
  return a.ratio > b.ratio || (a.ratio === b.ratio && (a.ulp > b.ulp || (a.ulp === b.ulp && place(a) < place(b))));
}
