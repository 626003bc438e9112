/**
 * Proof that the check can see: every mutant is put to it as if somebody had written it, against the reference alone, on
 * the trials of a run and by its questions. One that no trial convicts survives, and is named.
 *
 * @module
 */

import type { CaseData, CasePass, SpatialCase } from "@corr2d/testkit";
import { askable, type ConvAdapter } from "../adapter.ts";
import { ask, askThoroughly, evidenceFor, evidenceOf } from "../ask.ts";
import type { DataKind } from "../generate/problem.ts";
import { selectTrials, type Trial } from "../trials.ts";
import { type Evidence, faultOf } from "../verdict.ts";
import { INNOCENTS } from "./innocents.ts";
import { type Mutant, type MutantKind, sizesOf } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";

/** What convicted a mutant, or nothing. */
export interface HuntResult {
  readonly id: string;
  readonly what: string;
  readonly kind: MutantKind;
  /** Absent if it survives. */
  readonly convictedBy?: {
    readonly case: string;
    readonly pass: CasePass;
    readonly data: DataKind;
    readonly reason: string;
  };
  /** Trials until it was convicted, or all. */
  readonly trials: number;
  /** How long it took to ask it as much as that. */
  readonly milliseconds: number;
}

/** What a hunt found. */
export interface HuntReport {
  readonly schema: "corr2d-parity-mutants/2";
  readonly seed: number;
  /** Trials there were for each mutant. */
  readonly trials: number;
  readonly results: readonly HuntResult[];
  /** Convicted mutants, of all. */
  readonly killed: number;
  readonly killRate: number;
}

/** What is hunted, and on which trials. */
export interface HuntOptions {
  readonly seed: number;
  /** Problems to generate beside the table. */
  readonly cases: number;
  readonly mutants?: readonly Mutant[];
  /** Told how many of the trials have been put to the mutants, and how many of these are alive. */
  readonly onTrial?: ((done: number, total: number, alive: number) => void) | undefined;
}

/** Joints take loops about 100 ns for a product; whatever is wrong in them, cases of so many products show. */
const PRODUCTS_FOR_LOOPS = 2 ** 12;

/** A mutant on its way through the trials. */
interface Suspect extends Pick<Mutant, "id" | "what" | "kind" | "concerns"> {
  readonly adapter: ConvAdapter;
  readonly isSlow: boolean;
  milliseconds: number;
}

/**
 * Hunts the mutants.
 *
 * @throws Error if a convolution without a mistake is convicted: then the check is wrong.
 */
export async function hunt({ seed, cases, mutants = MUTANTS, onTrial }: HuntOptions): Promise<HuntReport> {
  const trials = await selectTrials({ seed, cases });
  const innocents = INNOCENTS.map(({ name, isSlow, make }): Suspect => {
    return { id: name, what: "no mistake", kind: "slip", adapter: make(), isSlow, milliseconds: 0 };
  });
  let alive = mutants.map((mutant): Suspect => {
    const isSlow = mutant.concerns === undefined && mutant.kind !== "memory";
    return { ...mutant, adapter: mutant.make(), isSlow, milliseconds: 0 };
  });
  const results = new Map<string, HuntResult>();
  for (const [index, trial] of trials.entries()) {
    const charges = chargesOf(trial);
    for (const suspect of innocents) {
      const convicted = await convict(suspect, charges);
      if (convicted === undefined) continue;
      const { case: name, pass, data, reason } = convicted;
      throw new Error(
        `mutants: a convolution without a mistake (${suspect.id}) is convicted by ${pass} of "${name}" on ${data} data: ${reason}`,
      );
    }
    const surviving: Suspect[] = [];
    for (const suspect of alive) {
      const convictedBy = await convict(suspect, charges);
      if (convictedBy === undefined) surviving.push(suspect);
      else results.set(suspect.id, resultOf(suspect, index + 1, convictedBy));
    }
    alive = surviving;
    onTrial?.(index + 1, trials.length, alive.length);
  }
  for (const suspect of alive) results.set(suspect.id, resultOf(suspect, trials.length));
  const killed = mutants.length - alive.length;
  return {
    schema: "corr2d-parity-mutants/2",
    seed,
    trials: trials.length,
    results: mutants.map(({ id }) => results.get(id)!),
    killed,
    killRate: killed / mutants.length,
  };
}

function resultOf(
  { id, what, kind, milliseconds }: Suspect,
  trials: number,
  convictedBy?: HuntResult["convictedBy"],
): HuntResult {
  return { id, what, kind, ...(convictedBy && { convictedBy }), trials, milliseconds };
}

/** A question with its answer, which is put to every mutant. */
interface Charge {
  readonly convCase: SpatialCase;
  readonly pass: CasePass;
  readonly kind: DataKind;
  readonly data: CaseData;
  readonly evidence: Evidence;
  readonly products: number;
  readonly isBrief: boolean;
}

function chargesOf({ convCase, passes, data, isBrief = false }: Trial): readonly Charge[] {
  return data().flatMap(([kind, arrays, isExact]) =>
    passes.map((pass): Charge => {
      const evidence = evidenceOf(convCase, pass, arrays, isExact, kind);
      const products = evidence.truth.length * sizesOf(convCase, pass).terms;
      return { convCase, pass, kind, data: arrays, evidence, products, isBrief };
    }),
  );
}

/** Puts charges to a mutant until one convicts it. */
async function convict(suspect: Suspect, charges: readonly Charge[]): Promise<HuntResult["convictedBy"]> {
  const { adapter, concerns, isSlow } = suspect;
  const hasMemory = suspect.kind === "memory";
  const began = performance.now();
  try {
    for (const charge of charges) {
      const { convCase, pass, kind, products } = charge;
      if (isSlow && products > PRODUCTS_FOR_LOOPS) continue;
      if (concerns?.(convCase, pass) === false || askable(adapter, convCase, pass) !== true) continue;
      const held = { ...charge, evidence: evidenceFor(adapter, convCase, charge) };
      // Only what has a memory can answer otherwise the second time.
      const answer =
        hasMemory && !charge.isBrief
          ? await askThoroughly(adapter, convCase, held)
          : await ask(adapter, convCase, pass, charge.data, held.evidence);
      const reason = faultOf(answer);
      if (reason !== undefined) return { case: convCase.name, pass, data: kind, reason };
    }
    return undefined;
  } finally {
    suspect.milliseconds += performance.now() - began;
  }
}
