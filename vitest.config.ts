/**
 * All tests of the tree: each package in Node, the workspace's own (packed packages, examples of the documents), and
 * the platform-neutral ones of core and testkit once more in a real headless Chromium.
 *
 * A test that needs Node is named `*.node.test.ts` and stays out of the browser; one that needs a browser, `*.browser.test.ts`.
 *
 * @module
 */

import { playwright } from "@vitest/browser-playwright";
import { configDefaults, defineConfig, mergeConfig, type ViteUserConfigFnPromise } from "vitest/config";
import { chromiumLaunch } from "./test/browser/chromium.ts";
import { browserResolution, nodeProject, TEST_FILES } from "./vitest.shared.ts";

/** Folders whose tests run in the browser too. */
const inBrowser = ["packages/core", "packages/testkit"];

const config: ViteUserConfigFnPromise = defineConfig(async () => ({
  test: {
    passWithNoTests: false,
    projects: [
      "packages/*",
      "apps/*",
      mergeConfig(nodeProject, {
        test: { name: "workspace", exclude: [...configDefaults.exclude, "test/packages/**"] },
      }),
      {
        ...nodeProject,
        test: {
          name: "packed",
          include: ["test/packages/**/*.test.ts"],
          globalSetup: ["test/packages/pack.ts"],
          testTimeout: 120_000,
        },
      },
      mergeConfig(browserResolution, {
        test: {
          name: "browser",
          include: [
            ...inBrowser.flatMap((folder) => TEST_FILES.map((files) => `${folder}/${files}`)),
            "test/source/*.test.ts",
          ],
          exclude: ["**/*.node.test.ts"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: await chromiumLaunch() }),
            instances: [{ browser: "chromium" as const }],
          },
        },
      }),
    ],
  },
}));

export default config;
