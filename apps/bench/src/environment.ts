/**
 * Where a benchmark ran: what somebody else would need to know to understand a difference.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import os from "node:os";
import { packageVersion } from "./package-version.ts";
import type { Environment } from "./report/results.ts";

/** Packages whose version matters to a reader; adapters report their own beside. */
const PACKAGES = ["@corr2d/core", "tinybench", "typescript"];

/** Looks around. */
export function describeEnvironment(): Environment {
  const [one, five, fifteen] = os.loadavg();
  return {
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    loadAverage: [one, five, fifteen],
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    commit: gitCommit(),
    packages: Object.fromEntries(PACKAGES.map((name) => [name, packageVersion(name) ?? "not installed"])),
  };
}

/** Commit of the tree this file lies in, with `+` where files differ from it; null outside of git. */
function gitCommit(): string | null {
  const git = (...args: string[]) =>
    execFileSync("git", args, {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    return git("rev-parse", "--short=12", "HEAD") + (git("status", "--porcelain") === "" ? "" : "+");
  } catch {
    return null;
  }
}
