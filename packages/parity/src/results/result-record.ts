/**
 * The lines of a file of records: one JSON object each, complete in itself, in any order.
 *
 *     setup     who was asked, with versions
 *     run       a run began: what it was asked, by which setup, where
 *     general   what was found beside the trials: laws, impossible requests, limitations
 *     trial     what was found in one trial
 *     reduction what was left of a disagreement
 *     end       the run came to its end, with how many trials its file has
 *
 * A file comes from anywhere, so each line is checked when it is read: its fields, and its id against its content.
 *
 * @module
 */

import { CASE_PASSES, VALUE_CLASSES } from "@corr2d/testkit";
import * as z from "zod";
import { KNOWN_FAILURES, type KnownFailure } from "../known-failures.ts";
import { canonicalJson, contentId, storable, trialId } from "../record.ts";
import type { OracleStatus, RunFacts } from "../report.ts";
import type { Reduction } from "../shrink/reduce.ts";
import { RUNGS } from "../verdict.ts";
import type { GeneralFindings } from "../workers/task.ts";
import { answersId, misjudged, type Setup, setupId, type TrialRecord, trialRecordId } from "./trial-record.ts";

/** Who was asked. */
export interface SetupRecord extends Setup {
  readonly record: "setup";
  readonly id: string;
}

/** What a run was asked. */
export interface Asked
  extends Pick<RunFacts, "seed" | "cases">,
    Partial<Pick<RunFacts, "path" | "only" | "include" | "exclude" | "modules" | "shard">> {
  /** Hash of the user's own cases. */
  readonly own?: string;
  /** Of the cases within a module's reach, the share that it has to answer in each pass. */
  readonly coverage?: number;
  readonly known?: readonly KnownFailure[];
}

/** A run began. */
export interface RunRecord extends Pick<RunFacts, "node" | "platform" | "started"> {
  readonly record: "run";
  readonly id: string;
  readonly setup: string;
  readonly asked: Asked;
  /** The oracles that were wanted, those that could not be had among them. */
  readonly oracles: readonly OracleStatus[];
  readonly required: readonly string[];
}

/** A run came to its end. */
export interface EndRecord {
  readonly record: "end";
  readonly id: string;
  readonly run: string;
  readonly seconds: number;
  /** Trials of the run's seed and setup that its file holds, so that a line which is lost shows. */
  readonly trials: number;
}

/** What was left of a disagreement. */
export interface ReductionRecord {
  readonly record: "reduction";
  readonly id: string;
  readonly setup: string;
  readonly reduction: Reduction;
}

/** What was found beside the trials by those of a setup. */
export interface GeneralRecord extends Omit<GeneralFindings, "kind"> {
  readonly record: "general";
  readonly id: string;
  readonly setup: string;
  /** Of the data that laws are tried on. */
  readonly seed: number;
}

/** A line of a file. */
export type ResultRecord = SetupRecord | RunRecord | GeneralRecord | TrialRecord | ReductionRecord | EndRecord;

/** The record of who is asked. */
export function recordSetup({ algorithms, oracles }: Setup): SetupRecord {
  return { record: "setup", id: setupId({ algorithms, oracles }), algorithms, oracles };
}

/** The record of a run that begins. */
export function recordRun(run: Omit<RunRecord, "record" | "id">): RunRecord {
  return { record: "run", id: contentId(run), ...run };
}

/** The record of a run that came to its end. */
export function recordEnd(run: string, seconds: number, trials: number): EndRecord {
  return { record: "end", id: contentId({ end: run, seconds, trials }), run, seconds, trials };
}

/** The record of what was left of a disagreement. */
export function recordReduction(reduction: Reduction, setup: string): ReductionRecord {
  return { record: "reduction", id: contentId({ reduction, setup }), setup, reduction };
}

/** The record of what was found beside the trials. */
export function recordGeneral(
  { laws, requests, limitations }: Omit<GeneralFindings, "kind">,
  setup: string,
  seed: number,
): GeneralRecord {
  return { record: "general", id: contentId({ general: true, setup, seed }), setup, seed, laws, requests, limitations };
}

/** A record as its line: keys in order, so that equal records are equal lines. JSON has no infinities; they are text. */
export function lineOf(record: ResultRecord): string {
  return canonicalJson(record, storable);
}

const id = z.string().regex(/^[0-9a-f]{32}$/);
const count = z.int().min(0);
const number = z.union([z.number(), z.enum(["Infinity", "-Infinity", "NaN"]).transform(Number)]);
const shape = z.array(count);
const pass = z.enum(CASE_PASSES as unknown as readonly ["forward", ...string[]]);
const values = z.enum([...VALUE_CLASSES, "given"]);
const rung = z.enum(RUNGS);
const reason = z.string().optional();
const who = z.strictObject({ name: z.string(), version: z.string() });
const answers = z.record(
  z.string(),
  z.strictObject({
    rung,
    accuracy: z.strictObject({ mismatches: count, worstRatio: number, worstUlp: number }).optional(),
  }),
);
const convCase = z.strictObject({
  name: z.string(),
  inputShape: shape,
  filterShape: shape,
  strides: shape,
  padding: z.union([z.literal(["valid", "same"]), count, z.array(z.tuple([count, count]))]),
  dilations: shape,
  groups: count,
  bias: z.boolean(),
  layout: z.literal(["channels last", "channels first"]).optional(),
  rounding: z.literal(["floor", "round", "ceil"]).optional(),
  paddingMode: z.literal(["edge", "reflect", "symmetric", "wrap"]).optional(),
  pool: z.literal(["average", "max"]).optional(),
  transposed: z.strictObject({ outputPadding: shape }).optional(),
});
const status = z.discriminatedUnion("ran", [
  z.strictObject({ name: z.string(), ran: z.literal(true), version: z.string(), threads: count }),
  z.strictObject({ name: z.string(), ran: z.literal(false), reason: z.string() }),
]);

