/**
 * Subjects of commits fit a line of `git log` and of a list on GitHub. Checked from the commit on that brought this file;
 * older ones stand as they are.
 */

import { spawnSync } from "node:child_process";
import { relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const LONGEST = 72;

function git(...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

test(`subjects of commits have at most ${LONGEST} characters; figures go into the body`, ({ skip }) => {
  const own = relative(root, import.meta.filename);
  const first = git("log", "--diff-filter=A", "--format=%H", "--", own)?.split("\n").at(-1);
  // A tarball has no history, a shallow clone none that is worth a check.
  if (!first || git("rev-parse", "--is-shallow-repository") === "true") return skip("no history at hand");
  const subjects = git("log", "--no-merges", "--format=%s", `${first}^..HEAD`)!.split("\n");
  expect(subjects.filter((subject) => [...subject].length > LONGEST)).toEqual([]);
});
