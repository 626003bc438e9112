/**
 * Bundles the entries that package.json exports, the last step of the build:
 *
 *     dist/<entry>.js     one file per entry, for Node, browsers and bundlers alike
 *     dist/scalar-*.js    what the entry `scalar` shares with others: it must not bring the SIMD engine along
 *     dist/threads-worker.js   what a worker runs, by itself
 *     dist/shared-*.js    everything else that entries share: one engine, one registry in a program, whatever it imports
 *
 * So an entry is at most three requests of a page without a bundler, and few files for Node to read. Bundlers shake what
 * is not used out of these files as they would out of modules, since nothing at their top level has an effect
 * (test/packages holds them to it).
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type InputOptions, type OutputOptions, type Plugin, rolldown } from "rolldown";

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly "@corr2d/source": string; readonly default: string }>>;
}

/** The entry that must stay small. */
const SMALL = "scalar";

const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const entries: Record<string, string> = {};
for (const target of Object.values(exports)) {
  if (typeof target !== "string") entries[basename(target.default, ".js")] = target["@corr2d/source"];
}

/** What a worker runs, as the source names it, and where it will be. */
const WORKER = { source: "src/threads/worker.ts", asNamed: '"./worker.ts"', file: "threads-worker.js" };

/** Lets the source find the worker where it will be, by an expression that the bundlers of pages look for. */
const workerPlugin: Plugin = {
  name: "worker",
  transform(code) {
    if (!code.includes(WORKER.asNamed)) return null;
    return { code: code.replaceAll(WORKER.asNamed, `"./${WORKER.file}"`), map: null };
  },
};

/** Everything is bundled but what only Node has, which is imported where it is needed. */
const optionsOf = (input: Readonly<Record<string, string>>): InputOptions => ({
  input,
  platform: "neutral",
  plugins: [workerPlugin],
  optimization: { inlineConst: { mode: "all", pass: 3 } },
});

/** The modules that an entry consists of. */
async function modulesOf(name: string): Promise<ReadonlySet<string>> {
  const build = await rolldown(optionsOf({ [name]: entries[name]! }));
  const { output } = await build.generate();
  await build.close();
  return new Set(output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : [])));
}

const small = entries[SMALL] === undefined ? new Set<string>() : await modulesOf(SMALL);
const build = await rolldown(optionsOf(entries));
const output: OutputOptions = {
  comments: { annotation: true, jsdoc: false, legal: false },
  minifyInternalExports: false,
  sourcemap: true,
  sourcemapExcludeSources: true,
};
await build.write({
  ...output,
  dir: "dist",
  chunkFileNames: "[name]-[hash].js",
  codeSplitting: {
    groups: [
      { name: SMALL, test: (id) => small.has(id), minShareCount: 2, priority: 2 },
      { name: "shared", minShareCount: 2, priority: 1 },
    ],
  },
});
await build.close();

if (entries.threads !== undefined) {
  const worker = await rolldown(optionsOf({ worker: WORKER.source }));
  await worker.write({ ...output, file: `dist/${WORKER.file}` });
  await worker.close();
}
