/**
 * Asks every algorithm and every oracle the same questions and decides between each pair of answers.
 *
 * Oracles are asked block by block, not question by question: TensorFlow.js computes on one backend at a time, and a
 * change of backend costs more than a small convolution.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { type CaseData, type CasePass, rankOf } from "@corr2d/testkit";
import { askable, type ConvAdapter } from "./adapter.ts";
import { ask, askThoroughly, evidenceFor, evidenceOf } from "./ask.ts";
import type { DataKind } from "./generate/problem.ts";
import { excuseOf, type KnownFailure } from "./known-failures.ts";
import { type Divergence, expectedDivergence } from "./ledger.ts";
import { questionId } from "./record.ts";
import type { Trial } from "./trials.ts";
import { type Answer, decide, type Evidence, judgeValues, type Rung, type Verdict } from "./verdict.ts";

/** The name under which the truth itself stands in reports: every answer is held against it, with or without an oracle. */
export const REFERENCE = "reference";

/** How far an answer is from the truth. */
export interface Accuracy {
  /** Elements beyond their bound. */
  readonly mismatches: number;
  /** The largest error/bound. Infinity where equality was asked for and missed. */
  readonly worstRatio: number;
  /** The largest error in units in the last place. */
  readonly worstUlp: number;
}

/** One question, put to an algorithm and an oracle. */
export interface Comparison {
  /** Id of the question (record.ts). */
  readonly question: string;
  readonly case: string;
  readonly data: DataKind;
  readonly seed: number;
  /** Where fast-check finds the problem again, if it generated it. */
  readonly path?: string;
  readonly pass: CasePass;
  readonly algorithm: string;
  readonly oracle: string;
  readonly elements: number;
  readonly rung: Rung;
  readonly verdict: Verdict;
  /** What is wrong; absent if they agree. */
  readonly reason?: string;
  /** Entry of the ledger that expects the oracle to be wrong here, or of the list of known failures that expects ours to be. */
  readonly expected?: string;
  /** Absent if it threw. */
  readonly ours?: Accuracy;
  readonly theirs?: Accuracy;
}

/** A question that an algorithm or an oracle cannot be asked. */
export interface Refusal {
  readonly case: string;
  readonly pass: CasePass;
  readonly by: string;
  readonly reason: string;
  /** Whether the question lies beyond the reach that they state. */
  readonly beyondReach?: true;
}

/** An entry of the ledger that expected a divergence where there was none. */
export interface VanishedDivergence {
  readonly id: string;
  /** The case, or the request, on which it was expected. */
  readonly case: string;
  readonly pass: CasePass;
}

/** Everything that was seen. */
export interface Findings {
  readonly comparisons: readonly Comparison[];
  readonly refusals: readonly Refusal[];
  readonly vanished: readonly VanishedDivergence[];
}

/** What is compared. */
export interface CompareOptions {
  readonly algorithms: readonly ConvAdapter[];
  readonly oracles: readonly ConvAdapter[];
  readonly trials: readonly Trial[];
  readonly ledger: readonly Divergence[];
  /** Failures of algorithms that are known. Default: none. */
  readonly known?: readonly KnownFailure[] | undefined;
  /** Told before an algorithm is asked a question of a trial. */
  readonly onAsk?: ((algorithm: string, trial: Trial, question: AskedQuestion) => void) | undefined;
  /** Asked before each block of trials: whether the rest is left out. */
  readonly isOver?: (() => boolean) | undefined;
  /** Told after each trial, with what was found in it. */
  readonly onTrial?: ((done: number, total: number, trial: Trial, found: Findings) => void) | undefined;
}

/** A question of a trial. */
export interface AskedQuestion {
  readonly id: string;
  readonly pass: CasePass;
  readonly kind: DataKind;
  /** Elements of the result. */
  readonly elements: number;
}

interface Question extends AskedQuestion {
  readonly data: CaseData;
  /** Held to when nothing weaker is promised. */
  readonly evidence: Evidence;
}

