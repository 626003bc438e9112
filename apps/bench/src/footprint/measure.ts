/**
 * What a library costs before and beside computing: to get ready, the first result, memory, and what a page downloads for it. Each is
 * measured in fresh processes, which take turns.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { median } from "simple-statistics";
import { CONDITIONS, lastLineOf, scriptBeside, whyItFailed } from "../own-process.ts";
import { LIBRARIES, type Library } from "./programs.ts";

/** What one process found. */
export interface Footprint {
  /** Importing the library and making it ready. */
  readonly readyMs: number;
  /** From there to the first result. */
  readonly firstMs: number;
  /** Median of later calls. */
  readonly laterMs: number;
  /** The most that the process has held. */
  readonly memoryBytes: number;
}

/** A median with the least and the most. */
export type Spread = readonly [median: number, least: number, most: number];

/** All that was found of one library; null where it has no page. */
export interface LibraryFootprint {
  readonly library: string;
  readonly readyMs: Spread;
  readonly firstMs: Spread;
  readonly laterMs: Spread;
  /** Beyond what Node holds that imports nothing. */
  readonly memoryBytes: Spread;
  /** Bytes of script, minified and gzipped, and of WebAssembly, gzipped, that a page downloads. */
  readonly scriptBytes: number | null;
  readonly wasmBytes: number | null;
}

/** A library that could not be had. */
export interface Missing {
  readonly library: string;
  readonly reason: string;
}

/** Measures the libraries whose names are given; `say` is told what is under way. */
export async function measureFootprints(
  names: readonly string[],
  processes: number,
  say: (text: string) => void,
): Promise<{ readonly footprints: readonly LibraryFootprint[]; readonly missing: readonly Missing[] }> {
  const libraries = LIBRARIES.filter(({ name }) => names.includes(name));
  const found = new Map<string, Footprint[]>([["", []], ...libraries.map(({ name }) => [name, []] as [string, []])]);
  const missing: Missing[] = [];
  for (let process = 0; process < processes; process++) {
    for (const [library, footprints] of found) {
      say(`${library || "Node alone"}, process ${process + 1} of ${processes}`);
      try {
        footprints.push(await lastLineOf<Footprint>(scriptBeside(import.meta.url, "child"), [library]));
      } catch (error) {
        found.delete(library);
        missing.push({ library, reason: whyItFailed(error) });
      }
    }
  }
  const alone = median(found.get("")!.map(({ memoryBytes }) => memoryBytes));
  const footprints: LibraryFootprint[] = [];
  for (const library of libraries.filter(({ name }) => found.has(name))) {
    say(`${library.name}, what a page downloads`);
    const all = found.get(library.name)!;
    footprints.push({
      library: library.name,
      readyMs: spreadOf(all.map(({ readyMs }) => readyMs)),
      firstMs: spreadOf(all.map(({ firstMs }) => firstMs)),
      laterMs: spreadOf(all.map(({ laterMs }) => laterMs)),
      memoryBytes: spreadOf(all.map(({ memoryBytes }) => memoryBytes - alone)),
      ...(await downloadOf(library)),
    });
  }
  return { footprints, missing };
}

/** What a page downloads, as a bundler leaves it and a server compresses it. */
async function downloadOf({ page }: Library): Promise<Pick<LibraryFootprint, "scriptBytes" | "wasmBytes">> {
  if (page === undefined) return { scriptBytes: null, wasmBytes: null };
  const { outputFiles } = await build({
    stdin: { contents: page.source, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["module", ...CONDITIONS],
    // What packages ask for where they run in Node.
    external: ["fs", "path", "os", "crypto", "util", "worker_threads", "perf_hooks", "node:*"],
    logLevel: "silent",
  });
  const { resolve } = createRequire(import.meta.url);
  return {
    scriptBytes: gzipSync(outputFiles[0]!.contents).length,
    wasmBytes: page.fetches.reduce((sum, file) => sum + gzipSync(readFileSync(resolve(file))).length, 0),
  };
}

function spreadOf(values: readonly number[]): Spread {
  return [median([...values]), Math.min(...values), Math.max(...values)];
}
