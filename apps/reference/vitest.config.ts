import type { ViteUserConfig } from "vitest/config";
import { nodeProject } from "../../vitest.shared.ts";

/** The whole reference is built, on two cores shared with all other tests. */
const TEST_TIMEOUT_MS = 120_000;

const config: ViteUserConfig = {
  ...nodeProject,
  test: { ...nodeProject.test, name: "reference", testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS },
};
export default config;
