/**
 * Bundles the script and the style of the report page, which tests render.
 *
 * @module
 */

import { execFileSync } from "node:child_process";

/** Called by vitest once, before the tests. */
export function setup(): void {
  execFileSync(process.execPath, ["--run", "build:page"], { cwd: new URL("..", import.meta.url), stdio: "inherit" });
}
