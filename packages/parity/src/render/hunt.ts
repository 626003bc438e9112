/**
 * What a hunt for mutants found, as Markdown that is a table in a terminal, too.
 *
 * @module
 */

import type { HuntReport } from "../mutants/hunt.ts";
import { alignedTable } from "./table.ts";

const HEADER = ["mutant", "the mistake", "convicted by", "after trials"] as const;

/** The kill rate, and what convicted each mutant. */
export function renderHunt({ results, killed, killRate, seed, trials }: HuntReport): string {
  const rows = results.map(({ id, what, convictedBy, trials: after }) => {
    const by = convictedBy && `${convictedBy.pass} of "${convictedBy.case}" on ${convictedBy.data} data`;
    return [id, what, by ?? "nothing: it survives", String(after)];
  });
  const rate = `${killed} of ${results.length} mutants convicted: ${(killRate * 100).toFixed(1)} %`;
  return `# ${rate}\n\nSeed ${seed}, ${trials} trials for each.\n\n${alignedTable([HEADER, ...rows])}\n`;
}
