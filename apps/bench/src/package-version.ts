/**
 * The version of an installed package, from its own package.json.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** Version of `name` as this package finds it; undefined if it is not installed. */
export function packageVersion(name: string): string | undefined {
  try {
    const path = findPackageJSON(name, import.meta.url);
    return path === undefined ? undefined : JSON.parse(readFileSync(path, "utf8")).version;
  } catch {
    return undefined;
  }
}
