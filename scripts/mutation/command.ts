/**
 * The command `mutation`, see its `--help`.
 *
 * @module
 */

import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { readAccepted, staleNames } from "./accepted.ts";
import { hashOf } from "./hash.ts";
import { draw, folderOf, type Mutant, mutantsOf, mutate, nameOf } from "./mutants.ts";
import { measure, type Reaches, testFiles, testsFor } from "./reach.ts";
import { TARGETS, type Target } from "./targets.ts";
import { type Verdict, Workshop } from "./workshop.ts";

const HELP = `Do the tests notice mistakes? Makes small ones in the source, one at a time, in a copy of the workspace.

pnpm mutation <target> [options]

Targets: ${Object.keys(TARGETS).join(", ")}

  --count <n>     how many mutants are drawn, spread over all folders (default 300)
  --seed <n>      which ones are drawn (default 1)
  --only <text>   only mutants whose name contains it: a file, a piece of a line; all of them, none is drawn; may be repeated
  --limit <s>     after so many seconds of tests a mutant has survived (default 240)
  --least <n>     ends with 1 if fewer than n % are noticed (default 97)
  --json <file>   writes what became of each mutant
  --list          prints the mutants and runs nothing
  --fresh         forgets what earlier runs found

A mutant that was noticed is not tried again until its file changes; those that survived are. Which functions each test calls is
measured first, once for each test file. The mutants of accepted.json, which no test needs to notice, do not count.`;

const ROOT = resolve(import.meta.dirname, "../..");
const CACHE = join(ROOT, "node_modules", ".cache", "mutation");

/** A test file hangs if it takes this many times what it takes without a mutant, and some seconds for a busy machine. */
const PATIENCE = 8;
const GRACE_SECONDS = 15;

/** What became of a mutant. */
interface Result extends Partial<Omit<Verdict, "outcome">> {
  readonly outcome: Verdict["outcome"] | "accepted";
  /** Of the file it was made in. */
  readonly hash?: string;
  readonly seconds?: number;
}

/** The options given; undefined if there is something wrong with them, which has been said. */
function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        count: { type: "string", default: "300" },
        seed: { type: "string", default: "1" },
        only: { type: "string", multiple: true },
        limit: { type: "string", default: "240" },
        least: { type: "string", default: "97" },
        json: { type: "string" },
        list: { type: "boolean", default: false },
        fresh: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return { ...values, target: undefined, count: 0, seed: 0, limit: 0, least: 0 };
    const [name = "", ...more] = positionals;
    const target = Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
    if (target === undefined || more.length > 0)
      throw new Error(`one target is wanted, got "${positionals.join(" ")}"`);
    const number = (option: "count" | "seed" | "limit" | "least", least: number): number => {
      const value = Number(values[option]);
      if (!Number.isFinite(value) || value < least)
        throw new Error(`--${option} ${values[option]} is no number ≥ ${least}`);
      return value;
    };
    const numbers = { count: number("count", 1), seed: number("seed", 0), limit: number("limit", 1) };
    return { ...values, ...numbers, least: number("least", 0), target };
  } catch (error) {
    console.error(`mutation: ${(error as Error).message}\n\n${HELP}`);
    return undefined;
  }
}

/** All mutants of a target. */
function allMutants({ sources }: Target): Mutant[] {
  const files = sources.flatMap((path) =>
    statSync(join(ROOT, path)).isDirectory() ? globSync(`${path}/**/*.ts`, { cwd: ROOT }).sort() : [path],
  );
  return files
    .map((file) => file.replaceAll(sep, "/"))
    .filter((file) => !file.endsWith(".test.ts"))
    .flatMap((file) => mutantsOf(file, readFileSync(join(ROOT, file), "utf8")));
}

/** A record of an earlier run. */
function load<T>(name: string): Record<string, T> {
  const path = join(CACHE, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}

function save(name: string, record: object): void {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, name), JSON.stringify(record));
}

