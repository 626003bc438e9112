/**
 * Trials for a page, which draws a limited number of them: all or, of too many, those that disagree or came nearest to their
 * bound.
 *
 * @module
 */

import type { TrialRecord } from "../results/trial-record.ts";
import { MAX_QUESTIONS, weightOf } from "./page-data.ts";

/** A sample that does not grow with the trials it is given. */
export class TrialSample {
  /** Questions of all trials that were given. */
  questions = 0;
  private kept: TrialRecord[] = [];
  private keptQuestions = 0;

  /** Keeps a trial, or another in its place. */
  add(record: TrialRecord): void {
    this.questions += record.questions.length;
    this.keptQuestions += record.questions.length;
    this.kept.push(record);
    if (this.keptQuestions > 2 * MAX_QUESTIONS) this.prune();
  }

  /** What was kept. */
  trials(): readonly TrialRecord[] {
    return this.kept;
  }

  private prune(): void {
    const weightOfTrial = ({ questions }: TrialRecord): number => Math.max(0, ...questions.map(weightOf));
    const ordered = this.kept.toSorted((a, b) => weightOfTrial(b) - weightOfTrial(a) || (a.id < b.id ? -1 : 1));
    this.kept = [];
    this.keptQuestions = 0;
    for (const record of ordered) {
      if (this.keptQuestions >= MAX_QUESTIONS) return;
      this.kept.push(record);
      this.keptQuestions += record.questions.length;
    }
  }
}
