/**
 * The main job, as `npm start` runs it after installing: build, set up native TensorFlow.js, then edges, parity and a
 * quick benchmark in one report.
 *
 *     node scripts/showcase.ts [folder]
 *
 * tfjs-node is native; where it cannot be set up the report says why and everything else goes on.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TURBO = join(ROOT, "node_modules", "turbo", "bin", "turbo");
const folder = process.argv[2] ?? "report";

/** Runs a script under this Node with our output as its own. */
function step(title: string, ...args: string[]): number {
  console.log(`\n── ${title}`);
  const { status, error } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
  });
  if (error !== undefined) console.error(error.message);
  return status ?? 1;
}

const built = step("build", TURBO, "run", "build", "--filter=@corr2d/bench...", "--output-logs=errors-only");
if (built === 0) {
  step("native TensorFlow.js", "packages/parity/dist/cli.js", "setup-tfjs-node");
  process.exitCode = step("edges, parity, speed", "apps/bench/dist/cli.js", "showcase", "--out", folder);
} else {
  process.exitCode = built;
}