/** Tries the mutants, as far as earlier runs do not say what becomes of them. */
async function tryAll(
  { packages }: Target,
  mutants: readonly Mutant[],
  limit: number,
  fresh: boolean,
): Promise<Map<Mutant, Result>> {
  const earlier = fresh ? {} : load<Result>("results.json");
  const accepted = new Set(readAccepted().flatMap((entry) => entry.mutants));
  const results = new Map<Mutant, Result>();
  const noticed = new Map<string, number>();
  const remember = (mutant: Mutant, result: Result): void => {
    results.set(mutant, result);
    const key = `${folderOf(mutant)} ${result.by}`;
    if (result.by !== undefined) noticed.set(key, (noticed.get(key) ?? 0) + 1);
  };
  using workshop = new Workshop(ROOT, packages);
  const open: Mutant[] = [];
  for (const mutant of mutants) {
    const known = earlier[nameOf(mutant)];
    if (accepted.has(nameOf(mutant))) remember(mutant, { outcome: "accepted" });
    else if (known?.outcome === "killed" && known.hash === hashOf(workshop.read(mutant.file))) remember(mutant, known);
    else open.push(mutant);
  }
  if (open.length === 0) return results;
  const reaches = await measure(
    workshop,
    testFiles(workshop.root, packages),
    load<Reaches[string]>("reach.json"),
    (now) => save("reach.json", { ...load("reach.json"), ...now }),
  );
  for (const [index, mutant] of open.entries()) {
    const text = workshop.read(mutant.file);
    const start = performance.now();
    const files = testsFor(mutant, reaches, (test) => noticed.get(`${folderOf(mutant)} ${test}`) ?? 0);
    workshop.write(mutant.file, mutate(text, mutant));
    const file = (test: string): number => PATIENCE * reaches[test]!.seconds + GRACE_SECONDS;
    const verdict = await workshop.test(files, { file, all: limit });
    workshop.write(mutant.file, text);
    const seconds = (performance.now() - start) / 1000;
    remember(mutant, { ...verdict, seconds, hash: hashOf(text) });
    earlier[nameOf(mutant)] = results.get(mutant)!;
    save("results.json", earlier);
    const by = verdict.by ?? `${verdict.passed} of ${files.length} test files`;
    console.log(
      `[${index + 1}/${open.length}] ${verdict.outcome} by ${by} in ${seconds.toFixed(1)} s: ${nameOf(mutant)}`,
    );
  }
  return results;
}

/** Prints the score and the survivors. Gives the share that was noticed, in percent. */
function report(results: ReadonlyMap<Mutant, Result>): number {
  const count = (outcome: Result["outcome"]): number =>
    [...results.values()].filter((result) => result.outcome === outcome).length;
  const [killed, timeout, accepted] = [count("killed"), count("timeout"), count("accepted")];
  const counted = results.size - accepted;
  for (const [mutant, { outcome }] of results) {
    if (outcome === "survived")
      console.log(`survived  ${mutant.file}:${mutant.line}  ${mutant.before}  →  ${mutant.after}`);
  }
  const score = counted === 0 ? 100 : (100 * (killed + timeout)) / counted;
  console.log(
    `${results.size} mutants in ${new Set([...results.keys()].map(folderOf)).size} folders: ${killed} failed a test, ` +
      `${timeout} ran out of time, ${count("survived")} survived, ${accepted} need not be noticed; score ${score.toFixed(1)} %`,
  );
  return score;
}

async function main(): Promise<number> {
  const asked = options();
  if (asked === undefined) return 2;
  const { target, count, seed, only, limit, least, json, list, fresh } = asked;
  if (target === undefined) {
    console.log(HELP);
    return 0;
  }
  const stale = staleNames(ROOT, readAccepted());
  if (stale.length > 0) {
    console.error(`mutation: accepted.json names what is no mutant, or twice:\n${stale.join("\n")}`);
    return 2;
  }
  const all = allMutants(target);
  const mutants =
    only === undefined ? draw(all, count, seed) : all.filter((one) => only.some((text) => nameOf(one).includes(text)));
  console.log(`${mutants.length} of ${all.length} mutants`);
  if (mutants.length === 0) return 2;
  if (list) {
    for (const { file, line, operator, before, after } of mutants) {
      console.log(`${file}:${line}  ${operator}  ${before}  →  ${after}`);
    }
    return 0;
  }
  const results = await tryAll(target, mutants, limit, fresh);
  if (json !== undefined) {
    mkdirSync(dirname(resolve(json)), { recursive: true });
    writeFileSync(
      json,
      JSON.stringify(
        [...results].map(([mutant, result]) => ({ ...mutant, ...result })),
        null,
        1,
      ),
    );
  }
  return report(results) >= least ? 0 : 1;
}

// Interrupted, it ends as usual, so that the copy is removed.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main();
