/**
 * Lets those import a package's subpaths who do not read `exports` (Parcel by default, `moduleResolution: node`): while
 * the package is packed, each subpath is also a file at its root that exports what the entry exports.
 *
 *     node ../../scripts/subpaths.ts             # prepack
 *     node ../../scripts/subpaths.ts --remove    # postpack
 *
 * TypeScript finds the types by `typesVersions`.
 *
 * @module
 */

import { readFileSync, rmSync, writeFileSync } from "node:fs";

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
for (const [path, target] of Object.entries(exports)) {
  if (path === "." || typeof target === "string") continue;
  if (process.argv.includes("--remove")) rmSync(`${path}.js`, { force: true });
  else writeFileSync(`${path}.js`, `export * from "${target.default}";\n`);
}
