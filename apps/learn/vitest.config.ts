import { defineConfig, type ViteUserConfigFnPromise } from "vitest/config";
import { chromiumLaunch } from "../../test/browser/chromium.ts";
import { nodeProject } from "../../vitest.shared.ts";
import { mathml } from "./build/mathml.ts";

/** What moves in a browser shares two cores with all other tests. */
const TEST_TIMEOUT_MS = 60_000;

const config: ViteUserConfigFnPromise = defineConfig(async () => ({
  ...nodeProject,
  plugins: [mathml()],
  test: {
    ...nodeProject.test,
    name: "learn",
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    globalSetup: "test/serve.ts",
    // Found here, since what Vite runs cannot ask where a package lies.
    provide: { launch: await chromiumLaunch() },
    // One browser for all.
    fileParallelism: false,
  },
}));
export default config;
