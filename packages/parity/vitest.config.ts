import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ViteUserConfig } from "vitest/config";
import { nodeProject } from "../../vitest.shared.ts";

/** Loading native TensorFlow and hashing it takes seconds; so does a process of the command on a busy machine. */
const TEST_TIMEOUT_MS = 180_000;

/** Tests start the command some sixty times; half of what each costs is compiling TensorFlow.js once more. */
const env = { NODE_COMPILE_CACHE: join(tmpdir(), "corr2d-parity-test-compile-cache") };

const config: ViteUserConfig = {
  ...nodeProject,
  test: {
    ...nodeProject.test,
    name: "parity",
    env,
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    globalSetup: "test/build-page.ts",
    // By default one core is left free, of two cores that is half. Half of the time a test here waits for a process.
    maxWorkers: "100%",
    // Projects that differ in that run one after the other.
    sequence: { groupOrder: 1 },
  },
};
export default config;
