import type { ViteUserConfig } from "vitest/config";
import { nodeProject } from "../../vitest.shared.ts";

/** Loading native TensorFlow and hashing it takes seconds; so does a process of the command on a busy machine. */
const TEST_TIMEOUT_MS = 60_000;

const config: ViteUserConfig = {
  ...nodeProject,
  test: { ...nodeProject.test, name: "parity", testTimeout: TEST_TIMEOUT_MS, globalSetup: "test/build-page.ts" },
};
export default config;
