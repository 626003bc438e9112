/**
 * Removes what a package was built into, so that nothing of files that are gone stays there, nor in turbo's cache; the
 * first step of each package's build.
 *
 * @module
 */

import { rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