/** What one implementation answered to each question of a trial; undefined where it cannot be asked. */
interface Testimony extends Pick<ConvAdapter, "name" | "engine"> {
  readonly summation: NonNullable<ConvAdapter["summation"]>;
  readonly answers: readonly (Answer | undefined)[];
}

/** A trial and what everybody said about it so far. */
interface OpenTrial {
  readonly trial: Trial;
  readonly questions: readonly Question[];
  readonly refusals: Refusal[];
  readonly ours: Testimony[];
  readonly theirs: Testimony[];
}

/** Trials whose answers are held in memory before the oracle changes. */
const BLOCK = 32;

/** Runs all trials, block after block; between any two steps timers and signals have their turn, such as those of the progress. */
export async function compare(options: CompareOptions): Promise<Findings> {
  const { trials, algorithms, oracles, ledger, known = [], onAsk, onTrial, isOver } = options;
  const expectations: Expectations = { ledger, known, now: new Date() };
  const all = { comparisons: [] as Comparison[], refusals: [] as Refusal[], vanished: [] as VanishedDivergence[] };
  for (let start = 0; start < trials.length; start += BLOCK) {
    if (isOver?.()) break;
    const block: OpenTrial[] = [];
    for (const trial of trials.slice(start, start + BLOCK)) {
      block.push({ trial, questions: questionsOf(trial, algorithms), refusals: [], ours: [], theirs: [] });
      await setImmediate();
    }
    for (const adapter of algorithms) {
      for (const open of block) {
        const tell = ({ id, pass, kind, elements }: Question): void =>
          onAsk?.(adapter.name, open.trial, { id, pass, kind, elements });
        open.ours.push(await askAdapter(adapter, open, tell));
      }
    }
    for (const adapter of oracles) for (const open of block) open.theirs.push(await askAdapter(adapter, open));
    for (const [index, open] of block.entries()) {
      const found = conclude(open, expectations);
      all.comparisons.push(...found.comparisons);
      all.refusals.push(...found.refusals);
      all.vanished.push(...found.vanished);
      onTrial?.(start + index + 1, trials.length, open.trial, found);
    }
  }
  return all;
}

/** What need not agree. */
interface Expectations extends Required<Pick<CompareOptions, "ledger">> {
  readonly known: readonly KnownFailure[];
  readonly now: Date;
}

function conclude({ trial, questions, refusals, ours, theirs }: OpenTrial, expectations: Expectations): Findings {
  const truth: Testimony = {
    name: REFERENCE,
    summation: {},
    answers: questions.map(({ evidence }) => judgeValues(new Float32Array(evidence.truth), evidence)),
  };
  const comparisons = [truth, ...theirs].flatMap((oracle) =>
    ours.flatMap((algorithm) => compareTestimonies(trial, questions, algorithm, oracle, expectations)),
  );
  const vanished = theirs.flatMap((oracle) => vanishedDivergences(trial, questions, oracle, expectations.ledger));
  return { comparisons, refusals, vanished };
}

/** Puts every question of a trial to an adapter: to ours, which is told of, all of it; to a witness what a witness needs. */
async function askAdapter(
  adapter: ConvAdapter,
  { trial, questions, refusals }: OpenTrial,
  tellOurs?: (question: Question) => void,
): Promise<Testimony> {
  const isOurs = tellOurs !== undefined;
  const { name, engine, summation = {} } = adapter;
  const { convCase, passes, isBrief = false } = trial;
  const refused = new Set<CasePass>();
  for (const pass of passes) {
    const support = askable(adapter, convCase, pass);
    if (support === true) continue;
    refused.add(pass);
    const { reason, beyondReach } = support;
    refusals.push({ case: convCase.name, pass, by: name, reason, ...(beyondReach && { beyondReach }) });
  }
  const answers: (Answer | undefined)[] = [];
  for (const question of questions) {
    const { pass, data, kind } = question;
    if (refused.has(pass)) {
      answers.push(undefined);
      continue;
    }
    tellOurs?.(question);
    const evidence = evidenceFor(adapter, convCase, question);
    // Oracles are witnesses, whose precision is told by their bound.
    const { variances: _, ...bounded } = evidence;
    answers.push(
      isOurs && !isBrief
        ? await askThoroughly(adapter, convCase, { pass, kind, data, evidence })
        : await ask(adapter, convCase, pass, data, isOurs ? evidence : bounded),
    );
  }
  await setImmediate();
  return { name, ...(engine !== undefined && { engine }), summation, answers };
}

