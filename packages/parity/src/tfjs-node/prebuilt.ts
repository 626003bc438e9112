/**
 * The first way to a native tfjs-node: the package's own installer, which downloads libtensorflow and the add-on its
 * authors built. It runs in a copy of the package, because it empties `deps/` before it knows whether it can fill it,
 * and because files in node_modules may be shared with other projects.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { cp, readdir, rename } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { lastWords, runCommand } from "./child-process.ts";
import { tfjsNodePackage } from "./native-library.ts";
import type { Route } from "./route.ts";

/** The installer has no time-out of its own: a host that swallows its request must not hold us longer than this. */
const FIRST_BYTE_TIMEOUT_MS = 20_000;
const TOTAL_TIMEOUT_MS = 600_000;
const WATCH_INTERVAL_MS = 500;

/** Runs the installer of `@tensorflow/tfjs-node` in a copy of the package. */
export const prebuiltRoute: Route = {
  source: "prebuilt",
  summary: "the package's own download of libtensorflow",
  async build({ target, work, env, report }) {
    const { directory } = tfjsNodePackage();
    const copy = join(work, "package");
    const left = new Set(["node_modules", "deps", "lib"].map((folder) => join(directory, folder)));
    await cp(directory, copy, { recursive: true, filter: (path) => !left.has(path) });

    report("running the package's own installer");
    const stalled = new AbortController();
    const watch = watchFirstByte(join(copy, "deps"), stalled, report);
    const result = await runCommand(process.execPath, ["scripts/install.js"], {
      cwd: copy,
      env: withDependenciesOf(directory, env),
      signal: AbortSignal.any([stalled.signal, AbortSignal.timeout(TOTAL_TIMEOUT_MS)]),
    }).finally(() => clearInterval(watch));
    if (result.failure !== undefined)
      throw new Error(`its installer failed: ${explain(result.failure, result.output)}`);
    const addon = await findAddon(copy);
    if (addon === undefined) throw new Error(`its installer left no add-on: ${lastWords(result.output)}`);

    await rename(join(copy, "lib"), join(target, "lib"));
    await rename(join(copy, "deps"), join(target, "deps"));
    return { addon, how: "prebuilt, by the package's own installer" };
  },
};

/** Path of an add-on below the folder of a package, with forward slashes. */
export async function findAddon(directory: string): Promise<string | undefined> {
  const paths = await readdir(join(directory, "lib")).catch(() => []);
  for (const napi of paths.sort().reverse()) {
    const addon = `lib/${napi}/tfjs_binding.node`;
    if (existsSync(join(directory, addon))) return addon;
  }
  return undefined;
}

/** The copy stands alone: its dependencies and their commands are found where the original's are. */
function withDependenciesOf(directory: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const folders = createRequire(join(directory, "package.json")).resolve.paths("any-package") ?? [];
  const commands = folders.map((folder) => join(folder, ".bin"));
  return {
    ...env,
    // Its own use of deprecated functions would drown the reason it fails for.
    NODE_NO_WARNINGS: "1",
    NODE_PATH: [...folders, env.NODE_PATH].filter(Boolean).join(delimiter),
    PATH: [...commands, env.PATH].filter(Boolean).join(delimiter),
  };
}

function watchFirstByte(deps: string, stalled: AbortController, report: (message: string) => void): NodeJS.Timeout {
  const start = Date.now();
  const watch = setInterval(async () => {
    // The archive is unpacked as it comes in, so the first file is the first sign of life.
    if ((await readdir(deps).catch(() => [])).length > 0) {
      report("downloading libtensorflow");
      clearInterval(watch);
    } else if (Date.now() - start > FIRST_BYTE_TIMEOUT_MS) {
      stalled.abort(new Error(`nothing arrived within ${FIRST_BYTE_TIMEOUT_MS / 1000} s`));
    }
  }, WATCH_INTERVAL_MS);
  return watch;
}

/** An installer that dies of an unhandled error prints a stack: the message in it is what a reader wants. */
function explain(failure: string, output: string): string {
  const message = /^\s*(?:Uncaught )?\w*Error: (.+)$/m.exec(output)?.[1];
  return `${failure}: ${message ?? lastWords(output)}`;
}
