/**
 * Questions and trials by their content. A *question* is a case, its data and a pass; a *trial* is all questions about a
 * case that are asked together. Their ids depend on nothing else: the same question asked on another machine, in another
 * shard or another year has the same id, so results can be put together without anybody keeping count.
 *
 *     id = SHA-256 of the canonical JSON of { case, seed, values, pass }, 32 hexadecimal digits; of a trial, all of those
 *
 * Data that no seed makes are known by their bits.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { CaseData, CasePass, SpatialCase } from "@corr2d/testkit";
import type { DataKind } from "./generate/problem.ts";

/** What is asked: of which case, on which data, which pass. */
export interface Question {
  readonly case: SpatialCase;
  readonly values: DataKind;
  /** Of the data; their class and the name of the case say the rest. */
  readonly seed: number;
  readonly pass: CasePass;
  /** The arrays, where no seed makes them. */
  readonly given?: CaseData | undefined;
}

/** What makes a trial what it is: its case, what is asked of it, and on which data. */
export interface TrialContent {
  readonly convCase: SpatialCase;
  readonly passes: readonly CasePass[];
  /** Of the data. */
  readonly seed: number;
  /** Of its data, in their order. */
  readonly kinds: readonly DataKind[];
  /** The arrays, where no seed makes them. */
  readonly given?: CaseData | undefined;
}

/** Hexadecimal digits of an id: 128 bits, so that no two of any number of questions meet. */
const ID_DIGITS = 32;

/** Id of a question. What a case leaves out and what it says by default are the same. */
export function questionId({ case: convCase, values, seed, pass, given }: Question): string {
  return contentId({ ...problem(convCase, seed, given), values, pass });
}

/** Id of a trial: of all its questions, whoever is asked. */
export function trialId({ convCase, kinds, seed, passes, given }: TrialContent): string {
  return contentId({ ...problem(convCase, seed, given), kinds, passes });
}

/** SHA-256 of the canonical JSON of anything, shortened. */
export function contentId(content: unknown): string {
  return createHash("sha256").update(canonicalJson(content, storable)).digest("hex").slice(0, ID_DIGITS);
}

/** JSON has no infinities and no NaN; they are text. */
export function storable(value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function problem(convCase: SpatialCase, seed: number, given: CaseData | undefined): object {
  const { layout = "channels last", rounding = "floor", ...rest } = convCase;
  return { case: { ...rest, layout, rounding }, seed, ...(given && { given: digestOf(given) }) };
}

/** SHA-256 of the bits of arrays, one after the other. */
function digestOf({ x, filter, bias = new Float32Array(), dy }: CaseData): string {
  const hash = createHash("sha256");
  for (const array of [x, filter, bias, dy]) {
    hash.update(`${array.length}:`).update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return hash.digest("hex");
}

/**
 * JSON of plain data in one form only: keys in order, nothing undefined.
 *
 * @param change what to write in the place of a value, if not the value itself.
 */
export function canonicalJson(value: unknown, change: (part: unknown) => unknown = (part) => part): string {
  const parts: string[] = [];
  return write(value, change, parts) ? parts.join("") : "null";
}

/** Part by part, which takes half as long as to put objects in order and to write those; gives false for what is left out. */
function write(value: unknown, change: (part: unknown) => unknown, parts: string[]): boolean {
  const part = change(value);
  if (part === null || typeof part !== "object") {
    const text = typeof part === "number" && Number.isFinite(part) && part !== 0 ? `${part}` : JSON.stringify(part);
    if (text !== undefined) parts.push(text);
    return text !== undefined;
  }
  if (Array.isArray(part)) {
    parts.push("[");
    for (let i = 0; i < part.length; i++) {
      if (i > 0) parts.push(",");
      if (!write(part[i], change, parts)) parts.push("null");
    }
    parts.push("]");
    return true;
  }
  let opening = "{";
  for (const key of Object.keys(part).sort()) {
    parts.push(opening, JSON.stringify(key), ":");
    if (write((part as Readonly<Record<string, unknown>>)[key], change, parts)) opening = ",";
    else parts.length -= 3;
  }
  parts.push(opening === "{" ? "{}" : "}");
  return true;
}
