/**
 * Holds an implementation against the laws.
 *
 * @module
 */

import type { SpatialCase } from "@corr2d/testkit";
import { askable, type ConvAdapter } from "../adapter.ts";
import { evidenceFor } from "../ask.ts";
import { compute } from "../interrogate.ts";
import { type Call, LAWS, type Law } from "./laws.ts";

/** What became of a law with one implementation. */
export interface LawFinding {
  readonly law: string;
  readonly statement: string;
  readonly by: string;
  /** Cases on which it was checked, and on which it says nothing or cannot be asked. */
  readonly checked: number;
  readonly skipped: number;
  /** Where it was broken first, and how; absent if it holds. */
  readonly reason?: string;
}

/** What is checked. */
export interface LawOptions {
  readonly cases: readonly SpatialCase[];
  readonly seed: number;
  readonly laws?: readonly Law[];
}

/** Every law on every case, for one implementation. */
export async function checkLaws(
  adapter: ConvAdapter,
  { cases, seed, laws = LAWS }: LawOptions,
): Promise<readonly LawFinding[]> {
  const findings: LawFinding[] = [];
  for (const law of laws) {
    let [checked, skipped] = [0, 0];
    let reason: string | undefined;
    for (const convCase of cases) {
      const broken = await breach(adapter, law, convCase, seed);
      if (broken === "skipped") skipped++;
      else checked++;
      if (broken !== "skipped") reason ??= broken;
    }
    const { id, statement } = law;
    findings.push({ law: id, statement, by: adapter.name, checked, skipped, ...(reason !== undefined && { reason }) });
  }
  return findings;
}

async function breach(
  adapter: ConvAdapter,
  law: Law,
  convCase: SpatialCase,
  seed: number,
): Promise<string | undefined | "skipped"> {
  const instance = law.about(convCase, seed);
  if (typeof instance === "string") return "skipped";
  const { calls, sides, allowance } = instance;
  if (calls.some((call) => askable(adapter, call.convCase, call.pass) !== true)) return "skipped";
  const blame = `${adapter.name} breaks ${law.id} (${law.statement}) on "${convCase.name}"`;
  const results: Float32Array[] = [];
  try {
    for (const call of calls) results.push(await compute(adapter, call.convCase, call.pass, call.data));
  } catch (error) {
    return `${blame}: threw: ${error instanceof Error ? error.message : String(error)}`;
  }
  const { left, right } = sides(results);
  const bounds = calls.map((call, i) => boundsOf(adapter, call, results[i].length));
  const apart = allowance(bounds);
  for (let i = 0; i < left.length; i++) {
    // Written so that NaN is a breach.
    if (Math.abs(left[i] - right[i]) <= apart[i]) continue;
    return `${blame}: at ${i} one side is ${left[i]}, the other ${right[i]}, and they may be ${apart[i]} apart`;
  }
  return left.length === right.length
    ? undefined
    : `${blame}: ${left.length} elements, ${right.length} on the other side`;
}

/** By how much each element of a call may be wrong: not at all, the data being exact, or as the adapter promises. */
function boundsOf(adapter: ConvAdapter, { convCase, pass, data }: Call, length: number): Float64Array {
  const evidence = evidenceFor(adapter, convCase, {
    pass,
    data,
    evidence: { truth: new Float64Array(length), bounds: 0 },
  });
  return evidence.bounds === 0 ? new Float64Array(length) : evidence.bounds;
}
