/**
 * What can be mutated, and whose tests must notice.
 *
 * @module
 */

/** A part of the workspace. Paths are from its root. */
export interface Target {
  /** Files and folders that are mutated. */
  readonly sources: readonly string[];
  /** Packages whose tests are run. */
  readonly packages: readonly string[];
}

export const TARGETS: Readonly<Record<string, Target>> = {
  core: { sources: ["packages/core/src"], packages: ["packages/core"] },
  verdicts: {
    sources: [
      "packages/testkit/src/bounds.ts",
      "packages/testkit/src/judge.ts",
      "packages/testkit/src/arithmetic.ts",
      "packages/parity/src/compare.ts",
      "packages/parity/src/ledger.ts",
      "packages/parity/src/statistics.ts",
      "packages/parity/src/tally.ts",
      "packages/parity/src/verdict.ts",
      "packages/parity/src/zero-padding.ts",
      "packages/parity/src/laws",
      "packages/parity/src/results",
    ],
    packages: ["packages/testkit", "packages/parity"],
  },
  tfjs: { sources: ["packages/tfjs/src"], packages: ["packages/tfjs"] },
};