function compareTestimonies(
  { convCase, seed, path }: Trial,
  questions: readonly Question[],
  algorithm: Testimony,
  oracle: Testimony,
  { ledger, known, now }: Expectations,
): Comparison[] {
  return questions.flatMap(({ id, pass, kind, evidence }, index): Comparison[] => {
    const [ours, theirs] = [algorithm.answers[index], oracle.answers[index]];
    if (ours === undefined || theirs === undefined) return [];
    const promise = algorithm.summation[pass];
    // Orders of summation are told for convolutions of planes; how volumes are put together from them nobody promises.
    const isPlain = rankOf(convCase) <= 2 && convCase.transposed === undefined;
    const sameBits = isPlain && promise !== undefined && promise === oracle.summation[pass];
    const { verdict, rung, reason } = decide(ours, theirs, sameBits);
    const divergence =
      verdict === "tfjs is wrong" ? expectedDivergence(ledger, oracle, convCase, pass, kind) : undefined;
    const excuse =
      verdict === "ours is wrong" && reason !== undefined
        ? excuseOf(known, { case: convCase.name, pass, values: kind, reason }, now)
        : { reason, ...(divergence && { expected: divergence.id }) };
    const [ourAccuracy, theirAccuracy] = [accuracyOf(ours), accuracyOf(theirs)];
    const comparison: Comparison = {
      question: id,
      case: convCase.name,
      data: kind,
      seed,
      ...(path !== undefined && { path }),
      pass,
      algorithm: algorithm.name,
      oracle: oracle.name,
      elements: evidence.truth.length,
      rung,
      verdict,
      ...(excuse.reason !== undefined && { reason: excuse.reason }),
      ...(excuse.expected !== undefined && { expected: excuse.expected }),
      ...(ourAccuracy && { ours: ourAccuracy }),
      ...(theirAccuracy && { theirs: theirAccuracy }),
    };
    return [comparison];
  });
}

/** The questions that some of those who are checked can be asked: of others there is nothing to be known. */
function questionsOf(
  { convCase, passes, seed, given, data }: Trial,
  algorithms: readonly ConvAdapter[],
): readonly Question[] {
  const asked = passes.filter((pass) => algorithms.some((adapter) => askable(adapter, convCase, pass) === true));
  if (asked.length === 0) return [];
  return data().flatMap(([kind, arrays, isExact]) =>
    asked.map((pass) => {
      const evidence = evidenceOf(convCase, pass, arrays, isExact, kind);
      return {
        id: questionId({ case: convCase, values: kind, seed, pass, given }),
        pass,
        kind,
        elements: evidence.truth.length,
        data: arrays,
        evidence,
      };
    }),
  );
}

function accuracyOf(answer: Answer): Accuracy | undefined {
  if ("failure" in answer) return undefined;
  const { mismatches, worstRatio, worstUlp } = answer.judgement;
  return { mismatches, worstRatio, worstUlp };
}

/**
 * Entries of the ledger that expect a wrong answer of the oracle where all its answers were right. Only exact data
 * without zeros testify: on others a wrong tap may change nothing.
 */
function vanishedDivergences(
  { convCase, passes }: Trial,
  questions: readonly Question[],
  oracle: Testimony,
  ledger: readonly Divergence[],
): VanishedDivergence[] {
  return passes.flatMap((pass) => {
    const entry = expectedDivergence(ledger, oracle, convCase, pass, "exact");
    if (entry === undefined || !entry.certain) return [];
    const given = oracle.answers.filter((_, i) => questions[i].pass === pass && questions[i].kind === "exact");
    const right = given.every((answer) => answer !== undefined && "values" in answer && answer.judgement.ok);
    return right && given.length > 0 ? [{ id: entry.id, case: convCase.name, pass }] : [];
  });
}
