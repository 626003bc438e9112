/**
 * Proof that the check can see: every mutant is put to it as if somebody had written it, against the reference alone, on
 * the trials of an ordinary run. One that no trial convicts survives, and is named.
 *
 * @module
 */

import type { CaseData, CasePass, SpatialCase } from "@corr2d/testkit";
import { type ConvAdapter, FULL_REACH } from "../adapter.ts";
import { ask, evidenceOf } from "../compare.ts";
import type { DataKind } from "../generate/problem.ts";
import { selectTrials, type Trial } from "../trials.ts";
import { type Evidence, faultOf } from "../verdict.ts";
import { direct, type Joints } from "./direct.ts";
import { MUTANTS, type Mutant } from "./mutants.ts";

/** What convicted a mutant, or nothing. */
export interface HuntResult {
  readonly id: string;
  readonly what: string;
  /** Absent if it survives. */
  readonly convictedBy?: {
    readonly case: string;
    readonly pass: CasePass;
    readonly data: DataKind;
    readonly reason: string;
  };
  /** Trials that were put to it. */
  readonly trials: number;
}

/** What a hunt found. */
export interface HuntReport {
  readonly schema: "corr2d-parity-mutants/1";
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
  /** Told of each mutant that has been tried. */
  readonly onMutant?: ((done: number, total: number, id: string) => void) | undefined;
}

/** Larger images and filters take the joints of a mutant too long; nothing is seen in them that small ones do not show. */
const MAX_ELEMENTS = 2_000;

/**
 * Hunts the mutants.
 *
 * @throws Error if the convolution without a mistake is convicted: then the check is wrong.
 */
export async function hunt({ seed, cases, mutants = MUTANTS, onMutant }: HuntOptions): Promise<HuntReport> {
  const trials = (await selectTrials({ seed, cases })).filter(({ convCase }) => {
    return [convCase.inputShape, convCase.filterShape].every(
      (shape) => shape.reduce((a, b) => a * b, 1) < MAX_ELEMENTS,
    );
  });
  const charges = chargesOf(trials);
  const innocent = await huntOne({ id: "none", what: "no mistake", joints: {} }, trials.length, charges);
  if (innocent.convictedBy !== undefined) {
    const { case: name, pass, data, reason } = innocent.convictedBy;
    throw new Error(
      `mutants: a convolution without a mistake is convicted by ${pass} of "${name}" on ${data} data: ${reason}`,
    );
  }
  const results: HuntResult[] = [];
  for (const mutant of mutants) {
    results.push(await huntOne(mutant, trials.length, charges));
    onMutant?.(results.length, mutants.length, mutant.id);
  }
  const killed = results.filter(({ convictedBy }) => convictedBy !== undefined).length;
  return {
    schema: "corr2d-parity-mutants/1",
    seed,
    trials: trials.length,
    results,
    killed,
    killRate: killed / results.length,
  };
}

/** A question with its answer, made once and put to every mutant. */
interface Charge {
  readonly convCase: SpatialCase;
  readonly pass: CasePass;
  readonly kind: DataKind;
  readonly arrays: CaseData;
  readonly evidence: Evidence;
}

/** Makes the charges of a trial when they are first wanted. */
function chargesOf(trials: readonly Trial[]): (index: number) => readonly Charge[] {
  const made: (readonly Charge[])[] = [];
  return (index) =>
    (made[index] ??= trials[index].data().flatMap(([kind, arrays, isExact]) =>
      trials[index].passes.map((pass): Charge => {
        const { convCase } = trials[index];
        const evidence = evidenceOf(convCase, pass, arrays, isExact, kind);
        return { convCase, pass, kind, arrays, evidence };
      }),
    ));
}

/** Puts charges to a mutant until one convicts it. */
async function huntOne(
  { id, what, joints }: Mutant,
  trials: number,
  charges: (index: number) => readonly Charge[],
): Promise<HuntResult> {
  const adapter = mutantAdapter(id, joints);
  for (let index = 0; index < trials; index++) {
    for (const { convCase, pass, kind, arrays, evidence } of charges(index)) {
      const reason = faultOf(await ask(adapter, convCase, pass, arrays, evidence));
      if (reason === undefined) continue;
      return { id, what, convictedBy: { case: convCase.name, pass, data: kind, reason }, trials: index + 1 };
    }
  }
  return { id, what, trials };
}

/** A mutant behind the contract. */
export function mutantAdapter(name: string, joints: Joints): ConvAdapter {
  return {
    name,
    version: "1",
    threads: 1,
    reach: FULL_REACH,
    supports: () => true,
    prepare(convCase, pass, data) {
      let result: Float32Array = new Float32Array();
      return {
        run() {
          result = direct(convCase, pass, data, joints);
        },
        read: () => result,
        dispose() {},
      };
    },
  };
}
