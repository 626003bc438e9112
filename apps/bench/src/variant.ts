/**
 * What can be timed, and what a fair reader wants to know about it: what executes it, how precise it is, what it takes for
 * cells outside the image, and what is inside the clock.
 *
 * @module
 */

import type { AdapterSource } from "@corr2d/parity";
import type { CasePass, ConvCase } from "@corr2d/testkit";
import type { Promised } from "./measure/agreement.ts";
import type { Engine } from "./report/results.ts";

/** A contender and the facts about it. */
export interface Variant {
  readonly source: AdapterSource;
  /** null where it does not say. */
  readonly engine: Engine | null;
  readonly promised: Promised;
  readonly border: string;
  readonly clock: string;
  /** Whether it changes its whole process, so that the others must be measured in another one. */
  readonly ownProcess?: boolean;
  /** Why it computes on one thread, whatever is asked for, where that is known without loading it. */
  readonly oneThread?: string;
  /** What can be said without loading it: true, or the reason why this case cannot be asked of it. */
  readonly supports?: (convCase: ConvCase, pass: CasePass) => true | string;
}

/** The facts of whoever computes float32 and skips what lies outside. */
export const FLOAT32: Pick<Variant, "promised" | "border"> = {
  promised: { precision: "float32" },
  border: "zeros, skipped",
};
