/**
 * Sets up the native half of tfjs-node, once per user: the package's own prebuilt library, and where that cannot be
 * had, one built from TensorFlow's wheel. What is set up is tried before it is kept, and appears in its place whole or
 * not at all: two set-ups at once only work twice.
 *
 * Where no way leads to it, the reasons are kept beside it, so that every later report can name them.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lastWords, runCommand } from "./child-process.ts";
import {
  cacheDirectory,
  type NativeSource,
  nativeDirectory,
  openNativeLibrary,
  tfjsNodePackage,
  writeManifest,
} from "./native-library.ts";
import { findAddon, prebuiltRoute } from "./prebuilt.ts";
import type { Route } from "./route.ts";
import { wheelRoute } from "./wheel.ts";

/** A native half of tfjs-node that can be loaded. */
export interface TfjsNodeLibrary {
  /** Absolute path of the add-on. */
  readonly addonPath: string;
  /** How it was had; `"installed"`: the package's own install script had put it into node_modules. */
  readonly source: NativeSource | "installed";
  /** One line for reports. */
  readonly provenance: string;
}

/** What a caller may say. */
export interface SetupOptions {
  /** The cache folder. Default: `CORR2D_CACHE`, or the operating system's place for caches. */
  readonly cache?: string;
  /** The environment that compilers and installers see. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Ways to try, in order. Default: prebuilt, wheel. */
  readonly routes?: readonly NativeSource[];
  /** Told what is being done. */
  readonly report?: (message: string) => void;
}

/** Thrown where tfjs-node cannot be had; the message holds every reason. */
export class TfjsNodeUnavailableError extends Error {
  override readonly name = "TfjsNodeUnavailableError";
}

const ROUTES: readonly Route[] = [prebuiltRoute, wheelRoute];
const WORK_PREFIX = "building-";
/** A folder of a build older than this was left by one that was ended. */
const STALE_BUILD_MS = 3_600_000;
const VERIFY_TIMEOUT_MS = 120_000;

/**
 * The native half that is there already.
 *
 * @throws TfjsNodeUnavailableError if there is none, with the reasons of the last set-up, or if it has been damaged.
 */
export async function findTfjsNode(cache: string = cacheDirectory()): Promise<TfjsNodeLibrary> {
  const directory = nativeDirectory(cache);
  const library = await openNativeLibrary(directory).catch((error: Error) => {
    throw new TfjsNodeUnavailableError(`${error.message}; to set it up anew: corr2d-parity setup-tfjs-node`);
  });
  if (library !== undefined) {
    const { addonPath, manifest } = library;
    return { addonPath, source: manifest.source, provenance: manifest.provenance };
  }
  const { directory: installed, version } = tfjsNodePackage();
  const addon = await findAddon(installed);
  if (addon !== undefined) {
    const provenance = `installed with tfjs-node ${version}`;
    return { addonPath: join(installed, addon), source: "installed", provenance };
  }
  const reasons = await readFile(reasonsFile(directory), "utf8").catch(() => undefined);
  throw new TfjsNodeUnavailableError(
    reasons === undefined
      ? "tfjs-node is not set up; to set it up: corr2d-parity setup-tfjs-node"
      : `${reasons.trim()}; to try again: corr2d-parity setup-tfjs-node`,
  );
}

/**
 * Finds the native half of tfjs-node, or sets it up. Downloads and compiles nothing if it is there.
 *
 * @throws TfjsNodeUnavailableError with the reason of every way tried.
 */
export async function setupTfjsNode(options: SetupOptions = {}): Promise<TfjsNodeLibrary> {
  const { cache = cacheDirectory(), env = process.env, report = () => {}, routes } = options;
  const directory = nativeDirectory(cache);
  try {
    return await findTfjsNode(cache);
  } catch (error) {
    if (!(error instanceof TfjsNodeUnavailableError)) throw error;
    // What is there and cannot be trusted makes way.
    if (existsSync(directory)) report((error as Error).message);
    await rm(directory, { recursive: true, force: true });
  }
  const parent = dirname(directory);
  await mkdir(parent, { recursive: true });
  await removeStaleBuilds(parent);

  const reasons: string[] = [];
  for (const route of ROUTES.filter(({ source }) => routes?.includes(source) ?? true)) {
    const site = await mkdtemp(join(parent, WORK_PREFIX));
    try {
      await build(route, site, directory, env, (message) => report(`${route.summary}: ${message}`));
      await rm(reasonsFile(directory), { force: true });
      return await findTfjsNode(cache);
    } catch (error) {
      const reason = `${route.summary}: ${(error as Error).message}`;
      report(reason);
      reasons.push(reason);
    } finally {
      await rm(site, { recursive: true, force: true });
    }
  }
  const message = `tfjs-node cannot be had natively here (${reasons.join(") (")})`;
  await writeFile(reasonsFile(directory), `${message}\n`);
  throw new TfjsNodeUnavailableError(message);
}

async function build(
  route: Route,
  site: string,
  directory: string,
  env: NodeJS.ProcessEnv,
  report: (message: string) => void,
): Promise<void> {
  const target = join(site, "target");
  const work = join(site, "work");
  await mkdir(target);
  await mkdir(work);
  const { addon, how } = await route.build({ target, work, env, report });
  report("trying it on the textbook's example");
  const provenance = `TensorFlow ${await verify(join(target, addon))}, ${how}`;
  report("recording the hash of every file");
  await writeManifest(target, { source: route.source, tfjsNode: tfjsNodePackage().version, provenance, addon });
  await rename(target, directory).catch((error: NodeJS.ErrnoException) => {
    // Another set-up was done first; what it put there is checked like ours would be.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST" && error.code !== "EPERM") throw error;
  });
}

/** Loads the add-on in a process of its own and lets it compute. Gives the version of TensorFlow that did. */
async function verify(addonPath: string): Promise<string> {
  const program = fileURLToPath(new URL(`./verify${extname(import.meta.url)}`, import.meta.url));
  const result = await runCommand(process.execPath, [program, addonPath], {
    env: process.env,
    signal: AbortSignal.timeout(VERIFY_TIMEOUT_MS),
  });
  if (result.failure !== undefined) {
    throw new Error(`the library does not work here: ${result.failure}: ${lastWords(result.output)}`);
  }
  return lastWords(result.output, 1);
}

async function removeStaleBuilds(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (name.startsWith(WORK_PREFIX) && Date.now() - (await stat(path)).mtimeMs > STALE_BUILD_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

function reasonsFile(directory: string): string {
  return `${directory}.unavailable.txt`;
}
