/**
 * Failures that the owner of an implementation knows of and has not mended yet, from a JSON file: each with a reason, and a day
 * on which it has had its time.
 *
 *     [{ "case": "*dilation 2*", "pass": "inputGradient", "reason": "dilated gradients, see issue 12", "until": "2027-03-31" }]
 *
 * What fits an entry does not fail a run until that day has passed; then it fails again. An entry that nothing fits is named.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { CASE_PASSES, type CasePass, VALUE_CLASSES } from "@corr2d/testkit";
import * as z from "zod";
import type { DataKind } from "./generate/problem.ts";
import { patternOf } from "./pattern.ts";

/** A failure that is known. */
export interface KnownFailure {
  /** Pattern of the names of cases; * stands for anything. */
  readonly case: string;
  /** Default: every pass. */
  readonly pass?: CasePass;
  /** Default: every kind of values. */
  readonly values?: DataKind;
  readonly reason: string;
  /** The last day on which it is known, such as 2027-03-31. */
  readonly until: string;
}

/** Checks entries, wherever they come from. */
export const KNOWN_FAILURES: z.ZodType<readonly KnownFailure[]> = z.array(
  z.strictObject({
    case: z.string().min(1),
    pass: z.enum(CASE_PASSES as unknown as readonly ["forward", ...string[]]).optional(),
    values: z.enum([...VALUE_CLASSES, "given"]).optional(),
    reason: z.string().min(1),
    until: z.iso.date(),
  }),
) as unknown as z.ZodType<readonly KnownFailure[]>;

/**
 * The failures of a file.
 *
 * @throws RangeError naming the file and what of it cannot be understood.
 */
export function readKnownFailures(path: string): readonly KnownFailure[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new RangeError(`--known: ${path} cannot be read as JSON: ${(error as Error).message}`);
  }
  const parsed = KNOWN_FAILURES.safeParse(json);
  if (!parsed.success) throw new RangeError(`--known: ${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The first entry that a failure fits; one whose day has not passed, if there is one. */
export function knownFailure(
  entries: readonly KnownFailure[],
  failure: { readonly case: string; readonly pass: CasePass; readonly values: DataKind },
  now: Date,
): KnownFailure | undefined {
  const fitting = entries.filter(
    (entry) =>
      (entry.pass ?? failure.pass) === failure.pass &&
      (entry.values ?? failure.values) === failure.values &&
      patternOf(entry.case).test(failure.case),
  );
  return fitting.find((entry) => !isExpired(entry, now)) ?? fitting[0];
}

/** Whether the last day of an entry has passed, in UTC. */
export function isExpired({ until }: KnownFailure, now: Date): boolean {
  return now.toISOString().slice(0, until.length) > until;
}

/** What an entry is called where it is met. */
export function knownFailureId({ case: pattern, pass, values, until }: KnownFailure): string {
  return `known until ${until}: ${pass ?? "every pass"} of ${pattern}${values === undefined ? "" : ` on ${values} data`}`;
}

/** What is found about a failure that may be known: the entry that excuses it, or that it no longer does. */
export function excuseOf(
  entries: readonly KnownFailure[],
  failure: { readonly case: string; readonly pass: CasePass; readonly values: DataKind; readonly reason: string },
  now: Date,
): { readonly expected?: string; readonly reason: string } {
  const entry = knownFailure(entries, failure, now);
  if (entry === undefined) return { reason: failure.reason };
  if (!isExpired(entry, now)) return { expected: knownFailureId(entry), reason: failure.reason };
  return { reason: `${failure.reason} (known until ${entry.until}, which has passed: ${entry.reason})` };
}