const SCHEMA = z.discriminatedUnion("record", [
  z.strictObject({ record: z.literal("setup"), id, algorithms: z.array(who), oracles: z.array(who) }),
  z.strictObject({
    record: z.literal("run"),
    id,
    setup: id,
    asked: z.strictObject({
      seed: z.int(),
      cases: count,
      path: z.string().optional(),
      only: z.string().optional(),
      include: z.array(z.string()).optional(),
      modules: z.array(z.string()).optional(),
      exclude: z.array(z.string()).optional(),
      own: id.optional(),
      shard: z.strictObject({ index: count, count }).optional(),
      coverage: z.number().min(0).max(1).optional(),
      known: KNOWN_FAILURES.optional(),
    }),
    oracles: z.array(status),
    required: z.array(z.string()),
    node: z.string(),
    platform: z.string(),
    started: z.iso.datetime(),
  }),
  z.strictObject({
    record: z.literal("general"),
    id,
    setup: id,
    seed: z.int(),
    laws: z.array(
      z.strictObject({
        law: z.string(),
        statement: z.string(),
        by: z.string(),
        checked: count,
        skipped: count,
        reason,
      }),
    ),
    requests: z.array(
      z.strictObject({
        request: z.string(),
        what: z.string(),
        by: z.string(),
        refused: z.boolean(),
        message: z.string().optional(),
        expected: z.string().optional(),
        reason,
      }),
    ),
    limitations: z.array(
      z.strictObject({
        id: z.string(),
        oracle: z.string(),
        version: z.string(),
        what: z.string(),
        why: z.string(),
        issues: z.array(z.string()),
        held: z.boolean(),
      }),
    ),
  }),
  z.strictObject({
    record: z.literal("trial"),
    id,
    trial: id,
    setup: id,
    case: convCase,
    kinds: z.array(values),
    seed: z.int(),
    path: z.string().optional(),
    pathSeed: z.int().optional(),
    passes: z.array(pass),
    questions: z.array(
      z.strictObject({
        id,
        values,
        pass,
        elements: count,
        algorithms: answers,
        oracles: answers,
        exceptions: z.array(
          z.strictObject({
            algorithm: z.string(),
            oracle: z.string(),
            rung,
            verdict: z.enum(["agree", "ours is wrong", "tfjs is wrong", "undecided"]),
            reason,
            expected: z.string().optional(),
          }),
        ),
      }),
    ),
    refusals: z.array(
      z.strictObject({ pass, by: z.string(), reason: z.string(), beyondReach: z.literal(true).optional() }),
    ),
    vanished: z.array(z.strictObject({ id: z.string(), pass })),
    answers: id,
  }),
  z.strictObject({
    record: z.literal("reduction"),
    id,
    setup: id,
    reduction: z.strictObject({
      algorithm: z.string(),
      pass,
      convCase: z.string(),
      reason: z.string(),
      program: z.string(),
      replay: z.string(),
      isFlaky: z.literal(true).optional(),
      tried: count,
      fixture: z.string().optional(),
    }),
  }),
  z.strictObject({ record: z.literal("end"), id, run: id, seconds: z.number().min(0), trials: count }),
]);

/**
 * Reads a line.
 *
 * @throws RangeError saying what is wrong with it: no JSON, a field that is none, an id that is another's.
 */
export function parseLine(line: string): ResultRecord {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw new RangeError(`it is no JSON: ${(error as Error).message}`);
  }
  const parsed = SCHEMA.safeParse(json);
  if (!parsed.success) throw new RangeError(z.prettifyError(parsed.error));
  const record = parsed.data as ResultRecord;
  const expected = idOf(record);
  if (record.id !== expected) throw new RangeError(`its id is ${record.id}, but that of its content is ${expected}`);
  if (record.record === "trial") {
    const answers = answersId(record);
    if (record.answers !== answers) {
      throw new RangeError(`the hash of its answers is ${record.answers}, but that of those it has is ${answers}`);
    }
    const fault = misjudged(record);
    if (fault !== undefined) throw new RangeError(fault);
  }
  return record;
}

/** The record of a line that was read before: what JSON has no word for is put back. */
export function restored(line: string): ResultRecord {
  // To look at every value takes five times as long as to parse; few lines have such a one.
  if (!TEXT_FOR_NUMBER.test(line)) return JSON.parse(line) as ResultRecord;
  return JSON.parse(line, (key, value: unknown) =>
    (key === "worstRatio" || key === "worstUlp") && typeof value === "string" ? Number(value) : value,
  ) as ResultRecord;
}

const TEXT_FOR_NUMBER = /"worst(?:Ratio|Ulp)":"/;

/** The id that follows from the content of a record. */
function idOf(record: ResultRecord): string {
  switch (record.record) {
    case "setup":
      return recordSetup(record).id;
    case "run": {
      const { record: _, id: __, ...run } = record;
      return recordRun(run).id;
    }
    case "general":
      return recordGeneral(record, record.setup, record.seed).id;
    case "end":
      return recordEnd(record.run, record.seconds, record.trials).id;
    case "reduction":
      return recordReduction(record.reduction, record.setup).id;
    case "trial": {
      const { case: about, kinds, seed, passes, trial, setup } = record;
      // Arrays that were given are known by their bits, which a record does not hold.
      const isSeeded = !kinds.includes("given");
      const own = isSeeded ? trialId({ convCase: about, kinds, seed, passes }) : trial;
      return trialRecordId(own, setup);
    }
  }
}
