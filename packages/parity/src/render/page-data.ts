/**
 * What the script of the page draws: every question with everybody's answers, in few bytes.
 *
 * @module
 */

import { type CasePass, describeCase } from "@corr2d/testkit";
import { type Accuracy, REFERENCE } from "../compare.ts";
import type { ParityReport } from "../report.ts";
import type { AnswerRecord, QuestionRecord, TrialRecord } from "../results/trial-record.ts";
import type { Rung, Verdict } from "../verdict.ts";

/** An answer: who (place in the list of names), error/bound, ULP. JSON has no infinities, so they are `"∞"`. */
export type PageAnswer = readonly [by: number, ratio: PageNumber | "threw", ulp: PageNumber, rung: Rung];

/** A number of the page. */
export type PageNumber = number | "∞";

/** Between an algorithm and an oracle, what does not follow from both being right. */
export type PageException = readonly [
  algorithm: number,
  oracle: number,
  verdict: Verdict,
  reason: string,
  expected: string,
];

/** A question: places of case and kind of values in their lists, and the answers. */
export interface PageQuestion {
  readonly case: number;
  readonly kind: number;
  readonly pass: CasePass;
  readonly seed: number;
  /** Where the generator finds the case again, and its seed. */
  readonly path?: string;
  readonly pathSeed?: number;
  readonly elements: number;
  readonly algorithms: readonly PageAnswer[];
  readonly oracles: readonly PageAnswer[];
  readonly exceptions?: readonly PageException[];
}

/** Everything the script needs. */
export interface PageData {
  readonly algorithms: readonly string[];
  /** Files of the modules that were checked, in the order of `algorithms`. */
  readonly modules?: readonly string[];
  /** The reference first. */
  readonly oracles: readonly string[];
  readonly kinds: readonly string[];
  readonly cases: readonly { readonly name: string; readonly shape: string }[];
  readonly questions: readonly PageQuestion[];
  /** How many questions there are where these are not all. */
  readonly total: number;
}

/** More are not drawn: each has a point for every algorithm. */
export const MAX_QUESTIONS = 12_000;

/** What the page shows of these trials: all of them or, of too many, what disagrees and what came nearest to its bound. */
export function pageDataOf(
  { algorithms, run }: ParityReport,
  trials: readonly TrialRecord[],
  total?: number,
): PageData {
  const asked = trials.flatMap((trial) => trial.questions.map((question) => ({ trial, question })));
  const chosen =
    asked.length <= MAX_QUESTIONS
      ? asked
      : asked.toSorted((a, b) => weightOf(b.question) - weightOf(a.question)).slice(0, MAX_QUESTIONS);
  const names = [...new Set(algorithms.map(({ name }) => name))];
  const oracles = [...new Set([REFERENCE, ...chosen.flatMap(({ question }) => Object.keys(question.oracles))])];
  const kinds: string[] = [];
  const cases: { name: string; shape: string }[] = [];
  const casePlaces = new Map<string, number>();
  const questions = chosen.map(({ trial, question }): PageQuestion => {
    const { name, ...about } = trial.case;
    const key = JSON.stringify(trial.case);
    if (!casePlaces.has(key)) casePlaces.set(key, cases.push({ name, shape: describeCase(about) }) - 1);
    if (!kinds.includes(question.values)) kinds.push(question.values);
    const exceptions = question.exceptions
      .filter(({ verdict }) => verdict !== "agree")
      .map(({ algorithm, oracle, verdict, reason = "", expected = "" }): PageException => {
        return [names.indexOf(algorithm), oracles.indexOf(oracle), verdict, reason, expected];
      });
    return {
      case: casePlaces.get(key)!,
      kind: kinds.indexOf(question.values),
      pass: question.pass,
      seed: trial.seed,
      ...(trial.path !== undefined && { path: trial.path }),
      ...(trial.pathSeed !== undefined && { pathSeed: trial.pathSeed }),
      elements: question.elements,
      algorithms: answersOf(question.algorithms, names),
      oracles: answersOf(question.oracles, oracles),
      ...(exceptions.length > 0 && { exceptions }),
    };
  });
  return {
    algorithms: names,
    ...(run.modules !== undefined && { modules: run.modules }),
    oracles,
    kinds,
    cases,
    questions,
    total: total ?? asked.length,
  };
}

/** How much a question is worth looking at. */
export function weightOf({ exceptions, algorithms }: QuestionRecord): number {
  if (exceptions.some(({ verdict }) => verdict !== "agree")) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...Object.values(algorithms).map(({ accuracy }) => accuracy?.worstRatio ?? 0));
}

function answersOf(answers: Readonly<Record<string, AnswerRecord>>, names: readonly string[]): readonly PageAnswer[] {
  return Object.entries(answers).map(([name, { rung, accuracy }]) => [
    names.indexOf(name),
    accuracy === undefined ? "threw" : pageNumber(accuracy.worstRatio),
    pageNumber(accuracy?.worstUlp ?? 0),
    rung,
  ]);
}

/** Digits that a ratio is shown with, and one to spare. */
const DIGITS = 4;

function pageNumber(value: Accuracy["worstRatio"]): PageNumber {
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : "∞";
}
