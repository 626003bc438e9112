/**
 * Puts impossible requests to an implementation and sees whether it refuses them.
 *
 * @module
 */

import type { ConvAdapter } from "../adapter.ts";
import { ask, evidenceOf } from "../ask.ts";
import { compute } from "../interrogate.ts";
import { type Acceptance, expectedAcceptance } from "../ledger.ts";
import { faultOf } from "../verdict.ts";
import { IMPOSSIBLE_REQUESTS, type ImpossibleRequest, POSSIBLE, POSSIBLE_DATA } from "./requests.ts";

/** What somebody did with an impossible request. */
export interface RequestFinding {
  readonly request: string;
  readonly what: string;
  readonly by: string;
  readonly refused: boolean;
  /** Words of the error. */
  readonly message?: string;
  /** Entry of the ledger that expects it to be answered. */
  readonly expected?: string;
  /** What is wrong; absent if all is as it should be. */
  readonly reason?: string;
}

/** Every request, put to one implementation. */
export async function checkRequests(
  adapter: ConvAdapter,
  ledger: readonly Acceptance[],
  requests: readonly ImpossibleRequest[] = IMPOSSIBLE_REQUESTS,
): Promise<readonly RequestFinding[]> {
  const findings: RequestFinding[] = [];
  for (const request of requests) findings.push(await checkRequest(adapter, ledger, request));
  return findings;
}

/** Whether an implementation still answers rightly what is possible: some are broken by what is not. */
export async function survived(adapter: ConvAdapter): Promise<boolean> {
  const evidence = evidenceOf(POSSIBLE, "forward", POSSIBLE_DATA, true);
  return faultOf(await ask(adapter, POSSIBLE, "forward", POSSIBLE_DATA, evidence)) === undefined;
}

/** One request, put to one implementation. */
export async function checkRequest(
  adapter: ConvAdapter,
  ledger: readonly Acceptance[],
  { id, what, convCase, data }: ImpossibleRequest,
): Promise<RequestFinding> {
  const expected = expectedAcceptance(ledger, adapter.name, id)?.id;
  const about = { request: id, what, by: adapter.name, ...(expected !== undefined && { expected }) };
  try {
    await compute(adapter, convCase, "forward", data);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const vanished = `the ledger expects ${adapter.name} to answer ${what} (${expected}), which it refuses`;
    return { ...about, refused: true, message, ...(expected !== undefined && { reason: vanished }) };
  }
  const reason = `${adapter.name} answers what it must refuse: ${what}`;
  return { ...about, refused: false, ...(expected === undefined && { reason }) };
}
