/**
 * Which points are drawn, where, and in which colour.
 *
 * A block for each algorithm (from above) and pass (from the left). Within a block the questions fill a grid column by
 * column, in the same order in all blocks of a column, so that a case stands at the same place in each.
 *
 * @module
 */

import type { PageData, PageException, PageNumber, PageQuestion } from "../render/page-data.ts";

/** What the reader asks to see. */
export interface Filter {
  /** Place of the oracle. */
  readonly oracle: number;
  /** Name of a kind of values; "" for all. */
  readonly kind: string;
  readonly onlyWrong: boolean;
  readonly byRatio: boolean;
  readonly text: string;
}

/** How a point is drawn. */
export type Tone = "bounded" | "exact" | "known" | "wrong";

/** A question as one algorithm answered it. */
export interface Point {
  readonly question: PageQuestion;
  readonly algorithm: number;
  readonly tone: Tone;
  /** error/bound, of what is bounded. */
  readonly ratio: number;
  /** Centre, in blocks. */
  readonly x: number;
  readonly y: number;
}

/** The points, and the blocks they stand in. */
export interface Layout {
  readonly points: readonly Point[];
  readonly passes: readonly string[];
  readonly algorithms: readonly number[];
  /** Cells along the sides of a block. */
  readonly columns: number;
  readonly rows: number;
  readonly questions: number;
}

/** Of a block, what is left free at its sides. */
const GAP = 0.06;

const PASSES = ["forward", "inputGradient", "filterGradient", "biasGradient"];

/** error/bound as a number to compare; what threw is worse than any. */
export function ratioOf(ratio: PageNumber | "threw"): number {
  return typeof ratio === "number" ? ratio : Number.POSITIVE_INFINITY;
}

/** What is said about an algorithm and an oracle, if it is more than that both are right. */
export function exceptionOf(question: PageQuestion, algorithm: number, oracle: number): PageException | undefined {
  return question.exceptions?.find(([ours, theirs]) => ours === algorithm && theirs === oracle);
}

/** The points that pass a filter. `aspect` is the width of a block over its height. */
export function layOut(data: PageData, filter: Filter, aspect: number): Layout {
  const chosen = data.questions.filter((question) => passes(data, question, filter));
  const names = PASSES.filter((pass) => chosen.some((question) => question.pass === pass));
  const byPass = names.map((pass) => {
    const ofPass = chosen.filter((question) => question.pass === pass);
    return filter.byRatio ? ofPass.sort((a, b) => worstRatio(b) - worstRatio(a)) : ofPass;
  });
  const most = Math.max(1, ...byPass.map(({ length }) => length));
  const rows = Math.max(1, Math.round(Math.sqrt(most / aspect)));
  const columns = Math.ceil(most / rows);
  const algorithms = data.algorithms
    .map((_, place) => place)
    .filter((place) => chosen.some((question) => question.algorithms.some(([by]) => by === place)));
  const points: Point[] = [];
  for (const [block, questions] of byPass.entries()) {
    for (const [place, question] of questions.entries()) {
      const [column, row] = [Math.floor(place / rows), place % rows];
      const x = block + GAP + ((column + 0.5) / columns) * (1 - 2 * GAP);
      for (const [line, algorithm] of algorithms.entries()) {
        const answer = question.algorithms.find(([by]) => by === algorithm);
        if (answer === undefined) continue;
        const ratio = ratioOf(answer[1]);
        const tone = toneOf(question, algorithm, filter.oracle, answer[3] === "exact by data" || ratio === 0);
        const y = line + GAP + ((row + 0.5) / rows) * (1 - 2 * GAP);
        points.push({ question, algorithm, tone, ratio, x, y });
      }
    }
  }
  return { points, passes: names, algorithms, columns, rows, questions: chosen.length };
}

function passes(data: PageData, question: PageQuestion, { oracle, kind, onlyWrong, text }: Filter): boolean {
  const { name, shape } = data.cases[question.case];
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const described = `${name} ${shape} ${question.pass} ${data.kinds[question.kind]}`.toLowerCase();
  return (
    question.oracles.some(([by]) => by === oracle) &&
    (kind === "" || data.kinds[question.kind] === kind) &&
    (!onlyWrong || (question.exceptions?.some(([, theirs]) => theirs === oracle) ?? false)) &&
    words.every((word) => described.includes(word))
  );
}

function toneOf(question: PageQuestion, algorithm: number, oracle: number, isExact: boolean): Tone {
  const exception = exceptionOf(question, algorithm, oracle);
  if (exception !== undefined) return exception[4] === "" ? "wrong" : "known";
  return isExact ? "exact" : "bounded";
}

function worstRatio({ algorithms }: PageQuestion): number {
  return Math.max(...algorithms.map(([, ratio]) => ratioOf(ratio)));
}
