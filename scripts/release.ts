/**
 * Packs what is published, and publishes what was packed, with provenance:
 *
 *     node scripts/release.ts pack <folder> [--tag v1.2.3]
 *     node scripts/release.ts publish <folder> [--dry-run]
 *
 * Two steps, so that the job which may publish runs nothing but this file and npm. `--tag` holds the versions against a
 * tag: all are the tag's, each CHANGELOG has them, no changeset waits. Versions that npm has already are passed over, so
 * that a release that broke off can be run again. Run from the root of the repository.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly repository?: { readonly url: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What stops a release, in words that say how to go on. */
class ReleaseError extends Error {}

/** Folders of the packages that are published. */
function publishedFolders(): string[] {
  const folders = readdirSync("packages").map((name) => join("packages", name));
  return folders.filter((folder) => existsSync(join(folder, "package.json")) && manifestIn(folder).private !== true);
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** Throws unless `tag` may be released as the tree stands. */
function checkTag(tag: string): void {
  const waiting = readdirSync(".changeset").filter((name) => name.endsWith(".md") && name !== "README.md");
  if (waiting.length > 0) {
    throw new ReleaseError(
      `${waiting.join(", ")} wait in .changeset: run \`pnpm changeset version\`, commit, tag that`,
    );
  }
  for (const folder of publishedFolders()) {
    const { name, version } = manifestIn(folder);
    if (tag !== `v${version}`) throw new ReleaseError(`${name} is ${version}, the tag is ${tag}: tag v${version}`);
    const changelog = join(folder, "CHANGELOG.md");
    if (!existsSync(changelog) || !readFileSync(changelog, "utf8").includes(`\n## ${version}\n`)) {
      throw new ReleaseError(`${changelog} does not tell of ${version}: \`pnpm changeset version\` writes it`);
    }
  }
}

function pack(folder: string, tag: string | undefined): void {
  if (tag !== undefined) checkTag(tag);
  mkdirSync(folder, { recursive: true });
  const filters = publishedFolders().flatMap((source) => ["--filter", manifestIn(source).name]);
  run("npm", "run", "--silent", "pnpm", "--", ...filters, "pack", "--pack-destination", resolve(folder));
  console.log(`packed ${readdirSync(folder).join(", ")}`);
}

function publish(folder: string, dryRun: boolean): void {
  const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  if (tarballs.length === 0)
    throw new ReleaseError(`${folder} holds no .tgz: run \`node scripts/release.ts pack\` first`);
  const packed = tarballs.map((name) => {
    const path = resolve(folder, name);
    return { path, manifest: JSON.parse(run("tar", "-xzOf", path, "package/package.json")) as Manifest };
  });
  for (const { manifest } of packed) checkRepository(manifest);
  for (const { path, manifest } of dependenciesFirst(packed)) {
    const version = `${manifest.name}@${manifest.version}`;
    if (!dryRun && isOnNpm(version)) {
      console.log(`${version} is on npm already`);
      continue;
    }
    // npm asks for a tag where a version is no release.
    const distTag = manifest.version.includes("-") ? "next" : "latest";
    const options = ["--provenance", "--access", "public", "--tag", distTag, ...(dryRun ? ["--dry-run"] : [])];
    run("npm", "publish", path, ...options);
    console.log(`${dryRun ? "would publish" : "published"} ${version}`);
  }
}

/** npm refuses provenance of a package that does not name the repository it comes from; here before anything is published. */
function checkRepository({ name, repository }: Manifest): void {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: running } = process.env;
  if (running === undefined) return;
  const url = `${server}/${running}`;
  if (repository?.url.replace(/^git\+|\.git$/g, "") !== url) {
    throw new ReleaseError(`${name} names ${repository?.url ?? "no repository"}: provenance needs "git+${url}.git"`);
  }
}

function dependenciesFirst<T extends { readonly manifest: Manifest }>(packed: readonly T[]): T[] {
  const left = new Map(packed.map((entry) => [entry.manifest.name, entry]));
  const sorted: T[] = [];
  while (left.size > 0) {
    const next = [...left.values()].find(
      ({ manifest }) => !Object.keys(manifest.dependencies ?? {}).some((name) => left.has(name)),
    );
    if (next === undefined) throw new ReleaseError(`${[...left.keys()].join(", ")} depend on each other in a circle`);
    left.delete(next.manifest.name);
    sorted.push(next);
  }
  return sorted;
}

function isOnNpm(version: string): boolean {
  const { status, stdout, stderr } = spawnSync("npm", ["view", version, "version"], { encoding: "utf8" });
  if (status === 0) return stdout.trim() !== "";
  if (stderr.includes("E404")) return false;
  throw new ReleaseError(`npm view ${version}: ${stderr}`);
}

/** What a program prints; throws with it if the program fails. */
function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status === 0) return stdout;
  throw new ReleaseError(
    `${command} ${args.join(" ")}: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`,
  );
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { tag: { type: "string" }, "dry-run": { type: "boolean", default: false } },
});
const [command, folder] = positionals;
try {
  if (command === "pack" && folder !== undefined) pack(folder, values.tag);
  else if (command === "publish" && folder !== undefined) publish(folder, values["dry-run"]);
  else throw new ReleaseError("usage: release.ts pack <folder> [--tag v1.2.3] | publish <folder> [--dry-run]");
} catch (error) {
  if (!(error instanceof ReleaseError)) throw error;
  console.error(`release: ${error.message}`);
  process.exitCode = 1;
}
