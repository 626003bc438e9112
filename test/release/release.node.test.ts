/**
 * A release as far as it goes without npm's consent: versions and CHANGELOGs from changesets, packing, what stops it, and
 * `npm publish --dry-run`.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PUBLISHED } from "../packages/published.ts";

const ROOT = resolve(import.meta.dirname, "../..");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corr2d-release-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a program in `cwd`: whether it ended well, and all it printed. */
function run(cwd: string, env: Readonly<Record<string, string>>, command: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, GITHUB_REPOSITORY: undefined, ...env },
  });
  return { ok: status === 0, text: stdout + stderr };
}

const release = (cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(cwd, env, process.execPath, join(ROOT, "scripts", "release.ts"), ...args);

/** The part of the workspace that versions are made of, as a repository of its own. */
function copyOfWorkspace(): void {
  const files = [
    "package.json",
    "pnpm-workspace.yaml",
    ".changeset/*",
    "packages/*/package.json",
    "packages/*/CHANGELOG.md",
    "apps/*/package.json",
  ];
  for (const path of globSync(files, { cwd: ROOT })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path));
  }
  const git = (...args: readonly string[]) =>
    run(folder, {}, "git", "-c", "user.name=test", "-c", "user.email=test@example.org", ...args);
  for (const args of [
    ["init", "--initial-branch=main"],
    ["add", "."],
    ["commit", "--message", "A tree"],
  ]) {
    const { ok, text } = git(...args);
    expect(ok, text).toBe(true);
  }
}

const readJson = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8"));
const versions = () => new Set(PUBLISHED.map((name) => readJson(`packages/${name}/package.json`).version));

test("changesets give all packages one version and say in each CHANGELOG what is new", { timeout: 60_000 }, () => {
  copyOfWorkspace();
  writeFileSync(
    join(folder, ".changeset", "tested.md"),
    '---\n"@corr2d/core": minor\n---\n\nA change that only a test makes.\n',
  );
  const [before] = versions();
  const version = run(folder, {}, process.execPath, join(ROOT, "node_modules/@changesets/cli/bin.js"), "version");
  expect(version.ok, version.text).toBe(true);
  expect(readdirSync(join(folder, ".changeset")).sort()).toEqual(["README.md", "config.json"]);
  const after = [...versions()];
  expect(after).toHaveLength(1);
  expect(after[0]).not.toBe(before);
  for (const name of PUBLISHED) {
    expect(readFileSync(join(folder, "packages", name, "CHANGELOG.md"), "utf8")).toContain(`\n## ${after[0]}\n`);
  }
  expect(readFileSync(join(folder, "packages/core/CHANGELOG.md"), "utf8")).toContain(
    "A change that only a test makes.",
  );

  // Now the tag is held against it, before anything is packed.
  const otherTag = release(folder, ["pack", "tarballs", "--tag", "v99.0.0"]);
  expect(otherTag.ok).toBe(false);
  expect(otherTag.text).toContain(`is ${after[0]}, the tag is v99.0.0: tag v${after[0]}`);
  rmSync(join(folder, "packages/core/CHANGELOG.md"));
  expect(release(folder, ["pack", "tarballs", "--tag", `v${after[0]}`]).text).toContain(
    `packages/core/CHANGELOG.md does not tell of ${after[0]}`,
  );
  writeFileSync(join(folder, ".changeset", "late.md"), '---\n"@corr2d/core": patch\n---\n\nLate.\n');
  expect(release(folder, ["pack", "tarballs", "--tag", `v${after[0]}`]).text).toContain("late.md wait in .changeset");
  expect(existsSync(join(folder, "tarballs"))).toBe(false);
});

test("packs what is published and would publish it, dependencies first", { timeout: 120_000 }, () => {
  const packed = release(ROOT, ["pack", folder]);
  expect(packed.ok, packed.text).toBe(true);
  const { ok, text } = release(ROOT, ["publish", folder, "--dry-run"]);
  expect(ok, text).toBe(true);
  const order = [...text.matchAll(/^would publish @corr2d\/(\w+)@\d/gm)].map(([, name]) => name!);
  expect([...order].sort()).toEqual([...PUBLISHED].sort());
  for (const [before, after] of [
    ["core", "tfjs"],
    ["core", "parity"],
    ["testkit", "parity"],
  ]) {
    expect(order.indexOf(before!)).toBeLessThan(order.indexOf(after!));
  }

  const elsewhere = { GITHUB_SERVER_URL: "https://example.org", GITHUB_REPOSITORY: "someone/else" };
  const refused = release(ROOT, ["publish", folder, "--dry-run"], elsewhere);
  expect(refused.ok).toBe(false);
  expect(refused.text).toContain('provenance needs "git+https://example.org/someone/else.git"');
});

test("says what it is told wrongly", { timeout: 60_000 }, () => {
  expect(release(ROOT, ["publish", folder, "--dry-run"]).text).toMatch(/holds no \.tgz: run .* pack/);
  expect(release(ROOT, ["unpack", folder]).text).toContain("usage: release.ts pack <folder>");
});
