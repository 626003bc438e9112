/**
 * Which functions each test file calls, and how long it takes: measured once, and again when the test file has changed.
 *
 * @module
 */

import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { TEST_FILES } from "../../vitest.shared.ts";
import { hashOf } from "./hash.ts";
import { folderOf, type Mutant } from "./mutants.ts";
import type { Workshop } from "./workshop.ts";

/** What is known of a test file. */
export interface Reach {
  /** Of the test file. */
  readonly hash: string;
  readonly seconds: number;
  /** Whether it passes where nothing is mutated. */
  readonly passes: boolean;
  /** The names of the functions it calls, by their files. */
  readonly called: Readonly<Record<string, readonly string[]>>;
}

/** What is known of test files, by their paths. */
export type Reaches = Record<string, Reach>;

/** The test files of packages. */
export function testFiles(root: string, packages: readonly string[]): string[] {
  const patterns = packages.flatMap((folder) => TEST_FILES.map((files) => `${folder}/${files}`));
  return globSync(patterns, { cwd: root })
    .map(slashes)
    .filter((path) => !path.includes("node_modules/"))
    .sort();
}

/** What `known` says, brought up to date. `save` is called after each test file that was missing. */
export async function measure(
  workshop: Workshop,
  files: readonly string[],
  known: Reaches,
  save: (reaches: Reaches) => void,
): Promise<Reaches> {
  const reaches: Reaches = {};
  const missing: string[] = [];
  for (const file of files) {
    if (known[file]?.hash === hashOf(workshop.read(file))) reaches[file] = known[file];
    else missing.push(file);
  }
  if (missing.length === 0) return reaches;
  const reach = mkdtempSync(join(tmpdir(), "corr2d-reach-"));
  try {
    let [start, count] = [0, 0];
    await workshop.measure(missing, reach, ({ file, event }) => {
      if (event === "end") return;
      if (event === "start") start = performance.now();
      else {
        const seconds = (performance.now() - start) / 1000;
        const called = calledBy(join(reach, hashOf(join(workshop.root, file))), workshop.root);
        reaches[file] = { hash: hashOf(workshop.read(file)), seconds, passes: event === "passed", called };
        save(reaches);
        const what = event === "passed" ? `${Object.keys(called).length} files` : "FAILS, stands aside";
        console.log(`[${++count}/${missing.length}] ${file}: ${seconds.toFixed(1)} s, ${what}`);
      }
    });
  } finally {
    rmSync(reach, { recursive: true });
  }
  return reaches;
}

function calledBy(path: string, root: string): Reach["called"] {
  if (!existsSync(path)) return {};
  const called = Object.entries(JSON.parse(readFileSync(path, "utf8")) as Record<string, string[]>);
  return Object.fromEntries(called.map(([file, names]) => [slashes(relative(root, file)), names]));
}

/** What starting a test file costs, beside what its tests take. */
const START_SECONDS = 1;

/**
 * The test files that may notice a mutant: those that call its function, or, if none does, that load its file, and those that
 * stand beside it or are named like it. The first are those that cost little, have words of its path in theirs, and have noticed
 * others of the same folder.
 *
 * @param noticed how many mutants of the folder a test file has noticed.
 */
export function testsFor(mutant: Mutant, reaches: Reaches, noticed: (test: string) => number): string[] {
  const { file, functions } = mutant;
  const words = new Set(wordsOf(file));
  const cost = ([test, { seconds }]: [string, Reach]): number => {
    const shared = new Set(wordsOf(test).filter((word) => words.has(word))).size;
    return (START_SECONDS + seconds) / (1 + 2 * shared + 2 * noticed(test));
  };
  const passing = Object.entries(reaches).filter(([, { passes }]) => passes);
  // Functions without a name that anybody knows count as called if the one around them is.
  const name = functions.find((one) => passing.some(([, { called }]) => called[file]?.includes(one)));
  // What a test starts as a process is not seen: those of the folder and of the name count without it.
  const isBeside = (test: string): boolean => test.startsWith(`${folderOf(mutant)}/`) || nameIn(test) === nameIn(file);
  return passing
    .filter(
      ([test, { called }]) => isBeside(test) || (name === undefined ? called[file] : called[file]?.includes(name)),
    )
    .sort((a, b) => cost(a) - cost(b))
    .map(([test]) => test);
}

/** The name of a file without folders and endings. */
function nameIn(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).split(".", 1)[0]!;
}

/** The words of a path that say what a file is about. */
function wordsOf(path: string): string[] {
  return path.split(/[/.-]/).filter((word) => !["packages", "core", "src", "test", "ts", "node"].includes(word));
}

function slashes(path: string): string {
  return path.replaceAll(sep, "/");
}
