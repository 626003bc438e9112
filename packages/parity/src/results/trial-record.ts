/**
 * What was found in one trial, as one record: everybody's answers to its questions, and each verdict that is not the one
 * that follows from them. Of a thousand comparisons all but a few agree, so a record says who answered what, and only
 * the exceptions pair by pair; {@link comparisonsOf} gives every comparison back.
 *
 * @module
 */

import type { CasePass, SpatialCase } from "@corr2d/testkit";
import { type Accuracy, type Comparison, type Findings, REFERENCE, type Refusal } from "../compare.ts";
import type { DataKind } from "../generate/problem.ts";
import { groupBy } from "../group-by.ts";
import { contentId, trialId } from "../record.ts";
import type { Trial } from "../trials.ts";
import type { Rung } from "../verdict.ts";

/** An implementation of one version. */
export interface Who {
  readonly name: string;
  readonly version: string;
}

/** Who was asked: every trial of a run has the same. */
export interface Setup {
  readonly algorithms: readonly Who[];
  readonly oracles: readonly Who[];
}

/** An answer, held against the truth. */
export interface AnswerRecord {
  readonly rung: Rung;
  /** Absent if it threw. */
  readonly accuracy?: Accuracy;
}

/** Between an algorithm and an oracle, what does not follow from both being right. */
export type ExceptionRecord = Pick<Comparison, "algorithm" | "oracle" | "rung" | "verdict" | "reason" | "expected">;

/** One question and everybody's answers. */
export interface QuestionRecord {
  readonly id: string;
  readonly values: DataKind;
  readonly pass: CasePass;
  readonly elements: number;
  readonly algorithms: Readonly<Record<string, AnswerRecord>>;
  /** The truth rounded to float32 stands among them as `reference`. */
  readonly oracles: Readonly<Record<string, AnswerRecord>>;
  readonly exceptions: readonly ExceptionRecord[];
}

/** What was found in one trial. */
export interface TrialRecord {
  readonly record: "trial";
  /** Of the trial and of everybody who was asked, with their versions. */
  readonly id: string;
  readonly trial: string;
  readonly setup: string;
  readonly case: SpatialCase;
  readonly kinds: readonly DataKind[];
  readonly seed: number;
  /** Where the generator finds the case again, and its seed. */
  readonly path?: string;
  readonly pathSeed?: number;
  readonly passes: readonly CasePass[];
  readonly questions: readonly QuestionRecord[];
  readonly refusals: readonly Omit<Refusal, "case">[];
  /** Divergences of the ledger that are no more. */
  readonly vanished: readonly { readonly id: string; readonly pass: CasePass }[];
  /** Hash of the questions with their answers, of the refusals and of what has vanished. */
  readonly answers: string;
}

/** The hash of everything that was found. */
export function answersId({
  questions,
  refusals,
  vanished,
}: Pick<TrialRecord, "questions" | "refusals" | "vanished">): string {
  return contentId({ questions, refusals, vanished });
}

/** The seed of the run that a trial belongs to; none of a trial whose data were given. */
export function seedOfRun({ seed, pathSeed, kinds }: TrialRecord): number | undefined {
  return kinds.includes("given") ? undefined : (pathSeed ?? seed);
}

/** Why the verdicts of a record do not follow from its answers; undefined if they do. */
export function misjudged({ questions }: Pick<TrialRecord, "questions">): string | undefined {
  const isWrong = ({ accuracy }: AnswerRecord): boolean => accuracy === undefined || accuracy.mismatches > 0;
  for (const { id, algorithms, oracles, exceptions } of questions) {
    for (const [oracle, theirs] of Object.entries(oracles)) {
      for (const [algorithm, ours] of Object.entries(algorithms)) {
        const { verdict = "agree" } =
          exceptions.find((each) => each.algorithm === algorithm && each.oracle === oracle) ?? {};
        const must = isWrong(ours) ? "ours is wrong" : isWrong(theirs) ? "tfjs is wrong" : verdict;
        // What is within its bounds can be wrong by its statistics, or by other bits than were promised.
        if (verdict !== must && verdict !== "ours is wrong") {
          return `its verdict on ${algorithm} and ${oracle} in question ${id} is "${verdict}", by their answers "${must}"`;
        }
      }
    }
  }
  return undefined;
}

