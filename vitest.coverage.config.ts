/**
 * How much of the core and the testkit their quick tests reach, and the floor below which that may not fall:
 *
 *     pnpm coverage
 *
 * Counting makes scalar loops two to three times slower, so the tests that compute most stand aside here (they run with all
 * others): code that nobody tests is found without them.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { BROWSER_TEST_FILES, nodeProject, TEST_FILES } from "./vitest.shared.ts";

const FOLDERS = ["packages/core", "packages/testkit"];

/** Tests that take longer than five seconds even if nothing is counted. */
const LONG = [
  "packages/core/src/simd/conformance.test.ts",
  "packages/core/src/corr2d/simd/algorithms.test.ts",
  "packages/core/src/simd/winograd/error.test.ts",
  "packages/core/src/simd/winograd/outliers.test.ts",
  "packages/core/test/any-value.test.ts",
  "packages/core/test/conformance.test.ts",
  "packages/core/test/matrix/corr2d.test.ts",
  "packages/core/test/operations/activation.test.ts",
  "packages/core/test/revectorize.node.test.ts",
  "packages/core/test/scratch.node.test.ts",
  "packages/core/test/signals/local.test.ts",
  "packages/core/src/simd/failures.test.ts",
  "packages/core/test/bits.test.ts",
  "packages/core/src/threads/pool.node.test.ts",
  "packages/core/src/threads/conformance.node.test.ts",
  "packages/core/test/fuzz.node.test.ts",
  "packages/core/test/bounds-search.node.test.ts",
  "packages/testkit/src/bounds.test.ts",
];

for (const path of LONG) {
  if (!existsSync(new URL(path, import.meta.url))) throw new Error(`vitest.coverage.config.ts: there is no ${path}`);
}

const config: ViteUserConfig = defineConfig({
  ...nodeProject,
  test: {
    ...nodeProject.test,
    include: FOLDERS.flatMap((folder) => TEST_FILES.map((files) => `${folder}/${files}`)),
    exclude: ["**/node_modules/**", BROWSER_TEST_FILES, ...LONG],
    // A floor is no stopwatch.
    testTimeout: 60_000,
    coverage: {
      enabled: true,
      provider: "v8",
      include: FOLDERS.map((folder) => `${folder}/src/**/*.ts`),
      exclude: ["**/*.test.ts"],
      reporter: ["text"],
      skipFull: true,
      thresholds: { statements: 94, branches: 89, functions: 94, lines: 95 },
      reportsDirectory: "node_modules/.cache/coverage",
    },
  },
});
export default config;
