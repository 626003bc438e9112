/**
 * Whether a run that was interrupted can be gone on with: what is to be measured now must be what was measured then, by the
 * same code on the same machine.
 *
 * @module
 */

import type { BenchReport } from "../report/results.ts";

/** What tells two runs apart, in words; nothing where one can go on with the other. */
export function differencesTo(earlier: BenchReport, now: BenchReport): readonly string[] {
  const [before, after] = [earlier, now].map(
    ({ settings, environment: { cpu, node, commit }, variants }): Record<string, unknown> => ({
      ...settings,
      processor: cpu,
      node,
      commit,
      variants: variants.map(({ name }) => name),
    }),
  );
  return Object.keys(after)
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => `${key} was ${text(before[key])} and is ${text(after[key])}`);
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}
