/**
 * Which packages are published: all of `packages/` that do not say they are private.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packagesFolder = fileURLToPath(new URL("../../packages", import.meta.url));

/** Names of their folders. */
export const PUBLISHED: readonly string[] = readdirSync(packagesFolder).filter((name) => {
  const manifest = readFileSync(join(packagesFolder, name, "package.json"), "utf8");
  return !(JSON.parse(manifest) as { readonly private?: boolean }).private;
});
