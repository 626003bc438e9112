/**
 * What a library costs before and beside computing: to get ready, the first result, memory, and what a page downloads for it. Each is
 * measured in fresh processes, which take turns.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { median } from "simple-statistics";
import { ONE_THREAD } from "../measure/one-thread.ts";
import { LIBRARIES, type Library } from "./programs.ts";

/** As this file runs from source or built, so do its processes, and what is bundled. */
const CONDITIONS = extname(import.meta.url) === ".ts" ? ["@corr2d/source"] : [];

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
        footprints.push(await footprintOf(library));
      } catch (error) {
        found.delete(library);
        missing.push({ library, reason: reasonOf(error) });
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

async function footprintOf(library: string): Promise<Footprint> {
  const child = fileURLToPath(new URL(`child${extname(import.meta.url)}`, import.meta.url));
  const env = { ...process.env, ...ONE_THREAD };
  const args = [...CONDITIONS.map((condition) => `--conditions=${condition}`), child, library];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Footprint;
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

function reasonOf(error: unknown): string {
  const lines = (error as Error).message.split("\n");
  return (lines.find((line) => /^\w*Error/.test(line)) ?? lines[0]!).trim();
}
