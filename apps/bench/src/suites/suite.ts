/**
 * A suite: a named list of convolutions to be timed, and where their data comes from.
 *
 * @module
 */

import type { ConvCase } from "@corr2d/testkit";
import type { BenchPass } from "../report/results.ts";

/** What fills the arrays of a case: seeded normal numbers, or the photograph with a seeded kernel. */
export type DataSource = "seeded" | "photograph";

/** A convolution to be timed. */
export interface BenchCase {
  readonly suite: string;
  readonly convCase: ConvCase;
  readonly data: DataSource;
  /** What this case is about, whatever the run was asked for: a pass. */
  readonly pass?: BenchPass;
  /** And whether weights are new at every call. */
  readonly fresh?: boolean;
}

/** A named list of cases. */
export interface Suite {
  readonly name: string;
  /** One line for `--help` and `bench list`. */
  readonly summary: string;
  /** Whether cases differ in size alone, so that a slope of time over work has a meaning. */
  readonly growing: boolean;
  /** Whether first calls are timed, by class of layer. */
  readonly firstCalls?: boolean;
  readonly cases: readonly BenchCase[];
}
