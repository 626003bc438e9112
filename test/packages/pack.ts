/**
 * The published packages as a user gets them: built, packed by pnpm, and laid out in a `node_modules` of their own,
 * where they find their declared dependencies and nothing else. Done once, before the tests of this folder, which share
 * the project.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { PUBLISHED } from "./published.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What an entry of `exports` names. */
export type Target = Readonly<Record<"@corr2d/source" | "types" | "default", string>>;

/** The part of a package.json that is looked at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly sideEffects?: boolean | readonly string[];
  readonly exports: Readonly<Record<string, string | Target>>;
  readonly main?: string;
  readonly module?: string;
  readonly types?: string;
  readonly typesVersions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package after packing. */
export interface PackedPackage {
  readonly manifest: Manifest;
  /** The .tgz that would be published. */
  readonly tarball: string;
  /** Where it is unpacked: `<project>/node_modules/@corr2d/<name>`. */
  readonly folder: string;
  /** Paths of its files, relative to `folder`. */
  readonly files: readonly string[];
}

declare module "vitest" {
  interface ProvidedContext {
    /** The folder that the packages are installed in. */
    readonly project: string;
    /** The packages by the names of their folders. */
    readonly packages: Readonly<Record<string, PackedPackage>>;
  }
}

/** Packs before the tests and removes the project after them. */
export default function setup({ provide }: TestProject): () => void {
  const { project, packages } = packAll();
  provide("project", project);
  provide("packages", Object.fromEntries(packages));
  return () => rmSync(project, { recursive: true });
}

/** Runs a program to its end and returns what it printed. Throws with its output if it fails. */
export function run(cwd: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`);
  }
  return stdout;
}

/** Builds and packs all published packages into a fresh folder outside the workspace. */
function packAll(): { readonly project: string; readonly packages: ReadonlyMap<string, PackedPackage> } {
  const pnpm = (...args: string[]): string => run(root, "npm", "run", "--silent", "pnpm", "--", ...args);
  pnpm("exec", "turbo", "run", "build", "--filter=./packages/*");
  const project = mkdtempSync(join(realpathSync(tmpdir()), "corr2d-packages-"));
  const packages = new Map<string, PackedPackage>();
  for (const name of PUBLISHED) {
    pnpm("--filter", `@corr2d/${name}`, "pack", "--pack-destination", project);
    const { version } = readManifest(join(root, "packages", name));
    const tarball = join(project, `corr2d-${name}-${version}.tgz`);
    const folder = join(project, "node_modules", "@corr2d", name);
    mkdirSync(folder, { recursive: true });
    run(project, "tar", "-xzf", tarball, "-C", folder, "--strip-components=1");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    packages.set(name, { manifest: readManifest(folder), tarball, folder, files });
  }
  for (const [name, { manifest }] of packages) linkDependencies(project, join(root, "packages", name), manifest);
  return { project, packages };
}

/** Puts the declared dependencies of a package beside it, out of the workspace's own installation. */
function linkDependencies(project: string, source: string, { dependencies, peerDependencies }: Manifest): void {
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    const link = join(project, "node_modules", name);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(join(source, "node_modules", name)), link);
  }
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}
