/**
 * Asks every algorithm and every oracle the same questions and decides between each pair of answers.
 *
 * Oracles are asked trial by trial, not question by question: TensorFlow.js computes on one backend at a time, and a
 * change of backend costs more than a small convolution.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { type CaseData, type CasePass, type ConvCase, elementBounds, reference } from "@corr2d/testkit";
import type { ConvAdapter } from "./adapter.ts";
import { type Divergence, expectedDivergence } from "./ledger.ts";
import type { DataKind, Trial } from "./trials.ts";
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
  readonly case: string;
  readonly data: DataKind;
  readonly pass: CasePass;
  readonly algorithm: string;
  readonly oracle: string;
  readonly elements: number;
  readonly rung: Rung;
  readonly verdict: Verdict;
  /** What is wrong; absent if they agree. */
  readonly reason?: string;
  /** Entry of the ledger that expects the oracle to be wrong here. */
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
}

/** An entry of the ledger that expected a divergence where there was none. */
export interface VanishedDivergence {
  readonly id: string;
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
  /** Told after each trial. */
  readonly onTrial?: ((done: number, total: number, caseName: string) => void) | undefined;
}

interface Question {
  readonly pass: CasePass;
  readonly kind: DataKind;
  readonly data: CaseData;
  readonly evidence: Evidence;
}

/** Runs all trials, one after the other. */
export async function compare(options: CompareOptions): Promise<Findings> {
  const findings = { comparisons: [] as Comparison[], refusals: [] as Refusal[], vanished: [] as VanishedDivergence[] };
  const { trials, onTrial } = options;
  for (const [index, trial] of trials.entries()) {
    const found = await runTrial(trial, options);
    findings.comparisons.push(...found.comparisons);
    findings.refusals.push(...found.refusals);
    findings.vanished.push(...found.vanished);
    onTrial?.(index + 1, trials.length, trial.convCase.name);
    // Lets timers run, such as those that draw the progress.
    await setImmediate();
  }
  return findings;
}

async function runTrial(trial: Trial, { algorithms, oracles, ledger }: CompareOptions): Promise<Findings> {
  const questions = questionsOf(trial);
  const refusals: Refusal[] = [];
  const askAll = async (adapters: readonly ConvAdapter[]): Promise<Testimony[]> => {
    const testimonies: Testimony[] = [];
    for (const adapter of adapters) testimonies.push(await askAdapter(adapter, trial, questions, refusals));
    return testimonies;
  };
  const ours = await askAll(algorithms);
  const theirs = await askAll(oracles);
  const truth: Testimony = {
    name: REFERENCE,
    summation: {},
    answers: questions.map(({ evidence }) => judgeValues(Float32Array.from(evidence.truth), evidence)),
  };

  const comparisons = [truth, ...theirs].flatMap((oracle) =>
    ours.flatMap((algorithm) => compareTestimonies(trial, questions, algorithm, oracle, ledger)),
  );
  const vanished = theirs.flatMap((oracle) => vanishedDivergences(trial, questions, oracle, ledger));
  return { comparisons, refusals, vanished };
}

/** What one implementation answered to each question of a trial; undefined where it cannot be asked. */
interface Testimony {
  readonly name: string;
  readonly summation: NonNullable<ConvAdapter["summation"]>;
  readonly answers: readonly (Answer | undefined)[];
}

async function askAdapter(
  adapter: ConvAdapter,
  { convCase, passes }: Trial,
  questions: readonly Question[],
  refusals: Refusal[],
): Promise<Testimony> {
  const { name, summation = {} } = adapter;
  const refused = new Set<CasePass>();
  for (const pass of passes) {
    const support = adapter.supports(convCase, pass);
    if (support === true) continue;
    refused.add(pass);
    refusals.push({ case: convCase.name, pass, by: name, reason: support });
  }
  const answers: (Answer | undefined)[] = [];
  for (const question of questions) {
    answers.push(refused.has(question.pass) ? undefined : await ask(adapter, convCase, question));
  }
  return { name, summation, answers };
}

async function ask(adapter: ConvAdapter, convCase: ConvCase, { pass, data, evidence }: Question): Promise<Answer> {
  try {
    const prepared = await adapter.prepare(convCase, pass, data);
    try {
      await prepared.run();
      return judgeValues(await prepared.read(), evidence);
    } finally {
      prepared.dispose();
    }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

function compareTestimonies(
  { convCase }: Trial,
  questions: readonly Question[],
  algorithm: Testimony,
  oracle: Testimony,
  ledger: readonly Divergence[],
): Comparison[] {
  return questions.flatMap(({ pass, kind, evidence }, index): Comparison[] => {
    const [ours, theirs] = [algorithm.answers[index], oracle.answers[index]];
    if (ours === undefined || theirs === undefined) return [];
    const promise = algorithm.summation[pass];
    const sameBits = promise !== undefined && promise === oracle.summation[pass];
    const { verdict, rung, reason } = decide(ours, theirs, evidence, sameBits);
    const expected = verdict === "tfjs is wrong" ? expectedDivergence(ledger, oracle.name, convCase, pass) : undefined;
    const [ourAccuracy, theirAccuracy] = [accuracyOf(ours), accuracyOf(theirs)];
    const comparison: Comparison = {
      case: convCase.name,
      data: kind,
      pass,
      algorithm: algorithm.name,
      oracle: oracle.name,
      elements: evidence.truth.length,
      rung,
      verdict,
      ...(reason !== undefined && { reason }),
      ...(expected && { expected: expected.id }),
      ...(ourAccuracy && { ours: ourAccuracy }),
      ...(theirAccuracy && { theirs: theirAccuracy }),
    };
    return [comparison];
  });
}

function questionsOf({ convCase, passes, data }: Trial): readonly Question[] {
  return data().flatMap(([kind, arrays]) =>
    passes.map((pass) => ({
      pass,
      kind,
      data: arrays,
      evidence: {
        truth: reference(convCase, pass, arrays),
        bounds: kind === "exact" ? 0 : elementBounds(convCase, pass, arrays),
      },
    })),
  );
}

function accuracyOf(answer: Answer): Accuracy | undefined {
  if ("failure" in answer) return undefined;
  const { mismatches, worstRatio, worstUlp } = answer.judgement;
  return { mismatches, worstRatio, worstUlp };
}

/** Entries of the ledger that expect a wrong answer of the oracle where all its answers were right, on any data. */
function vanishedDivergences(
  { convCase, passes }: Trial,
  questions: readonly Question[],
  oracle: Testimony,
  ledger: readonly Divergence[],
): VanishedDivergence[] {
  return passes.flatMap((pass) => {
    const entry = expectedDivergence(ledger, oracle.name, convCase, pass);
    if (entry === undefined || !entry.certain) return [];
    const given = oracle.answers.filter((_, index) => questions[index].pass === pass);
    const right = given.every((answer) => answer !== undefined && "values" in answer && answer.judgement.ok);
    return right ? [{ id: entry.id, case: convCase.name, pass }] : [];
  });
}
