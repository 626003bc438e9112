/**
 * Files of an installed npm package, whatever its `exports` show.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A package that has been found. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Absolute path of one of its files. */
  path(file: string): string;
  read(file: string): Buffer;
  readJson(file: string): unknown;
}

/**
 * Finds a package; loads nothing of it.
 *
 * @throws Error that says how to install it.
 */
export function findPackage(name: string): InstalledPackage {
  let folder: string;
  try {
    folder = dirname(createRequire(import.meta.url).resolve(name));
  } catch {
    throw new Error(`networks: the package ${name} is not installed; npm install --save-dev ${name}`);
  }
  for (;;) {
    const manifest = readManifest(folder);
    if (manifest?.name === name) {
      const path = (file: string): string => join(folder, file);
      const read = (file: string): Buffer => readFileSync(path(file));
      const readJson = (file: string): unknown => JSON.parse(read(file).toString("utf8"));
      return { name, version: manifest.version, path, read, readJson };
    }
    if (dirname(folder) === folder) throw new Error(`networks: ${name} has no package.json`);
    folder = dirname(folder);
  }
}

function readManifest(folder: string): { readonly name: string; readonly version: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  } catch {
    return undefined;
  }
}
