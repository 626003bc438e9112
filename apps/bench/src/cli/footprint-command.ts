/**
 * The command that measures what libraries cost before and beside computing.
 *
 * @module
 */

import { stderr } from "node:process";
import { type LibraryFootprint, type Missing, measureFootprints, type Spread } from "../footprint/measure.ts";
import { LAYER, LIBRARIES } from "../footprint/programs.ts";
import { cell, column, numbers, type Table } from "../report/document.ts";
import { printResult } from "../report/files.ts";
import { bytes, threeDigits } from "../report/number-format.ts";
import { toText } from "../report/terminal.ts";
import { suggestion } from "../suggestion.ts";
import { UsageError } from "../usage-error.ts";

/** Options as the command line gives them. */
export interface FootprintArguments {
  readonly libraries?: readonly string[];
  readonly processes: number;
  readonly json?: string | true;
}

/** Measures and prints; resolves to the exit code: 1 if a library that was named could not be had. */
export async function runFootprint({ libraries, processes, json }: FootprintArguments): Promise<number> {
  const known = LIBRARIES.map(({ name }) => name);
  for (const name of libraries ?? []) {
    if (!known.includes(name)) {
      throw new UsageError(`unknown library "${name}"${suggestion(name, known)}; known are ${known.join(", ")}`);
    }
  }
  const found = await measureFootprints(libraries ?? known, processes, (text) => void stderr.write(`${text}\n`));
  await printResult(json, found, () => toText(footprintTable(found.footprints, found.missing)));
  return libraries !== undefined && found.missing.length > 0 ? 1 : 0;
}

/** The table. */
export function footprintTable(footprints: readonly LibraryFootprint[], missing: readonly Missing[]): Table {
  const ms = ([median, least, most]: Spread) =>
    cell(threeDigits(median), "plain", `${threeDigits(least)}–${threeDigits(most)}`);
  const size = (count: number | null) => cell(count === null ? "–" : count === 0 ? "none" : bytes(count));
  return {
    caption: `What a program pays for one convolution (${LAYER.name}), beside computing it`,
    columns: [
      column("library"),
      numbers("ready, ms"),
      numbers("first result, ms"),
      numbers("later ones, ms"),
      numbers("memory"),
      numbers("script"),
      numbers("WebAssembly"),
    ],
    rows: footprints.map(({ library, readyMs, firstMs, laterMs, memoryBytes, scriptBytes, wasmBytes }) => ({
      cells: [
        cell(library),
        ms(readyMs),
        ms(firstMs),
        ms(laterMs),
        cell(bytes(memoryBytes[0])),
        size(scriptBytes),
        size(wasmBytes),
      ],
    })),
    notes: [
      "Fresh processes in turn: medians, the least and the most. Ready: imported, its backend started, its session made. Memory: the most " +
        "that the process has held, beyond a Node that imports nothing. Script and WebAssembly: what a page downloads for this alone, " +
        "as esbuild bundles and gzip compresses it; native code has no page.",
      ...missing.map(({ library, reason }) => `${library} could not be had: ${reason}`),
    ],
    folded: false,
  };
}
