/**
 * All suites by name, and the choice among their cases.
 *
 * @module
 */

import { suggestion } from "../suggestion.ts";
import { UsageError } from "../usage-error.ts";
import { IMAGE_SUITE } from "./images.ts";
import { CLASSES_SUITE, KERNELS_SUITE, NETWORK_SUITES, QUICK_SUITE, SCALING_SUITE } from "./networks.ts";
import type { BenchCase, Suite } from "./suite.ts";

/** Picked from the suites below. */
const SELECTIONS: readonly Suite[] = [QUICK_SUITE, CLASSES_SUITE];

const WHOLE: readonly Suite[] = [...NETWORK_SUITES, KERNELS_SUITE, SCALING_SUITE, IMAGE_SUITE];

/** Every suite, the one to start with first. */
export const SUITES: readonly Suite[] = [...SELECTIONS, ...WHOLE];

/** Stands for every suite but those whose cases are in the others. */
export const ALL_SUITES = "all";

/**
 * The suites of these names.
 *
 * @throws UsageError for an unknown name.
 */
export function selectSuites(names: readonly string[]): readonly Suite[] {
  const wanted = new Set(names.flatMap((name) => (name === ALL_SUITES ? WHOLE.map((suite) => suite.name) : name)));
  const known = SUITES.map((suite) => suite.name);
  for (const name of wanted) {
    if (!known.includes(name)) {
      throw new UsageError(
        `unknown suite "${name}"${suggestion(name, [...known, ALL_SUITES])}; known suites are ${[...known, ALL_SUITES].join(", ")}`,
      );
    }
  }
  return SUITES.filter((suite) => wanted.has(suite.name));
}

/**
 * The cases of these suites whose name matches: a substring, or a regular expression between slashes.
 *
 * @throws UsageError if nothing matches, or the expression is none.
 */
export function selectCases(suites: readonly Suite[], filter: string | undefined): readonly BenchCase[] {
  const all = suites.flatMap((suite) => suite.cases);
  const matches = nameMatcher(filter);
  const chosen = all.filter(({ convCase }) => matches(convCase.name));
  if (chosen.length === 0) {
    const names = all.map(({ convCase }) => convCase.name);
    const near = suggestion(filter ?? "", names);
    throw new UsageError(`no case matches --filter ${filter}${near}; the cases are ${names.join(", ")}`);
  }
  return chosen;
}

function nameMatcher(filter: string | undefined): (name: string) => boolean {
  if (filter === undefined) return () => true;
  const expression = /^\/(.*)\/([imsu]*)$/.exec(filter);
  if (expression === null) return (name) => name.includes(filter);
  try {
    const pattern = new RegExp(expression[1], expression[2]);
    return (name) => pattern.test(name);
  } catch (error) {
    throw new UsageError(`--filter ${filter} is no regular expression: ${(error as Error).message}`);
  }
}
