/**
 * What a module is, in a few characters: a hash of its text, of every file that it imports by a relative path, and of the
 * lockfile that says which packages it has. Records of one text of a module are not gone on with by another.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const LOCKFILES = ["pnpm-lock.yaml", "package-lock.json", "yarn.lock", "bun.lock", "deno.lock"];

/** Import and export from, import(), require(). */
const RELATIVE_IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/** Eight characters that change with the module, with what it imports and with its lockfile. */
export function fingerprintOf(path: string): string {
  const hash = createHash("sha256");
  for (const file of [...filesOf(resolve(path))].sort()) hash.update(readFileSync(file)).update("\0");
  const lockfile = lockfileAbove(dirname(resolve(path)));
  if (lockfile !== undefined) hash.update(readFileSync(lockfile));
  return hash.digest("hex").slice(0, 8);
}

function filesOf(path: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(path) || !existsSync(path) || !statSync(path).isFile()) return seen;
  seen.add(path);
  for (const [, specifier] of readFileSync(path, "utf8").matchAll(RELATIVE_IMPORT)) {
    const target = resolve(dirname(path), specifier!);
    for (const candidate of [target, `${target}.js`, `${target}.ts`, `${target}.json`, join(target, "index.js")]) {
      filesOf(candidate, seen);
    }
  }
  return seen;
}

function lockfileAbove(folder: string): string | undefined {
  const found = LOCKFILES.map((name) => join(folder, name)).find((file) => existsSync(file));
  const above = dirname(folder);
  return found ?? (above === folder ? undefined : lockfileAbove(above));
}
