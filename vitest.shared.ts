/**
 * What every test project shares: packages of the workspace are imported from their TypeScript source (the condition
 * `@corr2d/source` in their `exports`), so that tests need no build and errors point at the line that was written.
 *
 * Vite's own conditions are spelt out because naming any replaces the default list.
 *
 * @module
 */

import { configDefaults, type ViteUserConfig } from "vitest/config";

const forNode = ["@corr2d/source", "module", "node", "development|production"];
const forBrowser = ["@corr2d/source", "module", "browser", "development|production"];

/** Test files: white-box ones beside the source, those of the public face in `test/`. */
export const TEST_FILES: readonly string[] = ["src/**/*.test.ts", "test/**/*.test.ts"];

/** Test files that stay out of Node: those of what browsers alone have. */
export const BROWSER_TEST_FILES = "**/*.browser.test.ts";

/** The largest cases of a conformance suite take seconds, and a machine that has other things to do makes five times that of them. */
const TEST_TIMEOUT_MS = 60_000;

/** A project that runs in Node. */
export const nodeProject: ViteUserConfig = {
  resolve: { conditions: forNode },
  ssr: { resolve: { conditions: forNode } },
  test: {
    include: [...TEST_FILES],
    exclude: [...configDefaults.exclude, BROWSER_TEST_FILES],
    passWithNoTests: false,
    testTimeout: TEST_TIMEOUT_MS,
  },
};

/** What every project that runs in a browser has. */
export const browserResolution: ViteUserConfig = {
  resolve: { conditions: forBrowser },
  test: { testTimeout: TEST_TIMEOUT_MS },
};