/** Id of who is asked: the same names and versions in the same order. */
export function setupId({ algorithms, oracles }: Setup): string {
  const names = (all: readonly Who[]): Who[] => all.map(({ name, version }) => ({ name, version }));
  return contentId({ algorithms: names(algorithms), oracles: names(oracles) });
}

/** Id of the record of a trial by those of a setup. */
export function trialRecordId(trial: string, setup: string): string {
  return contentId({ trial, setup });
}

/** The record of what was found in a trial by those of a setup. */
export function recordTrial(
  trial: Omit<Trial, "data">,
  { comparisons, refusals, vanished }: Findings,
  setup: string,
): TrialRecord {
  const { convCase, kinds, seed, path, pathSeed, passes } = trial;
  const id = trialId(trial);
  const questions = groupBy(comparisons, ({ question }) => question);
  const answered = {
    questions: [...questions.values()].map(recordQuestion),
    refusals: refusals.map(({ case: _, ...refusal }) => refusal),
    vanished: vanished.map(({ id: entry, pass }) => ({ id: entry, pass })),
  };
  return {
    record: "trial",
    id: trialRecordId(id, setup),
    trial: id,
    setup,
    case: convCase,
    kinds,
    seed,
    ...(path !== undefined && { path }),
    ...(pathSeed !== undefined && { pathSeed }),
    passes,
    ...answered,
    answers: answersId(answered),
  };
}

function recordQuestion(comparisons: readonly [Comparison, ...Comparison[]]): QuestionRecord {
  const [{ question, data, pass, elements }] = comparisons;
  const algorithms: Record<string, AnswerRecord> = {};
  const oracles: Record<string, AnswerRecord> = {};
  for (const { algorithm, oracle, rung, ours, theirs } of comparisons) {
    // What the truth holds it to; an oracle that sums alike may ask for more.
    if (oracle === REFERENCE) algorithms[algorithm] = { rung, ...(ours && { accuracy: ours }) };
    oracles[oracle] = { rung, ...(theirs && { accuracy: theirs }) };
  }
  const exceptions = comparisons.flatMap(({ algorithm, oracle, rung, verdict, reason, expected }) => {
    if (verdict === "agree" && rung === algorithms[algorithm].rung) return [];
    const grounds = { ...(reason !== undefined && { reason }), ...(expected !== undefined && { expected }) };
    return [{ algorithm, oracle, rung, verdict, ...grounds }];
  });
  return { id: question, values: data, pass, elements, algorithms, oracles, exceptions };
}

/** Every comparison of a record, as it was made. */
export function comparisonsOf({ case: convCase, seed, path, questions }: TrialRecord): readonly Comparison[] {
  return questions.flatMap(({ id, values, pass, elements, algorithms, oracles, exceptions }) =>
    Object.entries(oracles).flatMap(([oracle, theirs]) =>
      Object.entries(algorithms).map(([algorithm, ours]): Comparison => {
        const exception = exceptions.find((each) => each.algorithm === algorithm && each.oracle === oracle);
        const { rung, verdict, reason, expected } = exception ?? { rung: ours.rung, verdict: "agree" };
        return {
          question: id,
          case: convCase.name,
          data: values,
          seed,
          ...(path !== undefined && { path }),
          pass,
          algorithm,
          oracle,
          elements,
          rung,
          verdict,
          ...(reason !== undefined && { reason }),
          ...(expected !== undefined && { expected }),
          ...(ours.accuracy && { ours: ours.accuracy }),
          ...(theirs.accuracy && { theirs: theirs.accuracy }),
        };
      }),
    ),
  );
}

/** What was found, as {@link recordTrial} was given it but for the order. */
export function findingsOf(record: TrialRecord): Findings {
  const { name } = record.case;
  return {
    comparisons: comparisonsOf(record),
    refusals: record.refusals.map((refusal) => ({ case: name, ...refusal })),
    vanished: record.vanished.map((entry) => ({ case: name, ...entry })),
  };
}
