import type { ViteUserConfig } from "vitest/config";
import { nodeProject } from "../../vitest.shared.ts";

/** Tests that start processes share two cores with all the others. */
const TEST_TIMEOUT_MS = 180_000;

const config: ViteUserConfig = {
  ...nodeProject,
  test: { ...nodeProject.test, name: "bench", testTimeout: TEST_TIMEOUT_MS, globalSetup: "test/build-page.ts" },
};
export default config;
