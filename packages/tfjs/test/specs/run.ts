/**
 * Bundles TensorFlow.js's specs with our backend, and runs them in a process of their own.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import type { BackendUnderTest, Selection, SpecOutcome, SpecRun } from "./outcome.ts";

const TIMEOUT_MS = 3 * 60_000;

const wasmFolder = join(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")), "/");

const MODULE_GLOBALS = `
import { createRequire as requireFor } from "node:module";
const require = requireFor(import.meta.url);
const __dirname = ${JSON.stringify(wasmFolder)};`;

/**
 * tfjs-core's test tools make a second jasmine, by a path that jasmine-core no longer exports, only to give it a longer
 * timeout. They get an object that takes one.
 */
const secondJasmine: Plugin = {
  name: "second jasmine",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^jasmine-core\/lib\// }, ({ path }) => ({ path, namespace: "second-jasmine" }));
    onLoad({ filter: /./, namespace: "second-jasmine" }, () => ({ contents: "exports.core = () => ({});" }));
  },
};

/** Runs specs on a backend. */
export async function runSpecs(backend: BackendUnderTest, selection: Selection): Promise<SpecRun> {
  // Inside the package, where jasmine-core is found.
  const folder = await mkdtemp(fileURLToPath(new URL("../../node_modules/.specs-", import.meta.url)));
  try {
    const bundle = join(folder, "specs.mjs");
    await build({
      entryPoints: [fileURLToPath(new URL("execute.ts", import.meta.url))],
      outfile: bundle,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node22",
      // The source of tfjs-core as modules, of which a spec takes one; `main` is all of it in one file.
      mainFields: ["module", "main"],
      conditions: ["@corr2d/source"],
      // tfjs-core declares its specs free of side effects.
      ignoreAnnotations: true,
      external: ["jasmine-core"],
      plugins: [secondJasmine],
      // What CommonJS modules among these ask for; the WebAssembly backend finds its .wasm files itself.
      banner: { js: MODULE_GLOBALS },
      logLevel: "error",
    });
    const result = join(folder, "result.json");
    await execute([bundle, backend, selection, result]);
    return JSON.parse(await readFile(result, "utf8")) as SpecRun;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function execute(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT_MS });
    let output = "";
    const collect = (chunk: Buffer): void => void (output += chunk);
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`specs ended with ${signal ?? `exit code ${code}`}\n${output}`));
    });
  });
}

/** Names of the specs that passed. */
export function passedNames({ specs }: SpecRun): Set<string> {
  return new Set(specs.filter(({ status }) => status === "passed").map(({ name }) => name));
}

/** Specs that failed, with their reasons. */
export function failuresOf({ specs }: SpecRun): readonly string[] {
  return specs
    .filter(({ status }) => status === "failed")
    .map(({ name, failures }) => `${name}: ${failures.join("; ")}`);
}

/** Calls of each convolution kernel, over all specs. */
export function totalCalls(specs: readonly SpecOutcome[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { calls } of specs) {
    for (const [kernel, count] of Object.entries(calls)) total[kernel] = (total[kernel] ?? 0) + count;
  }
  return total;
}
