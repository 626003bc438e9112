/**
 * Where the native half of tfjs-node lies, and whether it is still what was put there.
 *
 * The JavaScript of `@tensorflow/tfjs-node` stays in node_modules, untouched. The native half (the add-on and
 * libtensorflow) lies in a cache of the user's, one folder per version and recipe, so that a second checkout finds it:
 *
 *     <cache>/tfjs-node/<tfjs-node version>-napi8-<platform>-<arch>-<recipe>/
 *       manifest.json                     what this is, how it was had, the SHA-256 of every file
 *       lib/napi-v8/tfjs_binding.node     the add-on; looks for libtensorflow in ../../deps/lib
 *       deps/lib/libtensorflow…
 *
 * The cache is that of the operating system; the variable `CORR2D_CACHE` names another.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { lstat, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import envPaths from "env-paths";
import { WHEEL_RECIPE } from "./wheel-recipe.ts";

/** How the library was had. */
export type NativeSource = "prebuilt" | "wheel";

/** What `manifest.json` holds. */
export interface NativeManifest {
  readonly schema: 1;
  readonly source: NativeSource;
  /** Version of `@tensorflow/tfjs-node` whose add-on this is. */
  readonly tfjsNode: string;
  /** One line for reports: where the library came from and what compiled the add-on. */
  readonly provenance: string;
  /** Path of the add-on below the folder, with forward slashes. */
  readonly addon: string;
  /** SHA-256 of every file below the folder, by path with forward slashes. */
  readonly files: Readonly<Record<string, string>>;
}

/** A native half that is there, with its hashes checked. */
export interface NativeLibrary {
  readonly directory: string;
  /** Absolute path of the add-on. */
  readonly addonPath: string;
  readonly manifest: NativeManifest;
}

const MANIFEST = "manifest.json";
const require = createRequire(import.meta.url);

/**
 * The folder of the installed `@tensorflow/tfjs-node`, and its version.
 *
 * @throws Error if it is not installed: its installer downloads, so that nobody gets it who does not ask for it.
 */
export function tfjsNodePackage(resolvePackage: (file: string) => string = require.resolve): {
  readonly directory: string;
  readonly version: string;
} {
  let packageFile: string;
  try {
    packageFile = resolvePackage("@tensorflow/tfjs-node/package.json");
  } catch (cause) {
    throw new Error(
      "@tensorflow/tfjs-node is not installed; npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0, " +
        "then corr2d-parity setup-tfjs-node",
      { cause },
    );
  }
  const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };
  return { directory: dirname(packageFile), version };
}

/** The cache of this user: `CORR2D_CACHE`, or the operating system's place for such. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env.CORR2D_CACHE;
  return chosen !== undefined && chosen !== "" ? resolve(chosen) : envPaths("corr2d", { suffix: "" }).cache;
}

/** The folder that holds, or would hold, the native half for the installed package on this machine. */
export function nativeDirectory(cache: string = cacheDirectory()): string {
  const { directory, version } = tfjsNodePackage();
  const recipe = createHash("sha256").update(JSON.stringify(WHEEL_RECIPE));
  for (const source of WHEEL_RECIPE.sources) recipe.update(readFileSync(join(directory, source)));
  const name = `${version}-napi8-${process.platform}-${process.arch}-${recipe.digest("hex").slice(0, 12)}`;
  return join(cache, "tfjs-node", name);
}

/** Writes the manifest of a finished folder, with the hash of every file below it. */
export async function writeManifest(
  directory: string,
  facts: Omit<NativeManifest, "schema" | "files">,
): Promise<NativeManifest> {
  const files: Record<string, string> = {};
  for (const path of await filesBelow(directory)) {
    files[relative(directory, path).split(sep).join(posix.sep)] = await sha256(path);
  }
  const manifest: NativeManifest = { schema: 1, ...facts, files };
  await writeFile(join(directory, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return manifest;
}

/**
 * Opens the native half in `directory`, having checked every file against its recorded hash.
 *
 * @returns `undefined` if there is none.
 * @throws Error naming the file that is missing or is not what was put there.
 */
export async function openNativeLibrary(directory: string): Promise<NativeLibrary | undefined> {
  const manifestPath = join(directory, MANIFEST);
  if (!existsSync(manifestPath)) return undefined;
  const manifest = JSON.parse(await readFile(manifestPath, "utf8")) as NativeManifest;
  if (manifest.schema !== 1 || typeof manifest.addon !== "string" || !(manifest.addon in manifest.files)) {
    throw new Error(`tfjs-node: ${manifestPath} is not a manifest of this version`);
  }
  for (const [name, recorded] of Object.entries(manifest.files)) {
    const path = join(directory, name);
    const found = existsSync(path) ? await sha256(path) : "no such file";
    if (found !== recorded) {
      throw new Error(`tfjs-node: ${path} is not the file that was set up: SHA-256 ${found}, recorded ${recorded}`);
    }
  }
  return { directory, addonPath: join(directory, manifest.addon), manifest };
}

/** SHA-256 of a file, in hexadecimal. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/** Regular files below a folder, sorted. Symbolic links only lead to other files here, and are passed over. */
async function filesBelow(directory: string): Promise<string[]> {
  const paths: string[] = [];
  for (const name of (await readdir(directory, { recursive: true })).sort()) {
    const path = join(directory, name);
    if ((await lstat(path)).isFile()) paths.push(path);
  }
  return paths;
}
