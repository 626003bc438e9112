/**
 * What a hunt for mutants found, as Markdown that is a table in a terminal, too.
 *
 * @module
 */

import type { HuntReport } from "../mutants/hunt.ts";
import { alignedTable } from "./table.ts";

const HEADER = ["mutant", "the mistake", "convicted by", "after trials", "ms"] as const;

/** The kill rate, and what convicted each mutant. */
export function renderHunt({ results, killed, killRate, seed, trials }: HuntReport): string {
  const rows = results.map(({ id, what, convictedBy, trials: after, milliseconds }) => {
    const by = convictedBy && `${convictedBy.pass} of "${convictedBy.case}" on ${convictedBy.data} data`;
    return [id, what, by ?? "nothing: it survives", String(after), milliseconds.toFixed(0)];
  });
  const rate = `${killed} of ${results.length} mutants convicted: ${(killRate * 100).toFixed(1)} %`;
  const survivors = results.flatMap(({ id, what, convictedBy }) => (convictedBy ? [] : [`- ${id}: ${what}`]));
  const named = survivors.length === 0 ? "None survives." : `These survive:\n\n${survivors.join("\n")}`;
  const head = `# ${rate}\n\nSeed ${seed}, ${trials} trials for each. ${named}`;
  return `${head}\n\n${alignedTable([HEADER, ...rows])}\n`;
}
